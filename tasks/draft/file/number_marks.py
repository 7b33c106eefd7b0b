"""Find the decimal and the thousands mark of a file by what its numbers look like."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.errors import DataRefused
from warehouse.draft import ColumnLook, Marks, WrittenNumbers

#: Share of the filled cells that are numbers in a column of numbers.
MOSTLY_NUMBERS = 0.9

#: Cells of a column that settle what a mark means where each alone could mean two things.
_ENOUGH = 3


@dataclass(frozen=True)
class NumberMarks:
    """The marks in the numbers of a file.

    Attributes:
        decimal: the decimal mark.
        thousands: the mark between groups of three digits; None where no number has one.
        is_assumed: whether points stand before three digits alone, so that nothing shows what they are.
    """

    decimal: str = "."
    thousands: str | None = None
    is_assumed: bool = False


def find_number_marks(
    looks: Mapping[int, ColumnLook], headers: Sequence[str], delimiter: str, place: str
) -> NumberMarks:
    """Return the marks that explain the numbers of a file.

    Args:
        looks: the columns, by their number from 1.
        headers: the names of the columns in their order, for the error.
        delimiter: the character between fields.
        place: the file, for the error.

    Raises:
        DataRefused: a comma before three digits may be the decimal mark as well as that of thousands.
    """
    numeric = {number: look.marks for number, look in looks.items() if look.marks and is_numeric(look)}
    commas = sum(_shows_decimal_comma(marks) for marks in numeric.values())
    points = sum(_shows_decimal_point(marks) for marks in numeric.values())
    if commas > points or (not points and any(_groups_by_points(marks) for marks in numeric.values())):
        return NumberMarks(",", _thousands(numeric.values(), "."))
    if not points and delimiter != ",":
        _refuse_undecidable(numeric, looks, headers, place)
    thousands = _thousands([marks for marks in numeric.values() if not _shows_decimal_comma(marks)], ",")
    is_assumed = not points and thousands is None and any(marks.n_points_or_groups for marks in numeric.values())
    return NumberMarks(".", thousands, is_assumed)


def written_numbers(marks: NumberMarks) -> WrittenNumbers:
    """Return how a file with these marks writes its numbers."""
    group = f"|[0-9]{{1,3}}(?:{re.escape(marks.thousands)}[0-9]{{3}})+" if marks.thousands else ""
    whole = f"[+-]?(?:[0-9]+{group})"
    number = f"[+-]?(?:[0-9]*{group})(?:{re.escape(marks.decimal)}[0-9]*)?(?:e[+-]?[0-9]{{1,3}})?"
    return WrittenNumbers(marks.decimal, marks.thousands, number, whole)


def is_numeric(look: ColumnLook) -> bool:
    """Return whether the cells of a column are numbers, missing ones aside."""
    known = look.n_filled - look.n_missing
    return known > 0 and look.n_numbers + look.n_amounts >= MOSTLY_NUMBERS * known


def _shows_decimal_comma(marks: Marks) -> bool:
    return marks.n_commas > marks.n_commas_or_groups or marks.n_point_groups > 0


def _shows_decimal_point(marks: Marks) -> bool:
    return marks.n_points > marks.n_points_or_groups or marks.n_comma_groups > 0


def _groups_by_points(marks: Marks) -> bool:
    """Return whether points group digits: they stand before three digits alone, and smaller numbers have none.

    Decimals would be cut in some places, or filled up in the whole numbers as well.
    """
    is_grouped = marks.n_points == marks.n_points_or_groups >= _ENOUGH
    return is_grouped and marks.n_plain >= _ENOUGH and marks.longest_plain <= 3


def _thousands(columns: Iterable[Marks], mark: str) -> str | None:
    found = list(columns)
    grouped = {
        ",": sum(marks.n_comma_groups + marks.n_commas_or_groups for marks in found),
        ".": sum(marks.n_point_groups + marks.n_points_or_groups for marks in found),
        " ": sum(marks.n_blank_groups for marks in found),
        "'": sum(marks.n_apostrophe_groups for marks in found),
    }
    return next((candidate for candidate in (mark, " ", "'") if grouped[candidate]), None)


def _refuse_undecidable(
    numeric: Mapping[int, Marks], looks: Mapping[int, ColumnLook], headers: Sequence[str], place: str
) -> None:
    for number, marks in numeric.items():
        if marks.n_commas_or_groups and marks.n_plain < _ENOUGH:
            example = next(found.text for found in looks[number].commonest if "," in found.text)
            raise DataRefused(
                f"{place} column {headers[number - 1]}: {example!r} may be a number with a decimal comma or one with a "
                "mark of thousands, and nothing in the file tells; expected some number that shows it, such as 12,5, "
                "so write the numbers without marks of thousands, or the schema by hand with decimal= and thousands="
            )
