"""Recognize cells that a spreadsheet would run as formulas, and remove the mark that keeps it from doing so."""

import re

#: A cell that a spreadsheet would run; marks of an earlier escape before it count, so that one can be taken off again.
FORMULA = r"'*[=+\-@\t\r]"


def without_mark(text: str) -> str:
    """Return a text without the mark that kept a spreadsheet from running it."""
    return text[1:] if text.startswith("'") and re.match(FORMULA, text) else text
