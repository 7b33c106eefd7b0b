"""Take the delivered file into the run: copied and hashed first, so that nothing can change under it."""

import codecs
import hashlib
import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from schemas.errors import DataRefused, UsageError
from schemas.loading import load_dataset
from tasks.steps import prefect_task, recorded
from warehouse.ledger import read_manifest, readable_manifest
from warehouse.run import Run
from warehouse.runs import published_run_id

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class SourceCopy:
    """What was copied: the delivered bytes' hash and size."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Delivery:
    """What was delivered; two deliveries with one fingerprint give the same tables."""

    source_file: str
    source_name: str
    source_sha256: str
    source_bytes: int
    fingerprint: str


def find_source(source: str) -> Path:
    """Return the file that a SOURCE stands for: itself, or the newest file of a directory.

    Raises:
        UsageError: there is no such file or directory, or the directory holds no file.
    """
    if not source.strip():
        raise UsageError("SOURCE is empty; name a customers file as SOURCE")
    try:
        return _found_source(source)
    except PermissionError as error:
        raise UsageError(
            f"{error.filename} cannot be read ({error.strerror}); give this account the right to read it"
        ) from error
    except OSError as error:  # such as a name that is too long
        raise UsageError(f"{source[:200]}: {error.strerror}; name a customers file as SOURCE") from error


def _found_source(source: str) -> Path:
    path = Path(source)
    if path.is_dir():
        found = [entry for entry in path.iterdir() if entry.is_file() and not entry.name.startswith(".")]
        if not found:
            raise UsageError(f"{source} holds no file; drop a customers file there, or name one as SOURCE")
        return max(found, key=lambda entry: (entry.stat().st_mtime_ns, entry.name))
    if not path.exists():
        raise UsageError(f"{source}: no such file or directory; name a customers file as SOURCE")
    if not path.is_file():
        raise UsageError(f"{source} is not a regular file; name a customers file as SOURCE")
    return path


def copy_source(source: Path, target: Path) -> SourceCopy:
    """Copy a delivered file, and hash the bytes as they were delivered.

    The copy is UTF-8 text without a byte-order mark whose lines end in LF, so that every reader
    after this counts the same lines.

    Raises:
        DataRefused: the file is empty, or is not UTF-8 text; with the line and the place.
        UsageError: the file cannot be read.
    """
    digest = hashlib.sha256()
    size = 0
    try:
        with source.open("rb") as delivered, target.open("wb") as copy:
            text = _TextCheck(source)
            for block in _whole_line_ends(delivered):
                digest.update(block)
                size += len(block)
                copy.write(text.checked(block))
            text.finish()
    except PermissionError as error:
        raise UsageError(
            f"{source} cannot be read ({error.strerror}); give this account the right to read it"
        ) from error
    if size == 0:
        raise DataRefused(f"{source} is empty (0 bytes); expected a header line and one row a customer")
    return SourceCopy(digest.hexdigest(), size)


@recorded("delivery")
def take(run: Run) -> Delivery:
    """Copy the delivered file into the run.

    Raises:
        UsageError: there is no file to take, or it cannot be read.
        DataRefused: the file is empty or not text.
    """
    source = find_source(run.order.sources[0])
    copied = copy_source(source, run.source_copy(1))
    return Delivery(str(source), source.name, copied.sha256, copied.size, _fingerprint(run, copied.sha256))


def published_before(run: Run, delivery: Delivery) -> str | None:
    """Return the run that published the same file with the same settings, if it is the published one."""
    run_id = published_run_id(run.home)
    if run_id is None or run.order.force:
        return None
    manifest = readable_manifest(run.home.runs / run_id / "manifest.json")
    is_same = manifest is not None and manifest.get("fingerprint") == delivery.fingerprint
    return run_id if is_same else None


def _fingerprint(run: Run, source_sha256: str) -> str:
    """Return a hash of all that the published tables depend on; the day counts only where it was given."""
    order = run.order
    dataset = load_dataset(order.dataset)
    facts = {
        "source": source_sha256,
        "dataset": order.dataset,
        "declaration": inspect.getsource(inspect.getmodule(dataset) or dataset),
        "candidates": order.candidates,
        "as_of": order.as_of and order.as_of.isoformat(),
        "seed": order.seed,
        "software": read_manifest(run.manifest_file)["software_version"],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _whole_line_ends(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a file in blocks that never end between a CR and its LF."""
    held = b""
    while block := file.read(_BLOCK_BYTES):
        block = held + block
        held = b"\r" if block.endswith(b"\r") else b""
        yield block[: len(block) - len(held)]
    if held:
        yield held


class _TextCheck:
    """Checks that blocks of a file are UTF-8 text, and counts the lines to say where they are not."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._lines = 0
        self._is_first = True

    def checked(self, block: bytes) -> bytes:
        """Return the block with LF line ends and without a byte-order mark."""
        if self._is_first:
            block = block.removeprefix(codecs.BOM_UTF8)
            self._is_first = False
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if b"\0" in block:
            self._refuse(block[: block.index(b"\0")], "holds a NUL byte")
        pending = self._decoder.getstate()[0]
        try:
            self._decoder.decode(block)
        except UnicodeDecodeError as error:
            text = pending + block
            found = " ".join(f"0x{byte:02x}" for byte in text[error.start : error.start + 1])
            self._refuse(text[: error.start], f"holds the byte {found}, which is not UTF-8")
        self._lines += block.count(b"\n")
        return block

    def finish(self) -> None:
        """Refuse a file that ends within a character."""
        try:
            self._decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            self._refuse(b"", "ends within a character")

    def _refuse(self, before: bytes, what: str) -> None:
        line = self._lines + before.count(b"\n") + 1
        raise DataRefused(f"{self._source} line {line}: {what}; expected UTF-8 text, so save or export it as UTF-8 CSV")


take_delivery = prefect_task("take-delivery")(take)
