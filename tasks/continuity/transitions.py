"""What became of each segment of an earlier run, in the words of MONIC (Spiliopoulou et al. 2006).

Arrays in, small rows out: no SQL, no files, no Prefect.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tasks.continuity.matching import MATCHING, Counts

Kind = Literal["survived", "split", "absorbed", "disappeared", "emerged"]


@dataclass(frozen=True)
class Transition:
    """One row of segment_transitions, without the figures of the two segments.

    Attributes:
        from_segment_id: the segment of the earlier run; None for one that emerged.
        to_segment_id: the segment of the run; None for one that disappeared.
        shared_customers: customers who were in the one and are in the other.
    """

    transition: Kind
    from_segment_id: int | None
    to_segment_id: int | None
    shared_customers: int


def transitions_of(
    shared: Counts, sizes_before: Counts, sizes: Counts, ids_before: Sequence[int], ids: Sequence[int]
) -> list[Transition]:
    """Return what became of each earlier segment, then where each new one comes from.

    A segment survives where its number does. A new one whose customers were mostly in one earlier segment is a part
    that this one split into, else it emerged. An earlier one that neither survives nor is split is absorbed by the
    segment that most of its customers are in, else it disappeared.

    Args:
        shared: customers in each earlier segment and in each of the run, shape (n_before, n_segments).
        sizes_before: all customers of the earlier segments.
        sizes: all customers of the segments.
        ids_before: numbers of the earlier segments.
        ids: numbers of the segments; the same number is the same segment.
    """
    beginnings = list(_beginnings(shared, sizes, ids_before, ids))
    split = {one.from_segment_id for one in beginnings}
    return [*_ends(shared, sizes_before, ids_before, ids, split), *beginnings]


def _ends(
    shared: Counts, sizes_before: Counts, ids_before: Sequence[int], ids: Sequence[int], split: Collection[int | None]
) -> Iterator[Transition]:
    for before, (segment_id, size) in enumerate(zip(ids_before, sizes_before, strict=True)):
        if segment_id in ids:
            yield Transition("survived", segment_id, segment_id, int(shared[before, ids.index(segment_id)]))
            continue
        now = int(shared[before].argmax())
        stayed = int(shared[before, now])
        if stayed > 0 and stayed >= MATCHING.most * size:
            yield Transition("absorbed", segment_id, ids[now], stayed)
        elif segment_id not in split:
            yield Transition("disappeared", segment_id, None, 0)


def _beginnings(shared: Counts, sizes: Counts, ids_before: Sequence[int], ids: Sequence[int]) -> Iterator[Transition]:
    for now, (segment_id, size) in enumerate(zip(ids, sizes, strict=True)):
        if segment_id in ids_before:
            continue
        before = int(shared[:, now].argmax())
        came = int(shared[before, now])
        if came > 0 and came >= MATCHING.most * size:
            yield Transition("split", ids_before[before], segment_id, came)
        else:
            yield Transition("emerged", None, segment_id, 0)
