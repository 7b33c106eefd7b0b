"""Decide what each column of a file is: its kind, its range, its missing values."""
