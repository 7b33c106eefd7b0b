"""warehouse stores: the only package that speaks DuckDB."""
