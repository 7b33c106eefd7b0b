"""draft profiles a file that no schema declares and writes its schema as a Python file."""
