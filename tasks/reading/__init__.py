"""Find how a file is written: its records, header, dialect, lists and faulty values."""
