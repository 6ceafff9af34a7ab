"""Correcting an exam that was sat already: tried, approved by a second person, carried out, told."""
