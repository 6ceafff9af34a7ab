"""1+N schemes: from a draft to a frozen release that decides, and what a change would do."""
