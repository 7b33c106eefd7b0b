"""The two columns that a file of rejected rows has in addition to those of its source: line and reason."""

from schemas.dataset import Column, normalize_header
from schemas.errors import DataRefused

#: Headers of the file that ``segments rejects`` writes; they precede those of the source.
REJECT_HEADERS = ("rejected_line", "rejected_reason")


def reject_positions(header: tuple[str, ...], columns: tuple[Column, ...]) -> tuple[int, ...]:
    """Return the positions of line and reason in a header; one that is missing is left out.

    When the rows were corrected, the columns may have been moved and their headers respelled. A column
    that the dataset declares under such a name is the dataset's own.
    """
    declared = {normalize_header(column.header) for column in columns}
    wanted = [normalize_header(name) for name in REJECT_HEADERS]
    if declared & set(wanted):
        return ()
    positions = {normalize_header(name): position for position, name in reversed(list(enumerate(header)))}
    return tuple(positions[key] for key in wanted if key in positions)


def refuse_half_a_repair(header: tuple[str, ...], positions: tuple[int, ...], where: str) -> None:
    """Refuse a header with one of the two columns: its rows would be read as they are, escape marks and all.

    Raises:
        DataRefused: with the column that is missing.
    """
    if len(positions) != 1:
        return
    found = header[positions[0]]
    missing = next(name for name in REJECT_HEADERS if normalize_header(name) != normalize_header(found))
    raise DataRefused(
        f"{where}: the column {missing!r} is missing beside {found!r}, and a file of corrected rows has both; "
        f"put it back (its cells may be empty), or rename {found!r} if this is not a file of corrected rows"
    )
