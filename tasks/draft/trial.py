"""Read a file by the schema that was drafted for it, as a run reads it, to find the rows that are no customers."""

from pathlib import Path

from schemas.dataset import columns_of, file_settings_of
from schemas.errors import SegmentsError
from schemas.loading import load_dataset
from tasks.draft.file.opening import Opened
from tasks.reading.report_rows import reject_report_rows, reject_without_key
from tasks.reading.source import read_source, source_layout
from tasks.reading.source_facts import Source
from warehouse.customers import create_text_view, source_dialects
from warehouse.draft import draft_database, report_lines
from warehouse.records import create_work_tables


def try_out(text: str, opened: Opened, copy: Path, folder: Path, *, reads: bool) -> dict[str, list[int]]:
    """Load a drafted schema, so that none is handed out that cannot be used, and read the file by it.

    Args:
        text: the schema.
        copy: the UTF-8 copy of the file.
        folder: where the schema and a database are put for the while.
        reads: whether to read the file, as some row of it may be no customer.

    Returns:
        Code of ``schemas.reject_codes`` -> lines of the rows that are totals, headings, drawn lines or without a key.

    Raises:
        SegmentsError: the schema does not load, which is a fault of the draft, or a run would refuse the file.
    """
    folder.mkdir()
    file = folder / "draft.py"
    file.write_text(text, encoding="utf-8")
    try:
        dataset = load_dataset(str(file))
    except SegmentsError as error:
        raise SegmentsError(f"{opened.source}: the draft does not load ({error}); write the schema by hand") from error
    if not reads:
        return {}
    columns, settings = columns_of(dataset), file_settings_of(dataset)
    source = Source(copy.name, opened.source, copy, opened.undecodable, opened.encoding)
    with draft_database(folder) as database:
        create_work_tables(database)
        layout = source_layout(source, columns, settings)
        read_source(database, source, layout, columns, settings, is_first=True)
        create_text_view(database, columns, source_dialects(database))
        reject_report_rows(database, columns)
        reject_without_key(database, columns)
        return report_lines(database)
