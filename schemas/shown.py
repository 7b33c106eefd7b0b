"""Show texts that others wrote: what would steer a terminal or turn the direction of reading is escaped.

This is for eyes alone. Tables, and what is exported or piped, hold a text as it was delivered. Counts are put in words
here, too.
"""

import html
import json
import re
from typing import Any

#: Control characters of both kinds, marks of direction, line separators, and halves of characters.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str) -> str:
    r"""Return a text with every character escaped that acts and is not seen, as ``\x1b`` or ``\u202e``."""
    return _UNSEEN.sub(_escaped, text)


def shown_lines(text: str) -> str:
    """Return the same of a text of several lines."""
    return "\n".join(map(shown, text.split("\n")))


def shown_in_html(text: str) -> str:
    """Return the same as HTML, in which nothing of it is markup."""
    return html.escape(shown(text))


def shown_as_json(facts: Any) -> str:
    """Return JSON that a terminal can show, and that reads back as the facts are."""
    text = json.dumps(facts, indent=2, default=str, ensure_ascii=False)
    return "\n".join(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line) for line in text.split("\n"))


def counted(n: int, one: str, several: str | None = None) -> str:
    """Return a count and what is counted: ``1 row``, ``2,000 rows``; ``several`` where more than an s is added."""
    return f"{n:,} {one if n == 1 else several or f'{one}s'}"


def _escaped(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
