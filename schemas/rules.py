"""What a rule is made of: questions about the columns of a customer, and the answers that it asks for."""

from dataclasses import dataclass

from schemas.dataset import Column
from schemas.fields import Role


@dataclass(frozen=True)
class Question:
    """What a rule asks of a customer: how much a number is, or whether a flag, category or item is there.

    Attributes:
        column: the column.
        value: category or item; None for numbers and flags.
    """

    column: Column
    value: str | None = None

    @property
    def is_number(self) -> bool:
        """Whether it is answered by a number."""
        return self.column.role is Role.NUMERIC


@dataclass(frozen=True)
class Condition:
    """One answer: of a number above low and up to high, else whether it is so.

    Attributes:
        question: what is asked.
        low: the number is above it; -inf where any will do. Of yes and no -inf is no, and anything else yes.
        high: the number is at most it; inf where any will do.
        or_missing: whether a number that is not known meets it, too.
    """

    question: Question
    low: float
    high: float
    or_missing: bool = False

    @property
    def is_yes(self) -> bool:
        """Whether the flag, category or item is there; of numbers whether there is a lower bound."""
        return self.low > float("-inf")
