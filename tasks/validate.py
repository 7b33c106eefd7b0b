"""Sort the records into customers and rejected rows, in chunks, each fault with its reason."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from schemas.dataset import Column, file_settings_of, identifier_of, items_of
from schemas.errors import DataRefused
from schemas.loading import load_dataset
from schemas.private import private
from tasks.delivery.delivered import Delivery
from tasks.ingest import Ingested
from tasks.reading.checks import (
    ROUNDED,
    find_faults,
    items_schema,
    raw_schema,
    rounded_in_words,
    text_columns,
    typed_schema,
)
from tasks.reading.report_rows import reject_report_rows
from tasks.run.columns import run_columns
from tasks.run.step import recorded
from warehouse.connection import Connection, staging
from warehouse.customers import (
    build_customers,
    count_customers_of,
    create_text_view,
    create_typed_view,
    different_items,
    duplicate_identifiers,
    rounded_identifiers,
    source_dialects,
    text_chunks,
    typed_chunks,
    unify_spellings,
)
from warehouse.home.ledger import previous_runs, update_manifest
from warehouse.home.run import Run
from warehouse.rejects import (
    RejectedGroup,
    count_rejected,
    export_rejected,
    publish_rejected,
    reject,
    reject_items,
    rejected_groups,
)
from warehouse.statements.customers import SourceDialect


@dataclass(frozen=True)
class Validated:
    """Where the records went, and why some were refused.

    Attributes:
        rows_empty: rejected rows that are delimiters alone.
        rows_corrected: customers from rejected rows that were corrected and resubmitted; each offsets a rejected row.
        respelled_values: different values that took another spelling, which differs by case or blanks alone.
        notes: the share of rejected rows beside what is allowed and what it was.
    """

    rows_loaded: int
    rows_rejected: int
    rows_empty: int
    rows_corrected: int
    respelled_values: int
    rejected: tuple[RejectedGroup, ...]
    notes: tuple[str, ...]

    @property
    def rejected_share(self) -> float:
        """Share of rows, 0 to 1, that are rejected, not empty and not offset by a corrected one."""
        rejected = max(0, self.rows_rejected - self.rows_empty - self.rows_corrected)
        return rejected / max(1, self.rows_loaded + rejected)


@recorded
def validate(run: Run, delivery: Delivery, ingested: Ingested) -> Validated:
    """Check every record, keep the faulty ones in ``rejected_rows`` and fill ``customers``.

    Raises:
        DataRefused: more rows are rejected than the dataset allows, or all of them.
    """
    dataset = load_dataset(run.order.dataset)
    columns = run_columns(run, ingested.kept_columns)
    # Customers who are scored change nothing for the others, so that those that can be read are.
    max_rejected_share = 1.0 if run.purpose == "score" else file_settings_of(dataset).max_rejected_share
    with staging(run) as database:
        dialects = source_dialects(database)
        create_text_view(database, columns, dialects)
        reject_report_rows(database, columns)
        _reject_rounded_identifiers(database, columns)
        _reject_faulty_texts(database, columns, dialects)
        create_typed_view(database, columns)
        _reject_faulty_values(database, columns)
        _reject_faulty_items(database, columns)
        _reject_duplicates(database, columns)
        respelled = unify_spellings(database, columns)
        publish_rejected(database, run)
        loaded = build_customers(database, columns)
        rejected, corrected = count_rejected(database), count_customers_of(database, _resubmitted(ingested))
        validated = Validated(
            rows_loaded=loaded,
            rows_rejected=rejected,
            rows_empty=ingested.rows_empty,
            rows_corrected=corrected,
            respelled_values=respelled,
            rejected=rejected_groups(database),
            notes=_in_words(run, loaded, rejected, ingested.rows_empty, corrected, max_rejected_share),
        )
        is_too_many = loaded == 0 or validated.rejected_share > max_rejected_share
        if is_too_many:
            export_rejected(database, run)
            update_manifest(run, rows_rejected=rejected, rejected=[asdict(group) for group in validated.rejected])
    if is_too_many:
        raise DataRefused(_too_many(run, delivery, validated, max_rejected_share))
    return validated


def _reject_faulty_texts(database: Connection, columns: tuple[Column, ...], dialects: Sequence[SourceDialect]) -> None:
    texts = text_columns(columns)
    schema = raw_schema(columns)
    for frame in text_chunks(database, texts, dialects) if texts else ():
        reject(database, find_faults(schema, frame.astype("str"), columns))


def _reject_faulty_values(database: Connection, columns: tuple[Column, ...]) -> None:
    schema = typed_schema(columns)
    checked = [column for column in columns if column.name in schema.columns]
    for frame in typed_chunks(database, checked) if checked else ():
        reject(database, find_faults(schema, frame, columns))


def _reject_faulty_items(database: Connection, columns: tuple[Column, ...]) -> None:
    """Check each different item once, and reject the rows that hold a faulty one."""
    for column in items_of(columns):
        if not column.checks:
            continue
        found = different_items(database, column).rename(columns={"item": column.name})
        faults = find_faults(items_schema(column), found, columns)
        items = faults["record"].map(found[column.name])
        reject_items(database, column, faults.drop(columns="record").assign(item=items))


def _reject_rounded_identifiers(database: Connection, columns: tuple[Column, ...]) -> None:
    identifier = identifier_of(columns)
    if identifier is None:
        return
    found = rounded_identifiers(database, identifier, ROUNDED.pattern)
    reasons = [f"{identifier.header} {rounded_in_words(value)}" for value in found["value"]]
    reject(database, found.assign(column_name=identifier.name, code="lost_id", reason=reasons))


def _reject_duplicates(database: Connection, columns: tuple[Column, ...]) -> None:
    identifier = identifier_of(columns)
    if identifier is None:
        return
    for found in duplicate_identifiers(database, identifier):
        reject(database, _duplicate_faults(found, identifier))


def _duplicate_faults(found: pd.DataFrame, identifier: Column) -> pd.DataFrame:
    reasons = [
        f"{identifier.header} {row.value!r} is on line {row.kept_line}{_in_file(row)} too, and that row is kept; "
        "expected each customer once"
        for row in found.itertuples()
    ]
    return pd.DataFrame(
        {
            "record": found["record"],
            "column_name": identifier.name,
            "code": "duplicate_id",
            "value": found["value"],
            "reason": reasons,
        }
    )


def _in_file(row: Any) -> str:
    return "" if row.is_same_source else f" of {row.kept_source}"


def _resubmitted(ingested: Ingested) -> list[str]:
    """Return the names of the files that hold corrected rows: rejected ones, resubmitted."""
    return [source.source_name for source in ingested.sources if source.repair.is_repair]


def _in_words(
    run: Run, loaded: int, rejected: int, empty: int, corrected: int, max_rejected_share: float
) -> tuple[str, ...]:
    """Return the share of rejected rows; nothing if none is rejected, and none was in the previous run."""
    read = loaded + rejected
    was = [previous["rows_rejected"] / previous["rows_read"] for previous in previous_runs(run, at_most=1)]
    if rejected == 0 and not any(was):
        return ()
    parts = [
        f"{rejected / read:.1%}",
        f"at most {max_rejected_share:.0%} allowed",
        *(f"{share:.1%} in the previous run" for share in was),
        *([f"{empty:,} of them empty, which do not count"] if empty else []),
        *([f"{corrected:,} offset by corrected rows"] if corrected else []),
    ]
    return (f"{rejected:,} of {read:,} rows rejected ({', '.join(parts)})",)


def _too_many(run: Run, delivery: Delivery, validated: Validated, max_rejected_share: float) -> str:
    read = validated.rows_loaded + validated.rows_rejected
    counting = [group for group in validated.rejected if group.code != "empty_row"]
    first = min(counting or validated.rejected, key=lambda group: group.first_line)
    net = f" net of the {validated.rows_corrected} corrected" if validated.rows_corrected else ""
    net += f", {validated.rows_empty:,} empty ones aside" if validated.rows_empty else ""
    place = f"{delivery.path_of(first.first_source)} line {first.first_line}"
    fault = private(first.first_reason, f"{first.column_name or 'the row'}: {first.code}")
    command = f"segments rejects {run.run_id} --csv FILE{run.home.option}"
    return (
        f"{place}: {fault}; {_orders(validated)}in total {validated.rows_rejected:,} of {read:,} "
        f"rows are rejected ({validated.rejected_share:.1%}{net}, at most {max_rejected_share:.0%} allowed): "
        f"see {run.rejected_rows_file}, correct the rows ({command}) or the schema"
        + (", or raise max_rejected_share in the schema" if validated.rows_loaded else "")
    )


def _orders(validated: Validated) -> str:
    """Return what is to be said where most rows repeat a customer."""
    repeated = sum(group.n_rows for group in validated.rejected if group.code == "duplicate_id")
    if repeated <= validated.rows_loaded:
        return ""
    return "the rows are orders or the like, several per customer, so roll them up to one row per customer first; "
