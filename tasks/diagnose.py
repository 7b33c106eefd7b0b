"""Look at a home from outside: is the published file whole and fresh, did the last run end well, is there room."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from schemas.errors import HomeNotWritable
from warehouse.connection import is_held_elsewhere
from warehouse.home.directory import Home
from warehouse.home.ledger import UNDER_WAY, Manifest, publications, read_manifests, readable_manifest
from warehouse.home.lock import holder_of
from warehouse.home.run import SOFTWARE_VERSION, has_same_names
from warehouse.home.space import needed_bytes
from warehouse.integrity import is_whole, published_state
from warehouse.restoring import fault_of

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
        return [Finding("fault", "home", f"{root} is not there; run: segments run SOURCE --home {root}")]
    return [
        *_of_home(home),
        *_of_published_file(home),
        *_of_age(home, max_age),
        *_of_last_run(home),
        *_of_archive(home),
        *_of_room(home),
    ]


def _of_home(home: Home) -> Iterator[Finding]:
    try:
        home.prepare()
        yield Finding("ok", "home", f"{home.root} can be written")
    except HomeNotWritable as error:
        yield Finding("fault", "home", str(error))
    holder = holder_of(home)
    if holder:
        yield Finding("ok", "lock", f"a run is under way ({holder})")


def _of_published_file(home: Home) -> Iterator[Finding]:
    about, state, path = "published file", published_state(home), home.published_file
    if state.run_id is None:
        damage = f"{path} is damaged ({state.fault}); the next run puts the last good one back"
        yield Finding("fault", about, damage if state.fault else "nothing is published; run: segments run SOURCE")
        return
    if fault := fault_of(home, state, publications(home)):
        yield Finding("fault", about, f"{fault}; the next run puts that back")
    else:
        yield Finding("ok", about, f"{path} is whole, of run {state.run_id}, {path.stat().st_size / 1e6:,.1f} MB")
    if is_held_elsewhere(path):
        yield Finding("warning", about, f"another program holds {path} open for writing; open it read-only")
    if path.with_name(f"{path.name}.wal").is_file():
        yield Finding("warning", about, f"another program wrote into {path}; the next run sets that aside")
    version = str((readable_manifest(home.manifest_file(state.run_id)) or {}).get("software_version", SOFTWARE_VERSION))
    if not has_same_names(version):
        yield Finding("warning", "version", f"{path} is of version {version}, this is {SOFTWARE_VERSION}; run again")


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
    return f"{hours:,.1f} hours" if hours < 72 else f"{hours / 24:,.1f} days"


def _of_last_run(home: Home) -> Iterator[Finding]:
    ended = [one for one in read_manifests(home) if one["status"] != UNDER_WAY]
    if not ended:
        return
    last = ended[-1]
    is_good = last["status"] in ("published", "rolled back")
    yield Finding("ok" if is_good else "warning", "last run", f"{last['run_id']} {last['status']}: {last['message']}")


def _of_archive(home: Home) -> Iterator[Finding]:
    kept = sorted(home.archive.glob("[0-9]*.duckdb")) if home.archive.is_dir() else []
    damaged = [path.name for path in kept if not is_whole(home, path.stem)]
    words = f"{len(kept) - len(damaged)} files to go back to in {home.archive}"
    if damaged:
        yield Finding("warning", "archive", f"{words}; damaged, or of no recorded run: {', '.join(damaged)}")
    else:
        yield Finding("ok" if kept else "warning", "archive", words)


def _of_room(home: Home) -> Iterator[Finding]:
    free, needed = shutil.disk_usage(home.root).free, needed_bytes(_last_delivered(home))
    words = f"{free / 1e6:,.0f} MB free, and a run as the last one needs at least {needed / 1e6:,.0f} MB"
    yield Finding("ok" if free >= needed else "fault", "room", words)


def _last_delivered(home: Home) -> int:
    """Return the bytes that the last published run read."""
    last: Manifest = next(iter(publications(home)), {})
    return int(sum(step.get("source_bytes", 0) for step in last.get("steps") or ()))
