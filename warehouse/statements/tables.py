"""SQL that creates the published tables: DDL and comments, derived from their declarations."""

from schemas.tables import Table
from warehouse.statements.quoting import quote_identifier, quote_text


def create_table(table: Table) -> str:
    """Return the statement that creates a published table; its comments are ``comments_on``."""
    name = _name(table)
    columns = ", ".join(
        f"{quote_identifier(column.name)} {column.sql_type}{'' if column.nullable else ' NOT NULL'}"
        for column in table.columns
    )
    return f"CREATE TABLE {name} ({columns});\n"


def comments_on(table: Table) -> str:
    """Return the statements, in one text, that say what a published table holds, and each of its columns."""
    return ";\n".join([*_comments("TABLE", table), ""])


def create_view(table: Table, query: str) -> str:
    """Return the statements, in one text, that create a published view with its comments."""
    name = _name(table)
    return ";\n".join([f"CREATE VIEW {name} AS {query.strip().rstrip(';')}", *_comments("VIEW", table), ""])


def _name(table: Table) -> str:
    return f"{quote_identifier(table.schema)}.{quote_identifier(table.name)}"


def _comments(kind: str, table: Table) -> list[str]:
    name = _name(table)
    columns = [
        f"COMMENT ON COLUMN {name}.{quote_identifier(column.name)} IS {quote_text(column.description)}"
        for column in table.columns
    ]
    return [f"COMMENT ON {kind} {name} IS {quote_text(table.grain)}", *columns]
