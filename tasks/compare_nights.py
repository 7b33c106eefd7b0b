"""Compare the delivery with the previous run: new values, values that disappeared, numbers that shifted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.dataset import Column, identifier_of
from schemas.errors import DataRefused
from schemas.fields import Role
from schemas.private import private
from tasks.ingest import Ingested
from tasks.reporting.number_text import number_text
from tasks.run.columns import run_columns
from tasks.run.step import recorded
from warehouse.connection import Connection, staging
from warehouse.drift import (
    ChangedValues,
    MovedNumbers,
    changed_values,
    common_columns,
    moved_numbers,
    recognized_customers,
)
from warehouse.earlier_run import beside_earlier_run
from warehouse.home.ledger import readable_manifest
from warehouse.home.run import SOFTWARE_VERSION, Run, has_same_names
from warehouse.integrity import published_state
from warehouse.statements.drift import EXAMPLES


@dataclass(frozen=True)
class KeyChange:
    """What shows that the identifiers are not those of the previous run.

    Attributes:
        alike: share of the customers who are not recognized that are by an identifier in another form.
        few: share of all customers that those are at least: some identifiers may have been corrected.
        fewest: customers that are no accident: fewer may all be new, or corrected where most are recognized.
    """

    alike: float = 0.5
    few: float = 0.02
    fewest: int = 20


KEY_CHANGE = KeyChange()


@dataclass(frozen=True)
class Drift:
    """How the delivery differs from that of the previous run.

    Attributes:
        changed_columns: columns with new or vanished values, or whose numbers moved away.
    """

    changed_columns: int
    notes: tuple[str, ...]


@recorded
def compare_nights(run: Run, ingested: Ingested) -> Drift:
    """Compare the customers of the run with those of the earlier run of the dataset.

    Raises:
        DataRefused: the identifiers are written otherwise than there.
    """
    columns = run_columns(run, ingested.kept_columns)
    with staging(run) as database, beside_earlier_run(database, run) as earlier:
        if earlier is not None:
            _refuse_other_identifiers(run, database, columns)
        changes = () if earlier is None else tuple(_drift(database, columns))
    return Drift(len(changes), (*_of_another_version(run), *changes))


def values_in_words(column: Column, found: ChangedValues) -> str | None:
    """Return what is new and what vanished in a column; None where nothing did."""
    new = f"{found.new:,} new ({_examples(found.new_values, found.new)})" if found.new else ""
    vanished = (
        f"{found.vanished:,} vanished ({_examples(found.vanished_values, found.vanished)})" if found.vanished else ""
    )
    if not (new or vanished):
        return None
    if found.kept == 0 and new and vanished:
        return f"{column.name}: no value of the previous run is left: {new}, {vanished}; was it recoded?"
    values = "value" if found.new + found.vanished == 1 else "values"
    return f"{column.name}: {' and '.join(filter(None, (new, vanished)))} {values} since the previous run"


def numbers_in_words(column: Column, found: MovedNumbers) -> str | None:
    """Return that a numeric column moved away; None where the median is among most of the previous values."""
    if found.median is None or found.earlier_low is None or found.earlier_high is None:
        return None
    if found.earlier_low <= found.median <= found.earlier_high:
        return None
    low, high = number_text(found.earlier_low), number_text(found.earlier_high)
    return (
        f"{column.name}: the median is {number_text(found.median)}, and was {number_text(found.earlier_median)} "
        f"in the previous run, where 90% were between {low} and {high}; did its unit change?"
    )


def _refuse_other_identifiers(run: Run, database: Connection, columns: Sequence[Column]) -> None:
    """Refuse identifiers of another form or kind: their customers would be new, and the earlier ones gone."""
    identifier = identifier_of(tuple(columns))
    if identifier is None or run.order.force:
        return
    found = recognized_customers(database)
    where = f"{' + '.join(run.order.sources)}: {identifier.header} is {private(repr(found.example))}"
    unrecognized = found.customers - found.recognized
    enough = min(max(KEY_CHANGE.fewest, KEY_CHANGE.few * found.customers), KEY_CHANGE.alike * found.customers)
    if found.alike >= max(KEY_CHANGE.alike * unrecognized, enough, 1):
        raise DataRefused(
            f"{where} where it was {private(repr(found.earlier_example))} in the previous run, so that "
            f"{found.recognized / found.customers:.0%} of the customers are recognized, and "
            f"{found.alike / found.customers:.0%} in that form; expected the same form: deliver it as before, or "
            "--force takes them all for new customers"
        )
    if found.recognized == 0 and found.customers >= KEY_CHANGE.fewest:
        had = private(repr(found.earlier_example))
        raise DataRefused(
            f"{where} and others, of which the previous run has none (it has {had} and others); expected the same "
            "customers: deliver the same key of the same customers as before, or --force takes them all for new "
            "customers"
        )


def _of_another_version(run: Run) -> Iterator[str]:
    """Yield that the published tables may have other names; nothing if this version wrote them."""
    run_id = published_state(run.home).run_id
    published = readable_manifest(run.home.manifest_file(run_id)) if run_id else None
    if published and not has_same_names(version := str(published["software_version"])):
        yield (
            f"the published file is of version {version}; this run archives it and publishes "
            f"the tables of version {SOFTWARE_VERSION}, where some names differ (see CHANGELOG.md)"
        )


def _drift(database: Connection, columns: Sequence[Column]) -> Iterator[str]:
    for column in common_columns(database, columns):
        words: str | None = None
        if column.role in (Role.CATEGORY, Role.FLAG, Role.ITEMS):
            words = values_in_words(column, changed_values(database, column))
        elif column.role is Role.NUMERIC:
            words = numbers_in_words(column, moved_numbers(database, column))
        if words:
            yield words


def _examples(values: tuple[str, ...], count: int) -> str:
    """Return some values, each cut and in one line, and whether there are more."""
    shown = ", ".join(repr(value if len(value) <= 40 else f"{value[:37]}...") for value in values)
    return private(f"{shown} and {count - EXAMPLES:,} more" if count > EXAMPLES else shown)
