"""``segments score``: label customers with the published model, or print the SQL that does it elsewhere."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.markup import escape

from flows.cli.options import DEFAULT_HOME, HomeOption
from flows.cli.run import progress_shown
from flows.cli.tables import print_table, result_console
from schemas.errors import UsageError
from schemas.shown import counted, shown_as_json
from warehouse.home.directory import Home
from warehouse.statements.engines import EngineName

if TYPE_CHECKING:
    from tasks.score import Scored


def score(
    source: Annotated[tuple[str, ...], Parameter(negative="", show_default=False)] = (),
    *,
    home: HomeOption = DEFAULT_HOME,
    output: Path | None = None,
    sql: EngineName | None = None,
    table: str | None = None,
    dataset: str | None = None,
    json: bool = False,
) -> None:
    """Label customers with the published model; no segment changes.

    Parameters
    ----------
    source
        The customers file, or a directory, whose newest file is used; several files make one.
    output
        A .csv or .parquet file to write the labels to, besides the table scored_customers.
    sql
        Print the query that scores a table in this engine, instead of scoring a file.
    table
        The table that the query scores, as the engine names it; customers by default.
    dataset
        What declares the file; that of the published run by default.
    json
        Print the result as JSON.
    """
    if sql is not None:
        if source or output or json:
            raise UsageError("--sql prints a query and scores no file; leave SOURCE, --output and --json out, or --sql")
        _print_query(home, sql, table or "customers", dataset)
        return
    if table is not None:
        raise UsageError(f"--table {table} is for a query; name its engine, as in: --sql spark --table {table}")
    if not source:
        raise UsageError("no SOURCE is named; name a customers file, as in: segments score new_customers.csv")
    from flows.scoring import score_customers  # loads pandas

    with progress_shown(debug=False):
        scored = score_customers(source, home, output, dataset)
    if json:
        print(shown_as_json(asdict(scored)))
    else:
        print_scored(scored, home)


def print_scored(scored: "Scored", home: Path) -> None:
    """Print how many customers are in each segment, what the model did not know, and where the labels are."""
    console = result_console()
    console.print(f"[bold]{escape(scored.message)}[/bold]; rejected rows: {scored.rows_rejected:,}")
    for column in scored.unknown:
        shown = ", ".join(map(repr, column.examples)) + (", ..." if column.n_values > len(column.examples) else "")
        values = counted(column.n_values, "value is", "values are")
        console.print(f"- {column.source_column}: {values} unknown to the model ({shown})", markup=False)
    console.print()
    print_table(console, "scored customers", [
        {
            "id": str(segment.segment_id),
            "customers": f"{segment.customers:,}",
            "share": f"{segment.customers / scored.rows_scored:.1%}",
            "published": f"{segment.published_share:.1%}",
            "name": segment.name,
        }
        for segment in scored.segments
    ])  # fmt: skip
    console.print(f"table     scored_customers in {Home(home).published_file}", markup=False)
    if scored.output:
        console.print(f"file      {scored.output}", markup=False)
    if scored.rejected_file:
        console.print(
            f"rejected  {scored.rejected_file}; to correct: segments rejects {scored.run_id}{Home(home).option}",
            markup=False,
        )


def _print_query(home: Path, engine: EngineName, table: str, dataset: str | None) -> None:
    from flows.scoring import query_of

    print(query_of(Home(home), engine, table, dataset), end="")
