"""The demo site: a small district with people, content and half a year of history, built from the files in `pack/`."""
