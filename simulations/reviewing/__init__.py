"""What is learnt from a finished run: looked back on, annotated, retold, compared, turned into list entries."""
