"""Names and texts as SQL: the only place that quotes them."""


def quote_identifier(name: str) -> str:
    """Return a name as an SQL identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """Return a text as an SQL literal, whatever is in it."""
    return "'" + text.replace("'", "''") + "'"
