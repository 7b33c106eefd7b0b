"""Freeze an audience: the customers of a published segment, with a control group, as they are today."""

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from schemas.errors import UsageError
from tasks.run.lifecycle import begin_amending
from warehouse.audiences import (
    Audience,
    audiences,
    delete_audience,
    insert_audience,
    numeric_columns,
    refuse_without_identifier,
)
from warehouse.connection import published
from warehouse.home.directory import Home
from warehouse.publishing import amending
from warehouse.scoring import published_model
from warehouse.segments import no_such, no_such_segment, published_names
from warehouse.statements.audiences import compare_groups
from warehouse.tables import read_value

#: Characters of a name at most.
_MAX_NAME = 100


@dataclass(frozen=True)
class Frozen:
    """An audience, and the query that compares its control group with the others, on the run that is published then."""

    audience: Audience
    comparison: str


def freeze(home: Path, name: str, segment_id: int, *, control: float = 0.0, seed: int = 0) -> Frozen:
    """Freeze the customers of a published segment under a name.

    Args:
        home: directory of the published file.
        name: of the audience.
        segment_id: the segment.
        control: share of its customers, 0 to below 1, drawn at random for the control group.
        seed: of the draw.

    Raises:
        UsageError: nothing is published, the name is taken, there is no such segment, the customers have no
            identifier, or the control group would be nobody or everybody.
    """
    _check_name(name)
    if not 0 <= seed < 2**32:
        raise UsageError(f"--seed {seed} cannot be used; expected a number from 0 to {2**32 - 1}")
    with begin_amending(home, "freeze") as run:
        model = published_model(run.home)
        with published(run.home) as database:
            refuse_without_identifier(database, "its customers cannot be recognized in later runs")
        _refuse_taken(run.home, name)
        n_control = _control_customers(_customers_of(run.home, segment_id), control, segment_id)
        with amending(run, model.run_id) as database:
            insert_audience(
                database, name, segment_id, control_customers=n_control, seed=seed, frozen_at=datetime.now(UTC)
            )
        return Frozen(_audience(run.home, name), compare_groups(name, numeric_columns(run.home)))


def drop_audience(home: Path, name: str) -> None:
    """Remove an audience.

    Raises:
        UsageError: there is none of that name.
    """
    with begin_amending(home, "freeze") as run:
        model = published_model(run.home)
        _audience(run.home, name)
        with amending(run, model.run_id) as database:
            delete_audience(database, name)


def frozen_audiences(home: Path) -> list[Frozen]:
    """Return all audiences, the last one first."""
    found = audiences(Home(home))
    numbers = numeric_columns(Home(home)) if found else []
    return [Frozen(one, compare_groups(one.audience, numbers)) for one in found]


def _audience(home: Home, name: str) -> Audience:
    found = audiences(home)
    for audience in found:
        if audience.audience == name:
            return audience
    raise no_such("audience", name, home, (repr(audience.audience) for audience in found))


def _check_name(name: str) -> None:
    if not name.strip() or not name.isprintable() or len(name) > _MAX_NAME:
        raise UsageError(f"{name!r} cannot name an audience; expected 1 to {_MAX_NAME} characters in one line")


def _refuse_taken(home: Home, name: str) -> None:
    for one in audiences(home):
        if one.audience == name:
            raise UsageError(
                f"the audience {name!r} was frozen on {one.frozen_at:%Y-%m-%d} and does not change; choose another "
                f"name, or remove it: segments freeze {shlex.quote(name)} --drop"
            )


def _customers_of(home: Home, segment_id: int) -> int:
    with published(home) as database:
        names = published_names(database)
        if segment_id not in names:
            raise no_such_segment(segment_id, home, names)
        size = "SELECT customers FROM segments WHERE segment_id = $segment_id"
        return int(read_value(database, size, {"segment_id": segment_id}))


def _control_customers(n_customers: int, control: float, segment_id: int) -> int:
    if not 0 <= control < 1:
        raise UsageError(f"--control {control} cannot be used; expected a share from 0 to below 1, as in 0.1")
    n_control = round(n_customers * control)
    if control > 0 and not 0 < n_control < n_customers:
        raise UsageError(
            f"--control {control} of the {n_customers:,} customers of segment {segment_id} is {n_control:,}; "
            "expected at least one customer in each group"
        )
    return n_control
