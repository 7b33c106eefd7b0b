"""The published tables, each declared once: DDL, comments and the audit's checks are derived.

The first line of a model's docstring is the table's grain and its comment in the database.
"""

from datetime import date, datetime

import pandera.pandas as pa
from pandera.typing import Series

from schemas.reject_codes import REJECT_CODES


class Runs(pa.DataFrameModel):
    """One row per run, refused and failed ones too; the run of this file is the last row."""

    run_id: Series[str] = pa.Field(unique=True, description="Key of the run: its start in UTC and a random suffix")
    as_of: Series[date] = pa.Field(description="Business date of the run")
    dataset: Series[str] = pa.Field(description="Dataset that declared the file, as given to --dataset")
    status: Series[str] = pa.Field(
        isin=["published", "rolled back", "refused", "failed", "interrupted"],
        description="published, rolled back, refused, failed or interrupted",
    )
    started_at: Series[datetime] = pa.Field(description="Start of the run, UTC")
    finished_at: Series[datetime] = pa.Field(nullable=True, description="End of the run, UTC; null if it was killed")
    source_name: Series[str] = pa.Field(description="Name of the delivered file; several are joined by +")
    source_sha256: Series[str] = pa.Field(
        nullable=True, description="SHA-256 of the delivered bytes; null if the file was never read"
    )
    rows_read: Series[int] = pa.Field(
        nullable=True, ge=0, description="Records in the file, header and blank lines aside"
    )
    rows_loaded: Series[int] = pa.Field(nullable=True, ge=0, description="Records that became customers")
    rows_rejected: Series[int] = pa.Field(nullable=True, ge=0, description="Records refused; see rejected_rows")
    n_clusters: Series[int] = pa.Field(nullable=True, ge=1, description="Number of segments published")
    encoding: Series[str] = pa.Field(
        nullable=True, description="Encoding that the segments were found in: key of encodings"
    )
    model_id: Series[int] = pa.Field(
        nullable=True, ge=1, description="Model that the segments were found in: key of models"
    )
    silhouette: Series[float] = pa.Field(
        nullable=True, ge=-1, le=1, description="Mean silhouette of the chosen k, -1 to 1; null with one segment"
    )
    objective: Series[float] = pa.Field(
        nullable=True, ge=0, description="J: mean squared distance of the customers to their own centroid"
    )
    seed: Series[int] = pa.Field(
        nullable=True, ge=0, description="Seed of everything random in the run; null if it was out of range"
    )
    verdict_level: Series[str] = pa.Field(
        nullable=True,
        isin=["strong", "weak", "none"],
        description="strong, weak or none; null where no verdict was reached, and of runs before version 0.2.0",
    )
    verdict: Series[str] = pa.Field(
        nullable=True, str_matches=r"^(strong|weak|none)\b", description="strong, weak or none, and what it rests on"
    )
    own_verdict: Series[str] = pa.Field(
        nullable=True,
        isin=["strong", "weak", "gradient", "none"],
        description="What this run alone shows: strong, weak, gradient or none. The verdict of the previous run stays "
        "until so many runs in a row show another one as the dataset's setting k_runs says",
    )
    message: Series[str] = pa.Field(description="How the run ended, in words")
    software_version: Series[str] = pa.Field(description="Version of this software")
    seconds_by_step: Series[dict[str, float]] = pa.Field(
        nullable=True,
        description="Seconds of each step, as in seconds_by_step['cluster']; null if no step ended. "
        "The run of this file has the steps before the audit, which writes this row; its record in runs/ has all",
    )
    peak_mb_by_step: Series[dict[str, float]] = pa.Field(
        nullable=True,
        description="Most memory that the run's process ever held up to the end of each step, in megabytes (10^6 "
        "bytes) resident; null where it was not measured. It has the steps that seconds_by_step has",
    )


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


class SegmentStats(pa.DataFrameModel):
    """One row per segment and feature, or value of a column profiled beside them; in the units of the source column."""

    segment_id: Series[int] = pa.Field(ge=1, description="Key of segments")
    feature: Series[str] = pa.Field(description="Key of features; of a column with profile=True its name or a value")
    source_column: Series[str] = pa.Field(description="Column of customers that the feature comes from")
    kind: Series[str] = pa.Field(
        isin=["numeric", "category", "flag", "items"], description="numeric, category, flag or items"
    )
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
    kind: Series[str] = pa.Field(
        isin=["numeric", "category", "flag", "items"], description="numeric, category, flag or items"
    )
    mean: Series[float] = pa.Field(
        nullable=True, description="Mean; of a binary feature the share of customers that have it"
    )
    overall_mean: Series[float] = pa.Field(nullable=True, description="Mean over all customers")


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


class KScores(pa.DataFrameModel):
    """One row per k tried: why k is what it is."""

    k: Series[int] = pa.Field(unique=True, ge=1, description="Number of segments tried")
    silhouette: Series[float] = pa.Field(
        nullable=True, ge=-1, le=1, description="Mean silhouette; null where it is not defined"
    )
    silhouette_low: Series[float] = pa.Field(
        nullable=True, description="Lower end of its 95 % interval; the silhouette itself where it is exact"
    )
    silhouette_high: Series[float] = pa.Field(nullable=True, description="Upper end of its 95 % interval")
    silhouette_q1: Series[float] = pa.Field(
        nullable=True, ge=-1, le=1, description="A quarter of the customers have a lower silhouette of their own"
    )
    silhouette_q3: Series[float] = pa.Field(
        nullable=True, ge=-1, le=1, description="A quarter of the customers have a higher silhouette of their own"
    )
    method: Series[str] = pa.Field(
        isin=["exact", "sampled", "none"],
        description="exact: all customers scored; sampled: some, drawn from every segment; none: it is not defined",
    )
    rows_scored: Series[int] = pa.Field(ge=0, description="Customers whose silhouette is in the mean")
    rows_against: Series[int] = pa.Field(
        ge=0,
        description="Customers that each of them is measured against: all, or the different rows of a large sample",
    )
    objective: Series[float] = pa.Field(nullable=True, ge=0, description="J: mean squared distance to the own centroid")
    smallest_segment: Series[int] = pa.Field(nullable=True, ge=1, description="Customers in the smallest segment")
    null_silhouette: Series[float] = pa.Field(
        nullable=True,
        description="Mean silhouette of the same fit to a sample of a null model, see encodings.null_model; null where "
        "it was not tried",
    )
    silhouette_gain: Series[float] = pa.Field(nullable=True, description="Silhouette of the sample - null_silhouette")
    population_silhouette: Series[float] = pa.Field(
        nullable=True,
        description="Mean silhouette of the same fit to customers of one population: columns distributed and "
        "correlated as these, without groups; null where it was not tried",
    )
    population_gain: Series[float] = pa.Field(
        nullable=True, description="Silhouette of the sample - population_silhouette"
    )
    ari_seeds: Series[float] = pa.Field(
        nullable=True,
        ge=-1,
        le=1,
        description="Mean adjusted Rand index (ARI) with the segments of other random seeds; 1 is the same",
    )
    ari_bootstrap: Series[float] = pa.Field(
        nullable=True,
        ge=-1,
        le=1,
        description="Mean adjusted Rand index (ARI) with the segments of bootstrap resamples; 1 is the same",
    )
    eligible: Series[bool] = pa.Field(description="Whether this k could be chosen")
    runs_ahead: Series[int] = pa.Field(
        ge=0,
        description="Runs in a row, up to this one, in which this k was ahead of the published one. It is published "
        "once they are as many as the dataset's setting k_runs",
    )
    reason: Series[str] = pa.Field(description="Why it was chosen or not, in words")
    decisive: Series[bool] = pa.Field(
        nullable=True,
        description="Whether the chosen k is ahead of this one beyond the error of sampling; of the chosen k, of all; "
        "null where one k alone was tried, and of a k that its smallest segment or silhouette_gain rules out. "
        "Where it is not, the interval of the chosen k is optimistic, as the highest of close ones was chosen",
    )
    chosen: Series[bool] = pa.Field(description="Whether this is the published k")


class Features(pa.DataFrameModel):
    """One row per feature: with centroids, all it takes to score a customer in SQL."""

    feature: Series[str] = pa.Field(unique=True, description="Name of the feature, unique whatever the case")
    feature_number: Series[int] = pa.Field(
        unique=True, ge=1, description="Position of the feature in the encoded row, from 1"
    )
    source_column: Series[str] = pa.Field(description="Column of customers that the feature comes from")
    kind: Series[str] = pa.Field(
        isin=["numeric", "category", "flag", "items"], description="numeric, category, flag or items"
    )
    encoding: Series[str] = pa.Field(
        isin=["standardized", "bracket", "one-hot", "multi-hot", "flag"],
        description="How the value x is made: standardized (the number), bracket (1 where clip_low <= v < clip_high, "
        "else 0; a null end is open), one-hot, multi-hot or flag (1 or 0)",
    )
    value: Series[str] = pa.Field(
        nullable=True,
        description="Category or item of the binary feature; (other) for all infrequent categories of the column",
    )
    grouped_values: Series[int] = pa.Field(
        nullable=True,
        ge=1,
        description="Different values of the binary feature, over 1 for infrequent categories; null for numbers",
    )
    center: Series[float] = pa.Field(description="Encoded value = weight * (x - center) / scale")
    scale: Series[float] = pa.Field(gt=0, description="See center")
    weight: Series[float] = pa.Field(
        ge=0, description="See center; as declared in the schema, and 0 where the encoding leaves the feature out"
    )
    is_log: Series[bool] = pa.Field(description="Whether x is sign(v) * ln(1 + |v|) of the stored v")
    clip_low: Series[float] = pa.Field(nullable=True, description="Lowest v used, before the logarithm")
    clip_high: Series[float] = pa.Field(nullable=True, description="Highest v used, before the logarithm")
    imputed: Series[float] = pa.Field(
        description="x used where the stored value is missing: its median, or 1 of the category that it counts as"
    )


class Encodings(pa.DataFrameModel):
    """One row per encoding: how much better its segments are than those of a null model, and which was selected."""

    encoding: Series[str] = pa.Field(
        unique=True,
        isin=["standard", "numbers", "mixed", "brackets", "single"],
        description="Name of the encoding; docs/encodings.md says what each does and why",
    )
    n_columns: Series[int] = pa.Field(nullable=True, ge=0, description="Columns that take part; null where none could")
    n_dimensions: Series[int] = pa.Field(
        nullable=True, ge=0, description="Numbers in an encoded row: components where there are some, else features"
    )
    k: Series[int] = pa.Field(nullable=True, ge=1, description="Its best k on the sample; null where not tried")
    silhouette: Series[float] = pa.Field(nullable=True, ge=-1, le=1, description="Its best silhouette on the sample")
    null_silhouette: Series[float] = pa.Field(
        nullable=True, description="Mean silhouette of the null model at that k, see null_model"
    )
    silhouette_gain: Series[float] = pa.Field(
        nullable=True,
        description="silhouette - null_silhouette; the highest is selected, or an encoding that is more direct",
    )
    null_best: Series[float] = pa.Field(
        nullable=True, description="Mean of the best silhouettes of the null model, each at its own k"
    )
    null_std: Series[float] = pa.Field(
        nullable=True, ge=0, description="Standard deviation of what the margin is measured from"
    )
    margin: Series[float] = pa.Field(
        nullable=True,
        description="silhouette - null_best; silhouette_gain where unimodal or few combinations: the basis of the "
        "verdict. There are segments where it is .04 or more (.07 where unimodal) and three times null_std",
    )
    population_silhouette: Series[float] = pa.Field(
        nullable=True,
        description="Mean silhouette at that k of customers of one population: columns distributed and correlated as "
        "these, without groups; null where nothing is linked",
    )
    population_gain: Series[float] = pa.Field(
        nullable=True,
        description="silhouette - population_silhouette. What is linked falls apart into segments where it is .06 or "
        "more and three times population_std; else it is a gradient",
    )
    population_std: Series[float] = pa.Field(
        nullable=True, ge=0, description="Standard deviation of the silhouettes of one population at that k"
    )
    null_model: Series[str] = pa.Field(
        nullable=True,
        isin=["permuted columns", "permuted values", "unimodal"],
        description="What it was compared with: the columns permuted, each on its own; the same at the same k, where "
        "there are few combinations of values; or, where nothing links the columns, numbers drawn from the closest "
        "unimodal distribution of each",
    )
    n_permutations: Series[int] = pa.Field(nullable=True, ge=0, description="Samples of the null model")
    rows_sampled: Series[int] = pa.Field(nullable=True, ge=0, description="Customers in the sample")
    chosen: Series[bool] = pa.Field(description="Whether the segments were formed in it")
    reason: Series[str] = pa.Field(description="Why it was selected or not, or not tried, in words")


class Models(pa.DataFrameModel):
    """One row per model: an encoding with its features, scales and components, which later runs keep."""

    model_id: Series[int] = pa.Field(unique=True, ge=1, description="Number of the model, in the order of the runs")
    run_id: Series[str] = pa.Field(description="Run that formed it")
    formed_on: Series[date] = pa.Field(description="Day of that run")
    encoding: Series[str] = pa.Field(description="Encoding of the model: see encodings")
    null_model: Series[str] = pa.Field(description="Null model of its trial: see encodings")
    is_found: Series[bool] = pa.Field(
        description="Whether it showed segments on the customers of that run; else every run looks for a better one"
    )
    asked_for: Series[str] = pa.Field(description="Encoding that was asked for: its name, or auto")
    declaration: Series[str] = pa.Field(description="Hash of the declared feature columns and their settings")
    customers: Series[int] = pa.Field(ge=1, description="Customers of the run that formed it")
    reason: Series[str] = pa.Field(description="Why it was formed, in words")


class Drift(pa.DataFrameModel):
    """One row per column, and per item of a list: how far the customers have drifted from those of the model's run."""

    source_column: Series[str] = pa.Field(description="Column of customers")
    value: Series[str] = pa.Field(
        nullable=True, description="Item, such as a product group; null in the row of the column as a whole"
    )
    kind: Series[str] = pa.Field(
        isin=["numeric", "category", "flag", "items"], description="numeric, category, flag or items"
    )
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


class Components(pa.DataFrameModel):
    """One row per component: what several columns have in common; none where the features are used as they are."""

    component: Series[int] = pa.Field(unique=True, ge=1, description="Number of the component, the strongest first")
    variance: Series[float] = pa.Field(ge=0, description="Variance of the customers along it")
    null_variance: Series[float] = pa.Field(
        ge=0, description="Largest variance that permuted columns have along any component; it is kept as it has more"
    )
    description: Series[str] = pa.Field(description="The features at either end of it, in words")


class Loadings(pa.DataFrameModel):
    """One row per component and feature: the component is the sum of loading * encoded value over the features."""

    component: Series[int] = pa.Field(ge=1, description="Key of components")
    feature: Series[str] = pa.Field(description="Key of features")
    loading: Series[float] = pa.Field(ge=-1, le=1, description="Weight of the feature in the component")


class ColumnAssociations(pa.DataFrameModel):
    """One row per column: how well it alone predicts the segment of a customer."""

    source_column: Series[str] = pa.Field(unique=True, description="Column of customers")
    kind: Series[str] = pa.Field(
        isin=["numeric", "category", "flag", "items"], description="numeric, category, flag or items"
    )
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


class RejectedRows(pa.DataFrameModel):
    """One row per rejected row and reason."""

    run_id: Series[str] = pa.Field(description="Key of runs")
    source_name: Series[str] = pa.Field(description="Name of the delivered file that the row is in")
    line_number: Series[int] = pa.Field(ge=1, description="Line of that file on which the row begins, from 1")
    column_name: Series[str] = pa.Field(nullable=True, description="Column at fault; null if it is the whole row")
    code: Series[str] = pa.Field(isin=list(REJECT_CODES), description="Kind of fault, to count by")
    value: Series[str] = pa.Field(nullable=True, description="What was found")
    reason: Series[str] = pa.Field(description="What is wrong and what was expected, in words")
    raw: Series[str] = pa.Field(description="The row as it was delivered, with the line breaks within quotes")


#: Table name -> model, in the order a reader would open them.
PUBLISHED: dict[str, type[pa.DataFrameModel]] = {
    "runs": Runs,
    "customers": CustomersTable,
    "customer_segments": CustomerSegments,
    "customer_map": CustomerMap,
    "segments": Segments,
    "segment_transitions": SegmentTransitions,
    "segment_lifetimes": SegmentLifetimes,
    "past_memberships": PastMemberships,
    "segment_stats": SegmentStats,
    "segment_rules": SegmentRules,
    "tier_stats": TierStats,
    "k_scores": KScores,
    "encodings": Encodings,
    "models": Models,
    "drift": Drift,
    "drift_bins": DriftBins,
    "segment_drift": SegmentDrift,
    "components": Components,
    "loadings": Loadings,
    "column_associations": ColumnAssociations,
    "features": Features,
    "centroids": Centroids,
    "rejected_rows": RejectedRows,
    "scored_customers": ScoredCustomers,
    "audiences": Audiences,
    "audience_members": AudienceMembers,
}

#: Tables that the schema ``history`` has of earlier runs, with run_id and as_of.
HISTORY = ("segments", "segment_stats", "k_scores", "drift")

#: View name -> model; ``warehouse/sql/views`` has their queries.
VIEWS: dict[str, type[pa.DataFrameModel]] = {
    "segment_history": SegmentHistory,
    "segment_moves": SegmentMoves,
    "membership_events": MembershipEvents,
}

#: Macro name -> its comment.
MACROS = {
    "score_customer": "The segment of a customer, its distance, and the next nearest, as in customer_segments; of the "
    "columns of customers, in their order",
}
