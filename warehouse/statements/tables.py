"""SQL that creates the published tables: DDL and comments, derived from their declarations."""

from schemas.tables import Table
from warehouse.statements.quoting import quote_identifier, quote_text


def create_table(table: Table) -> str:
    """Return the statements, in one text, that create a published table with its comments."""
    name = quote_identifier(table.name)
    columns = ", ".join(
        f"{quote_identifier(column.name)} {column.sql_type}{'' if column.nullable else ' NOT NULL'}"
        for column in table.columns
    )
    comments = [
        f"COMMENT ON COLUMN {name}.{quote_identifier(column.name)} IS {quote_text(column.description)}"
        for column in table.columns
    ]
    grain = f"COMMENT ON TABLE {name} IS {quote_text(table.grain)}"
    return ";\n".join([f"CREATE TABLE {name} ({columns})", grain, *comments, ""])
