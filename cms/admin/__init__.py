"""The editor's admin as this site shows it: menu, start page, look, and words on every field."""
