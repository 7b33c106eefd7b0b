"""The fewest customers that are a segment."""

from schemas.file_settings import FileSettings

#: Of few customers a segment may be a part of this size, whatever the settings say.
_PART_OF_FEW = 4


def least_customers(n_customers: int, settings: FileSettings) -> int:
    """Return how many customers a segment has at least, 1 or more.

    Args:
        n_customers: customers of the night.
        settings: its ``min_segment_customers`` and ``min_segment_share``.
    """
    wanted = max(settings.min_segment_customers, round(settings.min_segment_share * n_customers))
    return max(1, min(wanted, n_customers // _PART_OF_FEW))
