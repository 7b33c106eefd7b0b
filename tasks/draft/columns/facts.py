"""``Facts``, what is known about a column, and ``Kind``, what is decided from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.fields import MissingRule, Role
from tasks.draft.text.wording import several, shown
from warehouse.draft import ColumnProfile, Counted, Numbers

#: Different values of a category up to which they are listed, so that a changed file is stopped.
MAX_LISTED = 20

#: Share of the texts of a column that have one type where the column is of that type.
ONE_TYPE = 0.9

#: Sentinels that a comment names.
_MAX_NAMED = 4

_COUNTED_AS: dict[MissingRule, str] = {
    "median": "the median",
    "most_frequent": "the most frequent value",
    "category": "a category of their own",
    "no": "no",
}

#: Arguments of a kind, by name.
Arguments = dict[str, object]


@dataclass(frozen=True)
class Facts:
    """What is known of one column.

    Attributes:
        index: its index in a record, from 0.
        header: name as delivered; None where the file has no header.
        step: the profiled records are every step-th of the file.
        numbers: distribution of its numbers, sentinels aside; None where there are none.
        unread: one of the numbers whose marks are not those of the file, and the cells of them all.
        sentinels: numbers that stand for a missing value.
        dash_is_zero: whether a dash is padded as accounts write 0.
        runs_on: whether it is the list that takes the surplus fields.
        is_rising: whether it holds many whole numbers without a gap, which never fall down the file.
        is_key: whether it was chosen as the customer's key.
    """

    index: int
    header: str | None
    profile: ColumnProfile
    step: int = 1
    numbers: Numbers | None = None
    unread: Counted | None = None
    sentinels: tuple[float, ...] = ()
    dash_is_zero: bool = False
    runs_on: bool = False
    is_rising: bool = False
    is_key: bool = False

    @property
    def n_rows(self) -> int:
        """Records that were profiled."""
        return self.profile.n_cells

    @property
    def n_known(self) -> int:
        """Cells that hold something, words for a missing value aside."""
        return self.profile.n_known

    @property
    def n_missing(self) -> int:
        """Cells that hold nothing, or a word for a missing value."""
        return self.profile.count("empty", "missing")

    @property
    def n_different(self) -> int:
        """Different texts, missing ones aside."""
        return self.profile.n_different

    @property
    def rows_per_value(self) -> float:
        """Cells that hold something, per different text."""
        return self.n_known / max(1, self.n_different)

    @property
    def non_numeric(self) -> tuple[Counted, ...]:
        """The most common texts that are not numbers, in a column that holds some."""
        return self.profile.non_numeric if self.numbers else ()

    @property
    def known(self) -> tuple[Counted, ...]:
        """The most common texts, words for a missing value aside."""
        return tuple(found for found in self.profile.most_common if not found.is_missing_word)


@dataclass(frozen=True)
class Kind:
    """What a column is declared as.

    Attributes:
        value_type: name of the Python type in ``Series[...]``.
        arguments: the arguments of the kind, by name.
        reasons: what was seen and why this kind, in words; the parts of a comment.
    """

    role: Role
    value_type: str
    arguments: Arguments = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


def ignored(reason: str) -> Kind:
    """Return the kind of a column that is not a feature, with the reason."""
    return Kind(Role.IGNORED, "str", {}, (reason,))


def missing_arguments(rule: MissingRule, facts: Facts, sentinels: Mapping[str, int]) -> tuple[Arguments, list[str]]:
    """Return the arguments of a column with missing values, and the reason in words; nothing where none is missing.

    Args:
        rule: what becomes of a missing value.
        facts: the column.
        sentinels: texts that stand for a missing value -> cells that hold them.
    """
    n_empty = facts.profile.count("empty")
    found = [f"{n_empty:,} empty"] if n_empty else []
    found += [f"{n:,} {shown(text)}" for text, n in list(sentinels.items())[:_MAX_NAMED]]
    if not found:
        return {}, []
    arguments: Arguments = {"sentinels": tuple(sentinels)} if sentinels else {}
    return {**arguments, "missing": rule}, [f"missing: {several(found)}, counted as {_COUNTED_AS[rule]}"]
