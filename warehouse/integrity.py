"""Whether what lies under the published name is what a run published, byte for byte."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb

from schemas.errors import SegmentsError
from warehouse.generated.quoting import quote_identifier
from warehouse.home import Home
from warehouse.ledger import read_manifests
from warehouse.opening import opened, read_sql


@dataclass(frozen=True)
class PublishedState:
    """What lies under the published name.

    Attributes:
        run_id: the run whose whole file it is; None where there is no file, or it is not to be trusted.
        fault: what is wrong with it, in words; None where it is whole or there is none.
    """

    run_id: str | None
    fault: str | None = None


def published_state(home: Home) -> PublishedState:
    """Return what lies under the published name, judged by its bytes and the records of the runs."""
    try:
        found = home.published_file.stat()
    except FileNotFoundError:
        return PublishedState(None)
    except OSError as error:
        return PublishedState(None, f"it cannot be read ({error.strerror})")
    return _judged(home, found.st_ino, found.st_size, found.st_mtime_ns)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=4)
def _judged(home: Home, *_: int) -> PublishedState:
    """Judge a file; it is read once for each inode, size and time of change that it had."""
    if not home.published_file.is_file():
        return PublishedState(None, "it is not a file")
    try:
        digest = sha256_of(home.published_file)
    except OSError as error:
        return PublishedState(None, f"it cannot be read ({error.strerror})")
    digests = {str(run["published_sha256"]): run for run in read_manifests(home) if run.get("published_sha256")}
    if digest in digests:
        return PublishedState(str(digests[digest]["run_id"]))
    return _read_through(home, {str(run["run_id"]) for run in digests.values()})


def _read_through(home: Home, recorded: set[str]) -> PublishedState:
    """Judge a file whose bytes no run has recorded: an earlier version's, if every table can be read."""
    try:
        with opened(home.published_file, home) as database:
            (run_id,) = database.execute(read_sql("select_published_run")).fetchone() or (None,)
            if run_id is None:
                return PublishedState(None, "it holds no run")
            if run_id in recorded:
                return PublishedState(None, f"its bytes are not those that run {run_id} published")
            for (table,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                database.execute(f"SELECT max(hash(rows)) FROM {quote_identifier(table)} AS rows").fetchall()
    except (SegmentsError, duckdb.Error) as error:
        return PublishedState(None, " ".join(str(error.__cause__ or error).split()))
    return PublishedState(str(run_id))
