"""The ceremony of a batch (颁证仪式): who sits where, what is printed for whom and why once more, what is signed and
read out."""
