"""Correcting runs that were played already: executed again under a corrected version, approved by a second person."""
