"""推演 in the editor's admin: scenarios are written, proved, released and regraded here."""
