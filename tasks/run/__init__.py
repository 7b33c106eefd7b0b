"""Begin and end a run, and hold what all steps share: its record, its progress, its memory."""
