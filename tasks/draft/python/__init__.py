"""Write a drafted schema as Python: its names, its literals, the text of the file."""
