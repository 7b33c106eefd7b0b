"""draft looks at a file that nobody declared and writes its schema as a Python file."""
