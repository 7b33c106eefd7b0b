"""Take in the delivered files: copy and hash them first, so that they cannot change during the run."""

import hashlib
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from schemas.dataset import Dataset, columns_of, file_settings_of
from schemas.errors import DataRefused, UsageError
from schemas.file_settings import FileSettings
from schemas.loading import load_dataset
from tasks.delivery.copying import SourceCopy, copy_source, source_head
from tasks.delivery.delivered import DeliveredFile, Delivery
from tasks.delivery.sources import NotFinishedYet, find_source, leads_outside, unreadable
from tasks.delivery.waiting import Patience
from tasks.reading.header import share_held
from tasks.run.fingerprint import fingerprint_of, refuse_rolled_back
from tasks.run.step import recorded
from warehouse.home.ledger import Manifest, is_of_dataset, printable, readable_manifest
from warehouse.home.run import Run
from warehouse.home.space import refuse_without_room
from warehouse.integrity import published_state


@recorded
def deliver(run: Run) -> Delivery:
    """Copy the delivered files into the run, each once it is no longer being written.

    Raises:
        UsageError: there is no file to take, or which is not clear; it cannot be read, or one is taken twice.
        DataRefused: a file is empty, not text, still being written, or cannot be unpacked; or a later day is published.
    """
    _refuse_older_day(run)
    dataset = load_dataset(run.order.dataset)
    files = tuple(_take_file(run, number, source, dataset) for number, source in enumerate(run.order.sources, 1))
    _refuse_doubles(files)
    sha256 = _sha256_of(files)
    return Delivery(
        source_file=" + ".join(file.source_file for file in files),
        source_name=" + ".join(file.source_name for file in files),
        source_sha256=sha256,
        source_bytes=sum(file.size for file in files),
        fingerprint=fingerprint_of(run.order, sha256),
        files=files,
        notes=tuple(file.choice for file in files if file.choice),
    )


def published_before(run: Run, delivery: Delivery) -> str | None:
    """Return the run that published the same files with the same settings, if it is the published one.

    Raises:
        DataRefused: the run that published them was rolled back, or longer ago than a new delivery should take.
    """
    if run.order.force or run.order.refit:
        return None
    manifest = _published_manifest(run)
    if manifest is not None and manifest.get("fingerprint") == delivery.fingerprint:
        _refuse_if_overdue(run, manifest)
        return str(manifest["run_id"])
    refuse_rolled_back(run.home, delivery.source_file, delivery.fingerprint)
    return None


def _refuse_if_overdue(run: Run, manifest: Manifest) -> None:
    """Refuse what was delivered before where the dataset expects a new delivery within some days."""
    days = file_settings_of(load_dataset(run.order.dataset)).delivery_days
    age = run.started_at - datetime.fromisoformat(manifest["started_at"])
    if days is not None and age > timedelta(days=days):
        raise DataRefused(
            f"{run.order.sources[0]} holds no new delivery: it is that of run {manifest['run_id']}, "
            f"{age.total_seconds() / 86_400:.1f} days ago; expected one within {days:g} days (delivery_days={days:g}): "
            "ask who delivers it"
        )


def _published_manifest(run: Run) -> Manifest | None:
    run_id = published_state(run.home).run_id
    return readable_manifest(run.home.manifest_file(run_id)) if run_id else None


def _refuse_older_day(run: Run) -> None:
    """Refuse to publish an earlier day over a later one, unless the later ones are run again, or are to be left out."""
    manifest = _published_manifest(run)
    is_allowed = run.order.backfill or run.order.force
    if manifest is None or is_allowed or not is_of_dataset(manifest, run.record):
        return
    published = date.fromisoformat(manifest["as_of"])
    if published <= run.as_of:
        return
    is_named = run.order.as_of is not None
    day = f"--as-of {run.as_of}" if is_named else f"today, {run.as_of} in UTC,"
    remedy = "" if is_named else "check the clock, or name the file's day with --as-of; "
    raise DataRefused(
        f"{run.order.sources[0]}: {day} is before the published run's day, {published}; expected that day or a later "
        f"one: {remedy}to take in earlier days, give the files of all days to segments run FOLDER --backfill; if "
        f"{published} is wrong, --force leaves it out"
    )


def _take_file(run: Run, number: int, source: str, dataset: type[Dataset]) -> DeliveredFile:
    settings = file_settings_of(dataset)
    patience = Patience(settings)
    while True:
        try:
            path, choice = find_source(source, settings, partial(_share_held, dataset))
        except NotFinishedYet as error:
            patience.wait(Path(source), str(error).partition("; ")[0].removeprefix(f"{source} "))
            continue
        try:
            copied = _copied_whole(run, number, path, settings, patience)
        except PermissionError as error:
            raise unreadable(error) from error
        except FileNotFoundError:
            if path.exists():
                raise
            patience.wait(path, "vanished while it was read")  # renamed; the directory may hold it under another name
            continue
        inbox = Path(source) if Path(source).is_dir() else path.parent if run.order.backfill else None
        if inbox and leads_outside(path, inbox):  # a link has taken the place of the file since it was looked at
            patience.wait(path, "is a link to a file outside")
            continue
        if copied is not None:
            break
        patience.wait(path, f"is still being written: {patience.changes()}")
    return DeliveredFile(
        number=number,
        source_file=printable(str(path)),
        source_name=printable(path.name),
        sha256=copied.sha256,
        size=copied.size,
        encoding=copied.encoding,
        packing=copied.packing,
        undecodable_lines=copied.undecodable_lines,
        choice=printable(choice),
    )


def _share_held(dataset: type[Dataset], path: Path) -> float | None:
    """Return the share of the declared columns that a file holds; None where that cannot be seen."""
    settings = file_settings_of(dataset)
    try:
        return share_held(source_head(path, settings), columns_of(dataset), settings)
    except (DataRefused, OSError):
        return None


def _copied_whole(run: Run, number: int, path: Path, settings: FileSettings, patience: Patience) -> SourceCopy | None:
    """Return what was copied; None where the file changed meanwhile, so that whatever was read means nothing."""
    before = patience.until_whole(path)
    refuse_without_room(run.home.root, path.stat().st_size)
    fault: DataRefused | None = None
    copied: SourceCopy | None = None
    try:
        copied = copy_source(path, run.source_copy(number), run.undecodable_file(number), settings)
    except DataRefused as error:
        fault = error
    if patience.has_changed(path, before):
        return None
    if fault is not None:
        raise fault
    return copied


def _refuse_doubles(files: tuple[DeliveredFile, ...]) -> None:
    """Refuse a file and its copy: each customer would count twice."""
    seen: dict[str, DeliveredFile] = {}
    for file in files:
        earlier = seen.setdefault(file.sha256, file)
        if earlier is not file:
            raise UsageError(
                f"{earlier.source_file} and {file.source_file} hold the same bytes; name each delivery once as SOURCE"
            )


def _sha256_of(files: tuple[DeliveredFile, ...]) -> str:
    if len(files) == 1:
        return files[0].sha256
    return hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()
