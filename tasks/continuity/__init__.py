"""Continuity: match the segments of a run with those of an earlier one, and say what became of each."""
