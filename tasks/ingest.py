"""Read the run's copies of the delivered files: find their layouts, load their lines, split their records."""

from dataclasses import dataclass

from schemas.dataset import Column, file_settings_of
from schemas.errors import DataRefused
from schemas.file_settings import FileSettings
from schemas.layout import Layout
from schemas.loading import load_dataset
from tasks.delivery.delivered import Delivery
from tasks.reading.source import read_source, source_layout, with_undeclared
from tasks.reading.source_facts import Source, SourceRead
from tasks.run.columns import KeptColumn, kept_columns, run_columns
from tasks.run.step import recorded
from warehouse.connection import staging
from warehouse.home.run import Run
from warehouse.records import create_work_tables
from warehouse.rejects import count_rejected, reject_undecidable
from warehouse.tables import create_published_tables


@dataclass(frozen=True)
class Ingested:
    """What the files held.

    Attributes:
        rows_empty: those that are delimiters alone, as spreadsheets save them below their rows.
        notes: how each file was read, in sentences.
    """

    sources: tuple[SourceRead, ...]
    kept_columns: tuple[KeptColumn, ...]
    rows_read: int
    rows_empty: int
    notes: tuple[str, ...]


@recorded
def ingest(run: Run, delivery: Delivery) -> Ingested:
    """Read the run's copies into ``work.records``: one row per record, with its file and line.

    Raises:
        DataRefused: no file has a record, a header does not hold the declared columns, or holds
            others where the schema freezes them.
    """
    declared, settings = run_columns(run), file_settings_of(load_dataset(run.order.dataset))
    sources = _sources(run, delivery)
    layouts = [source_layout(source, declared, settings) for source in sources]
    kept = _kept(layouts, declared, settings)
    columns = run_columns(run, kept)
    layouts = [
        with_undeclared(layout, columns[len(declared) :], settings, source.path)
        for layout, source in zip(layouts, sources, strict=True)
    ]
    with staging(run) as database:
        create_published_tables(database, columns)
        create_work_tables(database)
        read = [
            read_source(database, source, layout, columns, settings, is_first=number == 0)
            for number, (source, layout) in enumerate(zip(sources, layouts, strict=True))
        ]
        for one in read:
            reject_undecidable(database, one.shape)
        rows_empty = count_rejected(database, "empty_row")
    rows_read = sum(one.facts.rows_read for one in read)
    if rows_read == 0:
        raise DataRefused(
            f"{delivery.source_file} holds a header and no row; expected one row per customer, "
            "so look at the export and deliver the file again"
        )
    return Ingested(
        sources=tuple(one.facts for one in read),
        kept_columns=kept,
        rows_read=rows_read,
        rows_empty=rows_empty,
        notes=tuple(note for one in read for note in one.notes),
    )


def _sources(run: Run, delivery: Delivery) -> list[Source]:
    return [
        Source(
            name=delivery.published_name(file),
            path=file.source_file,
            copy=run.source_copy(file.number),
            undecodable=run.undecodable_file(file.number),
            encoding=file.encoding,
        )
        for file in delivery.files
    ]


def _kept(layouts: list[Layout], columns: tuple[Column, ...], settings: FileSettings) -> tuple[KeptColumn, ...]:
    if settings.columns != "evolve":
        return ()
    return kept_columns([name for layout in layouts for name, _ in layout.undeclared], columns)
