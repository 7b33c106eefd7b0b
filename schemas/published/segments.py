"""The segments, and what sets them apart."""

from datetime import date

import pandera.pandas as pa
from pandera.typing import Series

from schemas.published.kinds import column_kind


class Segments(pa.DataFrameModel):
    """One row per segment."""

    segment_id: Series[int] = pa.Field(
        unique=True,
        ge=1,
        description="Number of the segment, which it keeps from run to run; no other segment ever has it. "
        "The first run numbers by size, 1 being the largest",
    )
    name: Series[str] = pa.Field(unique=True, description="What sets the segment apart, in a few words")
    description: Series[str] = pa.Field(description="What sets the segment apart, in a sentence")
    customers: Series[int] = pa.Field(ge=1, description="Number of customers in the segment")
    share: Series[float] = pa.Field(ge=0, le=1, description="Share of all customers, 0 to 1")
    stability: Series[float] = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="Mean Jaccard index, 0 to 1, of the segment and its best-matching one where k-means is fitted "
        "to bootstrap resamples (Hennig 2007); do not rely on a segment below .6. Null where it is not defined",
    )
    previous_customers: Series[int] = pa.Field(
        nullable=True, ge=1, description="Number of its customers in the previous run; null for a new segment"
    )
    first_seen: Series[date] = pa.Field(description="Day of the run that formed the segment")


class SegmentStats(pa.DataFrameModel):
    """One row per segment and feature, or value of a column profiled beside them; in the units of the source column."""

    segment_id: Series[int] = pa.Field(ge=1, description="Key of segments")
    feature: Series[str] = pa.Field(description="Key of features; of a column with profile=True its name or a value")
    source_column: Series[str] = pa.Field(description="Column of customers that the feature comes from")
    kind: Series[str] = column_kind()
    mean: Series[float] = pa.Field(
        nullable=True, description="Mean; of a binary feature the share of customers that have it"
    )
    median: Series[float] = pa.Field(nullable=True, description="Median")
    q1: Series[float] = pa.Field(nullable=True, description="Lower quartile: a quarter of the customers are below")
    q3: Series[float] = pa.Field(nullable=True, description="Upper quartile: a quarter of the customers are above")
    std: Series[float] = pa.Field(nullable=True, ge=0, description="Standard deviation of the segment as a population")
    min: Series[float] = pa.Field(nullable=True, description="Smallest value")
    max: Series[float] = pa.Field(nullable=True, description="Largest value")
    overall_mean: Series[float] = pa.Field(nullable=True, description="Mean over all customers")
    difference: Series[float] = pa.Field(nullable=True, description="mean - overall_mean")
    lift: Series[float] = pa.Field(
        nullable=True, ge=0, description="mean / overall_mean of a binary feature; null for numbers"
    )
    standardized_difference: Series[float] = pa.Field(
        nullable=True, description="difference in standard deviations of all customers; null where all are the same"
    )
    support: Series[int] = pa.Field(
        ge=0, description="Customers of the segment that have the value; of a number, those whose value is known"
    )
    z_score: Series[float] = pa.Field(
        nullable=True,
        description="Difference from the other customers in standard errors: of a share the signed root of the "
        "likelihood ratio (Dunning 1993), of a mean by the larger one of the pooled and of Welch's standard error; "
        "null where fewer than 5 customers have or should have the value",
    )
    is_significant: Series[bool] = pa.Field(
        description="Whether z_score is one that chance gives anywhere in this table in 5 % of runs at most "
        "(Bonferroni); never of a feature where the verdict is none, "
        "as k-means finds such differences in customers without segments, too",
    )
    is_feature: Series[bool] = pa.Field(
        description="Whether it is a feature, key of features; not where a column is declared with profile=True alone"
    )


class SegmentRules(pa.DataFrameModel):
    """One row per segment: who is in it, in a few conditions on the columns; from a shallow decision tree."""

    segment_id: Series[int] = pa.Field(unique=True, ge=1, description="Key of segments")
    rule: Series[str] = pa.Field(
        nullable=True, description="The conditions in words; null where no group of so few conditions is mostly of it"
    )
    condition: Series[str] = pa.Field(
        nullable=True, description="The same in SQL: SELECT * FROM customers WHERE <condition>"
    )
    customers: Series[int] = pa.Field(ge=0, description="Number of customers that match the rule")
    precision: Series[float] = pa.Field(
        nullable=True, ge=0, le=1, description="Share of the matching customers that are in the segment"
    )
    recall: Series[float] = pa.Field(
        nullable=True, ge=0, le=1, description="Share of the customers in the segment that match"
    )


class SegmentProfile(pa.DataFrameModel):
    """One row per segment: its number of customers and the mean of every feature, in the source column's units."""

    segment_id: Series[int] = pa.Field(description="Key of segments")
    customers: Series[int] = pa.Field(description="Number of customers in the segment")


class TierStats(pa.DataFrameModel):
    """One row per tier and feature, in the units of the source column; none unless the verdict is a gradient."""

    tier: Series[int] = pa.Field(ge=1, le=5, description="gradient_tier of customer_segments")
    customers: Series[int] = pa.Field(ge=1, description="Number of customers in the tier")
    feature: Series[str] = pa.Field(description="Key of features")
    source_column: Series[str] = pa.Field(description="Column of customers that the feature comes from")
    kind: Series[str] = column_kind()
    mean: Series[float] = pa.Field(
        nullable=True, description="Mean; of a binary feature the share of customers that have it"
    )
    overall_mean: Series[float] = pa.Field(nullable=True, description="Mean over all customers")


class ColumnAssociations(pa.DataFrameModel):
    """One row per column: how well it alone predicts the segment of a customer."""

    source_column: Series[str] = pa.Field(unique=True, description="Column of customers")
    kind: Series[str] = column_kind()
    association: Series[float] = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="How well the column alone predicts the segment, corrected for chance: the root of Goodman and "
        "Kruskal's tau, which is Cramer's V where there are two segments. 1 where it predicts the segment of every "
        "customer, 0 where no better than chance. Null with one segment",
    )
    is_redundant: Series[bool] = pa.Field(
        description="Whether the segments duplicate this column: the association is .95 or more"
    )
    reason: Series[str] = pa.Field(description="How it was measured and what it means, in words")


class Centroids(pa.DataFrameModel):
    """One row per segment and feature: the center of the segment in encoded units, along the components if any."""

    segment_id: Series[int] = pa.Field(ge=1, description="Key of segments")
    feature: Series[str] = pa.Field(description="Key of features")
    value: Series[float] = pa.Field(description="Coordinate of the centroid, in encoded units")
