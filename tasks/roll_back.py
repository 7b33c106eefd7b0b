"""Publish an earlier file again: the one before the published one, or that of a run that is named."""

from dataclasses import dataclass
from pathlib import Path

from schemas.errors import UsageError
from tasks.run.lifecycle import begin_amending
from warehouse.audiences import audiences
from warehouse.home.directory import Home
from warehouse.home.ledger import Manifest, close_abandoned, publications, rolled_back_runs
from warehouse.integrity import is_whole, published_state
from warehouse.publishing import put_back, set_damaged_aside
from warehouse.restoring import fault_of


@dataclass(frozen=True)
class RolledBack:
    """What is published again, and what is no more.

    Attributes:
        run_id: the run whose file is published again.
        as_of: its day.
        taken_back: the runs that had published after it, the last one first.
        lost_audiences: audiences that were frozen after it, and are in the archive alone.
        set_aside: why the published file was not to be trusted, and where it is kept; None where it was.
    """

    run_id: str
    as_of: str
    taken_back: tuple[str, ...]
    lost_audiences: tuple[str, ...]
    set_aside: str | None


def roll_back(home: Path, run_id: str | None = None) -> RolledBack:
    """Publish the file of an earlier run again; the runs after it count as rolled back, until one of them is named.

    Args:
        home: directory of the published file.
        run_id: the run; the one before the published one by default.

    Raises:
        UsageError: there is no earlier file, or none of that run, or it is the published one.
    """
    with begin_amending(home, "rollback") as run:
        state = published_state(run.home)
        close_abandoned(run, state.run_id)
        published = publications(run.home)
        wanted = _wanted(run.home, published, run_id)
        fault = state.fault or (fault_of(run.home, state, published) if state.run_id else None)
        frozen = _audiences(run.home) if state.run_id and not fault else set()
        set_aside = f"{fault}; kept as {set_damaged_aside(run)}" if fault else None
        taken_back = _later(published, wanted)
        put_back(run, str(wanted["run_id"]), taken_back)
        lost = tuple(sorted(frozen - _audiences(run.home)))
        return RolledBack(str(wanted["run_id"]), str(wanted["as_of"]), taken_back, lost, set_aside)


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


def _later(published: list[Manifest], wanted: Manifest) -> tuple[str, ...]:
    """Return the runs that are rolled back, the last one first.

    They were published after the wanted one; where that was rolled back itself, they are those that began after it.
    """
    is_published = any(one["run_id"] == wanted["run_id"] for one in published)
    return tuple(
        str(one["run_id"])
        for one in published
        if (one.get("publication") or 0) > (wanted.get("publication") or 0)
        and (is_published or str(one["started_at"]) > str(wanted["started_at"]))
    )


def _audiences(home: Home) -> set[str]:
    return {one.audience for one in audiences(home)}


def _words(kept: dict[str, Manifest]) -> str:
    return ", ".join(f"{run_id} ({one['as_of']})" for run_id, one in kept.items()) or "none"
