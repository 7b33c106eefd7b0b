"""Find a file's text encoding from its declaration, byte-order mark or zero bytes; ``cp1252`` does the rest."""

import codecs
import re
from collections.abc import Iterable, Iterator

from schemas.errors import DataRefused
from tasks.delivery.limits import LIMITS

#: The longer marks first: that of UTF-32 begins as that of UTF-16 does.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}

_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")

_NON_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd\ufffe\uffff]")


def known_encoding(declared: str | None, head: bytes, path: str) -> str | None:
    """Return the codec of a text by its declaration or its first bytes; None where neither shows it.

    Args:
        declared: the encoding as the schema declares it.
        head: the first bytes of the text.
        path: the file as messages name it.

    Raises:
        DataRefused: the text begins with the mark of another encoding than the declared one.
    """
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)
    if declared is None:
        return marked or _wide_without_mark(head)
    name = codecs.lookup(declared).name.removesuffix("-sig")
    if name in ("utf-16", "utf-32"):  # it leaves the order of the bytes open
        name = marked if marked is not None and marked.startswith(name) else f"{name}-le"
    if marked != name and (marked in _WIDE or (marked == "utf-8" and _is_utf_8_beyond_ascii(head))):
        raise DataRefused(
            f"{path} begins with the byte-order mark of {marked}, but the schema declares encoding={declared!r}; "
            "deliver it as declared, or correct the declaration"
        )
    return name


def without_mark(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the blocks of a text without the mark of UTF-8, which some put before any encoding."""
    for number, block in enumerate(blocks):
        yield block.removeprefix(codecs.BOM_UTF8) if number == 0 and encoding not in _WIDE else block


def _is_utf_8_beyond_ascii(head: bytes) -> bool:
    """Return whether the first bytes of a text are UTF-8 with letters that another encoding reads otherwise.

    Some put the mark before any encoding, so that alone it shows nothing.
    """
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(head)  # the last character may be cut
    except UnicodeDecodeError:
        return False
    return not text.isascii()


def _wide_without_mark(head: bytes) -> str | None:
    """Return UTF-16 or UTF-32 where text is unmistakably of two or four bytes a character.

    Plain letters, digits and line ends have their zero bytes at one position of each character; read in
    the other order, or in another width, they are no such text.
    """
    return next((name for name in _WIDE if _reads_as(head[: LIMITS.encoding_bytes], name)), None)


def _reads_as(head: bytes, encoding: str) -> bool:
    if b"\0" not in head:
        return False
    text = head[: len(head) // 4 * 4].decode(encoding, "replace")
    plain = sum(character < "\x7f" for character in text)
    return 10 * plain >= 3 * len(text) and 100 * len(_NON_TEXT.findall(text)) <= len(text)
