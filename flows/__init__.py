"""flows run the steps: plain in one process, as a Prefect flow, and from the command line."""
