"""The silhouettes of many labelings in one pass over the distances.

Kaufman & Rousseeuw, Finding Groups in Data (1990), chapter 2: s(i) = (b - a) / max(a, b), a being
the mean distance of customer i to the others of its segment and b the smallest mean distance to
another segment; 0 where i is alone in its segment.

Equal customers are one row with a weight. The distances between two blocks of rows are computed
once for all labelings, and used for both blocks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tasks.clustering.distances import distances_between
from tasks.clustering.parallel import in_order, n_threads
from tasks.clustering.rows import Floats, Matrix, Positions, Rows, Weights

#: One label array a row, labels 0..k-1, all of them used; shape (n_labelings, n_rows).
Labelings = npt.NDArray[np.uint8]

Done = Callable[[int, int], None]


@dataclass(frozen=True)
class BlockSizes:
    """How the walk over the distances is cut, which bounds its memory.

    Attributes:
        rows: rows on either side of a block: 1 MiB of distances, which stays in a core's cache.
        reference_rows: rows of a reference in a block.
        sums_bytes: sums of distances to every segment; for more, the labelings are walked in parts.
        segments: segments of all labelings that sampled customers are scored for at a time, about.
        waiting_bytes: sums that wait to be added, besides one in each thread.
        dense_bytes: rows that are kept dense; of more, each block is made when it is needed.
    """

    rows: int = 512
    reference_rows: int = 2048
    sums_bytes: int = 64 << 20
    segments: int = 256
    waiting_bytes: int = 128 << 20
    dense_bytes: int = 64 << 20


BLOCKS = BlockSizes()


@dataclass(frozen=True)
class Segments:
    """The segments of several labelings side by side.

    Attributes:
        labelings: shape (n_labelings, n_rows).
        weights: customers per row, shape (n_rows,).
        firsts: index of the first segment of each labeling when all are numbered consecutively.
        n_segments: segments of all labelings together.
    """

    labelings: Labelings
    weights: Floats
    firsts: npt.NDArray[np.intp]
    n_segments: int

    @classmethod
    def of(cls, labelings: Labelings, weights: Weights) -> "Segments":
        """Number the segments consecutively."""
        counts = labelings.max(axis=1).astype(np.intp) + 1
        return cls(labelings, np.asarray(weights, dtype=np.float64), np.cumsum(counts) - counts, int(counts.sum()))

    def sizes(self) -> Floats:
        """Return the customers of each segment, shape (n_segments,)."""
        sizes = np.zeros(self.n_segments)
        for own in self.columns():
            sizes += np.bincount(own, self.weights, minlength=self.n_segments)
        return sizes

    def take(self, rows: slice | Positions) -> "Segments":
        """Return the same segments of some of the rows."""
        return Segments(self.labelings[:, rows], self.weights[rows], self.firsts, self.n_segments)

    def part(self, labelings: slice) -> "Segments":
        """Return some of the labelings."""
        ends = [*self.firsts[1:], self.n_segments]
        firsts = self.firsts[labelings]
        return Segments(
            self.labelings[labelings], self.weights, firsts - firsts[0], int(ends[labelings][-1] - firsts[0])
        )

    def columns(self) -> npt.NDArray[np.intp]:
        """Return the segment of each row in each labeling, numbered consecutively, shape (n_labelings, n_rows)."""
        return self.labelings + self.firsts[:, None]


@dataclass(frozen=True)
class _Summing:
    """Sums over the segments as one or two products: distances times ``basis``, times ``spread``.

    Rows with the same segment in every labeling are summed together first. As rows are sorted by their
    labels, a block has few such groups, so the first product has far fewer columns than segments.
    """

    basis: Matrix
    spread: Floats | None

    @classmethod
    def over(cls, segments: Segments) -> "_Summing":
        columns = segments.columns()
        cells, cell_of = np.unique(columns, axis=1, return_inverse=True)
        if cells.shape[1] >= segments.n_segments:
            return cls(_one_hot(columns, segments.weights, segments.n_segments), None)
        basis = _one_hot(cell_of[None], segments.weights, cells.shape[1])
        return cls(basis, _one_hot(cells, np.ones(cells.shape[1]), segments.n_segments).astype(np.float64))

    def sums(self, distances: Matrix) -> Floats:
        """Return the weighted sum of distances to every segment, shape (n, n_segments)."""
        sums: Floats = (distances @ self.basis).astype(np.float64)
        return sums if self.spread is None else sums @ self.spread


def exact_silhouettes(
    rows: Rows, weights: Weights, labelings: Labelings, progress: Done = lambda done, total: None
) -> Floats:
    """Return the silhouette of every row under every labeling.

    The result does not depend on the number of threads. Memory grows with rows x segments, not with the
    square of the rows.

    Args:
        rows: the different encoded rows.
        weights: customers per row, shape (n_rows,).
        labelings: shape (n_labelings, n_rows).
        progress: called with the distances done and in all.

    Returns:
        Shape (n_labelings, n_rows), -1 to 1.
    """
    if len(labelings) > 1 and len(rows) * Segments.of(labelings, weights).n_segments * 8 > BLOCKS.sums_bytes:
        half = len(labelings) // 2
        first = exact_silhouettes(rows, weights, labelings[:half], lambda done, total: progress(done, 2 * total))
        second = exact_silhouettes(
            rows, weights, labelings[half:], lambda done, total: progress(total + done, 2 * total)
        )
        return np.vstack([first, second])
    # Rows of the same segments come together: few different labels in a block, and little cancellation.
    order = np.lexsort(labelings)
    ordered = rows.take(order)
    segments = Segments.of(labelings, weights).take(order)
    sums = np.zeros((len(rows), segments.n_segments))
    done = 0
    for start, own, others in _walk(ordered, segments):
        sums[start : start + len(own)] += own
        sums[start + len(own) :] += others
        done += len(own) * (len(own) + 2 * len(others))
        progress(done, len(rows) ** 2)
    out = np.empty((len(labelings), len(rows)))
    out[:, order] = coefficients(sums, segments, segments.sizes())
    return out


def silhouettes_of(rows: Rows, segments: Segments, reference: Rows, groups: Sequence[Segments]) -> Floats:
    """Return the silhouettes of some rows, from their distances to a reference that is cut into groups.

    Args:
        rows: the rows to score.
        segments: their segments.
        reference: the rows that the distances are measured to.
        groups: the segments of the reference, part by part: first those rows that are always there, then
            the groups of the sample, if there are any.

    Returns:
        Shape (1 + n_groups of the sample, n_labelings, n_rows): from the whole reference, then without
        each group in turn, the others scaled up for it.
    """
    if len(segments.labelings) > 1 and segments.n_segments > BLOCKS.segments:
        half = len(segments.labelings) // 2
        parts = [
            silhouettes_of(rows, segments.part(part), reference, [group.part(part) for group in groups])
            for part in (slice(0, half), slice(half, len(segments.labelings)))
        ]
        return np.concatenate(parts, axis=1)
    points, dense = rows.dense(slice(None)), _dense_blocks(reference)
    ends = np.cumsum([len(group.weights) for group in groups])
    starts = [int(end) - len(group.weights) for end, group in zip(ends, groups, strict=True)]
    sums = np.stack([_sums_over(points, dense, start, group) for start, group in zip(starts, groups, strict=True)])
    sizes = np.stack([group.sizes() for group in groups])
    return np.stack([coefficients(_added(sums, out), segments, _added(sizes, out)) for out in range(len(groups))])


def _added(parts: Floats, left_out: int) -> Floats:
    """Return the sum of the parts; where one other than the first is left out, the others are scaled up for it."""
    if left_out == 0:
        whole: Floats = parts.sum(axis=0)
        return whole
    n_sampled = len(parts) - 1
    others: Floats = (parts[1:].sum(axis=0) - parts[left_out]) * (n_sampled / (n_sampled - 1))
    others += parts[0]
    return others


def coefficients(sums: Floats, segments: Segments, sizes: Floats) -> Floats:
    """Return the silhouettes from sums of distances.

    Args:
        sums: distances of each row to the customers of each segment, added up, shape (n_rows, n_segments).
        segments: the segments of the rows.
        sizes: customers of each segment, shape (n_segments,).

    Returns:
        Shape (n_labelings, n_rows).
    """
    out = np.empty(segments.labelings.shape)
    every = np.arange(len(sums))
    ends = [*segments.firsts[1:], segments.n_segments]
    for number, (first, end, labels) in enumerate(zip(segments.firsts, ends, segments.labelings, strict=True)):
        to_segment, size = sums[:, first:end], sizes[first:end]
        within = to_segment[every, labels] / np.maximum(size[labels] - 1, 1)
        # A part of a reference may hold no customer of a very small segment.
        means = np.where(size > 0, to_segment / np.maximum(size, 1e-300), np.inf)
        means[every, labels] = np.inf
        between = means.min(axis=1)
        widest = np.maximum(within, between)
        is_scored = (size[labels] > 1) & (widest > 0) & np.isfinite(widest)
        out[number] = np.where(is_scored, (between - within) / np.where(is_scored, widest, 1), 0)
    return out


def _walk(rows: Rows, segments: Segments) -> Iterator[tuple[int, Floats, Floats]]:
    """Yield, block after block, its first row, its sums over its own and all later rows, and their sums over it."""
    slices = _slices(len(rows), BLOCKS.rows)
    dense = _dense_blocks(rows)
    summings = list(in_order(lambda block: _Summing.over(segments.take(block)), slices))

    def summed(number: int) -> tuple[int, Floats, Floats]:
        block, summing = slices[number], summings[number]
        points = dense(block)
        own = np.zeros((len(points), segments.n_segments))
        others = np.zeros((len(rows) - block.stop, segments.n_segments))
        for later, other in zip(slices[number:], summings[number:], strict=True):
            distances = distances_between(points, dense(later))
            own += other.sums(distances)
            if later is not block:
                others[later.start - block.stop : later.stop - block.stop] = summing.sums(distances.T)
        return block.start, own, others

    waiting = max(1, BLOCKS.waiting_bytes // (8 * len(rows) * segments.n_segments))
    yield from in_order(summed, range(len(slices)), ahead=min(n_threads() + 2, waiting))


def _sums_over(points: Matrix, dense: Callable[[slice], Matrix], first: int, group: Segments) -> Floats:
    """Return the sums of distances of the points to the segments of a group of rows, the first of which is given."""
    slices = _slices(len(group.weights), BLOCKS.reference_rows)  # none of a group without rows
    summings = list(in_order(lambda piece: _Summing.over(group.take(piece)), slices))

    def summed(block: slice) -> Floats:
        own = np.zeros((block.stop - block.start, group.n_segments))
        for piece, summing in zip(slices, summings, strict=True):
            others = dense(slice(first + piece.start, first + piece.stop))
            own += summing.sums(distances_between(points[block], others))
        return own

    return np.vstack(list(in_order(summed, _slices(len(points), BLOCKS.rows))))


def _slices(n_rows: int, length: int) -> list[slice]:
    return [slice(first, min(first + length, n_rows)) for first in range(0, n_rows, length)]


def _dense_blocks(rows: Rows) -> Callable[[slice], Matrix]:
    """Return what gives a dense block of the rows: kept where all fit, made when needed where not."""
    if 4 * len(rows) * rows.n_features > BLOCKS.dense_bytes:
        return rows.dense
    kept = rows.dense(slice(None))
    return lambda block: kept[block]


def _one_hot(columns: npt.NDArray[np.intp], weights: Floats, n_columns: int) -> Matrix:
    """Return a matrix with the weight of each row in each of its columns, shape (n_rows, n_columns)."""
    out = np.zeros((columns.shape[1], n_columns), dtype=np.float32)
    every = np.arange(columns.shape[1])
    for own in columns:
        out[every, own] = weights
    return out
