"""Copy one delivered file into the run as UTF-8: detect its text encoding, and hash the bytes as delivered."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import DataRefused
from schemas.file_settings import NOTHING_DECLARED, FileSettings
from tasks.delivery.cp1252 import reads_as_western
from tasks.delivery.sources import unreadable
from tasks.delivery.text import KEEP_UNDECODABLE, TextCopy, decoded, write_text
from tasks.delivery.text_encoding import known_encoding, without_mark
from tasks.delivery.unpacking import Packing, packing_of, read_blocks

_EXPECTED = "expected a header line and one row per customer, so look at the export and deliver the file again"


@dataclass(frozen=True)
class SourceCopy:
    """What was copied: hash and size of the delivered bytes, and how their text was read."""

    sha256: str
    size: int
    encoding: str
    packing: Packing | None
    undecodable_lines: int


def copy_source(
    source: Path, copy: Path, undecodable: Path | None = None, settings: FileSettings = NOTHING_DECLARED
) -> SourceCopy:
    """Copy a delivered file as UTF-8 text without a mark whose lines end in LF.

    Args:
        source: the delivered file, packed or not.
        copy: where the text goes.
        undecodable: where the list of the lines with undecodable bytes goes; there is no
            such file where all bytes are text.
        settings: what the dataset says about its files.

    Raises:
        DataRefused: the file is empty, not text, not a CSV file, or cannot be unpacked within bounds.
        UsageError: the file cannot be read.
        FileNotFoundError: the file has gone.
    """
    try:
        return _copy(source, copy, undecodable, settings)
    except BaseException as error:
        copy.unlink(missing_ok=True)  # it may be as large as the disk
        if isinstance(error, PermissionError):
            raise unreadable(error) from error
        raise


def source_head(source: Path, settings: FileSettings) -> list[str]:
    """Return the first lines of a delivered file, without their ends and whatever is not text.

    Raises:
        DataRefused: the file is not a CSV file, or cannot be unpacked.
    """
    block = next(read_blocks(source, packing_of(source), settings), b"")
    encoding = known_encoding(settings.encoding, block, str(source)) or "utf-8"
    return "".join(decoded(without_mark([block], encoding), encoding, "replace")).split("\n")


def _copy(source: Path, copy: Path, undecodable: Path | None, settings: FileSettings) -> SourceCopy:
    with source.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    if size == 0:
        raise DataRefused(f"{source} is empty (0 bytes); {_EXPECTED}")
    packing = packing_of(source)

    def blocks() -> Iterator[bytes]:
        return read_blocks(source, packing, settings)

    def write(encoding: str, errors: str) -> TextCopy:
        texts = decoded(without_mark(blocks(), encoding), encoding, errors)
        return write_text(texts, encoding, copy, undecodable, str(source))

    encoding = known_encoding(settings.encoding, next(blocks(), b""), str(source))
    if encoding is None:
        try:
            encoding, text = "utf-8", write("utf-8", "strict")
        except UnicodeDecodeError:
            encoding = "cp1252" if reads_as_western(blocks()) else "utf-8"
            text = write(encoding, KEEP_UNDECODABLE)
    else:
        text = write(encoding, KEEP_UNDECODABLE)
    if text.characters == 0:
        what = f"({packing}) unpacks to no text" if packing else "holds a byte-order mark and no text"
        raise DataRefused(f"{source} {what}; {_EXPECTED}")
    return SourceCopy(sha256, size, encoding, packing, text.undecodable_lines)
