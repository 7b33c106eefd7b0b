"""Read the run's copy of the file: lines, header, records."""

from dataclasses import dataclass

from schemas.dataset import Column, columns_of, file_settings_of
from schemas.errors import DataRefused
from schemas.layout import Layout, missing_columns, read_layout
from schemas.loading import load_dataset
from tasks.steps import prefect_task, recorded
from warehouse.ledger import source_file
from warehouse.opening import staging
from warehouse.records import load_lines, read_header, split_records, wide_cells_are_flags
from warehouse.rejects import reject_misshapen
from warehouse.run import Run
from warehouse.tables import create_published_tables


@dataclass(frozen=True)
class Ingested:
    """What the file held."""

    delimiter: str
    form: str
    undeclared: tuple[str, ...]
    rows_read: int


@recorded("ingest")
def ingest(run: Run) -> Ingested:
    """Read the run's copy of the file into ``work.records``: one row a record, with its line number.

    Raises:
        DataRefused: the file is empty, has no record, or its header does not hold the declared columns.
    """
    source = source_file(run)
    dataset = load_dataset(run.order.dataset)
    columns = columns_of(dataset)
    with staging(run) as database:
        create_published_tables(database, columns)
        load_lines(database, run.source_copy(1), source)
        number, line = read_header(database, source)
        layout = read_layout(line, columns, file_settings_of(dataset).delimiter, f"{source} line {number}")
        if layout.wide_column and not wide_cells_are_flags(database, layout, columns, number):
            missing = [column for column in columns if column.name == layout.wide_column]
            raise DataRefused(missing_columns(missing, layout.header, f"{source} line {number}"))
        rows_read = split_records(database, layout, columns, number)
        reject_misshapen(database, run, layout)
    if rows_read == 0:
        raise DataRefused(f"{source} holds a header and no row; expected one row a customer")
    return Ingested(
        delimiter=layout.delimiter,
        form=_form(layout, columns),
        undeclared=layout.undeclared,
        rows_read=rows_read,
    )


def _form(layout: Layout, columns: tuple[Column, ...]) -> str:
    if layout.wide_column:
        return f"{len(layout.item_positions)} columns of 0 and 1 for {layout.wide_column}"
    if layout.list_column:
        return f"a list in {layout.list_column}"
    return f"{len(columns)} plain columns"


ingest_file = prefect_task("ingest-file")(ingest)
