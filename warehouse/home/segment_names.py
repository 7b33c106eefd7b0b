"""``segment_names.csv`` in the home: the names that people gave segments, which stand before those by rule."""

import csv
import os
from collections.abc import Mapping

from schemas.errors import UsageError
from warehouse.home.directory import Home

#: Columns of the file, and characters of a name at most.
_COLUMNS, _LONGEST = ["segment_id", "name"], 60


def given_names(home: Home) -> dict[int, str]:
    """Return segment_id -> name of the segments that people named; empty where there is no such file.

    Raises:
        UsageError: a line of the file is not a segment's number and a name, or says what another one says.
    """
    path = home.segment_names_file
    if not path.exists():
        return {}
    found: dict[int, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        for fields in reader:
            place = f"{path} line {reader.line_num}"
            if not any(fields) or (not found and fields == _COLUMNS):
                continue
            if len(fields) != len(_COLUMNS) or not fields[0].strip().isdecimal():
                raise UsageError(
                    f"{place}: found {','.join(fields)!r}; expected a segment's number and its name, as 3,Grillers"
                )
            segment_id, name = int(fields[0]), checked_name(fields[1], place)
            if segment_id in found or name.casefold() in map(str.casefold, found.values()):
                raise UsageError(
                    f"{place}: the segment {segment_id} or the name {name!r} is there twice; keep one line"
                )
            found[segment_id] = name
    return found


def write_given_names(home: Home, names: Mapping[int, str]) -> None:
    """Replace the file of the names that people gave; without any there is none."""
    path = home.segment_names_file
    if not names:
        path.unlink(missing_ok=True)
        return
    new = home.staging / path.name
    with new.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([_COLUMNS, *sorted(names.items())])
    os.replace(new, path)


def checked_name(name: str, place: str) -> str:
    """Return a name without blanks around it.

    Raises:
        UsageError: it is empty, long, or not one line of text; or a number, which would be that of a segment.
    """
    text = name.strip()
    if not text or not text.isprintable() or len(text) > _LONGEST or text.isdecimal():
        shown = name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"
        raise UsageError(
            f"{place}: {shown!r} cannot name a segment; expected 1 to {_LONGEST} characters in one line, no mere number"
        )
    return text
