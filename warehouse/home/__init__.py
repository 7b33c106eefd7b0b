"""The home directory and the records of its runs: paths, lock and ledger, without DuckDB."""
