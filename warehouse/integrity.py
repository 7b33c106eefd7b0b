"""Check that the file under the published name is what a run published, byte for byte."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb

from schemas.errors import SegmentsError, UsageError
from warehouse.connection import one_line, opened, read_sql
from warehouse.home.directory import Home
from warehouse.home.ledger import read_manifests, readable_manifest, recorded_sha256s
from warehouse.home.run import RUN_ID
from warehouse.statements.quoting import quote_identifier

#: Tables that every version has published.
_TABLES = {"runs", "customers", "customer_segments", "segments"}


@dataclass(frozen=True)
class PublishedState:
    """What is under the published name.

    Attributes:
        run_id: the run whose whole file it is; None where there is no file, or it is not to be trusted.
        fault: what is wrong with it, in words; None where it is whole or there is none.
    """

    run_id: str | None
    fault: str | None = None


def published_state(home: Home) -> PublishedState:
    """Return what lies under the published name, judged by its bytes and the records of the runs."""
    path = home.published_file
    try:
        found = path.stat()
        if not path.is_file():
            raise _Fault("it is not a file")
        return PublishedState(_run_of(home, found.st_ino, found.st_size, found.st_mtime_ns))
    except FileNotFoundError:
        return PublishedState(None)
    except OSError as error:
        return PublishedState(None, f"it cannot be read ({error.strerror})")
    except _Fault as fault:
        return PublishedState(None, str(fault))


def file_of(home: Home, run_id: str) -> Path | None:
    """Return the file that a run published, under the published name or in the archive; None where it is gone."""
    is_published = published_state(home).run_id == run_id
    path = home.published_file if is_published else home.archived_file(run_id)
    return path if path.is_file() else None


def is_whole(home: Home, run_id: str) -> bool:
    """Return whether the archived file of a run is there, byte for byte."""
    manifest = readable_manifest(home.manifest_file(run_id)) or {}
    try:
        return sha256_of(home.archived_file(run_id)) in recorded_sha256s(manifest)
    except OSError:
        return False


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Fault(Exception):
    """The file is not to be trusted; an exception, as only what is whole is kept in the cache."""


@lru_cache(maxsize=4)
def _run_of(home: Home, *_: int) -> str:
    """Return the run whose whole file is published; it is read once per inode, size and time of change."""
    digest = sha256_of(home.published_file)
    run_of = {sha256: str(run["run_id"]) for run in read_manifests(home) for sha256 in recorded_sha256s(run)}
    if digest in run_of:
        return run_of[digest]
    return _read_through(home, set(run_of.values()))


def _read_through(home: Home, recorded: set[str]) -> str:
    """Return the run of a file whose bytes no run has recorded: an earlier version's, if every table can be read."""
    try:
        with opened(home.published_file, home) as database:
            tables = {name for (name,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            if not tables >= _TABLES:
                raise _Fault("it is not a file of segments")
            (run_id,) = database.execute(read_sql("select_published_run")).fetchone() or (None,)
            if not re.fullmatch(RUN_ID, str(run_id)):
                raise _Fault("it is not a file of segments")
            if run_id in recorded:
                raise _Fault(f"its bytes are not those that run {run_id} published")
            for table in tables:
                database.execute(f"SELECT max(hash(COLUMNS(*))) FROM {quote_identifier(table)}").fetchall()
    except UsageError:  # a setting is wrong, not the file
        raise
    except (SegmentsError, duckdb.Error) as error:
        raise _Fault(one_line(error.__cause__ or error)) from error
    return str(run_id)
