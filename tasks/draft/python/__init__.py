"""python writes the declaration: names, literals, the text of the schema file."""
