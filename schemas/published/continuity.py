"""What became of the segments and of their customers from run to run."""

from datetime import date

import pandera.pandas as pa
from pandera.typing import Series


class SegmentTransitions(pa.DataFrameModel):
    """One row per transition: what became of each segment of the previous run, and where each new one comes from."""

    transition: Series[str] = pa.Field(
        isin=["survived", "split", "absorbed", "disappeared", "emerged"],
        description="survived: it keeps its number, as at least half of the customers that both runs have, of both "
        "sides, are in it; split: a new segment mostly of its customers; absorbed: most of its customers are in "
        "another one; disappeared; emerged: a new segment (MONIC, Spiliopoulou et al. 2006)",
    )
    from_segment_id: Series[int] = pa.Field(
        nullable=True, ge=1, description="Segment of the previous run; null for one that emerged"
    )
    to_segment_id: Series[int] = pa.Field(nullable=True, ge=1, description="Key of segments; null if it disappeared")
    shared_customers: Series[int] = pa.Field(ge=0, description="Customers who were in the one and are in the other")
    previous_customers: Series[int] = pa.Field(nullable=True, ge=1, description="Customers in the one, previously")
    customers: Series[int] = pa.Field(nullable=True, ge=1, description="Customers in the other, now")
    previous_spread: Series[float] = pa.Field(
        nullable=True,
        ge=0,
        description="Root mean square distance to the centroid, previously; in the encoded units of that run",
    )
    spread: Series[float] = pa.Field(
        nullable=True, ge=0, description="Root mean square distance to the centroid, now; in encoded units"
    )
    previous_center: Series[dict[str, float]] = pa.Field(
        nullable=True, description="Mean of each feature previously, in the units of its column: see segment_stats"
    )
    center: Series[dict[str, float]] = pa.Field(nullable=True, description="Mean of each feature now")
    center_shift: Series[float] = pa.Field(
        nullable=True,
        ge=0,
        description="Root mean square change of the means of the features that both runs have, in standard deviations "
        "of all customers",
    )


class SegmentLifetimes(pa.DataFrameModel):
    """One row per segment that there ever was: no number is used again."""

    segment_id: Series[int] = pa.Field(unique=True, ge=1, description="Number of the segment")
    name: Series[str] = pa.Field(description="Its name when it was last seen")
    customers: Series[int] = pa.Field(ge=1, description="Number of its customers when it was last seen")
    first_seen: Series[date] = pa.Field(description="Day of the run that formed it")
    last_seen: Series[date] = pa.Field(description="Day of the last run that had it; the day of the run if it lives")
    successor_id: Series[int] = pa.Field(
        nullable=True, ge=1, description="Segment that absorbed it; null if none did, or it lives"
    )


class PastMemberships(pa.DataFrameModel):
    """One row per customer and period in a segment that has ended; segment_history has the others, too."""

    customer_id: Series[str] = pa.Field(description="Customer, who may have left")
    segment_id: Series[int] = pa.Field(ge=1, description="Key of segment_lifetimes")
    valid_from: Series[date] = pa.Field(description="Day of the first run that had the customer in the segment")
    valid_to: Series[date] = pa.Field(description="Day of the first run that no longer had it there")


class SegmentHistory(PastMemberships):
    """One row per customer and period in a segment."""

    valid_to: Series[date] = pa.Field(
        nullable=True, description="Day of the first run that no longer had it there; null if it is there now"
    )


class SegmentMoves(pa.DataFrameModel):
    """One row per segment of the previous run and segment of this run that have customers in common."""

    from_segment_id: Series[int] = pa.Field(nullable=True, description="Segment before; null for new customers")
    to_segment_id: Series[int] = pa.Field(nullable=True, description="Segment now; null for customers who are gone")
    customers: Series[int] = pa.Field(description="Number of customers")


class MembershipEvents(pa.DataFrameModel):
    """One row per customer, segment and day on which the customer joined or left it."""

    event_date: Series[date] = pa.Field(description="Day of the run")
    customer_id: Series[str] = pa.Field(description="Customer, who may have left")
    segment_id: Series[int] = pa.Field(description="Key of segment_lifetimes")
    event: Series[str] = pa.Field(description="joined or left")
