"""``segments export``: write the published tables to files of other formats."""

from pathlib import Path

from flows.cli.options import DEFAULT_HOME, FormulasOption, HomeOption
from flows.cli.tables import say_marked
from schemas.shown import counted
from warehouse.exporting import ExportFormat, TableFormat
from warehouse.home.directory import Home


def export(
    folder: Path,
    /,
    *,
    format: ExportFormat = "parquet",
    tables: str | None = None,
    formulas: FormulasOption = "mark",
    force: bool = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write the published tables to a folder: a file per table, or one workbook with a sheet per table.

    Parameters
    ----------
    folder
        A new folder, or an empty one.
    format
        Of the files.
    tables
        Names of tables with commas between them, as in segments,customer_segments; left out, all are written.
    force
        Replace an earlier export, if the folder has nothing else.
    """
    from tasks.export import export_tables

    names = [name.strip() for name in tables.split(",")] if tables is not None else []
    form = TableFormat(format, marks_formulas=formulas == "mark")
    exported = export_tables(Home(home), folder, form, tables=names, force=force)
    say_marked(exported.n_marked)
    print(f"{folder}: {counted(exported.n_tables, 'table')} of run {exported.run_id} as {format}")
