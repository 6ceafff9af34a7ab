"""The register: every certificate of one's scope, found, counted, exported, and who did what with it."""
