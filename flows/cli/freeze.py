"""``segments freeze``: keep the members of a segment as they are today, so that a campaign can be measured."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.cli.options import DEFAULT_HOME, HomeOption
from flows.cli.tables import print_table, result_console
from schemas.errors import UsageError
from schemas.shown import shown_as_json

if TYPE_CHECKING:
    from tasks.freeze import Frozen


def freeze(
    name: str | None = None,
    *,
    segment: int | None = None,
    control: float = 0.0,
    seed: int = 0,
    list: Annotated[bool, Parameter(negative="")] = False,
    drop: Annotated[bool, Parameter(negative="")] = False,
    home: HomeOption = DEFAULT_HOME,
    json: bool = False,
) -> None:
    """Keep the members of a segment as they are today, under a name.

    Parameters
    ----------
    name
        Name of the audience.
    segment
        Number of the published segment.
    control
        Share of its customers, drawn at random, that the campaign leaves out.
    seed
        Random seed of that draw.
    list
        List the audiences, each with the query that compares its groups.
    drop
        Remove the audience.
    json
        Print the result as JSON.
    """
    from tasks.freeze import drop_audience, freeze, frozen_audiences  # loads pandas

    if list and (name or segment is not None or drop):
        raise UsageError("--list lists the audiences; leave NAME, --segment and --drop out, or --list")
    if list:
        _print(frozen_audiences(home), as_json=json)
    elif name is None:
        raise UsageError("no NAME is given; name the audience, as in: segments freeze spring-campaign --segment 3")
    elif drop:
        drop_audience(home, name)
        print(f"audience {name} is removed")
    elif segment is None:
        raise UsageError(f"no segment is named; as in: segments freeze {name} --segment 3 --control 0.1")
    else:
        _print([freeze(home, name, segment, control=control, seed=seed)], as_json=json)


def _print(found: Sequence["Frozen"], *, as_json: bool) -> None:
    if as_json:
        _print_json(found)
        return
    console = result_console()
    if not found:
        console.print("no audience is frozen yet; as in: segments freeze spring-campaign --segment 3 --control 0.1")
        return
    print_table(console, "audiences", [
        {
            "audience": one.audience.audience,
            "segment": f"{one.audience.segment_id} {one.audience.segment_name}",
            "as of": str(one.audience.as_of),
            "customers": f"{one.audience.customers:,}",
            "control": f"{one.audience.control_customers:,}",
        }
        for one in found
    ])  # fmt: skip
    for one in found:
        console.print(
            f"compare the groups of {one.audience.audience} after the campaign, with segments query:\n", markup=False
        )
        console.print(f"{one.comparison}\n", markup=False)


def _print_json(found: Sequence["Frozen"]) -> None:
    facts = [{**asdict(one.audience), "comparison": one.comparison} for one in found]
    print(shown_as_json(facts))
