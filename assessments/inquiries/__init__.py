"""A person looks at how a sitting went: its journal, its late answers. The candidate sees the same and may object."""
