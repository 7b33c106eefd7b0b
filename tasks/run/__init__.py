"""run begins and ends a run, and holds what every step shares: its record, its progress, its memory."""
