"""SQL that hands the tables of earlier runs on, one statement per table that the schema ``history`` has."""

from warehouse.statements.quoting import quote_identifier


def insert_earlier(name: str) -> list[str]:
    """Return the statements that fill a table of the schema ``history`` from the earlier run, attached as previous.

    ``$first_day`` is the day of the first run that is kept; ``$run_id`` and ``$as_of`` are those of the earlier run.
    """
    table = quote_identifier(name)
    return [
        f"INSERT INTO history.{table} BY NAME FROM previous.history.{table} WHERE as_of >= $first_day",
        f"INSERT INTO history.{table} BY NAME "
        f"SELECT $run_id AS run_id, CAST($as_of AS DATE) AS as_of, * FROM previous.{table}",
    ]
