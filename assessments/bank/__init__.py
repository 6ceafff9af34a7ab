"""The question bank: versions and their life, filing, finding, files, what learners report."""
