"""Declare the columns of a file: a name and a kind for each, and one list for many 0/1 columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.errors import DataRefused
from schemas.fields import Role
from schemas.yes_no import YES_NO
from tasks.draft.columns.facts import Facts, Kind
from tasks.draft.columns.kinds import decide_kind
from tasks.draft.columns.remarks import with_remarks
from tasks.draft.python.names import Naming, name_columns
from tasks.draft.text.wording import examples
from warehouse.draft import Counted


@dataclass(frozen=True)
class DeclaringSettings:
    """How many columns a schema may have.

    Attributes:
        max_columns: of one schema; a person would not look over more.
        min_flags: columns of 0 and 1 from which they are declared together, as one list of items.
        max_shown: columns that are shown of a file without a feature.
    """

    max_columns: int = 1_000
    min_flags: int = 100
    max_shown: int = 5


_SETTINGS = DeclaringSettings()


@dataclass(frozen=True)
class DraftedColumn:
    """A column as it is declared; its number in the file from 1, or 0 where it is made of several."""

    naming: Naming
    kind: Kind
    number: int = 0


def declare_columns(columns: Sequence[Facts], source: str) -> list[DraftedColumn]:
    """Return the columns as they are declared.

    Args:
        columns: what is known of those that can be, in their order.
        source: the file, for the errors.

    Raises:
        DataRefused: nothing can be a feature, or there are too many columns.
    """
    key = next((index for index, facts in enumerate(columns) if facts.is_key), None)
    lists = {index for index, facts in enumerate(columns) if facts.runs_on and facts.header is None}
    namings = name_columns([facts.header for facts in columns], key, lists)
    kinds = with_remarks([decide_kind(facts) for facts in columns], columns)
    numbers = [facts.index + 1 for facts in columns]
    drafted = [DraftedColumn(*column) for column in zip(namings, kinds, numbers, strict=True)]
    drafted = _with_items(drafted, columns)
    _refuse_too_wide(drafted, source)
    _refuse_without_feature(drafted, source)
    return drafted


def _with_items(drafted: list[DraftedColumn], columns: Sequence[Facts]) -> list[DraftedColumn]:
    """Return the columns with very many columns of 0 and 1 or the like declared as one list of their headers."""
    both = [(*no, *yes) for yes, no in YES_NO]
    found = [[index for index, facts in enumerate(columns) if _holds_only(facts, one)] for one in both]
    items, (yes, no) = max(zip(found, YES_NO[:-1], strict=False), key=lambda one: len(one[0]))
    if len(items) < _SETTINGS.min_flags or any(column.kind.role is Role.ITEMS for column in drafted):
        return drafted
    names = examples([Counted(columns[index].header or "", 0) for index in items])
    reason = f"{len(items):,} columns of {no[0]} and {yes[0]}, such as {names}: a list of those that are {yes[0]}"
    rest = [column for index, column in enumerate(drafted) if index not in set(items)]
    taken = {column.naming.name for column in rest}
    naming = Naming(next(name for name in ("basket", "list_items", "listed_items") if name not in taken), None)
    rest.insert(items[0], DraftedColumn(naming, Kind(Role.ITEMS, "list", {}, (reason,))))
    return rest


def _holds_only(facts: Facts, words: Sequence[str]) -> bool:
    is_full = facts.n_known == facts.n_rows and bool(facts.header) and not facts.is_key
    return is_full and {found.text.lower() for found in facts.profile.most_common} <= set(words)


def _refuse_too_wide(drafted: Sequence[DraftedColumn], source: str) -> None:
    most = _SETTINGS.max_columns
    if len(drafted) > most:
        raise DataRefused(
            f"{source} has {len(drafted):,} columns; expected at most {most:,}, which a person could look over, so "
            "deliver those that matter, or write the schema by hand: columns that it does not declare are left out"
        )


def _refuse_without_feature(drafted: Sequence[DraftedColumn], source: str) -> None:
    if any(column.kind.role not in (Role.IDENTIFIER, Role.IGNORED) for column in drafted):
        return
    shown = drafted[: _SETTINGS.max_shown]
    found = "; ".join(f"{column.naming.alias or column.naming.name}: {column.kind.reasons[0]}" for column in shown)
    raise DataRefused(
        f"{source} has no column to segment by ({found or 'no column has a name'}); expected numbers, or texts that "
        "come again, so deliver some, or write the schema by hand as in schemas/customers.py"
    )
