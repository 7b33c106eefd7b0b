"""Open DuckDB: the run under construction for writing, or the published file, read-only and nothing beyond it."""

import errno
import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

import duckdb

from schemas.errors import SegmentsError, UsageError
from warehouse.home.directory import Home, log_of
from warehouse.home.run import Run
from warehouse.memory import bound_memory, bound_reader, threads_of
from warehouse.statements.quoting import quote_text

#: Opens in every DuckDB client since 1.0; a file in 2.0's own format opens in none of 1.x.
STORAGE_VERSION = "v1.0.0"

#: Of what takes some seconds DuckDB shows a progress bar, on standard output, which is for results.
_QUIET = "SET enable_progress_bar = false"

#: What would hold whole tables in memory to read them once, and joins a list of five words, a hash table per column.
_FRUGAL = "SET disabled_optimizers = 'common_subplan,in_clause'"

#: Python variables are not tables, and SQL reads no file.
LOCKED_DOWN: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "temp_directory": "",  # nothing is written beside the published file
    "python_enable_replacements": False,
}

Connection = duckdb.DuckDBPyConnection


#: Bytes of a run's two files up to which the next step goes on with the same connection: opening costs more than a
#: step on a small file does. Of larger ones DuckDB would hold memory while the arithmetic needs it.
_KEPT_OPEN_BYTES = 16_000_000

#: How often a file is copied that another program writes to meanwhile, and the pause before the next time.
_COPIES, _COPY_PAUSE_SECONDS = 20, 0.1

#: Runs of this process that keep a connection from step to step, by their staging directory; None where none is open.
_kept: dict[Path, Connection | None] = {}


@contextmanager
def kept_open(run: Run) -> Iterator[None]:
    """Let the steps of a run share a connection while its files are small; it is closed whatever happens."""
    _kept[run.staging] = None
    try:
        yield
    finally:
        database = _kept.pop(run.staging, None)
        if database is not None:
            database.close()


@contextmanager
def staging(run: Run) -> Iterator[Connection]:
    """Open the run's two files: ``night``, which will be published, and ``work``, which will not.

    Unqualified names are the night's.
    """
    with ExitStack() as stack:
        taken = _taken(run)
        database = stack.enter_context(closing(taken or _opened_to_write(run)))
        if taken is None:
            bound_memory(database, run)
        yield database
        if run.staging in _kept and _size(run) <= _KEPT_OPEN_BYTES:
            if taken is None:  # the first step has made the tables, and no later one makes a wider one
                bound_memory(database, run)
            _kept[run.staging] = database
            stack.pop_all()
        else:
            _checkpoint(database)


@contextmanager
def attached(database: Connection, path: Path, name: str, *, read_only: bool = True) -> Iterator[None]:
    """Attach a DuckDB file under a name."""
    with _readable(path) if read_only else nullcontext(path) as file:
        database.execute(f"ATTACH {quote_text(str(file))} AS {name}{' (READ_ONLY)' if read_only else ''}")
        try:
            yield
        finally:
            database.execute(f"DETACH {name}")


def is_held(file: BinaryIO) -> bool:
    """Return whether another program holds an open DuckDB file for writing, so that DuckDB opens it for nobody else."""
    try:
        fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # what DuckDB asks for; closing the file gives it up
    except OSError as error:
        return error.errno in (errno.EAGAIN, errno.EACCES)
    return False


def is_held_elsewhere(path: Path) -> bool:
    """Return whether another program holds a DuckDB file for writing; not so of what is no file, or cannot be read."""
    if not path.is_file():  # opening a pipe would wait for what it has to say
        return False
    try:
        with path.open("rb") as file:
            return is_held(file)
    except OSError:
        return False


@contextmanager
def _readable(path: Path) -> Iterator[Path]:
    """Give the file, or a copy where another program holds it, or has left a log that DuckDB would read with it.

    Raises:
        duckdb.IOException: the file is written to meanwhile, as DuckDB says it of a file that it cannot read.
    """
    if not (is_held_elsewhere(path) or log_of(path).exists()):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="segments-") as folder:
        yield _copy_at_rest(path, Path(folder))


def _copy_at_rest(path: Path, folder: Path) -> Path:
    """Copy a file that is not written to meanwhile; another program writes for moments, so it is tried again."""
    for _ in range(_COPIES):
        before = path.stat()
        copy = shutil.copyfile(path, folder / path.name)
        if (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino):
            return copy
        time.sleep(_COPY_PAUSE_SECONDS)
    raise duckdb.IOException(f"another program is writing to {path}")


def close_files(run: Run) -> None:
    """Close the run's files where they are still open, with all that was written in them."""
    database = _taken(run)
    if database is not None:
        with closing(database):
            _checkpoint(database)


def _taken(run: Run) -> Connection | None:
    """Take the connection that the previous step left open; only one step at a time has it."""
    database = _kept.get(run.staging)
    if database is not None:
        _kept[run.staging] = None
    return database


def _opened_to_write(run: Run) -> Connection:
    database = duckdb.connect(config={"python_enable_replacements": False})
    try:
        database.execute(_QUIET)
        database.execute(_FRUGAL)
        database.execute("SET TimeZone = 'UTC'")
        database.execute(f"SET temp_directory = {quote_text(str(run.staging / 'spill'))}")
        database.execute(f"ATTACH {quote_text(str(run.work_file))} AS work")
        database.execute(f"ATTACH {quote_text(str(run.night_file))} AS night (STORAGE_VERSION '{STORAGE_VERSION}')")
        database.execute("USE night")
    except BaseException:
        database.close()
        raise
    return database


def _checkpoint(database: Connection) -> None:
    database.execute("CHECKPOINT night")
    database.execute("CHECKPOINT work")


def _size(run: Run) -> int:
    """Return the bytes of the run's files and of the logs beside them."""
    return sum(path.stat().st_size for path in run.staging.glob("*.duckdb*"))


@contextmanager
def published(home: Home, exports_to: Path | None = None) -> Iterator[Connection]:
    """Open the published file, read-only and locked down: no other file, no setting, no write.

    Args:
        home: directory of the published file.
        exports_to: the one folder, if any, in which the statements may write and read files.

    Raises:
        UsageError: nothing has been published in this home yet.
        SegmentsError: the file is damaged, or gone.
    """
    if not home.published_file.exists():
        raise nothing_published(home)
    with opened(home.published_file, home, exports_to) as database:
        yield database


def nothing_published(home: Home) -> SegmentsError:
    """Return the failure of who reads what is not there: it was never published, or is gone."""
    if any(home.archive.glob("[0-9]*.duckdb")):
        return SegmentsError(f"{home.published_file} is gone; segments doctor says what the next run does")
    return UsageError(f"nothing is published in {home.root} yet; run: segments run SOURCE{home.option}")


@contextmanager
def opened(path: Path, home: Home, exports_to: Path | None = None) -> Iterator[Connection]:
    """Open a file that is or was published, read-only and locked down; see ``published``.

    Raises:
        SegmentsError: the file is damaged.
    """
    if not path.is_file():  # DuckDB would wait for what a pipe has to say
        raise _damaged(path, home, "is not a file")
    config = LOCKED_DOWN | {"enable_external_access": exports_to is not None}
    with ExitStack() as stack:
        try:
            file = stack.enter_context(_readable(path))
            database = stack.enter_context(closing(duckdb.connect(str(file), read_only=True, config=config)))
        except duckdb.Error as error:
            raise _damaged(path, home, f"cannot be opened ({one_line(error)})") from error
        try:
            database.execute(_QUIET)
            bound_reader(database)
            if exports_to is not None:  # DuckDB takes the exception only while it runs, and before the rule
                database.execute(f"SET allowed_directories = [{quote_text(str(exports_to))}]")
                database.execute("SET enable_external_access = false")
            database.execute("SET lock_configuration = true")
            yield database
        except duckdb.Error as error:
            if is_damage(error):
                raise _damaged(path, home, f"is damaged ({one_line(error)})") from error
            raise


def is_damage(error: duckdb.Error) -> bool:
    """Return whether DuckDB failed at the bytes of the file, and not at what it was asked."""
    return isinstance(error, duckdb.IOException | duckdb.FatalException | duckdb.InternalException) or (
        "Corrupt database file" in str(error)
    )


def _damaged(path: Path, home: Home, what: str) -> SegmentsError:
    remedy = "the next run replaces it, and" if path == home.published_file else "other"
    return SegmentsError(f"{path} {what}; {remedy} earlier files are in {home.archive}")


def one_line(error: BaseException) -> str:
    """Return what an error says, in one line."""
    return " ".join(str(error).split())


@contextmanager
def one_thread(database: Connection) -> Iterator[None]:
    """Have DuckDB add up in one order: sums of doubles over several threads differ in their last digits."""
    threads = threads_of(database)
    if threads == 1:
        yield
        return
    database.execute("SET threads = 1")
    try:
        yield
    finally:
        database.execute(f"SET threads = {threads}")


@cache
def read_sql(name: str) -> str:
    """Return a statement kept in ``warehouse/sql``, as in ``read_sql("segment_stats")``."""
    return files("warehouse").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


@cache
def sql_names(folder: str) -> tuple[str, ...]:
    """Return the names of the statements in a folder of ``warehouse/sql``, sorted."""
    found = files("warehouse").joinpath("sql", folder).iterdir()
    return tuple(sorted(f"{folder}/{Path(entry.name).stem}" for entry in found if entry.name.endswith(".sql")))
