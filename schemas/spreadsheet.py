"""Recognize cells that a spreadsheet would run as formulas; add and remove the mark that keeps it from doing so."""

import re

#: A cell that a spreadsheet would run; marks of an earlier escape before it count, so that one can be taken off again.
FORMULA = r"'*[=+\-@\t\r]"

#: What begins as a formula does but is a number, such as -3.2 or +49 151 12345678.
NUMBER = r"\s*[+-]?[0-9., ]*[0-9][0-9., ]*%?\s*"


def with_mark(text: str) -> str:
    """Return a text, after a ``'`` where a spreadsheet would run it."""
    return f"'{text}" if re.match(FORMULA, text) and not re.fullmatch(NUMBER, text) else text


def without_mark(text: str) -> str:
    """Return a text without the mark that kept a spreadsheet from running it."""
    return text[1:] if text.startswith("'") and re.match(FORMULA, text) else text
