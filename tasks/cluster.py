"""Choose k, fit k-means and give every customer its segment."""

import logging
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from tasks.artifacts import progress_over_k
from tasks.choice import Choice, KScore, Progress, choose_k
from tasks.kmeans import Fit, Floats, Labels, Matrix, distances_to
from tasks.steps import prefect_task, recorded
from warehouse.opening import staging
from warehouse.run import Run
from warehouse.segments import insert_customer_segments
from warehouse.tables import insert_frame, read_frame

logger = logging.getLogger(__name__)

#: Kaufman & Rousseeuw (1990), page 88: what a mean silhouette above each bound stands for.
_STRONG, _WEAK = 0.50, 0.25

#: Interquartile ranges above the upper quartile from which a distance is far out (Tukey 1977).
_FAR_OUT = 3.0


@dataclass(frozen=True)
class Clustered:
    """What was chosen, and how good it is."""

    n_clusters: int
    silhouette: float | None
    objective: float
    verdict: str


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


def far_out(distances: Floats, labels: Labels) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which customers are far from their own centroid, compared with the others of the segment.

    Args:
        distances: distance to the own centroid, shape (n_customers,).
        labels: segment of each customer, 0..k-1.
    """
    is_far = np.zeros(len(labels), dtype=np.bool_)
    for number in range(labels.max() + 1):
        own = labels == number
        low, high = np.quantile(distances[own], [0.25, 0.75])
        is_far[own] = distances[own] > high + _FAR_OUT * (high - low)
    return is_far


@recorded("cluster")
def cluster(run: Run) -> Clustered:
    """Choose k on the encoded matrix of the run and fill k_scores, centroids and customer_segments."""
    matrix: Matrix = np.load(run.matrix_file)
    with progress_over_k() as show:
        choice = choose_k(matrix, run.order.candidates, random_state=run.order.seed, progress=_logged(show))
    with staging(run) as database:
        features = read_frame(database, "SELECT feature FROM features ORDER BY feature_number")["feature"]
        insert_frame(database, "k_scores", _k_scores(choice))
        insert_frame(database, "centroids", _centroids(choice.fit, list(features)))
        insert_customer_segments(database, run, _customer_segments(matrix, choice.fit))
    chosen = choice.chosen
    return Clustered(choice.fit.n_clusters, chosen.silhouette, choice.fit.objective, verdict_on(chosen))


def _logged(show: Progress) -> Progress:
    def progress(k: int, done: int, total: int) -> None:
        logger.info("step=cluster k=%d fitted, %d of %d", k, done, total)
        show(k, done, total)

    return progress


def _bounds(strength: str) -> str:
    return {"strong": f"over {_STRONG}", "weak": f"{_WEAK} to {_STRONG}", "none": f"at most {_WEAK}"}[strength]


def _k_scores(choice: Choice) -> pd.DataFrame:
    frame = pd.DataFrame([asdict(score) for score in choice.scores]).sort_values("k")
    counts = {"smallest_segment": "Int64"}
    numbers = dict.fromkeys(("silhouette", "silhouette_low", "silhouette_high", "objective"), "float64")
    return frame.astype({**counts, **numbers})


def _centroids(fit: Fit, features: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segment_id": np.repeat(np.arange(1, fit.n_clusters + 1), len(features)),
            "feature": features * fit.n_clusters,
            "value": fit.centroids.ravel(),
        }
    )


def _customer_segments(matrix: Matrix, fit: Fit) -> pd.DataFrame:
    """Return one row a customer, in canonical order: the own and the next nearest segment."""
    distances = distances_to(matrix, fit.centroids)
    rows = np.arange(len(matrix))
    own = distances[rows, fit.labels]
    frame = pd.DataFrame({"segment_id": fit.labels + 1, "distance": own, "is_outlier": far_out(own, fit.labels)})
    if fit.n_clusters == 1:
        missing = pd.array([None] * len(frame), dtype="Int64")
        return frame.assign(second_segment_id=missing, second_distance=np.nan)
    distances[rows, fit.labels] = np.inf
    second = distances.argmin(axis=1)
    # Of two equally near centroids the rounding of the last digit must not make the second the nearer one.
    second_distance = np.maximum(distances[rows, second], own)
    return frame.assign(second_segment_id=second + 1, second_distance=second_distance)


cluster_customers = prefect_task("cluster-customers")(cluster)
