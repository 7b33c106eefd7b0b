"""The run that this one follows: its published file, attached as ``previous``, and what its segments were."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from warehouse.connection import Connection, attached, one_line, read_sql
from warehouse.home.ledger import Manifest, add_note, previous_runs
from warehouse.home.run import Run
from warehouse.integrity import file_of
from warehouse.tables import read_dicts, read_frame, read_value

#: Customers looked up at a time: a hash table of all of them would not fit into memory.
_LOOKED_UP = 250_000


@dataclass(frozen=True)
class EarlierRun:
    """The last run of the dataset that was published for an earlier day, or where there is none, for the same day.

    Attributes:
        is_replaced: whether it is of the same day, which this run describes anew.
        has_history: whether its file has the tables that the history goes on from; those of version 0.1 have not.
        has_drift: whether it has those of the customers that its model was formed on.
    """

    run_id: str
    as_of: date
    is_replaced: bool
    has_history: bool
    has_drift: bool

    @property
    def is_followed(self) -> bool:
        """Whether the history goes on from it."""
        return self.has_history and not self.is_replaced

    @property
    def has_reference(self) -> bool:
        """Whether drift can be measured from the run that formed its model."""
        return self.is_followed and self.has_drift


@dataclass(frozen=True)
class EarlierSegment:
    """A segment as the earlier run published it."""

    segment_id: int
    name: str
    customers: int
    first_seen: date


@dataclass(frozen=True)
class EarlierSegmentation:
    """How the earlier run segmented its customers.

    Attributes:
        centroids: in encoded units, along all features in their order, shape (k, n_features).
        runs_ahead: k -> runs in a row in which it was ahead of the published one.
        verdict_level: strong, weak or none.
        is_gradient: whether the verdict was a gradient.
        own_verdicts: what each run with its model alone showed, the latest day first.
    """

    centroids: npt.NDArray[np.float64]
    runs_ahead: dict[int, int]
    verdict_level: str
    is_gradient: bool
    own_verdicts: tuple[str, ...]


@dataclass(frozen=True)
class Memberships:
    """Where each customer of a run was in the earlier one, in canonical order.

    Attributes:
        segment_ids: segment; 0 of a customer who was in none, shape (n_customers,).
        since: day on which the customer joined it; NaT where that is unknown, shape (n_customers,).
    """

    segment_ids: npt.NDArray[np.int64]
    since: npt.NDArray[np.datetime64]


@contextmanager
def beside_earlier_run(database: Connection, run: Run) -> Iterator[EarlierRun | None]:
    """Attach the published file of the earlier run as ``previous``, and give what it is; None where there is none."""
    for earlier, path in _candidates(run):
        with ExitStack() as stack:
            try:
                stack.enter_context(attached(database, path, "previous"))
            except duckdb.Error as error:
                add_note(run, f"{path} cannot be compared with ({one_line(error)})")
                continue
            has_history, has_drift = (
                bool(read_value(database, read_sql(name))) for name in ("has_history", "has_drift")
            )
            yield EarlierRun(*earlier, has_history, has_drift)
        return
    yield None


def lost_day(run: Run) -> date | None:
    """Return the last earlier day that was published and whose file is no longer kept; None where one is kept."""
    before = [manifest for manifest in previous_runs(run) if _day_of(manifest) < run.as_of]
    is_kept = any(file_of(run.home, manifest["run_id"]) for manifest in before)
    return _day_of(before[0]) if before and not is_kept else None


def earlier_segments(database: Connection) -> list[EarlierSegment]:
    """Return the segments of the earlier run, by their numbers, ascending."""
    return [EarlierSegment(**row) for row in read_dicts(database, read_sql("select_earlier_segments"))]


def earlier_segmentation(database: Connection) -> EarlierSegmentation:
    """Return how the earlier run segmented its customers, in the model that this run keeps."""
    (row,) = read_dicts(database, read_sql("select_earlier_segmentation"))
    values = database.execute(read_sql("select_earlier_centroids")).fetchnumpy()["value"]
    centroids = np.asarray(values, dtype=np.float64).reshape(row["n_clusters"], -1)
    ahead = database.execute("SELECT k, runs_ahead FROM previous.k_scores WHERE runs_ahead > 0").fetchall()
    own = tuple(row["own_verdicts"] or ())
    return EarlierSegmentation(centroids, dict(ahead), row["verdict_level"], row["is_gradient"], own)


def used_ids(database: Connection) -> set[int]:
    """Return the number of every segment that there ever was, up to the earlier run."""
    return {int(number) for (number,) in database.execute(read_sql("select_used_ids")).fetchall()}


def earlier_memberships(database: Connection, n_customers: int) -> Memberships:
    """Return where each of the customers was in the earlier run."""
    found = Memberships(np.zeros(n_customers, dtype=np.int64), np.full(n_customers, "NaT", dtype="datetime64[D]"))
    for first in range(0, n_customers, _LOOKED_UP):
        bounds = {"first": first, "last": first + _LOOKED_UP - 1}
        columns = database.execute(read_sql("select_earlier_memberships"), bounds).fetchnumpy()
        positions = np.asarray(columns["position"], dtype=np.int64)
        found.segment_ids[positions] = columns["segment_id"]
        found.since[positions] = np.ma.filled(columns["segment_since"], np.datetime64("NaT"))
    return found


def earlier_centers(database: Connection) -> pd.DataFrame:
    """Return segment_id, feature and x: the centers in the units of the features' x, see the table features."""
    return read_frame(database, read_sql("select_earlier_centers"))


def _candidates(run: Run) -> Iterator[tuple[tuple[str, date, bool], Path]]:
    """Yield the runs that may be the earlier one, the best first: run_id, as_of and is_replaced, and the file."""
    # The latest day comes first; that of the run itself is the last resort.
    for manifest in sorted(previous_runs(run), key=lambda manifest: _day_of(manifest) == run.as_of):
        as_of, path = _day_of(manifest), file_of(run.home, manifest["run_id"])
        if path is not None:
            yield (manifest["run_id"], as_of, as_of == run.as_of), path


def _day_of(manifest: Manifest) -> date:
    return date.fromisoformat(manifest["as_of"])
