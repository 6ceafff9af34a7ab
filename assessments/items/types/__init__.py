"""One file per question type. A file placed here is imported and registered by `assessments.items`."""
