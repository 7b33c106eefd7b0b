"""SQL that hands the tables of earlier runs on, one statement per table that the schema ``history`` has."""

from warehouse.statements.quoting import quote_identifier


def insert_earlier(name: str, schema: str, columns: list[str]) -> str:
    """Return the statement that fills a table of the schema ``history`` from the earlier run, attached as previous.

    ``$first_day`` is the day of the first run that is kept; ``$run_id`` and ``$as_of`` are those of the earlier run.

    Args:
        name: of the table.
        schema: ``history`` for what the earlier run had of those before it, ``main`` for its own rows.
        columns: those that both files have.
    """
    table, named = quote_identifier(name), ", ".join(map(quote_identifier, columns))
    if schema == "history":
        kept = f"SELECT {named} FROM previous.history.{table} WHERE as_of >= $first_day"
    else:
        kept = f"SELECT $run_id AS run_id, CAST($as_of AS DATE) AS as_of, {named} FROM previous.{table}"
    return f"INSERT INTO history.{table} BY NAME {kept}"
