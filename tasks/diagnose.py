"""Look at a home from outside: is the published file whole and fresh, did the last run end well, is there room."""

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from schemas.errors import SegmentsError
from schemas.shown import counted
from schemas.trust import schema_trust
from warehouse.connection import is_held_elsewhere
from warehouse.home.directory import Home
from warehouse.home.ledger import ROLLED_BACK, UNDER_WAY, Manifest, publications, read_manifests, readable_manifest
from warehouse.home.lock import holder_of
from warehouse.home.run import SOFTWARE_VERSION, has_same_names
from warehouse.home.space import needed_bytes
from warehouse.integrity import is_whole, published_state
from warehouse.restoring import fault_of, last_good_of

#: How bad a finding is: fine, worth a look, or to be mended.
Level = Literal["ok", "warning", "fault"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what was found, in words."""

    level: Level
    about: str
    words: str


def diagnose(root: Path, max_age: timedelta | None = None) -> list[Finding]:
    """Return what is found in a home; nothing is changed in it.

    Args:
        root: the home.
        max_age: age of the published file beyond which it is a fault; None accepts any.
    """
    home = Home(root)
    if not root.is_dir():
        why = "is not a directory" if root.exists() else "is not there"
        return [Finding("fault", "home", f"{root} {why}; run: segments run SOURCE{home.option}")]
    looks: dict[str, Callable[[], Iterator[Finding]]] = {
        "home": lambda: _of_home(home),
        "published file": lambda: _of_published_file(home),
        "age": lambda: _of_age(home, max_age),
        "last run": lambda: _of_last_run(home),
        "archive": lambda: _of_archive(home),
        "evidence": lambda: _of_evidence(home),
        "room": lambda: _of_room(home),
        "schema": lambda: _of_schema(home),
    }
    return [
        *(finding for about, look in looks.items() for finding in _looked(about, look)),
        Finding("ok", "version", f"segments {SOFTWARE_VERSION}, Python {platform.python_version()}"),
    ]


def _looked(about: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """Return what was found, or that this account may not look."""
    try:
        return list(look())
    except (OSError, SegmentsError) as error:
        return [Finding("fault", about, f"it cannot be looked at: {error}")]


def _of_home(home: Home) -> Iterator[Finding]:
    closed = [path for path in (home.root, home.runs, home.staging, home.archive) if not os.access(path, os.W_OK)]
    if closed:
        yield Finding("fault", "home", f"{' and '.join(map(str, closed))} cannot be written by this account")
    else:
        yield Finding("ok", "home", f"{home.root} can be written")
    if holder := holder_of(home):
        yield Finding("ok", "lock", f"a run is under way ({holder})")


def _of_published_file(home: Home) -> Iterator[Finding]:
    about, state, path = "published file", published_state(home), home.published_file
    damage = f"{path} is damaged ({state.fault})" if state.fault else None
    published = publications(home)
    if fault := damage or (None if holder_of(home) else fault_of(home, state, published)):
        good = last_good_of(home, published)
        remedy = (
            f"puts that of run {good['run_id']} back" if good else f"begins anew: no whole one is in {home.archive}"
        )
        yield Finding("fault", about, f"{fault}; the next run {remedy}")
    elif state.run_id is None:
        yield Finding("fault", about, f"nothing is published; run: segments run SOURCE{home.option}")
    if state.run_id is None:
        return
    if not fault:
        yield Finding("ok", about, f"{path} is whole, of run {state.run_id}, {path.stat().st_size / 1e6:,.1f} MB")
    if is_held_elsewhere(path):
        yield Finding("warning", about, f"another program holds {path} open for writing; open it read-only")
    if home.log_file.is_file():
        yield Finding("warning", about, f"another program wrote into {path}; the next run sets that aside")
    if path.stat().st_mode & 0o007:
        yield Finding("warning", about, f"everybody on this machine can read {path}; the next run closes it")
    version = str((readable_manifest(home.manifest_file(state.run_id)) or {}).get("software_version", SOFTWARE_VERSION))
    if not has_same_names(version):
        yield Finding("warning", "version", f"{path} is of version {version}, this is {SOFTWARE_VERSION}; run again")


def _of_schema(home: Home) -> Iterator[Finding]:
    """Yield what speaks against running the schema file of the last run once more."""
    schema = str(next(iter(publications(home)), {}).get("dataset", ""))
    if schema.endswith(".py") and Path(schema).is_file() and (why := schema_trust(Path(schema))):
        yield Finding("fault", "schema", f"{schema} is not to be run: {why}")


def _of_age(home: Home, max_age: timedelta | None) -> Iterator[Finding]:
    record = readable_manifest(home.manifest_file(published_state(home).run_id or "none"))
    if record is None:
        return
    age = datetime.now(UTC) - datetime.fromisoformat(str(record.get("finished_at") or record["started_at"]))
    words = f"published {_hours(age)} ago, as of {record['as_of']}"
    if max_age is not None and age > max_age:
        yield Finding("fault", "age", f"{words}; expected within {_hours(max_age)}")
    else:
        yield Finding("ok", "age", words)


def _hours(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 1:
        return f"{hours * 60:.0f} minutes"
    return f"{hours:,.1f} hours" if hours < 72 else f"{hours / 24:,.1f} days"


def _of_last_run(home: Home) -> Iterator[Finding]:
    ended = [one for one in read_manifests(home) if one["status"] != UNDER_WAY]
    if not ended:
        return
    last = ended[-1]
    is_good = last["status"] in ("published", ROLLED_BACK)
    status = "" if last["status"] == "published" else f"{last['status']}: "  # its message says so
    yield Finding("ok" if is_good else "warning", "last run", f"{last['run_id']} {status}{last['message']}")


def _of_archive(home: Home) -> Iterator[Finding]:
    kept = sorted(home.archive.glob("[0-9]*.duckdb")) if home.archive.is_dir() else []
    damaged = [path.name for path in kept if not is_whole(home, path.stem)]
    current = published_state(home).run_id
    n_others = sum(path.name not in damaged and path.stem != current for path in kept)
    words = f"{counted(n_others, 'earlier file')} to go back to in {home.archive}"
    if damaged:
        yield Finding("warning", "archive", f"{words}; damaged, or of no recorded run: {', '.join(damaged)}")
    else:
        yield Finding("ok" if kept else "warning", "archive", words)


def _of_evidence(home: Home) -> Iterator[Finding]:
    kept = sorted(map(str, home.runs.glob("*/damaged.duckdb")))
    if kept:
        yield Finding("warning", "evidence", f"damaged, and kept to be looked at and deleted: {', '.join(kept)}")


def _of_room(home: Home) -> Iterator[Finding]:
    free, needed = shutil.disk_usage(home.root).free, needed_bytes(_last_delivered(home))
    words = f"{free / 1e6:,.0f} MB free, and a run as the last one needs at least {needed / 1e6:,.0f} MB"
    yield Finding("ok" if free >= needed else "fault", "room", words)


def _last_delivered(home: Home) -> int:
    """Return the bytes that the last published run read."""
    last: Manifest = next(iter(publications(home)), {})
    return int(sum(step.get("source_bytes", 0) for step in last.get("steps") or ()))
