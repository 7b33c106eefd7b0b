"""Publish the finished file in one rename, and keep the last few published files in the archive for a rollback."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from schemas.errors import SegmentsError
from warehouse.connection import Connection, attached, close_files, is_held, staging
from warehouse.home.access import published_mode
from warehouse.home.directory import Home, log_of
from warehouse.home.ledger import (
    add_note,
    next_publication,
    publications,
    read_manifest,
    record_amended,
    record_put_back,
    recorded_sha256s,
    step_record,
    update_manifest,
)
from warehouse.home.run import Run
from warehouse.integrity import is_whole, published_state, sha256_of

#: Where the name of a write-ahead log leads while another program holds the earlier file: nowhere, so that it can write
#: none, and that readers find none.
_NOWHERE = "published-files-are-not-for-writing/open-them-read-only"


def swap_in(run: Run, message: str, *, archived_runs: int) -> None:
    """Make the run's file the published one; readers see the old file or the new one, never a part.

    The order is what survives a power loss: the file's bytes, then its name, then the directory. The message is
    recorded before, so that whatever ends the run after the swap can say what was published. The file is in the
    archive before it is published, so that a published file can always be put back.

    Args:
        run: the run whose file is finished.
        message: what the run came to.
        archived_runs: files that are kept in the archive, this one among them.
    """
    close_files(run)
    _flush(run.night_file)
    # Analysts cannot write into what they read, and so never leave a write-ahead log beside it.
    run.night_file.chmod(published_mode())
    publication = next_publication(run.home)
    update_manifest(run, published_sha256=sha256_of(run.night_file), publication=publication, message=message)
    _keep_previous(run)
    _keep(run.home, run.night_file, run.run_id)
    replace_published(run, run.night_file)
    _drop_old(run, archived_runs)
    discard_staging(run.home)


@contextmanager
def amending(run: Run, published: str) -> Iterator[Connection]:
    """Give the run's database with a copy of the published file, attached as ``amended``, which then replaces it.

    The published file stays as it is if the block fails, and stays the file of the run that published it.

    Args:
        run: the run that amends it; it holds the lock.
        published: the run that published it.
    """
    amended = run.staging / "amended.duckdb"
    shutil.copyfile(run.home.published_file, amended)
    before = sha256_of(amended)
    if before not in recorded_sha256s(read_manifest(run.home.manifest_file(published))):
        raise SegmentsError(f"another program is writing into {run.home.published_file}; close it there, and try again")
    with staging(run) as database, attached(database, amended, "amended", read_only=False):
        yield database
        database.execute("CHECKPOINT amended")
    _flush(amended)
    amended.chmod(published_mode())
    record_amended(run.home, published, before, sha256_of(amended))
    _keep(run.home, amended, published)
    replace_published(run, amended)


def replace_published(run: Run, path: Path) -> None:
    """Rename a finished file over the published one, which another program may hold open to write into.

    Such a program finds its write-ahead log by name, so that what it writes would be read with the new file. It is
    given a name that leads nowhere, before the swap and from then on, as nobody can tell when the program ends.
    """
    home = run.home
    log = home.log_file
    was_held = log.is_symlink()
    link = run.home.staging / "log"
    link.unlink(missing_ok=True)
    link.symlink_to(_NOWHERE)
    if log.is_file():
        _keep_log(run, log)
    os.replace(link, log)
    with _earlier(home.published_file) as earlier:
        os.replace(path, home.published_file)
        is_still_held = earlier is not None and is_held(earlier)
    if is_still_held:
        add_note(
            run,
            f"another program still holds the earlier {home.published_file} open for writing: what it writes is not "
            "published; close it there, and open the file read-only",
        )
    elif not was_held:
        log.unlink(missing_ok=True)
    _flush(home.root)


@contextmanager
def _earlier(path: Path) -> Iterator[BinaryIO | None]:
    """Open what is about to be replaced; None of what is no file, or may not be read, so that it is replaced, too."""
    with ExitStack() as stack:
        earlier = None
        with suppress(PermissionError):
            earlier = stack.enter_context(path.open("rb")) if path.is_file() else None
        yield earlier


def set_log_aside(run: Run) -> None:
    """Move a write-ahead log left beside the published file into the run's directory.

    Only who opened the file to write, against its permissions, leaves one; beside another file it
    makes that file unopenable, or is read with it.
    """
    log = run.home.log_file
    if log.is_dir() and not log.is_symlink():  # no program's log; no name can be put over it
        run.directory.mkdir(parents=True, exist_ok=True)
        os.replace(log, run.directory / log.name)
    elif log.is_file():
        _keep_log(run, log)
        log.unlink()


def put_back(run: Run, run_id: str, taken_back: Sequence[str] = ()) -> None:
    """Publish a copy of an archived file, and record that it is, and that those of some other runs are no more.

    It is recorded right before the swap: the next run completes what is interrupted in between.
    """
    restored = run.home.staging / "restored.duckdb"
    _copy(run.home.archived_file(run_id), restored)
    record_put_back(run.home, run_id, taken_back)
    replace_published(run, restored)


def set_damaged_aside(run: Run) -> Path:
    """Keep what lies under the published name as evidence, whatever it is: a directory, or what cannot be read.

    A file stays published until another takes its place.
    """
    kept = run.directory / "damaged.duckdb"
    kept.parent.mkdir(exist_ok=True)
    try:
        _link(run.home.published_file, kept)
    except OSError:  # it is none, or may not be read
        os.replace(run.home.published_file, kept)
    return kept


def discard_staging(home: Home) -> None:
    """Remove what earlier runs left under construction; call it with the lock held."""
    for entry in home.staging.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            with suppress(OSError):
                entry.unlink()


def _keep_log(run: Run, log: Path) -> None:
    kept = run.directory / log.name
    kept.parent.mkdir(parents=True, exist_ok=True)
    _link(log, kept)
    add_note(
        run,
        f"another program wrote into {run.home.published_file}, which is not for writing; it is read as it was "
        f"published, and the log of what was written is kept as {kept}",
    )


def _keep_previous(run: Run) -> None:
    """Keep the published file under its run's name; earlier versions have not done so when they published it."""
    previous = published_state(run.home).run_id
    if previous is not None and not is_whole(run.home, previous):
        _keep(run.home, run.home.published_file, previous)


def _keep(home: Home, path: Path, run_id: str) -> None:
    """Keep a copy of a file in the archive: what befalls one of them spares the other."""
    partial = home.staging / "archived.duckdb"
    _copy(path, partial)
    os.replace(partial, home.archived_file(run_id))
    _flush(home.archive)


def _copy(path: Path, copy: Path) -> None:
    copy.unlink(missing_ok=True)
    shutil.copyfile(path, copy)
    copy.chmod(published_mode())
    _flush(copy)


def _link(path: Path, kept: Path) -> None:
    """Keep a file under a second name; a link, so that it takes no time and no room."""
    kept.unlink(missing_ok=True)
    try:
        os.link(path.resolve(), kept)
    except OSError:  # a file system without hard links
        shutil.copyfile(path, kept)


def _drop_old(run: Run, archived_runs: int) -> None:
    """Drop all but the last files, and the one that this run follows: another run of its day needs that again."""
    followed = step_record(run.record, "track_segments").get("previous_run_id")
    places = {str(one["run_id"]): place for place, one in enumerate(reversed(publications(run.home)))}
    found = sorted(run.home.archive.glob("[0-9]*.duckdb"), key=lambda path: (places.get(path.stem, -1), path.name))
    others = [path for path in found if path.stem != run.run_id]
    for older in others[: max(0, len(found) - archived_runs)]:
        if older.stem == followed:
            continue
        older.unlink()
        log_of(older).unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
