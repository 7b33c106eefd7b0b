"""How well a column alone predicts the segment of a customer: counts in, figures and words out.

The measure is the root of Goodman and Kruskal's tau (1954): the share of the error in guessing a customer's
segment that knowing the column removes. It is 1 only where the column predicts the segment of every
customer, as a GROUP BY would; with two segments it is Cramer's V.

Why not V, also as corrected by Bergsma (2013): V is also 1 where eight segments predict a yes-or-no column,
which cannot predict them; and it weighs a segment of five customers like one of half a million, where tau
weighs customers. Theil's U, the share of the segments' entropy, is like tau, but its bias by chance is known
for large counts only (with Miller and Madow's correction a column of unique values keeps some of it). That of
tau is exact, (values - 1) / (customers - 1) where customers are permuted, so such a column comes to 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.fields import Role
from schemas.shown import counted
from tasks.clustering.rows import Floats
from tasks.reporting.number_text import number_text


@dataclass(frozen=True)
class AssociationSettings:
    """What an association means, and how long its words are.

    Attributes:
        redundant: association from which the segments duplicate the column.
        levels: association -> how well the column predicts the segment from there on, the highest first.
        max_cuts: cuts of a number that are listed; of more their number is.
        max_letters: letters of an item.
    """

    redundant: float = 0.95
    levels: tuple[tuple[float, str], ...] = ((0.7, "well"), (0.4, "partly"), (0.15, "poorly"))
    max_cuts: int = 5
    max_letters: int = 60


SETTINGS = AssociationSettings()


@dataclass(frozen=True)
class ColumnAssociation:
    """How well a column alone predicts the segments.

    Attributes:
        source_column: name of the column.
        kind: numeric, category, flag or items.
        association: 0 to 1; None with one segment.
        by: what of the column predicts the segment, in words.
        gives: what reproduces the segments where they duplicate this column, in words.
    """

    source_column: str
    kind: str
    association: float | None
    by: str
    gives: str

    @property
    def is_redundant(self) -> bool:
        """Whether the segments duplicate this column."""
        return self.association is not None and self.association >= SETTINGS.redundant

    @property
    def reason(self) -> str:
        """How the association was measured and what it means."""
        if self.association is None:
            return "there is one segment, so there is nothing to predict"
        return f"{self.by}: {self._meaning(self.association)}"

    @property
    def note(self) -> str:
        """The note where the segments duplicate this column."""
        found = f"these segments duplicate your {self.source_column} column (association {self.association or 0:.2f})"
        return f"{found}: {self.gives}"

    def _meaning(self, association: float) -> str:
        if self.is_redundant:
            return f"the segments duplicate this column, {self.gives}"
        how = next((words for bound, words in SETTINGS.levels if association >= bound), "no better than chance")
        return f"predicts the segment {how}"


def association_of(tables: npt.ArrayLike) -> Floats:
    """Return how well each column predicts the segment, 0 to 1, corrected for chance.

    Args:
        tables: customers of each value of the column in each segment, shape (..., n_values, n_segments).

    Returns:
        One figure per table, shape (...); 0 where there is one segment, and where no two customers share a value.
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
    """Return the association of a category or flag, or of a list with at most one item per customer.

    Args:
        source_column: name of the column.
        kind: its kind.
        counts: customers with each value in each segment, shape (n_values, n_segments).
        sizes: customers in each segment, shape (n_segments,); those without any value count as one more value.
        is_list: whether the values are the items of a list.
    """
    table = _with_rest(np.atleast_2d(np.asarray(counts, dtype=np.float64)), np.asarray(sizes, dtype=np.float64))
    n_values, n_segments = table.shape
    values = counted(n_values, "value")
    by = "by yes or no" if kind == Role.FLAG.value else f"by its {values}"
    gives = f"a plain GROUP BY {source_column} gives them"
    if n_values > n_segments:
        gives = f"groups of its {values} give them"
    one_each = ", of which each customer has at most one" if is_list else ""
    return ColumnAssociation(source_column, kind, _measured(table), by + one_each, gives)


def association_of_items(
    source_column: str, items: Sequence[str], counts: npt.ArrayLike, sizes: npt.ArrayLike
) -> ColumnAssociation:
    """Return the association of a list, by the item that predicts best on its own.

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
    by = f"by its most predictive item, {item}"
    return ColumnAssociation(
        source_column, Role.ITEMS.value, _measured(tables[best]), by, f"whether it holds {item} gives them"
    )


def association_of_number(source_column: str, cuts: Sequence[float], counts: npt.ArrayLike) -> ColumnAssociation:
    """Return the association of a number, cut midway between the means of neighboring segments.

    Args:
        source_column: name of the column.
        cuts: where it is cut, in its own units, ascending.
        counts: customers between the cuts in each segment, shape (n_groups, n_segments).
    """
    table = np.asarray(counts, dtype=np.float64)
    points = _in_words(cuts)
    by = f"cut at {points}, midway between the segments' means"
    return ColumnAssociation(
        source_column, Role.NUMERIC.value, _measured(table), by, f"cutting it at {points} gives them"
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
    if len(cuts) > SETTINGS.max_cuts:
        return f"{len(cuts)} points"
    texts = [number_text(cut) for cut in cuts] or ["no point"]
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def _short(item: str) -> str:
    """Return an item on one line and cut where it is long."""
    words = " ".join(item.split())
    return words if len(words) <= SETTINGS.max_letters else f"{words[: SETTINGS.max_letters]}…"
