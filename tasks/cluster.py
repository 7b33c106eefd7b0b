"""Choose k, fit k-means and give every customer its segment."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from schemas.dataset import file_settings_of
from schemas.loading import load_dataset
from tasks.artifacts import progress_of
from tasks.assignment import Assignment, assign, customer_pieces
from tasks.choice import Choice, KScore, choose_k
from tasks.curve import Scoring
from tasks.encoding import Feature, absent_values
from tasks.engine import ENGINE
from tasks.kmeans import Fit
from tasks.rows import distinct_rows
from tasks.rows_file import load_rows
from tasks.steps import prefect_task, recorded
from warehouse.opening import staging
from warehouse.run import Run
from warehouse.segments import insert_customer_segments
from warehouse.tables import insert_frame, read_dicts

#: Kaufman & Rousseeuw (1990), page 88: what a mean silhouette above each bound stands for.
_STRONG, _WEAK = 0.50, 0.25


@dataclass(frozen=True)
class Clustered:
    """What was chosen, and how good it is."""

    n_customers: int
    n_different: int
    n_clusters: int
    silhouette: float | None
    objective: float
    verdict: str
    engine: str
    notes: tuple[str, ...]


def verdict_on(chosen: KScore) -> str:
    """Return whether the segments are really there, in words: strong, weak or none first."""
    if chosen.silhouette is None:
        return f"none: {chosen.reason}"
    strength = "strong" if chosen.silhouette > _STRONG else "weak" if chosen.silhouette > _WEAK else "none"
    meaning = {
        "strong": "the segments stand well apart",
        "weak": "the segments overlap, so treat their borders as a matter of degree",
        "none": "hardly any customer is much nearer to its own segment than to the next",
    }[strength]
    scale = f"{_bounds(strength)} on Kaufman and Rousseeuw's scale"
    return f"{strength}: silhouette {chosen.silhouette:.2f} ({scale}); {meaning}"


@recorded("cluster")
def cluster(run: Run) -> Clustered:
    """Choose k on the encoded rows of the run and fill k_scores, centroids and customer_segments."""
    settings = file_settings_of(load_dataset(run.order.dataset))
    distinct = distinct_rows(load_rows(run.rows_file))
    with progress_of("cluster") as progress:
        choice = choose_k(
            distinct,
            run.order.candidates,
            random_state=run.order.seed,
            scoring=Scoring(settings.exact_rows, settings.most_scored),
            progress=progress,
        )
    with staging(run) as database:
        rows = read_dicts(database, "SELECT * EXCLUDE (feature_number) FROM features ORDER BY feature_number")
        features = [Feature(**row) for row in rows]
        insert_frame(database, "k_scores", _k_scores(choice))
        insert_frame(database, "centroids", _centroids(choice.fit, features))
        pieces = customer_pieces(distinct, assign(distinct, choice.fit))
        insert_customer_segments(database, run, map(_customer_segments, pieces))
    chosen = choice.chosen
    return Clustered(
        n_customers=distinct.n_customers,
        n_different=len(distinct.rows),
        n_clusters=choice.fit.n_clusters,
        silhouette=chosen.silhouette,
        objective=choice.fit.objective,
        verdict=verdict_on(chosen),
        engine=ENGINE,
        notes=_notes(choice, distinct.n_customers),
    )


def _notes(choice: Choice, n_customers: int) -> tuple[str, ...]:
    """Return what is to be known of silhouettes that were sampled."""
    chosen = choice.chosen
    if chosen.method != "sampled" or chosen.silhouette is None or chosen.silhouette_high is None:
        return ()
    margin = chosen.silhouette_high - chosen.silhouette
    notes = [
        f"silhouettes are those of {chosen.rows_scored:,} of the {n_customers:,} customers, each against "
        f"{chosen.rows_against:,}; that of k={chosen.k} is known to ±{margin:.4f}"
    ]
    near = [f"k={score.k}" for score in choice.scores if score.decisive is False and not score.chosen]
    if near:
        notes.append(f"the choice of k={chosen.k} is not decisive: {', '.join(near)} within the error of sampling")
    return tuple(notes)


def _bounds(strength: str) -> str:
    return {"strong": f"over {_STRONG}", "weak": f"{_WEAK} to {_STRONG}", "none": f"at most {_WEAK}"}[strength]


def _k_scores(choice: Choice) -> pd.DataFrame:
    frame = pd.DataFrame([asdict(score) for score in choice.scores]).sort_values("k")
    numbers = [name for name in frame.columns if name.startswith("silhouette")]
    return frame.astype(
        {"smallest_segment": "Int64", "decisive": "boolean"} | dict.fromkeys([*numbers, "objective"], "float64")
    )


def _centroids(fit: Fit, features: Sequence[Feature]) -> pd.DataFrame:
    """Return the coordinates of the centroids in the order of the features; rows have the numbers first."""
    is_number = np.array([feature.is_number for feature in features], dtype=np.bool_)
    absent = absent_values([feature for feature in features if not feature.is_number])
    values = np.empty((fit.n_clusters, len(features)))
    values[:, is_number] = fit.centroids[:, : is_number.sum()]
    values[:, ~is_number] = fit.centroids[:, is_number.sum() :] + absent
    return pd.DataFrame(
        {
            "segment_id": np.repeat(np.arange(1, fit.n_clusters + 1), len(features)),
            "feature": [feature.feature for feature in features] * fit.n_clusters,
            "value": values.ravel(),
        }
    )


def _customer_segments(piece: Assignment) -> pd.DataFrame:
    """Return one row a customer, in canonical order: the own and the next nearest segment."""
    frame = pd.DataFrame(
        {
            "segment_id": piece.labels.astype(np.int64) + 1,
            "distance": piece.distances,
            "is_outlier": piece.is_outlier,
        }
    )
    if piece.seconds is None:
        missing = pd.array([None] * len(frame), dtype="Int64")
        return frame.assign(second_segment_id=missing, second_distance=np.nan)
    return frame.assign(second_segment_id=piece.seconds.astype(np.int64) + 1, second_distance=piece.second_distances)


cluster_customers = prefect_task("cluster-customers")(cluster)
