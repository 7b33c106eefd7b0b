"""Publish the finished file in one rename, and keep the last few published files in the archive for a rollback."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from warehouse.connection import Connection, attached, close_files, is_held, staging
from warehouse.home.access import published_mode
from warehouse.home.directory import Home
from warehouse.home.ledger import add_note, record_amended, step_record, update_manifest
from warehouse.home.run import Run
from warehouse.integrity import published_state, sha256_of

#: Earlier published files that are kept.
KEPT_IN_ARCHIVE = 14


def swap_in(run: Run, message: str) -> None:
    """Make the run's file the published one; readers see the old file or the new one, never a part.

    The order is what survives a power loss: the file's bytes, then its name, then the directory. The message is
    recorded before, so that whatever ends the run after the swap can say what was published.
    """
    close_files(run)
    _flush(run.night_file)
    # Analysts cannot write into what they read, and so never leave a write-ahead log beside it.
    run.night_file.chmod(published_mode())
    update_manifest(run, published_sha256=sha256_of(run.night_file), message=message)
    set_log_aside(run)
    _keep_previous(run)
    os.replace(run.night_file, run.home.published_file)
    _flush(run.home.root)
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
    with staging(run) as database, attached(database, amended, "amended", read_only=False):
        yield database
        database.execute("CHECKPOINT amended")
    _flush(amended)
    amended.chmod(published_mode())
    record_amended(run.home, published, sha256_of(run.home.published_file), sha256_of(amended))
    os.replace(amended, run.home.published_file)
    _flush(run.home.root)


def set_log_aside(run: Run) -> None:
    """Move a write-ahead log left beside the published file into the run's directory.

    Only who opened the file to write, against its permissions, leaves one; beside another file it
    makes that file unopenable.
    """
    log = run.home.published_file.with_name(f"{run.home.published_file.name}.wal")
    if log.exists():
        os.replace(log, run.directory / log.name)
        add_note(
            run,
            f"another program wrote into {run.home.published_file}, which is not for writing; it is read as it was "
            f"published, and the log of what was written is kept as {run.directory / log.name}",
        )


def discard_staging(home: Home) -> None:
    """Remove what earlier runs left under construction; call it with the lock held."""
    for entry in home.staging.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            with suppress(OSError):
                entry.unlink()


def damaged_file(run: Run) -> Path:
    """Return where the run keeps a published file that it found damaged: in its own record, never in the archive."""
    return run.directory / "damaged.duckdb"


def _keep_previous(run: Run) -> None:
    """Keep the published file under its run's name, or in this run's record where it is damaged."""
    home, previous = run.home, published_state(run.home)
    if previous.run_id is not None:
        _link(home.published_file, home.archive / f"{previous.run_id}.duckdb")
        _drop_old(home, kept=step_record(run.record, "track_segments").get("previous_run_id"))
    elif previous.fault is not None:
        _set_damaged_aside(run)


def _link(path: Path, kept: Path) -> None:
    """Keep a file under a second name; a link, so that it takes no time and no room."""
    kept.unlink(missing_ok=True)
    if not is_held(path):  # a program that holds it would write into what is kept
        with suppress(OSError):  # a file system without hard links
            os.link(path.resolve(), kept)
            return
    partial = kept.with_suffix(".partial")
    shutil.copy(path, partial)
    os.replace(partial, kept)


def _set_damaged_aside(run: Run) -> None:
    """Keep what lies under the published name as evidence, whatever it is: a directory, or what cannot be read."""
    try:
        _link(run.home.published_file, damaged_file(run))
    except OSError:
        os.replace(run.home.published_file, damaged_file(run))


def _drop_old(home: Home, kept: str | None) -> None:
    """Drop all but the last files, and the one that this run follows: another run of its day needs that again."""
    for older in sorted(home.archive.glob("[0-9]*.duckdb"))[:-KEPT_IN_ARCHIVE]:
        if older.stem == kept:
            continue
        older.unlink()
        older.with_name(f"{older.name}.wal").unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
