"""Exams on their way to candidates: definitions, drafts, settings, releases."""
