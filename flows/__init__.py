"""flows run the night: the plain night, the Prefect flow around it, the command line."""
