"""``segments name``: give a segment a name of its own."""

from typing import Annotated

from cyclopts import Parameter

from flows.cli.options import DEFAULT_HOME, HomeOption
from flows.cli.tables import print_table, result_console
from schemas.errors import UsageError


def name(
    segment: int | None = None,
    name: str | None = None,
    *,
    drop: Annotated[bool, Parameter(negative="")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Give a segment a name of its own, in place of the one by rule; without arguments, list all.

    Parameters
    ----------
    segment
        Number of the published segment.
    name
        Its name.
    drop
        Take the name back: the next run names the segment by rule again.
    """
    from tasks.name_segment import drop_name, name_segment, segment_names  # loads pandas

    if segment is None:
        if drop:
            raise UsageError("no SEGMENT is given; as in: segments name 3 --drop")
        given = {True: "given", False: "by rule"}
        names = [
            {"segment": str(one), "name": text, "": given[is_given]} for one, text, is_given in segment_names(home)
        ]
        print_table(result_console(), "segments", names)
    elif drop:
        if name is not None:
            raise UsageError("--drop takes a name back; leave NAME or --drop out")
        drop_name(home, segment)
        print(f"segment {segment} is named by rule from the next run on")
    elif name is None:
        raise UsageError(f'no NAME is given; as in: segments name {segment} "Grillers"')
    else:
        name_segment(home, segment, name)
        print(f"segment {segment} is named {name.strip()}: in the tables now, in reports from the next run on")
