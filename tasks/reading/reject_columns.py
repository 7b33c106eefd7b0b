"""The two columns that a file of rejected rows has more than the file that they stood in: line and reason."""

from schemas.dataset import Column, normalise_header
from schemas.errors import DataRefused

#: Headers of the file that ``segments rejects`` writes; they stand before those of the source.
REJECT_HEADERS = ("rejected_line", "rejected_reason")


def reject_places(header: tuple[str, ...], columns: tuple[Column, ...]) -> tuple[int, ...]:
    """Return the places of line and reason in a header; one that is not there is left out.

    Whoever mends the rows may move the columns, or spell their headers otherwise. A column that the
    dataset declares under such a name is the dataset's own.
    """
    declared = {normalise_header(column.header) for column in columns}
    wanted = [normalise_header(name) for name in REJECT_HEADERS]
    if declared & set(wanted):
        return ()
    places = {normalise_header(name): place for place, name in reversed(list(enumerate(header)))}
    return tuple(places[key] for key in wanted if key in places)


def refuse_half_a_repair(header: tuple[str, ...], places: tuple[int, ...], where: str) -> None:
    """Refuse a header with one of the two columns: its rows would be read as they are, escape marks and all.

    Raises:
        DataRefused: with the column that is missing.
    """
    if len(places) != 1:
        return
    found = header[places[0]]
    missing = next(name for name in REJECT_HEADERS if normalise_header(name) != normalise_header(found))
    raise DataRefused(
        f"{where}: the column {missing!r} is missing beside {found!r}, and a file of mended rows has both; "
        f"put it back (its cells may be empty), or rename {found!r} if this is no file of mended rows"
    )
