"""Messages that quote delivered rows: what they quote stays in the home, and does not get into logs or to Prefect."""

import re

#: Characters of private use, which ``repr`` never leaves in a quoted value.
_OPEN, _INSTEAD, _CLOSE = "\ue000", "\ue001", "\ue002"

_QUOTED = re.compile(f"{_OPEN}([^{_INSTEAD}]*){_INSTEAD}([^{_CLOSE}]*){_CLOSE}", re.DOTALL)


def private(text: str, instead: str = "…") -> str:
    """Return a text of delivered values, marked as that.

    Args:
        text: for a message in the home and on the terminal of who ran it.
        instead: what stands for it elsewhere.
    """
    clean = text.translate(dict.fromkeys(map(ord, (_OPEN, _INSTEAD, _CLOSE))))
    return f"{_OPEN}{clean}{_INSTEAD}{instead}{_CLOSE}"


def with_values(message: str) -> str:
    """Return a message with the values that it quotes."""
    return _QUOTED.sub(r"\1", message)


def without_values(message: str) -> str:
    """Return a message without the values that it quotes."""
    return _QUOTED.sub(r"\2", message)
