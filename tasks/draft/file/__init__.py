"""Find how a file that no schema declares is written: dialect, header, number marks, shape."""
