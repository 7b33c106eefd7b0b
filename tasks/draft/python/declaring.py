"""Declare the columns of a file: a kind and a name each, and a list for very many columns of 0 and 1."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.errors import DataRefused
from schemas.fields import Role
from tasks.draft.columns.facts import Facts, Kind
from tasks.draft.columns.kinds import decide_kind
from tasks.draft.columns.remarks import with_remarks
from tasks.draft.python.names import Naming, name_columns
from tasks.draft.text.wording import examples, several
from warehouse.draft import Counted

#: Columns of one schema; a person would not look over more.
MOST_COLUMNS = 1_000

#: Columns of 0 and 1 from which they are declared together, as one list of things.
MANY_FLAGS = 100

#: What is shown of a file without a feature.
_SHOWN_COLUMNS = 5


@dataclass(frozen=True)
class DraftedColumn:
    """A column as it is declared."""

    naming: Naming
    kind: Kind


def declare_columns(columns: Sequence[Facts], place: str) -> list[DraftedColumn]:
    """Return the columns as they are declared; one without a name in the header cannot be.

    Args:
        columns: what is known of them, in their order.
        place: the file, for the errors.

    Raises:
        DataRefused: nothing can be a feature, or there are too many columns.
    """
    named = [facts for facts in columns if facts.header != ""]
    key = next((place for place, facts in enumerate(named) if facts.is_key), None)
    lists = {place for place, facts in enumerate(named) if facts.runs_on and facts.header is None}
    namings = name_columns([facts.header for facts in named], key, lists)
    kinds = with_remarks([decide_kind(facts) for facts in named], named)
    drafted = [DraftedColumn(naming, kind) for naming, kind in zip(namings, kinds, strict=True)]
    drafted = _with_things(drafted, named)
    _refuse_too_wide(drafted, place)
    _refuse_without_feature(drafted, place)
    return drafted


def undeclared_notes(columns: Sequence[Facts]) -> list[str]:
    """Return what is to be said of columns that the schema cannot declare."""
    nameless = [f"{facts.place + 1}" for facts in columns if facts.header == "" and facts.n_known]
    if not nameless:
        return []
    subject = f"Column {nameless[0]} has" if len(nameless) == 1 else f"Columns {several(nameless)} have"
    return [f"{subject} no name in the header, and cannot be declared: left out."]


def _with_things(drafted: list[DraftedColumn], columns: Sequence[Facts]) -> list[DraftedColumn]:
    """Return the columns with very many columns of 0 and 1 declared as one list, whose things are their headers."""
    things = [place for place, facts in enumerate(columns) if facts.header and _is_zero_or_one(facts)]
    if len(things) < MANY_FLAGS or any(column.kind.role is Role.ITEMS for column in drafted):
        return drafted
    names = examples([Counted(columns[place].header or "", 0) for place in things])
    reason = f"{len(things):,} columns of 0 and 1, such as {names}: a list of those that are 1"
    rest = [column for place, column in enumerate(drafted) if place not in set(things)]
    taken = {column.naming.name for column in rest}
    naming = Naming(next(name for name in ("basket", "things", "listed_things") if name not in taken), None)
    rest.insert(things[0], DraftedColumn(naming, Kind(Role.ITEMS, "list", {}, (reason,))))
    return rest


def _is_zero_or_one(facts: Facts) -> bool:
    is_full = facts.n_known == facts.look.n_cells
    return is_full and not facts.is_key and {found.text for found in facts.look.commonest} <= {"0", "1"}


def _refuse_too_wide(drafted: Sequence[DraftedColumn], place: str) -> None:
    if len(drafted) > MOST_COLUMNS:
        raise DataRefused(
            f"{place} has {len(drafted):,} columns; expected at most {MOST_COLUMNS:,}, which a person could look over, "
            "so deliver those that matter, or write the schema by hand: columns that it does not declare are left out"
        )


def _refuse_without_feature(drafted: Sequence[DraftedColumn], place: str) -> None:
    if any(column.kind.role not in (Role.IDENTIFIER, Role.IGNORED) for column in drafted):
        return
    shown = drafted[:_SHOWN_COLUMNS]
    found = "; ".join(f"{column.naming.alias or column.naming.name}: {column.kind.reasons[0]}" for column in shown)
    raise DataRefused(
        f"{place} has no column to segment by ({found or 'no column has a name'}); expected numbers, or texts that "
        "come again, so deliver some, or write the schema by hand as in schemas/customers.py"
    )
