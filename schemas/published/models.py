"""How customers became numbers, and why there are so many segments."""

from datetime import date

import pandera.pandas as pa
from pandera.typing import Series

from schemas.published.kinds import column_kind


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


class Features(pa.DataFrameModel):
    """One row per feature: with centroids, all it takes to score a customer in SQL."""

    feature: Series[str] = pa.Field(unique=True, description="Name of the feature, unique whatever the case")
    feature_number: Series[int] = pa.Field(
        unique=True, ge=1, description="Position of the feature in the encoded row, from 1"
    )
    source_column: Series[str] = pa.Field(description="Column of customers that the feature comes from")
    kind: Series[str] = column_kind()
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
