"""Run the steps: in one process, as a Prefect flow, or from the command line."""
