"""From a handed-in paper to a result, a grade, evidence, and what its candidate may see of it."""
