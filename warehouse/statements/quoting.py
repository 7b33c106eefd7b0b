"""Quote names and texts for SQL: the only place that does."""


def quote_identifier(name: str) -> str:
    """Return a name as an SQL identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """Return a text as an SQL literal, whatever is in it."""
    return "'" + text.replace("'", "''") + "'"


def pattern_of(text: str) -> str:
    """Return the regular expression that matches a text and nothing else, whatever is in it."""
    return "".join(f"\\x{{{ord(character):x}}}" for character in text)
