"""Profile a file that no schema declares, and write its schema as a Python file."""
