"""Name a segment: the name that a person gives it stands in the published file, and in those of all later runs."""

from pathlib import Path

from schemas.errors import UsageError
from tasks.run.lifecycle import begin_amending
from warehouse.connection import published
from warehouse.home.directory import Home
from warehouse.home.segment_names import checked_name, given_names, write_given_names
from warehouse.publishing import amending
from warehouse.scoring import published_model
from warehouse.segments import no_such_segment, published_names
from warehouse.tables import transaction


def name_segment(home: Path, segment_id: int, name: str) -> None:
    """Give a published segment a name of its own.

    Args:
        home: directory of the published file.
        segment_id: number of the segment.
        name: one line.

    Raises:
        UsageError: nothing is published, there is no such segment, or the name cannot be used.
    """
    with begin_amending(home, "name") as run:
        model, text = published_model(run.home), checked_name(name, "NAME")
        with published(run.home) as database:
            others = published_names(database)
        if segment_id not in others:
            raise no_such_segment(segment_id, run.home, others)
        given = {other: one for other, one in given_names(run.home).items() if other != segment_id}
        for other, one in {**others, **given}.items():
            if other != segment_id and one.casefold() == text.casefold():
                raise UsageError(f"{text!r} is the name of segment {other} already; choose another one")
        write_given_names(run.home, given | {segment_id: text})
        with amending(run, model.run_id) as database, transaction(database):
            for table in ("segments", "segment_lifetimes"):
                database.execute(
                    f"UPDATE amended.{table} SET name = $name WHERE segment_id = $segment_id",
                    {"name": text, "segment_id": segment_id},
                )


def drop_name(home: Path, segment_id: int) -> None:
    """Take a given name back: from the next run on the segment is named by rule.

    Raises:
        UsageError: the segment has none.
    """
    with begin_amending(home, "name") as run:
        given = given_names(run.home)
        if segment_id not in given:
            raise UsageError(f"segment {segment_id} has no given name in {run.home.segment_names_file}")
        write_given_names(run.home, {other: name for other, name in given.items() if other != segment_id})


def segment_names(home: Path) -> list[tuple[int, str, bool]]:
    """Return segment_id, name and whether a person gave it, of each published segment.

    Raises:
        UsageError: nothing is published.
    """
    given = given_names(Home(home))
    with published(Home(home)) as database:
        return [(segment_id, name, segment_id in given) for segment_id, name in published_names(database).items()]
