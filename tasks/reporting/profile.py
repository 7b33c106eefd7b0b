"""Choose the features by which the segments differ most, for a table that people read."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.dataset import Column
from schemas.page import Figure
from tasks.reporting.number_text import decimals_of

#: Rows of the profile: in all, and that one segment can ask for.
_PROFILE_ROWS, _PROFILE_ROWS_A_SEGMENT = 36, 12


@dataclass(frozen=True)
class ProfileRow:
    """One feature across the segments, which are in their order.

    Attributes:
        heading: the column, for people.
        value: category or item of a binary feature; None for numbers and flags.
    """

    source_column: str
    heading: str
    value: str | None
    is_number: bool
    cells: tuple[Figure, ...]

    @property
    def strength(self) -> float:
        """How far the most different segment is from all customers, in standard deviations."""
        return max(abs(cell.strength) for cell in self.cells)

    @property
    def decimals(self) -> int:
        """Decimals of the means, for three digits of the largest."""
        return decimals_of([cell.mean for cell in self.cells], digits=3)


@dataclass(frozen=True)
class Profile:
    """The features that differ most, grouped by column in the declared order."""

    rows: tuple[ProfileRow, ...]
    n_features: int


def choose_profile(figures: Sequence[Figure], columns: Sequence[Column]) -> Profile:
    """Return the features by which the segments differ most from all customers.

    Every segment brings its own strongest features, so that none is left without; within a column
    the strongest stand first.

    Args:
        figures: every feature of every segment, features in their order, segments in theirs.
        columns: the declared columns, for their units.
    """
    by_feature: dict[str, list[Figure]] = {}
    for figure in figures:
        by_feature.setdefault(figure.feature, []).append(figure)
    labels = {column.name: column_label(column) for column in columns}
    rows = [_profile_row(cells, labels) for cells in by_feature.values()]
    order = {name: place for place, name in enumerate(labels)}
    kept = sorted(_most_different(rows), key=lambda row: (order[row.source_column], -row.strength, row.value or ""))
    return Profile(tuple(kept), len(rows))


def column_label(column: Column) -> str:
    """Return a column's name as people write it, with its unit."""
    words = column.name.replace("_", " ")
    return f"{words} ({column.settings.unit})" if column.settings.unit else words


def _profile_row(cells: Sequence[Figure], labels: dict[str, str]) -> ProfileRow:
    first = cells[0]
    heading = labels[first.source_column]
    return ProfileRow(first.source_column, heading, first.value, first.kind == "numeric", tuple(cells))


def _most_different(rows: Sequence[ProfileRow]) -> list[ProfileRow]:
    n_segments = len(rows[0].cells) if rows else 1
    quota = max(1, min(_PROFILE_ROWS_A_SEGMENT, _PROFILE_ROWS // n_segments))
    kept: dict[int, ProfileRow] = {}
    for segment in range(n_segments):
        own = sorted(range(len(rows)), key=lambda place: (-abs(rows[place].cells[segment].strength), place))
        kept |= {place: rows[place] for place in own[:quota]}
    return sorted(kept.values(), key=lambda row: -row.strength)[:_PROFILE_ROWS]
