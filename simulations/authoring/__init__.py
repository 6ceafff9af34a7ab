"""Writing scenarios: their drafts, saved versions, and the ways in and out."""
