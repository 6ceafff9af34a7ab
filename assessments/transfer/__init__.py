"""Questions, quizzes and results of other programs: out of files, looked at, taken, and into files again."""
