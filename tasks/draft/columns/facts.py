"""What is known of a column when its kind is decided, and what is decided."""

from dataclasses import dataclass, field

from schemas.fields import Role
from warehouse.draft import ColumnLook, Counted, Numbers

#: Different values of a category up to which they are listed, so that a changed file is stopped.
LISTED = 20

#: Arguments of a kind, by name.
Arguments = dict[str, object]


@dataclass(frozen=True)
class Facts:
    """What is known of one column.

    Attributes:
        place: place in a record, from 0.
        header: name as delivered; None where the file has no header.
        n_rows: records that were looked at.
        step: they are every step-th of the file.
        numbers: distribution of its numbers, sentinels aside; None where there are none.
        sentinels: numbers that stand for a missing value.
        strange: texts that are no numbers, in a column that holds some.
        runs_on: whether it is the list that takes the fields that are too many.
        is_rising: whether it holds many whole numbers without a gap, which never fall down the file.
        is_key: whether it was chosen as the customer's key.
    """

    place: int
    header: str | None
    n_rows: int
    look: ColumnLook
    step: int = 1
    numbers: Numbers | None = None
    sentinels: tuple[float, ...] = ()
    strange: tuple[Counted, ...] = ()
    runs_on: bool = False
    is_rising: bool = False
    is_key: bool = False

    @property
    def n_known(self) -> int:
        """Cells that hold something, words for a missing value aside."""
        return self.look.n_filled - self.look.n_missing

    @property
    def n_missing(self) -> int:
        """Cells that hold nothing, or a word for a missing value."""
        return self.look.n_cells - self.n_known

    @property
    def rows_a_value(self) -> float:
        """Cells that hold something, per different text."""
        return self.n_known / max(1, self.look.n_different)

    @property
    def known(self) -> tuple[Counted, ...]:
        """The commonest texts, words for a missing value aside."""
        return tuple(found for found in self.look.commonest if not found.is_missing_word)


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
    """Return the kind of a column that is no feature, with the reason."""
    return Kind(Role.IGNORED, "str", {}, (reason,))
