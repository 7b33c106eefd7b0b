"""How much memory the encoded customers and the fit will take, known before any of it is made."""

from dataclasses import dataclass

from schemas.errors import DataRefused
from tasks.run.memory import Memory

#: Bytes of a float32, and of a present 0/1 feature: its amount and its mark.
NUMBER_BYTES, PRESENT_BYTES = 4, 8

#: The rows are held as they were made, and each different row once more.
ROWS_HELD = 2

#: Bytes a customer: the place of its row, its segment and the distances, as a table of results; its label at
#: each k, of which some copies exist.
RESULT_BYTES, LABEL_BYTES = 48, 3

#: Bytes a customer and number of a bracket's mark, and of what it is made of; components come to less.
CUT_BYTES, CUTTING_BYTES = 8, 20

#: Columns of float64 that exist at a time while one number is encoded.
NUMBERS_AT_A_TIME = 4

#: Bytes that are taken whatever the file is like.
LEAST_BYTES = 64 << 20

#: Bytes of dense blocks and of what is computed of them: for each of their cells, and at most. Measured, all
#: in all: 359 MB with 1,000,000 customers x 81, 178 MB with 20,000 x 875, 219 MB with 20,000 x 5,218.
BLOCKS_BYTES_A_CELL, MOST_BLOCKS_BYTES = 24, 112 << 20

#: Bytes a segment and feature: of the chosen k the rows of centroids and segment_stats, of each k its centroids.
PUBLISHED_BYTES, CENTROID_BYTES = 1_500, 16

#: Bytes a feature, with its name and its row of features.
FEATURE_BYTES = 4_000


@dataclass(frozen=True)
class WideColumn:
    """A category, flag or items column: its 0/1 features, and how many of them are present in all customers."""

    name: str
    n_features: int
    n_present: int
    min_frequency: float

    @property
    def n_bytes(self) -> int:
        """What it adds to the rows and to the tables of features, about."""
        return ROWS_HELD * PRESENT_BYTES * self.n_present + FEATURE_BYTES * self.n_features


@dataclass(frozen=True)
class Extent:
    """What the memory depends on: customers, numbers, which may be cut into brackets, 0/1 features, and the ks."""

    n_customers: int
    n_numbers: int
    columns: tuple[WideColumn, ...]
    ks: tuple[int, ...]
    is_cut: bool = False

    @property
    def n_features(self) -> int:
        """Numbers and 0/1 features together."""
        return self.n_numbers + sum(column.n_features for column in self.columns)

    @property
    def rows_bytes(self) -> int:
        """The encoded rows, once."""
        n_present = sum(column.n_present for column in self.columns)
        return NUMBER_BYTES * self.n_customers * (self.n_numbers + 1) + PRESENT_BYTES * n_present


def memory_need(extent: Extent) -> int:
    """Return the bytes that encoding takes or fitting, whichever is more; what this process has before is not in it."""
    return max(_encoding_need(extent), _fitting_need(extent))


def refuse_what_does_not_fit(extent: Extent, there: Memory, source: str) -> None:
    """Refuse customers whose encoded rows and fit need more memory than there is.

    Raises:
        DataRefused: they do; with the column that takes most of it and its setting.
    """
    need = memory_need(extent)
    if need <= there.n_bytes:
        return
    raise DataRefused(
        f"{source}: {extent.n_customers:,} customers with {extent.n_features:,} features need about {_size(need)} of "
        f"memory and there are {_size(there.n_bytes)} ({there.limit}); {_remedy(extent)}"
    )


def _encoding_need(extent: Extent) -> int:
    is_any_number = extent.n_numbers > 0
    cutting = CUTTING_BYTES * extent.n_customers * extent.n_numbers * extent.is_cut
    return extent.rows_bytes + 8 * NUMBERS_AT_A_TIME * extent.n_customers * is_any_number + cutting + LEAST_BYTES


def _fitting_need(extent: Extent) -> int:
    customers = extent.n_customers * (RESULT_BYTES + LABEL_BYTES * len(extent.ks))
    segments = PUBLISHED_BYTES * max(extent.ks) + CENTROID_BYTES * sum(extent.ks)
    features = extent.n_features * (FEATURE_BYTES + segments)
    cut = CUT_BYTES * extent.n_customers * extent.n_numbers * extent.is_cut
    return ROWS_HELD * (extent.rows_bytes + cut) + customers + features + _blocks_bytes(extent) + LEAST_BYTES


def _blocks_bytes(extent: Extent) -> int:
    return min(BLOCKS_BYTES_A_CELL * extent.n_customers * extent.n_features, MOST_BLOCKS_BYTES)


def _remedy(extent: Extent) -> str:
    """Return what takes most, and what to change."""
    more = "give it more memory"
    widest = max(extent.columns, key=lambda column: column.n_bytes, default=None)
    if widest is None or widest.n_features < 2:
        return f"declare columns ignored(), or {more}"
    return (
        f"{widest.n_features:,} of the features are values of {widest.name}, present {widest.n_present:,} times: "
        f"raise its min_frequency={widest.min_frequency:g} in the schema, declare it ignored(), or {more}"
    )


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:,.1f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:,.0f} MB"
