"""home keeps the home directory and the records of its runs: paths, lock, ledger; no DuckDB in it."""
