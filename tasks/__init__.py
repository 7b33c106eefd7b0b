"""tasks compute: one module a step, plain functions first, the Prefect task at the bottom."""
