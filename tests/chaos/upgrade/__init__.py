"""An app that stands for the next release: its only migration changes the tables that an exam writes to."""
