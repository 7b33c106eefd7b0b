"""Write the run's copy of a delivered text, the same for every reader: UTF-8, LF line ends, no NUL."""

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from schemas.errors import DataRefused
from tasks.delivery.limits import LIMITS

#: Error rule of the codecs that gives the character 0xDC00 + b for each byte b that is not text; no
#: encoding gives such a character otherwise.
KEEP_UNDECODABLE = "segments.keep-undecodable"

_ESCAPE = 0xDC00
_UNDECODABLE = re.compile("[\0\ud800-\udfff]+")
_NON_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class TextCopy:
    """What was written: its characters, and the lines that hold undecodable bytes."""

    characters: int
    undecodable_lines: int


def decoded(blocks: Iterable[bytes], encoding: str, errors: str) -> Iterator[str]:
    """Yield the text of blocks of bytes, without a byte-order mark, every line end being LF.

    Raises:
        UnicodeDecodeError: the bytes are not text, and ``errors`` is ``"strict"``.
    """
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(errors), translate=True)
    is_first = True
    for block in blocks:
        text = decoder.decode(block)
        yield text.removeprefix("\ufeff") if is_first else text
        is_first = is_first and not text
    yield decoder.decode(b"", final=True)


def write_text(texts: Iterable[str], encoding: str, copy: Path, undecodable: Path | None, path: str) -> TextCopy:
    r"""Write the copy, and ``undecodable`` where lines hold what is not text.

    Each undecodable byte, each NUL and each half of a surrogate pair becomes a visible ``\xNN``; its
    line is a row of ``undecodable``: ``line_number,found``.

    Raises:
        DataRefused: the file is mostly not text, or not text in this encoding.
        UnicodeDecodeError: as ``decoded`` does.
    """
    with ExitStack() as opened:
        writer = _CopyWriter(opened, copy, undecodable)
        for number, text in enumerate(texts):
            if number == 0:
                _refuse_non_text(text[: LIMITS.judged_characters], encoding, path)
            writer.write(text)
        return TextCopy(writer.characters, writer.undecodable_lines)


class _CopyWriter:
    """Writes text to the copy; only text with undecodable bytes takes the slow path."""

    def __init__(self, opened: ExitStack, copy: Path, undecodable: Path | None) -> None:
        self._opened = opened
        self._copy = opened.enter_context(copy.open("wb"))
        self._undecodable = undecodable
        if undecodable is not None:
            undecodable.unlink(missing_ok=True)
        self._list: IO[str] | None = None
        self._listed_line = 0
        self._lines = 0
        self.characters = 0
        self.undecodable_lines = 0

    def write(self, text: str) -> None:
        self.characters += len(text)
        try:
            data = text.encode()
        except UnicodeEncodeError:
            data = self._made_visible(text).encode()
        else:
            if b"\0" in data:
                data = self._made_visible(text).encode()
        self._copy.write(data)
        self._lines += data.count(b"\n")

    def _made_visible(self, text: str) -> str:
        line, seen, pieces = self._lines + 1, 0, []
        for found in _UNDECODABLE.finditer(text):
            before = text[seen : found.start()]
            line += before.count("\n")
            seen = found.end()
            values = [_value(character) for character in found[0]]
            pieces += [before, "".join(f"\\x{value:02x}" for value in values)]
            self._note(line, " ".join(f"0x{value:02x}" for value in values[: LIMITS.shown_bytes]))
        return "".join([*pieces, text[seen:]])

    def _note(self, line: int, found: str) -> None:
        """Add a line to the list of those that are undecodable, once."""
        if line == self._listed_line:
            return
        self._listed_line = line
        self.undecodable_lines += 1
        if self._undecodable is None:
            return
        if self._list is None:
            self._list = self._opened.enter_context(self._undecodable.open("w", encoding="ascii", newline="\n"))
        self._list.write(f"{line},{found}\n")


def _refuse_non_text(head: str, encoding: str, path: str) -> None:
    """Refuse a file whose first characters are mostly not text, or not text in this encoding.

    Raises:
        DataRefused: with what was found, and what can be done.
    """
    bad = len(_NON_TEXT.findall(head))
    is_mostly_bad = bad > len(head) * LIMITS.non_text_share
    if is_mostly_bad and len(_CONTROL.findall(head)) > len(head) * LIMITS.control_share:
        raise DataRefused(
            f"{path} is not text ({bad:,} of its first {len(head):,} characters are not); "
            "expected a CSV file, so save or export it as CSV"
        )
    lines = head.split("\n")
    undecodable = sum(bool(_UNDECODABLE.search(line)) for line in lines)
    if is_mostly_bad or (undecodable >= LIMITS.undecodable_lines and 2 * undecodable > len(lines)):
        number, first = next((n, f) for n, line in enumerate(lines, 1) if (f := _NON_TEXT.search(line)))
        raise DataRefused(
            f"{path} line {number}: holds the byte 0x{_value(first[0]):02x}, which is not {encoding.upper()}, "
            f"as do {undecodable:,} of its first {len(lines):,} lines; expected UTF-8 text, so save or export it as "
            "UTF-8 CSV, or declare its encoding in the schema"
        )


def _value(character: str) -> int:
    """Return the byte that an escaping character is for; of another half of a surrogate pair, the half itself."""
    code = ord(character)
    return code - _ESCAPE if _ESCAPE <= code < _ESCAPE + 256 else code


def _keep_undecodable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(_ESCAPE + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(KEEP_UNDECODABLE, _keep_undecodable)
