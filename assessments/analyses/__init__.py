"""Statistics of held exams: collected, computed by a worker, kept, drawn, and handed out."""
