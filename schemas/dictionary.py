"""The data dictionary, ``docs/data-dictionary.md``: every published table and column, from their declarations.

``python -m schemas.dictionary`` prints it, and ``make docs`` writes it.
"""

from collections.abc import Iterator, Sequence

from schemas.dataset import Column, columns_of
from schemas.fields import Role
from schemas.loading import load_dataset
from schemas.published import HISTORY, MACROS, PUBLISHED, VIEWS
from schemas.reject_codes import REJECT_CODES
from schemas.tables import Table, history_table, profile_view, published_table

_ABOUT = """\
# Data dictionary

Every table, view and macro of `data/segments.duckdb`: what one row of it is, and what each column holds. The comments
in the file say the same:
`segments query "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"`.
`make docs` writes this page from the declarations in `schemas/`, of which the file is made; do not edit it. The
[glossary](glossary.md) has the term of the field for each column.

The columns of `customers` after `line_number`, and those of `segment_profile` after `customers`, depend on the dataset.
Here they are those of the built-in one, `schemas/customers.py`; for another, its own descriptions take their place."""

_HISTORY = """\
## History

The schema `history` has what earlier runs published, as many as `history_runs=` says. Each of its tables has `run_id`
and `as_of`, which are those of `runs`, and then the columns of the table of the same name."""


def dictionary(dataset: str = "customers") -> str:
    """Return the data dictionary in markdown, with the columns of a dataset."""
    columns = columns_of(load_dataset(dataset))
    tables = [published_table(name, columns) for name in PUBLISHED]
    views = [*(published_table(name) for name in VIEWS), profile_view(_features(columns))]
    parts = [_ABOUT, "## Tables", *map(_section, tables), "## Views", *map(_section, views)]
    return "\n\n".join([*parts, _history(), _macros(columns), _codes()]) + "\n"


def _section(table: Table) -> str:
    rows = [
        (f"`{column.name}`", column.sql_type, "yes" if column.nullable else "", column.description)
        for column in table.columns
    ]
    return f"### `{table.name}`\n\n{table.grain}\n\n" + _grid(("column", "type", "null", "meaning"), rows)


def _features(columns: Sequence[Column]) -> Iterator[str]:
    """Yield what the features are called: of a category or list there is one per value."""
    for column in columns:
        if column.is_feature:
            yield f"{column.name}=..." if column.role in (Role.CATEGORY, Role.ITEMS) else column.name


def _codes() -> str:
    rows = [(f"`{code}`", meaning) for code, meaning in REJECT_CODES.items()]
    return "## Codes of rejected rows\n\n" + _grid(("code", "meaning"), rows)


def _history() -> str:
    rows = [(f"`history.{name}`", history_table(name).grain) for name in HISTORY]
    return f"{_HISTORY}\n\n" + _grid(("table", "rows"), rows)


def _macros(columns: Sequence[Column]) -> str:
    parameters = ", ".join(column.name for column in columns if column.is_feature)
    rows = [(f"`{name}({parameters})`", comment) for name, comment in MACROS.items()]
    return "## Macros\n\n" + _grid(("macro", "result"), rows)


def _grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in markdown."""
    cells = [header, *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    lines = [f"| {' | '.join(line)} |" for line in cells]
    return "\n".join([lines[0], "|---" * len(header) + "|", *lines[1:]])


if __name__ == "__main__":
    print(dictionary(), end="")
