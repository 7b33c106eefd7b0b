"""Swap the finished night in: whole, in one rename, the earlier file kept for a rollback."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from warehouse.home import Home
from warehouse.run import Run
from warehouse.runs import published_run_id

#: Earlier published files that are kept.
KEPT_IN_ARCHIVE = 14

_READ_ONLY = 0o444


def swap_in(run: Run) -> None:
    """Make the run's night the published file; readers see the old file or the new one, never a part.

    The order is what survives a power loss: the file's bytes, then its name, then the directory.
    """
    _flush(run.night_file)
    # Analysts cannot write into what they read, and so never leave a write-ahead log beside it.
    run.night_file.chmod(_READ_ONLY)
    set_log_aside(run)
    _archive(run)
    os.replace(run.night_file, run.home.published_file)
    _flush(run.home.root)
    discard_staging(run.home)


def set_log_aside(run: Run) -> None:
    """Move a write-ahead log that somebody left beside the published file into the run's directory.

    Only who opened the file to write, against its permissions, leaves one; beside another file it
    makes that file unopenable.
    """
    log = run.home.published_file.with_name(f"{run.home.published_file.name}.wal")
    if log.exists():
        os.replace(log, run.directory / log.name)


def discard_staging(home: Home) -> None:
    """Remove what earlier runs left under construction; call it with the lock held."""
    for entry in home.staging.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            with suppress(OSError):
                entry.unlink()


def _archive(run: Run) -> None:
    """Keep the published file under its run's name; a link, so that it takes no time and no room."""
    home = run.home
    if not home.published_file.exists():
        return
    old_run_id = published_run_id(home) or f"damaged-before-{run.run_id}"
    kept = home.archive / f"{old_run_id}.duckdb"
    kept.unlink(missing_ok=True)
    try:
        os.link(home.published_file, kept)
    except OSError:  # a file system without hard links
        partial = kept.with_suffix(".partial")
        shutil.copyfile(home.published_file, partial)
        os.replace(partial, kept)
    for older in sorted(home.archive.glob("*.duckdb"))[:-KEPT_IN_ARCHIVE]:
        older.unlink()
        older.with_name(f"{older.name}.wal").unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
