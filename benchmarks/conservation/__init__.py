"""Whether every record of a broken file ends in exactly one place, beside other readers of the same files."""
