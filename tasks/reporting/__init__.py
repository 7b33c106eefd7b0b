"""Name segments, measure how columns predict them, and draw charts."""
