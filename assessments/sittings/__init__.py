"""An open sitting: who may write, what is kept of it, and what comes late."""
