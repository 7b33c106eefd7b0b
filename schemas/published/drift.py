"""How far the customers have drifted from those of the model's run."""

from datetime import date

import pandera.pandas as pa
from pandera.typing import Series

from schemas.published.kinds import column_kind


class Drift(pa.DataFrameModel):
    """One row per column, and per item of a list: how far the customers have drifted from those of the model's run."""

    source_column: Series[str] = pa.Field(description="Column of customers")
    value: Series[str] = pa.Field(
        nullable=True, description="Item, such as a product group; null in the row of the column as a whole"
    )
    kind: Series[str] = column_kind()
    psi: Series[float] = pa.Field(
        ge=0,
        description="Population stability index: the sum of the parts in drift_bins; of an item, that of the customers "
        "with and without it. 0 in the run that formed the model",
    )
    chance_psi: Series[float] = pa.Field(
        ge=0,
        description="Index that is expected from sampling alone at most: no column or item exceeds it in all but one "
        "of a thousand runs without drift (Yurdakul 2018)",
    )
    level: Series[str] = pa.Field(
        isin=["stable", "moderate", "major"],
        description="stable: psi is below .1, or no more than chance_psi; moderate: up to .25; major: above (Siddiqi "
        "2006)",
    )
    new_values: Series[list[str]] = pa.Field(
        nullable=True,
        description="Values that the model's run did not have, the most frequent first, infrequent ones aside where "
        "the model groups them; null for numbers and items of a list",
    )
    vanished_values: Series[list[str]] = pa.Field(
        nullable=True, description="Values that only the model's run had, the most frequent first; null as new_values"
    )
    reference_date: Series[date] = pa.Field(description="Day of the model's run, that is the one that formed it")
    reference_customers: Series[int] = pa.Field(ge=1, description="Customers of the model's run")
    reason: Series[str] = pa.Field(description="The largest change, in words")


class DriftBins(pa.DataFrameModel):
    """One row per column and bin: how many customers it has, and had in the model's run, from which it is kept."""

    source_column: Series[str] = pa.Field(description="Column of customers")
    label: Series[str] = pa.Field(
        description="Tenth of a number in the model's run, or a value: (other) for those that the model groups, "
        "(unknown) for those that it does not know, (missing), and (none) for an empty list"
    )
    low: Series[float] = pa.Field(
        nullable=True, description="A number is in the bin if it is above; null if the bin is open or one of values"
    )
    high: Series[float] = pa.Field(nullable=True, description="And if it is not above this; null as low")
    reference_customers: Series[int] = pa.Field(
        ge=0, description="Customers in the bin in the model's run; of a list, each is counted once per item"
    )
    customers: Series[int] = pa.Field(ge=0, description="Customers in the bin now")
    reference_share: Series[float] = pa.Field(
        ge=0, le=1, description="reference_customers / their sum over the column: of a list, the share of all items"
    )
    share: Series[float] = pa.Field(ge=0, le=1, description="customers / their sum over the column")
    psi: Series[float] = pa.Field(
        ge=0,
        description="Part of the column's index: (share - reference_share) * ln(share / reference_share), where an "
        "empty bin counts as half a customer",
    )


class SegmentDrift(pa.DataFrameModel):
    """One row per segment and feature: how far its center moved in the model, in the units of the source column."""

    segment_id: Series[int] = pa.Field(ge=1, description="Key of segments")
    feature: Series[str] = pa.Field(description="Key of features")
    reference_date: Series[date] = pa.Field(
        description="Day of the first run of the model that had the segment, and a customer with a value"
    )
    reference_mean: Series[float] = pa.Field(
        nullable=True, description="Mean in that run; of a binary feature the share of customers that have it"
    )
    mean: Series[float] = pa.Field(nullable=True, description="Mean now: see segment_stats")
    difference: Series[float] = pa.Field(nullable=True, description="mean - reference_mean")
    standardized_difference: Series[float] = pa.Field(
        nullable=True,
        description="difference / standard deviation of all customers now; null where they do not differ",
    )
