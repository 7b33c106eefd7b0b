"""``segments query``: run SQL on the published file, read-only."""

from flows.cli.options import DEFAULT_HOME, HomeOption
from flows.cli.tables import print_rows
from warehouse.home.directory import Home
from warehouse.querying import query_published


def query(sql: str, *, home: HomeOption = DEFAULT_HOME) -> None:
    """Run SQL on the published file, read-only.

    Parameters
    ----------
    sql
        One statement; it can read the published tables and nothing else.
    """
    print_rows(*query_published(Home(home), sql))
