"""How much memory the encoded customers and the fit will take, estimated before any of it is allocated."""

from dataclasses import dataclass

from schemas.errors import DataRefused
from tasks.run.memory import Memory


@dataclass(frozen=True)
class ByteCosts:
    """Bytes of what is held, in the order of magnitude that was measured.

    Attributes:
        number: a float32.
        present: a present binary feature: its amount and its index.
        rows_held: copies of the rows: as they were made, and each different row once more.
        result: per customer: the index of its row, its segment and the distances.
        label: per customer and k: its label, of which some copies exist.
        cut: per customer and number: its bracket as a binary feature; components take less.
        cutting: per customer and number: what brackets are made of.
        numbers_at_a_time: columns of float64 that exist while one number is encoded.
        fixed: needed whatever the file is like.
        block_cell: per cell of dense blocks, and of what is computed from them.
        max_blocks: of them at most. Measured in all: 359 MB with 1,000,000 customers x 81, 178 MB with
            20,000 x 875, 219 MB with 20,000 x 5,218.
        published: per segment of the chosen k and feature: the rows of centroids and segment_stats.
        centroid: per segment of each k and feature.
        feature: per feature: its name and its row of features.
    """

    number: int = 4
    present: int = 8
    rows_held: int = 2
    result: int = 48
    label: int = 3
    cut: int = 8
    cutting: int = 20
    numbers_at_a_time: int = 4
    fixed: int = 64 << 20
    block_cell: int = 24
    max_blocks: int = 112 << 20
    published: int = 1_500
    centroid: int = 16
    feature: int = 4_000


BYTES = ByteCosts()


@dataclass(frozen=True)
class WideColumn:
    """A category, flag or items column: its binary features, and how many of them are present in all customers."""

    name: str
    n_features: int
    n_present: int
    min_frequency: float

    @property
    def n_bytes(self) -> int:
        """What it adds to the rows and to the tables of features, about."""
        return BYTES.rows_held * BYTES.present * self.n_present + BYTES.feature * self.n_features


@dataclass(frozen=True)
class Extent:
    """What the memory depends on; ``is_cut`` is whether numbers may be binned into brackets."""

    n_customers: int
    n_numbers: int
    columns: tuple[WideColumn, ...]
    ks: tuple[int, ...]
    is_cut: bool = False

    @property
    def n_features(self) -> int:
        """Numbers and binary features together."""
        return self.n_numbers + sum(column.n_features for column in self.columns)

    @property
    def rows_bytes(self) -> int:
        """The encoded rows, once."""
        n_present = sum(column.n_present for column in self.columns)
        return BYTES.number * self.n_customers * (self.n_numbers + 1) + BYTES.present * n_present


def memory_need(extent: Extent) -> int:
    """Return the bytes of encoding or fitting, whichever is more, besides what this process holds before."""
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
    encoding = 8 * BYTES.numbers_at_a_time * extent.n_customers * (extent.n_numbers > 0)
    cutting = BYTES.cutting * extent.n_customers * extent.n_numbers * extent.is_cut
    return extent.rows_bytes + encoding + cutting + BYTES.fixed


def _fitting_need(extent: Extent) -> int:
    customers = extent.n_customers * (BYTES.result + BYTES.label * len(extent.ks))
    segments = BYTES.published * max(extent.ks) + BYTES.centroid * sum(extent.ks)
    features = extent.n_features * (BYTES.feature + segments)
    cut = BYTES.cut * extent.n_customers * extent.n_numbers * extent.is_cut
    blocks = min(BYTES.block_cell * extent.n_customers * extent.n_features, BYTES.max_blocks)
    return BYTES.rows_held * (extent.rows_bytes + cut) + customers + features + blocks + BYTES.fixed


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
