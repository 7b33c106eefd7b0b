"""Publish an earlier file again: the one before the published one, or that of a run that is named."""

from dataclasses import dataclass
from pathlib import Path

from schemas.errors import UsageError
from tasks.run.lifecycle import begin_amending
from warehouse.home.directory import Home
from warehouse.home.ledger import Manifest, publications, record_put_back, rolled_back_runs
from warehouse.integrity import is_whole, published_state
from warehouse.publishing import put_back


@dataclass(frozen=True)
class RolledBack:
    """What is published again, and what is no more.

    Attributes:
        run_id: the run whose file is published again.
        as_of: its day.
        taken_back: the runs that had published after it.
    """

    run_id: str
    as_of: str
    taken_back: tuple[str, ...]


def roll_back(home: Path, run_id: str | None = None) -> RolledBack:
    """Publish the file of an earlier run again; the runs after it count as rolled back, until one of them is named.

    Args:
        home: directory of the published file.
        run_id: the run; the one before the published one by default.

    Raises:
        UsageError: there is no earlier file, or none of that run, or it is the published one.
    """
    with begin_amending(home, "rollback") as run:
        published = publications(run.home)
        wanted = _wanted(run.home, published, run_id)
        place = [one["run_id"] for one in published].index(wanted["run_id"]) if wanted in published else 0
        taken_back = tuple(str(one["run_id"]) for one in published[:place])
        record_put_back(run.home, wanted["run_id"], taken_back)
        put_back(run, run.home.archived_file(wanted["run_id"]))
        return RolledBack(wanted["run_id"], wanted["as_of"], taken_back)


def _wanted(home: Home, published: list[Manifest], run_id: str | None) -> Manifest:
    current = published_state(home).run_id
    others = [one for one in published if one["run_id"] != current]
    kept = {str(one["run_id"]): one for one in [*others, *rolled_back_runs(home)] if is_whole(home, str(one["run_id"]))}
    if run_id is None:
        earlier = next((one for one in others if one["run_id"] in kept), None)
        if earlier is None:
            raise UsageError(f"there is no earlier file in {home.archive} to go back to")
        return earlier
    if run_id == current:
        raise UsageError(f"run {run_id} is the published one; name an earlier one: {_words(kept)}")
    if run_id not in kept:
        raise UsageError(f"the file of run {run_id} is not in {home.archive}, or not whole; those kept: {_words(kept)}")
    return kept[run_id]


def _words(kept: dict[str, Manifest]) -> str:
    return ", ".join(f"{run_id} ({one['as_of']})" for run_id, one in kept.items()) or "none"
