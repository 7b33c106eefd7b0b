"""Write Python literals as ruff's formatter would, safely for any text that a file holds."""

import unicodedata
from collections.abc import Iterator, Mapping

WIDTH = 120
_STEP = 4

#: Characters from which a text of one character is written as a product.
_RUN = 20


def text_literal(text: str, *, is_ascii: bool = False) -> str:
    """Return a text as a Python literal in the quotes that need fewer escapes, double ones if they are equal.

    Whatever is not printable is escaped, so that no text of a file can end the line it stands on.

    Args:
        text: the text.
        is_ascii: escape all letters that are not ASCII as well.
    """
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(mark, quote, is_ascii=is_ascii) for mark in text) + quote


def width_of(text: str) -> int:
    """Return the columns that a text takes on a screen, by which formatters count."""
    return sum(_width(mark) for mark in text) if not text.isascii() else len(text)


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines that are no wider, broken between words."""
    lines = [""]
    for word in text.split():
        line = f"{lines[-1]} {word}".lstrip()
        if width_of(line) <= width or not lines[-1]:
            lines[-1] = line
        else:
            lines.append(word)
    return lines


def literal(value: object) -> str:
    """Return a value on one line: a text, a number, True or False, a list or tuple of them, or numbers by text."""
    if isinstance(value, str):
        return _repeated(value) or text_literal(value)
    if isinstance(value, list):
        return f"[{', '.join(literal(item) for item in value)}]"
    if isinstance(value, tuple):
        return f"({', '.join(literal(item) for item in value)}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text_literal(key)}: {one:_}" for key, one in value.items()) + "}"
    return repr(value)


def call_lines(before: str, arguments: Mapping[str, object], indent: int, after: str = ")") -> list[str]:
    """Return the lines of a call: on one line if it fits, else its arguments on one line, else one line each.

    Args:
        before: the text up to the opening parenthesis, which it holds.
        arguments: keyword -> value; where the value is None, the name alone is the argument.
        indent: spaces before the first line.
        after: what closes the call.
    """
    pad, inner = " " * indent, " " * (indent + _STEP)
    joined = ", ".join(_argument(name, value) for name, value in arguments.items())
    if width_of(f"{pad}{before}{joined}{after}") <= WIDTH:
        return [f"{pad}{before}{joined}{after}"]
    if width_of(f"{inner}{joined}") <= WIDTH:
        return [f"{pad}{before}", f"{inner}{joined}", f"{pad}{after}"]
    lines = [line for name, value in arguments.items() for line in _argument_lines(name, value, indent + _STEP)]
    return [f"{pad}{before}", *lines, f"{pad}{after}"]


def _escaped(mark: str, quote: str, *, is_ascii: bool) -> str:
    if mark in (quote, "\\"):
        return f"\\{mark}"
    return mark if mark.isprintable() and (mark.isascii() or not is_ascii) else ascii(mark)[1:-1]


def _width(mark: str) -> int:
    if unicodedata.combining(mark) or unicodedata.category(mark) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(mark) in ("W", "F") else 1


def _repeated(text: str) -> str | None:
    """Return a long text of one character as that character times its length."""
    if len(text) <= _RUN or len(set(text)) > 1:
        return None
    return f"{text_literal(text[0])} * {len(text)}"


def _argument(name: str, value: object) -> str:
    return name if value is None else f"{name}={literal(value)}"


def _argument_lines(name: str, value: object, indent: int) -> Iterator[str]:
    pad, inner = " " * indent, " " * (indent + _STEP)
    whole = f"{pad}{_argument(name, value)},"
    if width_of(whole) <= WIDTH:
        yield whole
    elif isinstance(value, str):
        yield f"{pad}{name}=("
        yield from (f"{inner}{text_literal(piece, is_ascii=True)}" for piece in _pieces(value, WIDTH - len(inner)))
        yield f"{pad}),"
    elif isinstance(value, list | tuple):
        opening, closing = "[]" if isinstance(value, list) else "()"
        yield f"{pad}{name}={opening}"
        yield from (f"{inner}{literal(item)}," for item in value)
        yield f"{pad}{closing},"


def _pieces(text: str, width: int) -> list[str]:
    """Return a text in pieces whose literals are as long as the width allows."""
    pieces, start = [], 0
    for end in range(1, len(text) + 1):
        if end == len(text) or len(text_literal(text[start : end + 1], is_ascii=True)) > width:
            pieces.append(text[start:end])
            start = end
    return pieces
