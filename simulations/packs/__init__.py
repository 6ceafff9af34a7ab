"""情景模拟课程包: a scenario with its chain of rules and a guide for whoever leads a group through it."""
