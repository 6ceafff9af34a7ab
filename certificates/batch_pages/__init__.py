"""The pages of one batch: what the checks found, who is in it, how it looks, who did what, and its approval beside."""
