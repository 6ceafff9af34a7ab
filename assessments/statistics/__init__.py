"""Classical test theory over score matrices: pure, numpy only."""
