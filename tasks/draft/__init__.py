"""draft looks at a file that nobody declared and writes its schema: dialect, kinds, names, Python text."""
