"""How far a column alone tells which segment a customer is in: counts in, figures and words out.

The measure is the root of Goodman and Kruskal's tau (1954): the share of the error in guessing a customer's
segment that knowing the column takes away. It is 1 only where the column tells the segment of every
customer, which is what a GROUP BY could replace; with two segments it is Cramer's V, on whose scale it is.

Why not V itself, also as Bergsma (2013) corrects it: V is 1 too where eight segments tell a yes-or-no
column, which cannot tell them apart; and it counts a segment of five customers as much as one of half a
million, where tau counts customers. Theil's U, the share of the segments' entropy, asks for the same as
tau, but what chance adds to it is known of plentiful counts only (Miller and Madow's correction leaves a
column of customers' own numbers a part of it). Of tau it is known exactly, (values - 1) / (customers - 1)
where customers are permuted, and taken off: such a column comes to 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.fields import Role
from tasks.clustering.rows import Floats
from tasks.reporting.number_text import number_text

#: Association from which the segments are a column again.
REDUNDANT = 0.95

#: Association from which a column tells so much of the segment, in words.
_TELLS = ((0.7, "it tells most of the segment"), (0.4, "it tells part of the segment"), (0.15, "it tells little of it"))

_MOST_CUTS_IN_WORDS, _MOST_LETTERS = 5, 60


@dataclass(frozen=True)
class ColumnAssociation:
    """What a column says of the segments.

    Attributes:
        source_column: name of the column.
        kind: numeric, category, flag or items.
        association: 0 to 1; None with one segment.
        by: by what it tells the segment, in words.
        gives: what gives the segments where they are this column again, in words.
    """

    source_column: str
    kind: str
    association: float | None
    by: str
    gives: str

    @property
    def is_redundant(self) -> bool:
        """Whether the segments are this column again."""
        return self.association is not None and self.association >= REDUNDANT

    @property
    def reason(self) -> str:
        """How the association was measured and what it means."""
        if self.association is None:
            return "there is one segment, and nothing to tell apart"
        return f"{self.by}: {self._meaning(self.association)}"

    @property
    def note(self) -> str:
        """What is to be said where the segments are this column again."""
        found = f"these segments are your {self.source_column} column (association {self.association or 0:.2f})"
        return f"{found}: {self.gives}"

    def _meaning(self, association: float) -> str:
        if self.is_redundant:
            return f"the segments are this column again, {self.gives}"
        return next((words for least, words in _TELLS if association >= least), "it tells next to nothing of it")


def association_of(tables: npt.ArrayLike) -> Floats:
    """Return how far each column tells the segment, 0 to 1, chance taken off.

    Args:
        tables: customers of each value of the column in each segment, shape (..., n_values, n_segments).

    Returns:
        One figure a table, shape (...); 0 where nobody is told apart, and where no two customers have
        one value.
    """
    counts = np.asarray(tables, dtype=np.float64)
    of_value, of_segment = counts.sum(axis=-1), counts.sum(axis=-2)
    customers = of_value.sum(axis=-1)
    known = np.divide((counts**2).sum(axis=-1), of_value, out=np.zeros_like(of_value), where=of_value > 0)
    right_by_value = known.sum(axis=-1) / np.maximum(customers, 1)
    right_anyway = (of_segment**2).sum(axis=-1) / np.maximum(customers, 1) ** 2
    by_chance = np.maximum((of_value > 0).sum(axis=-1) - 1, 0) / np.maximum(customers - 1, 1)
    tau = _share_of(right_by_value - right_anyway, 1 - right_anyway)
    return np.sqrt(np.clip(_share_of(tau - by_chance, 1 - by_chance), 0, 1))


def association_of_values(
    source_column: str, kind: str, counts: npt.ArrayLike, sizes: npt.ArrayLike, *, is_list: bool = False
) -> ColumnAssociation:
    """Return what a category or flag says, or a list of which no customer has two items.

    Args:
        source_column: name of the column.
        kind: its kind.
        counts: customers with each value in each segment, shape (n_values, n_segments).
        sizes: customers in each segment, shape (n_segments,); those without any value are one value more.
        is_list: whether the values are the items of a list.
    """
    table = _with_rest(np.atleast_2d(np.asarray(counts, dtype=np.float64)), np.asarray(sizes, dtype=np.float64))
    n_values, n_segments = table.shape
    values = "1 value" if n_values == 1 else f"{n_values:,} values"
    by = "by yes or no" if kind == Role.FLAG.value else f"by its {values}"
    gives = f"a plain GROUP BY {source_column} gives them"
    if n_values > n_segments:
        gives = f"groups of its {values} give them"
    one_each = ", of which no customer has two" if is_list else ""
    return ColumnAssociation(source_column, kind, _measured(table), by + one_each, gives)


def association_of_items(
    source_column: str, items: Sequence[str], counts: npt.ArrayLike, sizes: npt.ArrayLike
) -> ColumnAssociation:
    """Return what a list says by the item that says most, alone.

    Args:
        source_column: name of the column.
        items: its items, one at least.
        counts: customers with each item in each segment, shape (n_items, n_segments).
        sizes: customers in each segment, shape (n_segments,).
    """
    present = np.asarray(counts, dtype=np.float64)
    tables = np.stack([present, np.asarray(sizes, dtype=np.float64) - present], axis=1)
    best = int(np.argmax(association_of(tables)))
    item = _short(items[best])
    by = f"by its most telling item, {item}"
    return ColumnAssociation(
        source_column, Role.ITEMS.value, _measured(tables[best]), by, f"whether it holds {item} gives them"
    )


def association_of_number(source_column: str, cuts: Sequence[float], counts: npt.ArrayLike) -> ColumnAssociation:
    """Return what a number says, cut midway between the means of the segments that are neighbours in it.

    Args:
        source_column: name of the column.
        cuts: where it is cut, in its own units, ascending.
        counts: customers between the cuts in each segment, shape (n_groups, n_segments).
    """
    table = np.asarray(counts, dtype=np.float64)
    places = _in_words(cuts)
    by = f"cut at {places}, midway between the segments' means"
    return ColumnAssociation(
        source_column, Role.NUMERIC.value, _measured(table), by, f"cutting it at {places} gives them"
    )


def _measured(table: Floats) -> float | None:
    return float(association_of(table)) if table.shape[-1] > 1 else None


def _share_of(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(np.asarray(part)), where=np.asarray(whole) > 1e-12)


def _with_rest(counts: Floats, sizes: Floats) -> Floats:
    """Return the counts and, where there are any, those of the customers without a value."""
    rest = sizes - counts.sum(axis=0)
    return np.vstack([counts, rest]) if rest.any() else counts


def _in_words(cuts: Sequence[float]) -> str:
    if len(cuts) > _MOST_CUTS_IN_WORDS:
        return f"{len(cuts)} places"
    texts = [number_text(cut) for cut in cuts] or ["no place"]
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def _short(item: str) -> str:
    """Return an item on one line and cut where it is long."""
    words = " ".join(item.split())
    return words if len(words) <= _MOST_LETTERS else f"{words[:_MOST_LETTERS]}…"
