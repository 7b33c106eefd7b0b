"""Recognize what a single text is: the words of a header, or the type of a cell."""
