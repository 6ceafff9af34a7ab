"""What holders do themselves: check what will be printed, and ask for a correction of what was."""
