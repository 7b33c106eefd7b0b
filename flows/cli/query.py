"""``segments query``: run SQL on the published file, read-only."""

from typing import Annotated

from cyclopts import Parameter

from flows.cli.options import DEFAULT_HOME, FormulasOption, HomeOption
from flows.cli.tables import print_rows, print_table, result_console
from schemas.errors import UsageError
from warehouse.home.directory import Home
from warehouse.querying import named_queries, queried


def query(
    sql: str | None = None,
    *,
    name: str | None = None,
    list: Annotated[bool, Parameter(negative="")] = False,
    formulas: FormulasOption = "mark",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Run SQL on the published file, read-only.

    Parameters
    ----------
    sql
        What to run; it can read the published tables and nothing else. Of several statements the last one answers.
    name
        Run a query that is kept under this name instead.
    list
        List these queries, each with the question that it answers.
    """
    if sum((sql is not None, name is not None, list)) != 1:
        raise UsageError("give one of SQL, --name and --list; as in: segments query --name segment_sizes")
    if list:
        kept = [{"name": one, "answers": text.question} for one, text in named_queries().items()]
        print_table(result_console(), "queries", kept)
        return
    with queried(Home(home), _kept(name) if name is not None else str(sql)) as (names, rows):
        print_rows(names, rows, marks_formulas=formulas == "mark")


def _kept(name: str) -> str:
    kept = named_queries()
    if name not in kept:
        raise UsageError(f"there is no query {name!r}; the queries are {', '.join(kept)}")
    return kept[name].sql
