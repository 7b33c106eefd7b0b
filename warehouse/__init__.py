"""warehouse stores: the only package that speaks DuckDB, and the keeper of the home directory."""
