"""The customers, the segments they are in, and those that were scored or frozen."""

from datetime import date, datetime

import pandera.pandas as pa
from pandera.typing import Series


class CustomersTable(pa.DataFrameModel):
    """One row per customer: every record of the file that was not rejected, in the declared columns."""

    customer_id: Series[str] = pa.Field(
        description="The declared identifier, else a hash of the row's content and its occurrence number"
    )
    source_name: Series[str] = pa.Field(description="Name of the delivered file that the row is in")
    line_number: Series[int] = pa.Field(ge=1, description="Line of that file on which the row begins, from 1")


class CustomerSegments(pa.DataFrameModel):
    """One row per customer: the segment it is in, and the next nearest."""

    customer_id: Series[str] = pa.Field(description="Key of customers")
    segment_id: Series[int] = pa.Field(ge=1, description="Segment with the nearest centroid")
    distance: Series[float] = pa.Field(
        ge=0,
        description="Euclidean distance to the own centroid, in encoded units; where there are components, along them",
    )
    second_segment_id: Series[int] = pa.Field(
        nullable=True, ge=1, description="Segment with the second nearest centroid; null with one segment"
    )
    second_distance: Series[float] = pa.Field(
        nullable=True, ge=0, description="Distance to the second nearest centroid"
    )
    is_outlier: Series[bool] = pa.Field(
        description="Whether the distance is over the upper quartile of the segment by three interquartile ranges, or "
        "a number is beyond its clipping bounds by over half of their width"
    )
    gradient_tier: Series[int] = pa.Field(
        nullable=True,
        ge=1,
        le=5,
        description="Fifth of the customers along the gradient that the verdict names, 1 being its beginning; "
        "customers at the same place are in one, so there may be fewer. Null where the verdict is no gradient",
    )
    previous_segment_id: Series[int] = pa.Field(
        nullable=True,
        ge=1,
        description="Segment of the customer in the previous run; null for a new customer, and where the file has no "
        "identifier. The previous run is the last one published for an earlier day",
    )
    segment_since: Series[date] = pa.Field(
        nullable=True, description="Day the customer joined the segment; null if the file has no identifier"
    )


class CustomerMap(pa.DataFrameModel):
    """One row per customer, or per customer of a random sample: a place in the plane, beside those who are alike."""

    customer_id: Series[str] = pa.Field(description="Key of customers")
    segment_id: Series[int] = pa.Field(ge=1, description="Key of segments")
    x: Series[float] = pa.Field(description="Along the first principal component of these encoded customers")
    y: Series[float] = pa.Field(description="Along the second principal component; 0 where there is no second one")


class ScoredCustomers(pa.DataFrameModel):
    """One row per customer of the file that was last scored with this model, without a new run: segments score."""

    customer_id: Series[str] = pa.Field(description="The declared identifier, else a hash of the row's content")
    source_name: Series[str] = pa.Field(description="Name of the scored file")
    line_number: Series[int] = pa.Field(ge=1, description="Line of that file on which the row begins, from 1")
    segment_id: Series[int] = pa.Field(ge=1, description="Segment with the nearest centroid: key of segments")
    distance: Series[float] = pa.Field(ge=0, description="Distance to that centroid, as in customer_segments")
    second_segment_id: Series[int] = pa.Field(
        nullable=True, ge=1, description="Segment with the second nearest centroid; null with one segment"
    )
    second_distance: Series[float] = pa.Field(
        nullable=True, ge=0, description="Distance to the second nearest centroid"
    )
    unknown_values: Series[list[str]] = pa.Field(
        description="Values of the customer that no customer of the model had, as column=value; they weigh nothing, "
        "or count as (other) where the column has infrequent values"
    )


class Audiences(pa.DataFrameModel):
    """One row per audience: the customers of a segment as they were on a day, which no later run changes."""

    audience: Series[str] = pa.Field(unique=True, description="Name of the audience, as given to segments freeze")
    segment_id: Series[int] = pa.Field(ge=1, description="Segment that it was frozen from: key of segment_lifetimes")
    segment_name: Series[str] = pa.Field(description="Name of the segment on that day")
    dataset: Series[str] = pa.Field(description="Dataset of the customers")
    run_id: Series[str] = pa.Field(description="Run whose segment it is")
    as_of: Series[date] = pa.Field(description="Day of that run")
    frozen_at: Series[datetime] = pa.Field(description="When it was frozen, UTC")
    customers: Series[int] = pa.Field(ge=1, description="Members, those in the control group too")
    control_customers: Series[int] = pa.Field(ge=0, description="Members in the control group")
    seed: Series[int] = pa.Field(ge=0, description="Random seed of the control group")


class AudienceMembers(pa.DataFrameModel):
    """One row per audience and customer."""

    audience: Series[str] = pa.Field(description="Key of audiences")
    customer_id: Series[str] = pa.Field(description="Customer, who may have left the segment or the file since")
    is_control: Series[bool] = pa.Field(
        description="Whether the customer is in the control group, drawn at random, which the campaign leaves out"
    )
