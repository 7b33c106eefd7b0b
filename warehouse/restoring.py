"""Heal the published file: what is damaged, swapped or gone is kept as evidence, and the last good one is put back."""

from pathlib import Path

from warehouse.home.directory import Home
from warehouse.home.ledger import ROLLED_BACK, Manifest, add_note, note_ended_run, publications, readable_manifest
from warehouse.home.run import Run
from warehouse.integrity import PublishedState, is_whole, published_state
from warehouse.publishing import put_back, set_damaged_aside


def heal(run: Run) -> None:
    """Put the last good archived file back where the published one is not to be trusted.

    Call it with the lock held. What was found and done is a note of the run.
    """
    state, published = published_state(run.home), publications(run.home)
    fault = state.fault or fault_of(run.home, state, published)
    if fault is None:
        return
    last_good = last_good_of(run.home, published)
    kept = f", and is kept as {set_damaged_aside(run)}" if _is_anything(run.home.published_file) else ""
    if last_good is None:
        add_note(run, f"the published file is damaged ({fault}){kept}; no other is archived, and this run begins anew")
        return
    put_back(run, str(last_good["run_id"]))
    was = "damaged" if state.fault else "not the last one published" if state.run_id else "missing"
    words = f"the published file was {was} ({fault}){kept}: {_in_words(last_good, published)}"
    add_note(run, words)
    note_ended_run(run.home, str(last_good["run_id"]), f"{run.started_at:%Y-%m-%d %H:%M} UTC: {words}")


def fault_of(home: Home, state: PublishedState, published: list[Manifest]) -> str | None:
    """Return what is wrong with a file that is whole, or missing: another one was published last."""
    if not published:
        return None
    if state.run_id is None:
        return f"{home.published_file} is gone"
    own = readable_manifest(home.manifest_file(state.run_id))
    if own is None and "publication" in published[0] and not _has_traces(home, state.run_id):
        return f"{home.published_file} is that of run {state.run_id}, of which {home.root} knows nothing"
    if own is None or own["status"] not in ("published", ROLLED_BACK) or "publication" not in own:
        return None  # of an earlier version, or killed at its end
    if own["status"] == "published" and _publication(own) == _publication(published[0]):
        return None
    found, last = f"{home.published_file} is that of run {state.run_id}", f"that of run {published[0]['run_id']}"
    return f"{found}, and {last} was published last"


def last_good_of(home: Home, published: list[Manifest]) -> Manifest | None:
    """Return the last run whose archived file is whole; None where there is none to put back."""
    return next((one for one in published if is_whole(home, one["run_id"])), None)


def _has_traces(home: Home, run_id: str) -> bool:
    """Return whether a run was one of the home, though its record is lost: another home's never was."""
    return home.manifest_file(run_id).parent.exists() or home.archived_file(run_id).exists()


def _publication(manifest: Manifest) -> int:
    return int(manifest.get("publication") or 0)


def _in_words(last_good: Manifest, published: list[Manifest]) -> str:
    lost = [str(one["run_id"]) for one in published if _publication(one) > _publication(last_good)]
    words = f"that of run {last_good['run_id']}, as of {last_good['as_of']}, was put back"
    return f"{words}, and what {', '.join(lost)} published is lost" if lost else words


def _is_anything(path: Path) -> bool:
    return path.exists() or path.is_symlink()
