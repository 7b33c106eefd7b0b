"""Names of environment variables that more than one package reads."""

#: Megabytes that a process may use in all.
MEMORY_MB = "SEGMENTS_MEMORY_MB"
