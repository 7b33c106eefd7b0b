"""The ledger of runs: a manifest per run, written whatever happens."""

import json
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from schemas.private import with_values, without_values
from warehouse.home.directory import Home, home_not_writable
from warehouse.home.run import SOFTWARE_VERSION, Run

Manifest = dict[str, Any]

logger = logging.getLogger(__name__)

#: Status of a manifest whose run has not ended; the published tables never show it.
UNDER_WAY = "under way"

#: Status of a run that was published, and then rolled back: nothing is compared with it anymore.
ROLLED_BACK = "rolled back"

#: What a run has to say, with the values that it quotes and without them, as Prefect shows it.
_NOTES = {"notes": with_values, "public_notes": without_values}

#: Counts of a step that are facts of the run as a whole.
_RUN_FACTS = (
    "source_name", "source_sha256", "rows_read", "rows_loaded", "rows_rejected", "rejected", "n_clusters", "encoding",
    "model_id", "silhouette", "objective", "verdict_level", "verdict_words", "verdict", "own_verdict",
    "fingerprint", "files",
)  # fmt: skip


def open_manifest(run: Run) -> None:
    """Record that the run has begun; call it with the lock held: other runs take a run without it for a killed one.

    Raises:
        HomeNotWritable: the record cannot be written.
    """
    _begin(run)


def record_ended(run: Run, status: str, message: str) -> None:
    """Record a run that ended before it could begin; written once, so that it needs no lock.

    Raises:
        HomeNotWritable: the record cannot be written.
    """
    _begin(run, **_end(status, message))


def update_manifest(run: Run, **facts: Any) -> None:
    """Add facts to the run's manifest; a fact of the same name is replaced."""
    run.record.update(facts)
    _write(run.manifest_file, run.record)


def record_step(
    run: Run, step: str, seconds: float, peak_mb: float, counts: Manifest, notes: Sequence[str] = ()
) -> None:
    """Add a finished step to the run's manifest: seconds, megabytes at the peak, counts and what it has to say."""
    record = {"step": step, "seconds": round(seconds, 3), "peak_mb": round(peak_mb), **counts}
    facts = {name: counts[name] for name in _RUN_FACTS if name in counts}
    said = {name: [*run.record[name], *map(told, notes)] for name, told in _NOTES.items()}
    update_manifest(run, **facts, steps=[*run.record["steps"], record], **said)


def record_amended(home: Home, run_id: str, *sha256s: str) -> None:
    """Record that the file which a run published is amended: what it was before, and what it is then.

    Both are recorded before the files are swapped, so that the published file is known whatever ends the process.
    """
    known = read_manifest(home.manifest_file(run_id)).get("amended_sha256s", ())
    _amend(home, run_id, amended_sha256s=[*dict.fromkeys([*known, *sha256s])])


def publications(home: Home) -> list[Manifest]:
    """Return the manifests of the published runs in the order in which their files were published, the last one first.

    They are counted, as a clock may go backwards; those of earlier versions are not.
    """
    published = [one for one in read_manifests(home) if one["status"] == "published"]
    published.sort(key=lambda one: one.get("publication") or 0)
    return published[::-1]


def rolled_back_runs(home: Home) -> list[Manifest]:
    """Return the manifests of the runs that were rolled back, the last one first."""
    return [one for one in reversed(read_manifests(home)) if one["status"] == ROLLED_BACK]


def next_publication(home: Home) -> int:
    """Return the number of the file that is published next: one more than any was given."""
    return 1 + max((one.get("publication") or 0 for one in read_manifests(home)), default=0)


def record_put_back(home: Home, run_id: str, rolled_back: Sequence[str] = ()) -> None:
    """Record that the file of a run is published again, and those of some others no more.

    The others are first: what is interrupted in between leaves no run published that was to be none.
    """
    for other in rolled_back:
        message = read_manifest(home.manifest_file(other))["message"]
        _amend(home, other, status=ROLLED_BACK, message=f"rolled back to run {run_id}", message_before=message)
    manifest = read_manifest(home.manifest_file(run_id))
    message = manifest.pop("message_before", manifest["message"])
    _write(
        home.manifest_file(run_id),
        {**manifest, "status": "published", "publication": next_publication(home), "message": message},
    )


def note_ended_run(home: Home, run_id: str, note: str) -> None:
    """Add a sentence to what a run that has ended has to say, as one that finds nothing new leaves no record."""
    manifest = read_manifest(home.manifest_file(run_id))
    _amend(home, run_id, **{name: [*manifest.get(name, ()), told(note)] for name, told in _NOTES.items()})


def recorded_sha256s(manifest: Manifest) -> list[str]:
    """Return the hashes of the files that a run published: its own, and the amended ones."""
    found = [manifest.get("published_sha256"), *manifest.get("amended_sha256s", ())]
    return [str(sha256) for sha256 in found if sha256]


def close_manifest(run: Run, status: str, message: str) -> None:
    """Record how the run ended: published, scored, refused, failed or interrupted."""
    update_manifest(run, **_end(status, message))


def add_note(run: Run, note: str) -> None:
    """Add a sentence to what the run has to say, and to the log; what is said already is not said again.

    A command that only amends the published file has a log alone.
    """
    if with_values(note) in run.record.get("notes", ()):
        return
    logger.warning("%s", printable(without_values(note)))
    if run.record:
        update_manifest(run, **{name: [*run.record[name], told(note)] for name, told in _NOTES.items()})


def notes_of(run: Run) -> tuple[str, ...]:
    """Return what the run has to say so far, in sentences."""
    return tuple(run.record["notes"])


def discard_manifest(run: Run) -> None:
    """Forget a run that had nothing to do."""
    run.manifest_file.unlink(missing_ok=True)
    with suppress(OSError):  # a log that was set aside stays
        run.directory.rmdir()


def read_manifest(path: Path) -> Manifest:
    """Return one manifest."""
    manifest: Manifest = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def read_manifests(home: Home, *, with_scorings: bool = False) -> list[Manifest]:
    """Return the manifests of a home, the oldest first; one that cannot be read is left out.

    Those that scored customers with the published model are runs, too, but segmented nobody.
    """
    runs = home.runs.iterdir() if home.runs.is_dir() else ()
    found = (readable_manifest(run / "manifest.json") for run in runs)
    # Run ids tell seconds only, and several runs may begin within one.
    return sorted(
        (one for one in found if one is not None and (with_scorings or one.get("purpose") != "score")),
        key=lambda manifest: (str(manifest.get("started_at")), manifest["run_id"]),
    )


def published_runs(home: Home, declared: Manifest) -> list[Manifest]:
    """Return the manifests of the published runs of a dataset, the newest first; see ``is_of_dataset``."""
    return [
        manifest
        for manifest in reversed(read_manifests(home))
        if manifest["status"] == "published" and is_of_dataset(manifest, declared)
    ]


def is_of_dataset(manifest: Manifest, declared: Manifest) -> bool:
    """Return whether a run is of the dataset of another manifest, known by what it declares: a schema may have moved.

    It is the same file, or declares the same headers; a class of the same name may share most of them only.
    """
    own, earlier = declared.get("declared"), manifest.get("declared")
    if not (own and earlier):  # a run of an earlier version
        return bool(manifest.get("dataset") == declared["dataset"])
    shared, every = set(own["headers"]) & set(earlier["headers"]), {*own["headers"], *earlier["headers"]}
    is_alike = own["class"] == earlier["class"] and 2 * len(shared) > len(every)
    return bool(own["file"] == earlier["file"] or shared == every or is_alike)


def previous_runs(run: Run, *, at_most: int | None = None) -> list[Manifest]:
    """Return the manifests of the last published runs of the run's dataset up to its day, the latest day first.

    All are returned by default.
    """
    day = run.as_of.isoformat()
    published = [manifest for manifest in published_runs(run.home, run.record) if manifest["as_of"] <= day]
    return sorted(published, key=lambda manifest: str(manifest["as_of"]), reverse=True)[:at_most]


def sources_read(manifest: Manifest) -> list[Manifest]:
    """Return how the files of a run were read; nothing if the run ended before that."""
    sources: list[Manifest] = step_record(manifest, "ingest").get("sources", [])
    return sources


def step_record(manifest: Manifest, step: str) -> Manifest:
    """Return what a step of a run recorded; empty if the run ended before it, or its version has no such step."""
    return next((record for record in manifest["steps"] or () if record["step"] == step), {})


def by_step(manifest: Manifest, fact: str) -> dict[str, float] | None:
    """Return a number of each step of a run, such as its seconds; None where no step has it."""
    found = {record["step"]: float(record[fact]) for record in manifest.get("steps") or () if fact in record}
    return found or None


def readable_manifest(path: Path) -> Manifest | None:
    """Return one manifest; None where there is none or it cannot be read."""
    try:
        found = path.stat()
        manifest = _parsed(path, found.st_ino, found.st_size, found.st_mtime_ns)
    except (OSError, ValueError):
        return None
    return dict(manifest) if isinstance(manifest, dict) and {"run_id", "status"} <= manifest.keys() else None


@lru_cache(maxsize=10_000)
def _parsed(path: Path, *_: int) -> Manifest:
    """Return one manifest; it is read once per inode, size and time of change: a run asks for those of a year often."""
    return read_manifest(path)


def printable(text: str) -> str:
    """Return a text with a question mark for each byte of a file name that is not a character."""
    return text.encode("utf-8", "replace").decode("utf-8")


def close_abandoned(run: Run, published_run_id: str | None) -> None:
    """Close the manifests of runs that were killed; call it with the lock held.

    The published file is the truth: a run killed right after the swap did publish.
    """
    for manifest in read_manifests(run.home, with_scorings=True):
        if manifest["status"] != UNDER_WAY or manifest["run_id"] == run.run_id:
            continue
        is_published = manifest["run_id"] == published_run_id
        status = "published" if is_published else "interrupted"
        message = "published, and killed right after" if is_published else "the run was killed before it could end"
        path = run.home.manifest_file(manifest["run_id"])
        _write(path, {**manifest, "status": status, "message": message})


def _begin(run: Run, **facts: Any) -> None:
    try:
        update_manifest(run, **{**_new_manifest(run), **facts})
    except OSError as error:
        raise home_not_writable(run.directory, error.strerror, "make room") from error


def _amend(home: Home, run_id: str, **facts: Any) -> None:
    """Change the manifest of a run that has ended."""
    path = home.manifest_file(run_id)
    _write(path, {**read_manifest(path), **facts})


def _end(status: str, message: str) -> Manifest:
    return {"status": status, "message": message, "finished_at": _instant(datetime.now(UTC))}


def _new_manifest(run: Run) -> Manifest:
    return {
        "run_id": run.run_id,
        "purpose": run.purpose,
        "as_of": run.as_of.isoformat(),
        "dataset": run.order.dataset,
        "status": UNDER_WAY,
        "started_at": _instant(run.started_at),
        "finished_at": None,
        "source_name": printable(" + ".join(Path(source).name for source in run.order.sources)),
        "source_sha256": None,
        "rows_read": None,
        "rows_loaded": None,
        "rows_rejected": None,
        "n_clusters": None,
        "encoding": None,
        "model_id": None,
        "silhouette": None,
        "objective": None,
        "seed": run.order.seed if 0 <= run.order.seed < 2**32 else None,
        "verdict_level": None,
        "verdict_words": None,
        "verdict": None,
        "own_verdict": None,
        "message": "the run has not finished",
        "software_version": SOFTWARE_VERSION,
        "process": os.getpid(),
        "order": {**asdict(run.order), "as_of": run.order.as_of and run.order.as_of.isoformat()},
        **{name: [] for name in _NOTES},
        "steps": [],
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _as_json(manifest: Manifest) -> str:
    """Return JSON with a fact or an entry of a list on each line, which is written at every step and read by people."""
    facts = [f"  {json.dumps(name)}: {_value_as_json(value)}" for name, value in manifest.items()]
    return "{\n" + ",\n".join(facts) + "\n}\n"


def _value_as_json(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value, ensure_ascii=False)
    entries = ",\n    ".join(json.dumps(entry, ensure_ascii=False) for entry in value)
    return f"[\n    {entries}\n  ]"


def _write(path: Path, manifest: Manifest) -> None:
    """Replace the manifest as a whole, so that a killed run leaves the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")  # two processes never write into one
    with partial.open("wb") as file:
        file.write(printable(_as_json(manifest)).encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
