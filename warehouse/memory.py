"""Limit DuckDB's memory: that of a run by the width of a file, not by its length; that of a query by a setting."""

from collections.abc import Iterator
from itertools import count, takewhile
from pathlib import Path
from typing import BinaryIO

import duckdb

from schemas.environment import allowed_megabytes
from warehouse.home.run import Run

#: DuckDB's threads at most, megabytes for each, and megabytes at least.
MOST_THREADS, THREAD_MEMORY_MB, LEAST_MEMORY_MB = 4, 125, 250

#: Bytes of a run's copies up to which DuckDB has one thread: a second one finds no rows of its own, as DuckDB divides
#: a table some 100,000 rows at a time, and waking it takes a fifth of each statement.
ONE_THREAD_BYTES = 4_000_000

#: Lines that must fit into memory on top of that: DuckDB writes tables some 100,000 rows at a time,
#: and a row may be some times as long as its line.
LINES_IN_MEMORY = 200_000

#: Megabytes that every column of the widest table takes in each thread: what is written waits in blocks of 256 KiB.
COLUMN_MEMORY_MB = 0.5

#: Threads and memory that DuckDB may use, and the columns of the widest table; 0 before there is any.
_LIMITS = """
    SELECT current_setting('threads'), current_setting('memory_limit'), coalesce(max(column_count), 0)
    FROM duckdb_tables()
"""

#: How much of a file is looked at to know how long its lines are, here and there.
_BLOCKS, _BLOCK_BYTES = 16, 1 << 16


def bound_memory(database: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Give DuckDB what its threads, its columns and some lines of the run's files need; more is written beside them.

    A machine with less memory than that has DuckDB's own limit, which is most of what there is.
    """
    database.execute("RESET memory_limit; RESET threads")  # what an earlier step was given
    ((may_use, own_limit, most_columns),) = database.execute(_LIMITS).fetchall()
    threads = min(MOST_THREADS, int(may_use)) if _copied_bytes(run) > ONE_THREAD_BYTES else 1
    megabytes = (
        max(LEAST_MEMORY_MB, threads * THREAD_MEMORY_MB)
        + LINES_IN_MEMORY * _line_bytes(run) // 1_000_000
        + round(threads * COLUMN_MEMORY_MB * most_columns)
    )
    bound = f"SET memory_limit = '{megabytes}MB'" if megabytes * 1_000_000 < _bytes_of(own_limit) else ""
    database.execute(f"SET threads = {threads}; {bound}")


def bound_reader(database: duckdb.DuckDBPyConnection) -> None:
    """Give statements on the published file half of the memory, or what SEGMENTS_MEMORY_MB says, and few threads."""
    ((limit,),) = database.execute("SELECT current_setting('memory_limit')").fetchall()
    allowed = allowed_megabytes()
    megabytes = max(LEAST_MEMORY_MB, int(_bytes_of(limit) / 2e6) if allowed is None else allowed)
    threads = min(MOST_THREADS, threads_of(database))
    database.execute(f"SET threads = {threads}; SET memory_limit = '{megabytes}MB'")


def threads_of(database: duckdb.DuckDBPyConnection) -> int:
    """Return how many threads DuckDB may use."""
    ((threads,),) = database.execute("SELECT current_setting('threads')").fetchall()
    return int(threads)


def _bytes_of(limit: str) -> float:
    """Return about how many bytes a memory limit is that DuckDB tells as 18.8 GiB."""
    number, unit = limit.split()
    return float(number) * float(1024 ** ("bytes", "KiB", "MiB", "GiB", "TiB").index(unit))


def _copied_bytes(run: Run) -> int:
    return sum(copy.stat().st_size for copy in _copies(run))


def _line_bytes(run: Run) -> int:
    """Return how many bytes a line of the run's copies has, about; 0 before there are any."""
    return max(map(_mean_line_bytes, _copies(run)), default=0)


def _copies(run: Run) -> Iterator[Path]:
    return takewhile(Path.exists, (run.source_copy(number) for number in count(1)))


def _mean_line_bytes(path: Path) -> int:
    size = path.stat().st_size
    with path.open("rb") as file:
        blocks = [_read_at(file, place) for place in range(0, size, max(_BLOCK_BYTES, size // _BLOCKS))]
    return sum(map(len, blocks)) // max(1, sum(block.count(b"\n") for block in blocks))


def _read_at(file: BinaryIO, place: int) -> bytes:
    file.seek(place)
    return file.read(_BLOCK_BYTES)
