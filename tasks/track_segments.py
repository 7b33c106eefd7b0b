"""Track the segments since the earlier run: what became of each, and which customers joined, moved or are gone."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
import pandas as pd

from schemas.dataset import file_settings_of
from schemas.loading import load_dataset
from tasks.continuity.transitions import Transition, transitions_of
from tasks.describe import Described
from tasks.reporting.number_text import joined
from tasks.run.columns import has_identifier
from tasks.run.step import recorded
from warehouse.audiences import carry_audiences
from warehouse.connection import Connection, one_thread, staging
from warehouse.earlier_run import EarlierRun, beside_earlier_run, earlier_segments, lost_day
from warehouse.history import (
    count_moves,
    insert_earlier_lifetimes,
    insert_history,
    insert_lifetimes,
    insert_transitions,
    segment_sizes,
    shared_customers,
)
from warehouse.home.run import Run
from warehouse.model_drift import insert_segment_drift


@dataclass(frozen=True)
class Tracked:
    """The run that this one follows, and how many segments survived, began and ended since; None where it is first."""

    previous_run_id: str | None
    survived: int
    began: int
    ended: int
    notes: tuple[str, ...]


@recorded
def track_segments(run: Run, described: Described) -> Tracked:
    """Fill segment_transitions, segment_lifetimes, segment_drift, past_memberships and history; carry on audiences."""
    with staging(run) as database:
        carry_audiences(database, run)
    with staging(run) as database, beside_earlier_run(database, run) as earlier:
        insert_lifetimes(database, run)
        insert_segment_drift(database, run, earlier)
        if earlier is None or earlier.is_replaced:
            lost = lost_day(run)
            return Tracked(None, 0, described.n_segments, 0, () if lost is None else (_is_lost(lost),))
        if not earlier.has_history:
            return Tracked(None, 0, described.n_segments, 0, (_is_first(earlier),))
        transitions = _transitions(database)
        with one_thread(database):
            insert_transitions(database, _frame(transitions))
        insert_earlier_lifetimes(database)
        insert_history(database, run, earlier, file_settings_of(load_dataset(run.order.dataset)).history_runs)
        moves = count_moves(database, run) if has_identifier(run) else None
    survived = sum(one.transition == "survived" for one in transitions)
    began = sum(one.transition in ("split", "emerged") for one in transitions)
    ended = len({one.from_segment_id for one in transitions if one.from_segment_id is not None}) - survived
    notes = (_segments_in_words(earlier, transitions), _customers_in_words(moves))
    return Tracked(earlier.run_id, survived, began, ended, notes)


def _transitions(database: Connection) -> list[Transition]:
    before = {segment.segment_id: segment.customers for segment in earlier_segments(database)}
    now, pairs = segment_sizes(database), shared_customers(database)
    ids_before, ids = list(before), list(now)
    shared = np.zeros((len(ids_before), len(ids)), dtype=np.int64)
    rows = np.searchsorted(ids_before, pairs["from_segment_id"])  # they ascend
    shared[rows, np.searchsorted(ids, pairs["to_segment_id"])] = pairs["customers"]
    return transitions_of(shared, np.array(list(before.values())), np.array(list(now.values())), ids_before, ids)


def _frame(transitions: Sequence[Transition]) -> pd.DataFrame:
    numbers = dict.fromkeys(["from_segment_id", "to_segment_id", "shared_customers"], "Int64")
    return pd.DataFrame([asdict(one) for one in transitions]).astype(numbers)


def _is_lost(day: date) -> str:
    return f"segments are numbered anew and the history begins with this run: the file of {day} is no longer kept"


def _is_first(earlier: EarlierRun) -> str:
    return (
        f"segments are numbered anew: run {earlier.run_id} is of a version that kept no history; "
        "the history begins with this run"
    )


def _segments_in_words(earlier: EarlierRun, transitions: Sequence[Transition]) -> str:
    """Return what became of the segments, such as "segments 1 and 2 survived, 4 emerged"."""
    said = []
    survivors = [str(one.from_segment_id) for one in transitions if one.transition == "survived"]
    if survivors:
        segments = "segment" if len(survivors) == 1 else "segments"
        said.append(f"{segments} {joined(survivors, 'and')} survived")
    said += _changes(transitions)
    return f"since the run of {earlier.as_of}: {', '.join(said)}"


def _changes(transitions: Sequence[Transition]) -> Iterator[str]:
    for one in transitions:
        if one.transition == "absorbed":
            yield f"{one.from_segment_id} was absorbed by {one.to_segment_id}"
        elif one.transition == "disappeared":
            yield f"{one.from_segment_id} disappeared"
        elif one.transition == "split":
            yield f"{one.to_segment_id} split from {one.from_segment_id}"
        elif one.transition == "emerged":
            yield f"{one.to_segment_id} is new"


def _customers_in_words(moves: dict[str, int] | None) -> str:
    if moves is None:
        return (
            "which customers moved is not known, as the dataset declares no identifier by which to find them again; "
            "segment_history, segment_moves and membership_events are empty"
        )
    known = moves["stayed"] + moves["moved"]
    share = f" ({moves['stayed'] / known:.1%})" if known else ""
    return (
        f"{moves['stayed']:,} of {known:,} customers stayed in their segment{share}; {moves['new']:,} new, "
        f"{moves['gone']:,} gone"
    )
