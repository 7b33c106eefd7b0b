"""The storage layer: the only package that uses DuckDB."""
