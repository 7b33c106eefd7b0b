"""Unpack compressed files within size limits, and refuse files whose first bytes show that they are not CSV."""

import errno
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal, Protocol

import pyarrow as pa

from schemas.errors import DataRefused
from schemas.file_settings import FileSettings
from tasks.delivery.limits import LIMITS

Packing = Literal["gzip", "zstd", "zip"]

_PACKINGS: dict[Packing, bytes] = {
    "gzip": rb"\x1f\x8b",
    "zstd": rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18",  # a frame, or one that is to be skipped
    "zip": rb"PK(\x03\x04|\x05\x06|\x07\x08)",
}

_SAVE_AS_CSV = "save or export it as CSV"
_PACK_OTHERWISE = "unpack it, or pack it with gzip, zstd or zip"

#: What it is, in words -> how it begins, and what to do.
_FOREIGN: dict[str, tuple[bytes, str]] = {
    "a PDF document": (rb"%PDF-", _SAVE_AS_CSV),
    "a Parquet file": (rb"PAR1[\x00-\x1f]", _SAVE_AS_CSV),
    "an Arrow file": (rb"ARROW1\0\0", _SAVE_AS_CSV),
    "a SQLite database": (rb"SQLite format 3\0", _SAVE_AS_CSV),
    "a DuckDB database": (rb"(?s:.{8})DUCK(?s:..)\0{6}", _SAVE_AS_CSV),
    "an Excel file (.xls, or with a password)": (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _SAVE_AS_CSV),
    "a web page (HTML)": (
        rb"(?i:(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head|body|table)\b)",
        "look where it is downloaded from: it may be a page that asks to log in",
    ),
    "JSON": (rb'(\xef\xbb\xbf)?\s*(\{\s*("[^"]*"\s*:|\})|\[\s*[\[{])', _SAVE_AS_CSV),
    "XML": (rb"(?i:(\xef\xbb\xbf)?\s*<\?xml\b)", _SAVE_AS_CSV),
    "YAML": (rb"(\xef\xbb\xbf)?(---\s*\n)?(\w+:\s*\n)?(- +\w+: [^\n]*\n +\w+: )", _SAVE_AS_CSV),
    "an e-mail or an address card": (rb"(BEGIN:VCARD|((From|To|Subject|Received|Date): [^\n]*\n){3})", _SAVE_AS_CSV),
    "a dump of a database (SQL)": (
        rb"(?i:(\xef\xbb\xbf)?\s*(--[^\n]*\n\s*)*(--[^\n]*\bdump\b|/\*!|(insert\s+into|create\s+table|drop\s+table)\s"
        rb"|copy\s[^\n]*\sfrom\s+stdin))",
        "export the table as CSV",
    ),
    "packed with bzip2": (rb"BZh[1-9](1AY&SY|\x17rE8P\x90)", _PACK_OTHERWISE),
    "packed with xz": (rb"\xfd7zXZ\0", _PACK_OTHERWISE),
    "packed with lz4": (rb"\x04\x22\x4d\x18", _PACK_OTHERWISE),
    "a 7z archive": (rb"7z\xbc\xaf\x27\x1c", _PACK_OTHERWISE),
    "a RAR archive": (rb"Rar!\x1a\x07", _PACK_OTHERWISE),
}

#: What the readers of the packings raise where the bytes are not what they should be; zipfile has many.
_DAMAGE = (EOFError, OSError, zlib.error, zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError)

_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def packing_of(source: Path) -> Packing | None:
    """Return how a file is packed; None where it is not.

    Raises:
        DataRefused: it is of a kind that is not a CSV file.
    """
    with source.open("rb") as file:
        head = file.read(LIMITS.kind_bytes)
    refuse_foreign(head, str(source))
    return _packing_of(head)


def refuse_foreign(head: bytes, path: str) -> None:
    """Refuse by name what is not a CSV file.

    Raises:
        DataRefused: the first bytes are those of another kind of file.
    """
    for name, (pattern, advice) in _FOREIGN.items():
        if re.match(pattern, head):
            raise DataRefused(f"{path} is {name}; expected a CSV file, so {advice}")


def read_blocks(source: Path, packing: Packing | None, settings: FileSettings) -> Iterator[bytes]:
    """Yield the bytes of a file, unpacked, in blocks of 1 MiB.

    Raises:
        DataRefused: a packed file is damaged, cut off, encrypted, too large when unpacked, or holds
            what is not a CSV file.
    """
    with source.open("rb") as file:
        if packing is None:
            yield from iter(lambda: file.read(LIMITS.block_bytes), b"")
            return
        try:
            yield from _within_bounds(_unpacking(file, packing, str(source)), source, packing, settings)
        except _DAMAGE as error:
            if getattr(error, "errno", None) not in (None, errno.EINVAL):  # the disk's failure, not the file's
                raise  # while EINVAL comes of an offset outside of the file
            raise DataRefused(
                f"{source} ({packing}) cannot be unpacked: it is damaged or cut off ({error}); "
                "expected a whole file, so have it delivered again"
            ) from error


class _Stream(Protocol):
    """What unpacked bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, none at the end."""


def _packing_of(head: bytes) -> Packing | None:
    return next((name for name, pattern in _PACKINGS.items() if re.match(pattern, head)), None)


def _unpacking(file: IO[bytes], packing: Packing, path: str) -> _Stream:
    if packing == "gzip":
        return gzip.GzipFile(fileobj=file)
    if packing == "zstd":
        stream: _Stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")
        return stream
    return _only_member(zipfile.ZipFile(file), path)


def _only_member(archive: zipfile.ZipFile, path: str) -> _Stream:
    if spreadsheet := _spreadsheet(archive.namelist()):
        raise DataRefused(f"{path} is a spreadsheet ({spreadsheet}); expected a CSV file, so save it as CSV")
    members = [member for member in archive.infolist() if _is_delivered(member)]
    if len(members) != 1:
        names = ", ".join(repr(member.filename) for member in members[:5]) + (", ..." if len(members) > 5 else "")
        found = f"{len(members)} files ({names})" if members else "no file"
        raise DataRefused(f"{path} is a zip with {found}; expected exactly one CSV file in it")
    member = members[0]
    if member.flag_bits & 0x1:
        raise DataRefused(
            f"{path}: {member.filename!r} is encrypted; expected a zip without a password, so compress it again"
        )
    if member.compress_type not in _ZIP_METHODS:
        raise DataRefused(
            f"{path}: {member.filename!r} is packed by method {member.compress_type}; "
            "expected an ordinary zip (stored or deflated), so compress it again"
        )
    return archive.open(member)


def _spreadsheet(names: list[str]) -> str | None:
    if any(name.startswith("xl/") for name in names):
        return ".xlsx"
    return ".ods" if {"mimetype", "content.xml"} <= set(names) else None


def _is_delivered(member: zipfile.ZipInfo) -> bool:
    """Return whether a member is a delivered file, not one that a Mac adds."""
    is_macs_own = member.filename.startswith("__MACOSX/") or member.filename.split("/")[-1] == ".DS_Store"
    return not member.is_dir() and not is_macs_own


def _within_bounds(stream: _Stream, source: Path, packing: Packing, settings: FileSettings) -> Iterator[bytes]:
    packed, unpacked = source.stat().st_size, 0
    while block := stream.read(LIMITS.block_bytes):
        if unpacked == 0:
            _refuse_packed_twice(block[: LIMITS.kind_bytes], source, packing)
        unpacked += len(block)
        if unpacked > settings.max_unpacked_bytes:
            raise DataRefused(
                f"{source} ({packing}) unpacks to more than {settings.max_unpacked_bytes:,} bytes; "
                "expected no more (max_unpacked_bytes), so raise max_unpacked_bytes in the schema if it is right"
            )
        if unpacked > LIMITS.ratio_from_bytes and unpacked > packed * settings.max_unpacked_ratio:
            raise DataRefused(
                f"{source} ({packing}) unpacks to more than {settings.max_unpacked_ratio:g} times its {packed:,} "
                "bytes; expected no more (max_unpacked_ratio), so raise max_unpacked_ratio in the schema if it is right"
            )
        yield block


def _refuse_packed_twice(head: bytes, source: Path, packing: Packing) -> None:
    refuse_foreign(head, f"what {source} ({packing}) holds")
    if inner := _packing_of(head):
        raise DataRefused(f"{source} is packed twice, with {packing} and {inner}; expected a CSV file packed once")
