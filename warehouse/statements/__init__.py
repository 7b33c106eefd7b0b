"""Build the SQL that depends on the declared columns; all other SQL is in ``warehouse/sql``.

Identifiers and texts are quoted by ``warehouse.statements.quoting`` and nowhere else.
"""
