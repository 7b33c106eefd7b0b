"""The SQL that depends on the declared columns; all other statements are files in ``warehouse/sql``.

Identifiers and texts are quoted by ``warehouse.generated.quoting`` and nowhere else.
"""
