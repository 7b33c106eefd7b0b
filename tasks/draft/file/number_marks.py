"""Find the decimal and thousands separators of a file, by the same rule that a run uses."""

import re
from collections.abc import Mapping, Sequence

from schemas.dialect import NumberMarks
from schemas.errors import DataRefused
from warehouse.connection import Connection
from warehouse.draft import ColumnProfile, number_marks

_UNCLEAR_COMMA = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")


def find_number_marks(
    database: Connection,
    profiles: Mapping[int, ColumnProfile],
    delimiter: str,
    headers: Sequence[str | None],
    source: str,
) -> NumberMarks:
    """Return what the columns of numbers show of their marks.

    Args:
        profiles: the columns, by their number from 1.
        delimiter: the character between fields.
        headers: the names of the columns in their order.
        source: the file, for the error.

    Raises:
        DataRefused: a comma before three digits may be the decimal mark as well as that of thousands.
    """
    numeric = [number for number, profile in profiles.items() if profile.is_numeric]
    marks = number_marks(database, numeric, is_comma_quoted=delimiter == ",")
    if marks.decimal == "," or marks.decimal_points or marks.thousands == ",":
        return marks
    for number in numeric:
        example = next(
            (found.text for found in profiles[number].most_common if _UNCLEAR_COMMA.search(found.text)), None
        )
        if example:
            raise DataRefused(
                f"{source} column {headers[number - 1] or number}: {example!r} may be a number with a decimal comma or "
                "one with a mark of thousands, and nothing in the file shows which; expected a number that does, such "
                "as 12,5, so write the numbers without marks of thousands, or the schema by hand with decimal= and "
                "thousands="
            )
    return marks
