"""成绩复核: another marker looks again at what a candidate doubts."""
