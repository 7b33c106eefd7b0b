"""Choose k, fit k-means and assign every customer to a segment."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.dataset import file_settings_of
from schemas.errors import DataRefused
from schemas.file_settings import FileSettings
from schemas.loading import load_dataset
from tasks.clustering.assignment import Assignment, assign, customer_pieces
from tasks.clustering.choose_k import Choice, NullScore, choose_k
from tasks.clustering.customer_map import CustomerMap, map_of
from tasks.clustering.eligibility import min_customers
from tasks.clustering.incumbent import Incumbent
from tasks.clustering.lloyd import Fit
from tasks.clustering.rows import Distinct, Floats, distinct_rows, projected
from tasks.clustering.rows_file import load_far, load_rows
from tasks.clustering.silhouette_curve import Scoring
from tasks.clustering.tiers import gradient_of, tiers_along
from tasks.continuity.numbering import Numbering, number_segments
from tasks.delivery.delivered import Delivery
from tasks.encode import Encoded
from tasks.encoding.base_encoding import columns_of, used_in
from tasks.encoding.components import gradient_words, leads_down
from tasks.encoding.features import Feature, absent_values
from tasks.encoding.strategies import guards_of
from tasks.encoding.verdict import EarlierVerdict, Evidence, Kind, Level, Verdict, held_verdict, verdict_on
from tasks.run.progress import told_progress
from tasks.run.step import recorded
from warehouse.connection import Connection, staging
from warehouse.earlier_run import EarlierSegmentation, beside_earlier_run, earlier_segmentation
from warehouse.encodings import k_nulls, loadings, selected_encoding
from warehouse.home.run import Run
from warehouse.segments import insert_customer_map, insert_customer_segments, insert_numbered_segments
from warehouse.tables import insert_frame, read_dicts


@dataclass(frozen=True)
class Clustered:
    """What was chosen, and how good it is."""

    n_customers: int
    n_different: int
    n_clusters: int
    silhouette: float | None
    objective: float
    encoding: str
    verdict_level: Level
    verdict_words: str
    verdict: str
    own_verdict: Kind
    notes: tuple[str, ...]


@recorded
def cluster(run: Run, delivery: Delivery, encoded: Encoded) -> Clustered:
    """Choose k on the encoded rows of the run and fill k_scores, centroids, customer_segments and customer_map.

    Raises:
        DataRefused: the verdict is none, and the dataset says to refuse such a night.
    """
    settings = file_settings_of(load_dataset(run.order.dataset))
    with staging(run) as database, beside_earlier_run(database, run) as earlier:
        features = _features(database)
        before = None if earlier is None or encoded.is_new_model else earlier_segmentation(database)
        selected, loading, nulls = selected_encoding(database), loadings(database), k_nulls(database)
    distinct = _distinct(run, loading)
    with told_progress("cluster") as progress:
        choice = choose_k(
            distinct,
            run.order.candidates,
            random_state=run.order.seed,
            scoring=Scoring(settings.exact_rows, settings.max_scored),
            guards=guards_of(
                encoded.encoding,
                min_customers(distinct.n_customers, settings),
                {k: NullScore(**own) for k, own in nulls.items()},
            ),
            incumbent=None if before is None else _incumbent(before, features, loading, settings),
            progress=progress,
        )
    chosen = choice.chosen
    words, direction = _gradient(choice.fit, features, loading)
    own_verdict = verdict_on(
        Evidence(
            chosen,
            used_columns=columns_of(used_in(features)),
            n_columns=len(columns_of(features)),
            null_model=selected.null_model,
            margin=selected.margin,
            null_std=selected.null_std,
            why_untried=selected.reason,
            population_gain=selected.population_gain,
            population_std=selected.population_std,
            gradient=words,
        )
    )
    _refuse_none(delivery, settings, own_verdict)
    assignment, centroids = assign(distinct, choice.fit), _centroids(choice.fit, features, loading)
    with staging(run) as database:
        numbering = number_segments(database, run, choice.fit.labels[distinct.row_of], centroids, features)
        is_same = before is not None and numbering.all_survive and len(before.centroids) == choice.fit.n_clusters
        verdict = held_verdict(own_verdict, _earlier_verdict(before) if before and is_same else None, settings.k_runs)
        if verdict.is_gradient:
            assignment = replace(assignment, tiers=tiers_along(distinct, direction))
        insert_frame(database, "k_scores", _k_scores(choice))
        insert_frame(database, "centroids", centroids.assign(segment_id=numbering.of(centroids["segment_id"])))
        insert_numbered_segments(database, _numbered_segments(numbering, choice.stability), numbering.shared)
        pieces = customer_pieces(distinct, assignment, load_far(run.rows_file))
        insert_customer_segments(database, _customer_segments(pieces, numbering))
        insert_customer_map(database, _drawn(map_of(distinct, run.order.seed)))
    return Clustered(
        n_customers=distinct.n_customers,
        n_different=len(distinct.rows),
        n_clusters=choice.fit.n_clusters,
        silhouette=chosen.silhouette,
        objective=choice.fit.objective,
        encoding=encoded.encoding,
        verdict_level=verdict.level,
        verdict_words=verdict.words,
        verdict=str(verdict),
        own_verdict=own_verdict.kind,
        notes=_notes(choice, distinct.n_customers),
    )


def _drawn(drawn: CustomerMap) -> pd.DataFrame:
    return pd.DataFrame({"position": drawn.positions, "x": drawn.coordinates[:, 0], "y": drawn.coordinates[:, 1]})


def _notes(choice: Choice, n_customers: int) -> tuple[str, ...]:
    """Return how another k stands that is ahead, and what is to be known of silhouettes that were sampled."""
    chosen, challenge = choice.chosen, choice.challenge
    if challenge and challenge.is_won:
        return (f"k={challenge.k} replaces k={challenge.over} of the previous run: {challenge}",)
    if challenge:
        return (f"k={challenge.over} is kept from the previous run; challenger {challenge}",)
    if chosen.method != "sampled" or chosen.silhouette is None or chosen.silhouette_high is None:
        return ()
    margin = chosen.silhouette_high - chosen.silhouette
    notes = [
        f"silhouettes are those of {chosen.rows_scored:,} of the {n_customers:,} customers, each against "
        f"{chosen.rows_against:,}; that of k={chosen.k} is known to ±{margin:.4f}"
    ]
    near = [f"k={score.k}" for score in choice.scores if score.decisive is False and not score.chosen]
    if near:
        notes.append(f"the choice of k={chosen.k} is not decisive: {', '.join(near)} within sampling error")
    return tuple(notes)


def _incumbent(
    before: EarlierSegmentation, features: Sequence[Feature], loading: Floats | None, settings: FileSettings
) -> Incumbent | None:
    """Return the segments of the earlier run as this one is fitted: the reverse of ``_centroids``."""
    if len(before.centroids) < 2:
        return None
    places, absent = _used(features)
    values = before.centroids[:, places]
    centroids = values - absent if loading is None else values @ loading - absent @ loading
    return Incumbent(centroids, before.runs_ahead, settings.k_runs)


def _earlier_verdict(before: EarlierSegmentation) -> EarlierVerdict | None:
    published = "gradient" if before.is_gradient else before.verdict_level
    kind = next((kind for kind in get_args(Kind) if kind == published), None)
    return None if kind is None else EarlierVerdict(kind, before.own_verdicts)


def _distinct(run: Run, loading: Floats | None) -> Distinct:
    """Return the different customers as they are fitted; the rows they are made of are let go."""
    distinct = distinct_rows(load_rows(run.rows_file))
    return distinct if loading is None else projected(distinct, loading)


def _features(database: Connection) -> list[Feature]:
    rows = read_dicts(database, "SELECT * EXCLUDE (feature_number) FROM features ORDER BY feature_number")
    return [Feature(**row) for row in rows]


def _refuse_none(delivery: Delivery, settings: FileSettings, verdict: Verdict) -> None:
    if settings.refuse_none and verdict.level == "none":
        raise DataRefused(
            f"{delivery.source_file}: the verdict is {verdict}; expected segments, as the dataset says "
            "refuse_none=True: look at the delivery, or publish such runs too with refuse_none=False"
        )


def _k_scores(choice: Choice) -> pd.DataFrame:
    frame = pd.DataFrame([asdict(score) for score in choice.scores]).sort_values("k")
    numbers = [name for name in frame.columns if name.startswith("silhouette")]
    return frame.astype(
        {"smallest_segment": "Int64", "decisive": "boolean"} | dict.fromkeys([*numbers, "objective"], "float64")
    )


def _centroids(fit: Fit, features: Sequence[Feature], loading: Floats | None) -> pd.DataFrame:
    """Return the coordinates of the centroids, numbered from 0, in the order of the features.

    The rows of a fit have the used features, numbers first.

    A centroid of components goes back to the features along the loadings. It has no part in what no
    component holds, so that the centroid nearest among the features is the one nearest among the components.
    """
    places, absent = _used(features)
    values = np.zeros((fit.n_clusters, len(features)))
    values[:, places] = fit.centroids + absent if loading is None else (fit.centroids + absent @ loading) @ loading.T
    return pd.DataFrame(
        {
            "segment_id": np.repeat(np.arange(fit.n_clusters), len(features)),
            "feature": [feature.feature for feature in features] * fit.n_clusters,
            "value": values.ravel(),
        }
    )


def _used(features: Sequence[Feature]) -> tuple[list[int], Floats]:
    """Return the places of the used features in the order of rows, and their encoded values where they are absent."""
    used, place_of = used_in(features), {feature.feature: place for place, feature in enumerate(features)}
    binary = [feature for feature in used if not feature.is_number]
    absent = np.concatenate([np.zeros(len(used) - len(binary)), absent_values(binary)])
    return [place_of[feature.feature] for feature in used], absent


def _gradient(fit: Fit, features: Sequence[Feature], loading: Floats | None) -> tuple[str, Floats]:
    """Return where the segments lead from and to, in words, and the direction among the encoded rows."""
    if fit.n_clusters < 2:
        return "", np.zeros(fit.centroids.shape[1])
    direction, used = gradient_of(fit), used_in(features)
    along = direction if loading is None else loading @ direction
    if leads_down(used, along):
        direction, along = -direction, -along
    return gradient_words(used, along), direction


def _numbered_segments(numbering: Numbering, stability: Floats | None) -> pd.DataFrame:
    unknown = np.full(len(numbering.ids), np.nan)
    return pd.DataFrame(
        {
            "segment_id": numbering.ids,
            "first_seen": pd.to_datetime(numbering.first_seen),
            "previous_customers": pd.array(numbering.previous_customers, dtype="Int64"),
            "stability": unknown if stability is None else stability,
        }
    )


def _customer_segments(pieces: Iterable[Assignment], numbering: Numbering) -> Iterator[pd.DataFrame]:
    """Yield one row per customer, in canonical order: the own, the next nearest and the previous segment."""
    first = 0
    for piece in pieces:
        n_customers = len(piece.labels)
        previous = numbering.previous[first : first + n_customers]
        yield pd.DataFrame(
            {
                "segment_id": numbering.of(piece.labels),
                "distance": piece.distances,
                "second_segment_id": _nullable(
                    n_customers, None if piece.seconds is None else numbering.of(piece.seconds)
                ),
                "second_distance": np.nan if piece.second_distances is None else piece.second_distances,
                "is_outlier": piece.is_outlier,
                "gradient_tier": _nullable(n_customers, piece.tiers),
                "previous_segment_id": pd.arrays.IntegerArray(previous, previous == 0),
                "segment_since": numbering.since[first : first + n_customers],
            }
        )
        first += n_customers


def _nullable(n_customers: int, values: npt.NDArray[np.int64] | None) -> pd.api.extensions.ExtensionArray:
    return pd.array([None] * n_customers if values is None else values, dtype="Int64")
