"""Ways to segment planted customers: the textbook's, the product's encodings, and the product's whole night."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack
from sklearn.cluster import KMeans

from benchmarks.nights import aged, night_on
from benchmarks.planted_customers import PlantedCustomers
from benchmarks.planted_sets import Floats, Ints, Planted, write_csv
from schemas.dataset import columns_of
from schemas.encodings import AUTO, ENCODINGS
from schemas.file_settings import FileSettings
from tasks.clustering.choose_k import choose_k
from tasks.clustering.eligibility import min_customers
from tasks.clustering.rows import Rows, distinct_rows, projected
from tasks.clustering.silhouette import exact_silhouettes
from tasks.encoding.base_encoding import BaseEncoding, rows_in, used_in
from tasks.encoding.base_encoding import columns_of as columns_of_features
from tasks.encoding.brackets import brackets_of, codes_in
from tasks.encoding.choose_encoding import choose_encoding
from tasks.encoding.features import Members, Numbers, Value, encode_numbers, standard
from tasks.encoding.strategies import guards_of
from tasks.encoding.verdict import Evidence, verdict_on

_KS = range(2, 11)

#: Encodings of the product that can be asked for.
ASKED_FOR = (*ENCODINGS, AUTO)

#: Restarts of the textbook's k-means.
_RESTARTS = 10

#: What declares the files of planted customers: the retailer's columns, and a spend beside them.
DATASET = Path(__file__).with_name("planted_customers.py")


@dataclass(frozen=True)
class Answer:
    """Segments that were found in planted customers.

    Attributes:
        k: how many.
        labels: the segment of each customer, shape (n_customers,).
        verdict: strong, weak or none; empty where no verdict is given.
        encoding: what they were found in.
        silhouette: their mean silhouette.
        silhouette_gain: silhouette less that of a null model; None where that was not tried.
        is_gradient: whether what is linked does not fall apart beyond one population.
    """

    k: int
    labels: Ints
    verdict: str
    encoding: str
    silhouette: float | None
    silhouette_gain: float | None
    is_gradient: bool = False


def segmented_by_textbook(planted: Planted) -> Answer:
    """Scale the numbers, leave everything else 0 and 1, and take the k whose mean silhouette is the best."""
    rows = textbook_rows(planted)
    matrix = rows.dense(slice(None))
    labels = [KMeans(k, n_init=_RESTARTS, random_state=0).fit(matrix).labels_ for k in _KS]
    # The same figures as scikit-learn's silhouette_score, in a twentieth of the time and without its memory.
    silhouettes = exact_silhouettes(rows, np.ones(len(rows), dtype=np.int64), np.array(labels, dtype=np.uint8)).mean(
        axis=1
    )
    best = int(silhouettes.argmax())
    return Answer(_KS[best], labels[best].astype(np.int64), "", "textbook", float(silhouettes[best]), None)


def textbook_rows(planted: Planted) -> Rows:
    """Return the textbook's matrix: numbers with mean 0 and standard deviation 1, places and products as 0 and 1."""
    numbers = np.column_stack(list(planted.numbers.values()))
    scaled = (numbers - numbers.mean(axis=0)) / numbers.std(axis=0)
    binary = csr_array(hstack([one_hot_places(planted), planted.baskets], format="csr"))
    return Rows(scaled.astype(np.float32), binary)


def segmented(planted: Planted, encoding: str) -> Answer:
    """Choose encoding and k as the night does, on columns in memory."""
    return segmented_base(base_of(planted), encoding)


def segmented_base(base: BaseEncoding, encoding: str) -> Answer:
    """Choose encoding and k as the night does, on encoded customers."""
    least = min_customers(base.n_customers, FileSettings())
    chosen = choose_encoding(base, _KS, random_state=0, wanted=encoding, min_customers=least)
    distinct = distinct_rows(rows_in(base, chosen.encoding.features))
    if chosen.encoding.components is not None:
        distinct = projected(distinct, chosen.encoding.components.loadings)
    selected = chosen.selected
    nulls = selected.null_scores
    choice = choose_k(distinct, _KS, random_state=0, guards=guards_of(selected.name, least, nulls))
    features = chosen.encoding.features
    evidence = Evidence(
        choice.chosen,
        used_columns=columns_of_features(used_in(features)),
        n_columns=len(columns_of_features(features)),
        null_model=selected.null_model if selected.k else None,
        margin=selected.margin if selected.k else None,
        null_std=selected.null_std if selected.k else None,
        why_untried=selected.reason,
        population_gain=selected.population_gain,
        population_std=selected.population_std,
    )
    return Answer(
        choice.fit.n_clusters,
        choice.fit.labels[distinct.row_of].astype(np.int64),
        verdict_on(evidence).level,
        chosen.encoding.name,
        choice.chosen.silhouette,
        selected.silhouette_gain if selected.k else None,
        is_gradient=selected.population is not None and not selected.falls_apart,
    )


def base_of(planted: Planted) -> BaseEncoding:
    """Return the customers as the night has them once the file is read."""
    return base_of_columns(planted.numbers, places=one_hot_places(planted), baskets=planted.baskets)


def base_of_columns(
    numbers: Mapping[str, Floats],
    *,
    places: csr_array | None = None,
    baskets: csr_array | npt.NDArray[np.bool_] | None = None,
) -> BaseEncoding:
    """Return customers by their columns: numbers by name, and 0 and 1 for each place and product."""
    declared = {column.name: column for column in columns_of(PlantedCustomers)}
    columns = {name: replace(declared["spend"], name=name) for name in numbers} | declared
    encoded = [(values, standard(Numbers(columns[name], values))[0]) for name, values in numbers.items()]
    brackets = [brackets_of(values, feature) for values, feature in encoded]
    codes = [codes_in(values, own) for (values, _), own in zip(encoded, brackets, strict=True)]
    features = [feature for _, feature in encoded]
    parts = []
    for name, word, own in (("location", "place", places), ("purchase_history", "product", baskets)):
        if own is not None:
            values = tuple(Value(f"{word} {number}", 1, number == 0) for number in range(own.shape[1]))
            features += standard(Members(columns[name], values))
            parts.append(csr_array(own, dtype=np.float32))
    n_customers = parts[0].shape[0] if parts else len(next(iter(numbers.values())))
    nothing = np.zeros((n_customers, 0))
    return BaseEncoding(
        tuple(features),
        np.column_stack([nothing, *(encode_numbers(*own) for own in encoded)]).astype(np.float32),
        tuple(brackets),
        np.column_stack([nothing, *codes]).astype(np.uint8),
        csr_array(hstack([csr_array(nothing, dtype=np.float32), *parts], format="csr")),
    )


def one_hot_places(planted: Planted) -> csr_array:
    """Return 1 for the place of each customer, shape (n_customers, n_places)."""
    n_customers = len(planted.places)
    ones = np.ones(n_customers, dtype=np.float32)
    shape = (n_customers, planted.plan.n_places)
    return csr_array((ones, planted.places, np.arange(n_customers + 1)), shape=shape)


def segmented_by_night(planted: Planted, encoding: str) -> Answer:
    """Write the customers into a file, run the whole night on it without Prefect, and read what was published."""
    with tempfile.TemporaryDirectory(prefix="segments-planted-") as folder:
        source = Path(folder) / "customers.csv"
        write_csv(planted, source)
        night = night_on(aged(source), str(DATASET) if "spend" in planted.numbers else "customers", encoding)
    return Answer(night.k, night.labels, night.verdict, night.encoding, night.silhouette, night.silhouette_gain)
