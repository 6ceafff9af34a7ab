"""The style guide of development: every component in every state, drawn by its own template from `data/`."""
