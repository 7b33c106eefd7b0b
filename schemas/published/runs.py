"""The runs, and the rows that they rejected."""

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
