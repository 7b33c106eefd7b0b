"""Sort the records into customers and rejected rows, in chunks, each fault with its reason."""

from dataclasses import dataclass

import pandas as pd

from schemas.dataset import Column, columns_of, file_settings_of, identifier_of, items_of
from schemas.errors import DataRefused
from schemas.loading import load_dataset
from tasks.checks import find_faults, items_schema, raw_schema, text_columns, typed_schema
from tasks.steps import prefect_task, recorded
from warehouse.customers import (
    build_customers,
    create_typed_view,
    different_items,
    duplicate_identifiers,
    text_chunks,
    typed_chunks,
)
from warehouse.ledger import source_file
from warehouse.opening import Connection, staging
from warehouse.rejects import RejectedGroup, count_rejected, export_rejected, reject, rejected_groups
from warehouse.run import Run


@dataclass(frozen=True)
class Validated:
    """Where the records went, and why some were refused."""

    rows_loaded: int
    rows_rejected: int
    rejected: tuple[RejectedGroup, ...]


@recorded("validate")
def validate(run: Run) -> Validated:
    """Check every record, keep the faulty ones in ``rejected_rows`` and fill ``customers``.

    Raises:
        DataRefused: more rows are rejected than the dataset allows, or all of them.
    """
    dataset = load_dataset(run.order.dataset)
    columns = columns_of(dataset)
    max_rejected_share = file_settings_of(dataset).max_rejected_share
    with staging(run) as database:
        _reject_faulty_texts(database, run, columns)
        create_typed_view(database, columns)
        _reject_faulty_values(database, run, columns)
        _reject_faulty_items(database, run, columns)
        _reject_duplicates(database, run, columns)
        loaded = build_customers(database, columns)
        validated = Validated(loaded, count_rejected(database), rejected_groups(database))
        is_too_many = _is_too_many(validated, max_rejected_share)
        if is_too_many:
            export_rejected(database, run)
    if is_too_many:
        raise DataRefused(_too_many(run, validated, max_rejected_share))
    return validated


def _reject_faulty_texts(database: Connection, run: Run, columns: tuple[Column, ...]) -> None:
    texts = text_columns(columns)
    schema = raw_schema(columns)
    for frame in text_chunks(database, texts) if texts else ():
        reject(database, run, find_faults(schema, frame.astype("str"), columns))


def _reject_faulty_values(database: Connection, run: Run, columns: tuple[Column, ...]) -> None:
    schema = typed_schema(columns)
    checked = [column for column in columns if column.name in schema.columns]
    for frame in typed_chunks(database, checked) if checked else ():
        reject(database, run, find_faults(schema, frame, columns))


def _reject_faulty_items(database: Connection, run: Run, columns: tuple[Column, ...]) -> None:
    """Check each different item once, and reject the rows that hold a faulty one."""
    for column in items_of(columns):
        if not column.checks:
            continue
        found = different_items(database, column)
        faults = find_faults(items_schema(column), found[["item"]].rename(columns={"item": column.name}), columns)
        lines = faults["line_number"].map(found["line_numbers"])
        reject(database, run, faults.assign(line_number=lines).explode("line_number"))


def _reject_duplicates(database: Connection, run: Run, columns: tuple[Column, ...]) -> None:
    identifier = identifier_of(columns)
    if identifier is None:
        return
    found = duplicate_identifiers(database, identifier)
    reasons = [
        f"{identifier.header} {value!r} stands on line {first} already; expected each customer once"
        for value, first in zip(found["value"], found["first_line"], strict=True)
    ]
    faults = pd.DataFrame(
        {
            "line_number": found["_line_number"],
            "column_name": identifier.name,
            "code": "duplicate_id",
            "value": found["value"],
            "reason": reasons,
        }
    )
    reject(database, run, faults)


def _is_too_many(validated: Validated, max_rejected_share: float) -> bool:
    read = validated.rows_loaded + validated.rows_rejected
    return validated.rows_loaded == 0 or validated.rows_rejected > max_rejected_share * read


def _too_many(run: Run, validated: Validated, max_rejected_share: float) -> str:
    read = validated.rows_loaded + validated.rows_rejected
    first = min(validated.rejected, key=lambda group: group.first_line)
    return (
        f"{source_file(run)} line {first.first_line}: {first.first_reason}; in all {validated.rows_rejected} of {read} "
        f"rows are rejected ({validated.rows_rejected / read:.1%}, at most {max_rejected_share:.0%} allowed): "
        f"see {run.rejected_rows_file}, mend the file or the schema, or raise max_rejected_share in the schema"
    )


validate_rows = prefect_task("validate-rows")(validate)
