"""Encode the run's customers: columns in; a file of encoded rows and the tables of the encodings out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from schemas.dataset import Column, file_settings_of
from schemas.encodings import AUTO
from schemas.fields import OTHER_VALUES, Role
from schemas.loading import load_dataset
from tasks.clustering.eligibility import NullScore, min_customers
from tasks.clustering.rows import Floats
from tasks.clustering.rows_file import save_rows
from tasks.continuity.drift import DriftSince, drift_notes, drift_of_model, drift_since_model, refuse_drift, store_drift
from tasks.continuity.kept_model import Kept, kept_encoding, kept_model, store_models
from tasks.delivery.delivered import Delivery
from tasks.encoding.base_encoding import BaseEncoding, columns_of, rows_in
from tasks.encoding.brackets import Codes, brackets_of, codes_in
from tasks.encoding.choose_encoding import Choice, choose_encoding, keep_encoding
from tasks.encoding.components import component_words
from tasks.encoding.features import (
    Feature,
    Members,
    Numbers,
    Value,
    as_standard,
    encode_binary,
    encode_numbers,
    how_changed,
    is_far,
    standard,
    with_unique_names,
)
from tasks.encoding.memory import Extent, WideColumn, refuse_what_does_not_fit
from tasks.encoding.tried_encoding import Encoding, EncodingResult
from tasks.ingest import Ingested
from tasks.run.columns import run_columns
from tasks.run.memory import memory_there
from tasks.run.progress import told_progress
from tasks.run.step import recorded
from warehouse.connection import Connection, staging
from warehouse.earlier_run import EarlierRun, beside_earlier_run
from warehouse.encodings import insert_encodings
from warehouse.features import (
    VocabularySize,
    count_values,
    read_binary,
    read_numbers,
    read_vocabulary,
    vocabulary_sizes,
)
from warehouse.home.run import Run
from warehouse.model_drift import create_value_counts
from warehouse.models import keep_vocabulary
from warehouse.tables import insert_frame, read_value


@dataclass(frozen=True)
class Encoded:
    """The shape of the encoded rows, and how they were made."""

    encoding: str
    model_id: int
    is_new_model: bool
    n_customers: int
    n_features: int
    n_dimensions: int
    n_present: int
    notes: tuple[str, ...]


@recorded
def encode(run: Run, delivery: Delivery, ingested: Ingested) -> Encoded:
    """Write the encoded rows of the run and fill features, encodings, components, loadings, models and drift.

    The encoding is that of the earlier run's model where it is kept, else it is chosen. Drift from the run that formed
    the model is measured before.

    Raises:
        DataRefused: the encoded rows and the fit do not fit into memory, or the customers have drifted too far.
    """
    columns = [column for column in run_columns(run, ingested.kept_columns) if column.is_feature]
    with staging(run) as database, beside_earlier_run(database, run) as earlier:
        n_customers = int(read_value(database, "SELECT count(*) FROM customers"))
        sizes = count_values(database, _binary_columns(columns))
        _refuse_what_does_not_fit(run, delivery, columns, sizes, n_customers)
        kept = kept_model(database, run, earlier, columns, n_customers)
        drift = _drift(database, run, delivery, earlier, columns, n_customers)
        made = _encoded(database, run, columns, n_customers, kept)
        base, far, choice = made.base, made.far, made.choice
        model_id = store_models(database, run, earlier, columns, n_customers, choice.selected, made.why_new)
        if drift is None or made.why_new:
            store_drift(database, drift_of_model(database, columns, run, n_customers))
        else:
            store_drift(database, drift)
        rows = rows_in(base, choice.encoding.features)
        _insert_features(database, choice.encoding)
        insert_encodings(database, _encodings(choice), _k_nulls(choice.selected))
        insert_frame(database, "components", _components(choice.encoding))
        insert_frame(database, "loadings", _loadings(choice.encoding))
    save_rows(run.rows_file, rows, far)
    return Encoded(
        choice.encoding.name,
        model_id,
        bool(made.why_new),
        n_customers,
        len(choice.encoding.features),
        choice.encoding.n_dimensions,
        int(base.binary.nnz),
        (
            *(_notes(columns, sizes) if made.why_new else ()),
            *choice.notes,
            *_on_model(model_id, made.why_new),
            *(() if made.why_new else kept.notes),
            *drift_notes(run, drift),
        ),
    )


@dataclass(frozen=True)
class _Read:
    """The customers in the textbook's encoding.

    Attributes:
        far: which of them have a number that is far out, shape (n_customers,).
        changed: which number is quite another one than in the model, in words; empty where none is.
    """

    base: BaseEncoding
    far: npt.NDArray[np.bool_]
    changed: str


@dataclass(frozen=True)
class _Made:
    """The customers in an encoding, and why it is not that of the earlier run's model; empty where it is."""

    base: BaseEncoding
    far: npt.NDArray[np.bool_]
    choice: Choice
    why_new: str


def _encoded(database: Connection, run: Run, columns: Sequence[Column], n_customers: int, kept: Kept) -> _Made:
    """Return the customers in the encoding of the earlier run's model, or in one that is chosen now.

    A model that showed no segments gives way to an encoding that does.
    """
    why_new = kept.reason
    if kept.is_settled:
        made = _kept(database, run, columns, n_customers, kept)
        if isinstance(made, _Made):
            return made
        why_new = made
        count_values(database, _binary_columns(columns))
    read = _read_base(database, columns, n_customers)
    with told_progress("encode") as progress:
        choice = choose_encoding(read.base, wanted=run.order.encoding, progress=progress, **_trial(run, n_customers))
    if kept.model is None or why_new:
        return _Made(read.base, read.far, choice, why_new)
    if choice.selected.is_found:
        return _Made(read.base, read.far, choice, f"there are segments, which model {kept.model.model_id} did not show")
    made = _kept(database, run, columns, n_customers, kept)
    return made if isinstance(made, _Made) else _Made(read.base, read.far, choice, made)


def _kept(database: Connection, run: Run, columns: Sequence[Column], n_customers: int, kept: Kept) -> _Made | str:
    """Return the customers in the encoding of the earlier run's model, or why it no longer fits them."""
    assert kept.model is not None  # noqa: S101
    result = kept_encoding(database, kept.model)
    assert result.encoding is not None  # noqa: S101
    keep_vocabulary(database)
    read = _read_base(database, columns, n_customers, result.encoding.features)
    if read.changed:
        return f"{read.changed} than in model {kept.model.model_id}"
    with told_progress("encode") as progress:
        choice = keep_encoding(read.base, result, progress=progress, **_trial(run, n_customers))
    if isinstance(choice, str):
        return f"model {kept.model.model_id} has no component of {choice}, which go together now"
    return _Made(read.base, read.far, choice, "")


def _drift(
    database: Connection,
    run: Run,
    delivery: Delivery,
    earlier: EarlierRun | None,
    columns: Sequence[Column],
    n_customers: int,
) -> DriftSince | None:
    """Return the drift since the run that formed the earlier run's model; None where there is none or a new one is due.

    It is measured whether or not the model is kept: a column in another unit forms a new one, and is to be refused.
    """
    create_value_counts(database, _binary_columns(columns))
    if run.order.refit:
        return None
    drift = drift_since_model(database, columns, earlier, n_customers)
    refuse_drift(run, delivery, drift)
    return drift


def _trial(run: Run, n_customers: int) -> dict[str, Any]:
    """Return the arguments with which encodings are tried in a run."""
    return {
        "ks": run.order.candidates,
        "random_state": run.order.seed,
        "min_customers": min_customers(n_customers, file_settings_of(load_dataset(run.order.dataset))),
    }


def _on_model(model_id: int, why_new: str) -> tuple[str, ...]:
    """Return that a new model replaces another."""
    if model_id == 1 or not why_new:
        return ()
    return (f"model {model_id} is new ({why_new}); segments are matched by their customers",)


def _binary_columns(columns: Sequence[Column]) -> list[Column]:
    """Return the columns that become binary features."""
    return [column for column in columns if column.role is not Role.NUMERIC]


def _refuse_what_does_not_fit(
    run: Run, delivery: Delivery, columns: Sequence[Column], sizes: Sequence[VocabularySize], n_customers: int
) -> None:
    settings = {column.name: column.settings for column in columns}
    wide = [
        WideColumn(size.source_column, size.n_features, size.n_present, settings[size.source_column].min_frequency)
        for size in sizes
    ]
    is_cut = run.order.encoding in (AUTO, "brackets")
    extent = Extent(
        n_customers, len(columns) - len(_binary_columns(columns)), tuple(wide), run.order.candidates, is_cut
    )
    refuse_what_does_not_fit(extent, memory_there(), delivery.source_file)


def _read_base(
    database: Connection, columns: Sequence[Column], n_customers: int, kept: Sequence[Feature] = ()
) -> _Read:
    """Return the customers in the textbook's encoding.

    Args:
        database: of the run, with ``work.vocabulary``.
        columns: the feature columns.
        n_customers: number of customers.
        kept: features of the model whose scales, brackets and values are used; none where they are those of the run.
    """
    n_numbers = len(columns) - len(_binary_columns(columns))
    numbers = np.empty((n_customers, n_numbers), dtype=np.float32)
    codes: Codes = np.empty((n_customers, n_numbers), dtype=np.uint8)
    far = np.zeros(n_customers, dtype=np.bool_)
    changed = ""
    features: list[Feature] = []
    brackets: list[tuple[Feature, ...]] = []
    for column in columns:
        own = [feature for feature in kept if feature.source_column == column.name]
        if column.role is Role.NUMERIC:
            values = read_numbers(database, column, n_customers)
            changed = changed or (how_changed(values, own[0]) if own else "")
            feature, own_brackets = _number(column, values, own)
            codes[:, len(brackets)] = codes_in(values, own_brackets)
            numbers[:, len(brackets)] = encode_numbers(values, feature)
            far |= is_far(values, feature)
            features.append(feature)
            brackets.append(own_brackets)
        elif kept:
            features += [as_standard(feature, column) for feature in own]
        else:
            rows = read_vocabulary(database, column)
            features += standard(Members(column, tuple(Value(*row) for row in rows)))
    unique = tuple(with_unique_names(features))
    binary = _read_binary(database, _binary_columns(columns), unique, n_customers)
    return _Read(BaseEncoding(unique, numbers, tuple(brackets), codes, binary), far, changed)


def _number(column: Column, values: Floats, kept: Sequence[Feature]) -> tuple[Feature, tuple[Feature, ...]]:
    """Return the feature of a number and its brackets: those of the model, or the run's own."""
    if kept:
        own = next(feature for feature in kept if feature.is_number)
        return as_standard(own, column), tuple(feature for feature in kept if not feature.is_number)
    (feature,) = standard(Numbers(column, values))
    return feature, brackets_of(values, feature)


def _read_binary(
    database: Connection, columns: Sequence[Column], features: Sequence[Feature], n_customers: int
) -> csr_array:
    sizes = vocabulary_sizes(database)
    pieces = read_binary(database, columns, sizes, n_customers) if columns else ()
    binary = [feature for feature in features if not feature.is_number]
    return encode_binary(pieces, binary, n_customers, max_present=sum(size.n_present for size in sizes))


def _insert_features(database: Connection, encoding: Encoding) -> None:
    if not encoding.features:
        return
    numbered = [
        {**asdict(feature), "feature_number": number} for number, feature in enumerate(encoding.features, start=1)
    ]
    insert_frame(database, "features", pd.DataFrame(numbered).astype({"grouped_values": "Int64"}))


#: Columns of ``encodings`` that are null where an encoding was not tried, and their types in a frame.
_POPULATION = ["population_silhouette", "population_gain", "population_std"]
_FIGURES = (
    dict.fromkeys(["n_columns", "n_dimensions", "k", "n_permutations", "rows_sampled"], "Int64")
    | dict.fromkeys(["silhouette", "null_silhouette", "silhouette_gain", "null_best", "null_std", "margin"], "float64")
    | dict.fromkeys(_POPULATION, "float64")
    | {"null_model": "string"}
)


def _encodings(choice: Choice) -> pd.DataFrame:
    """Return one row per encoding, tried or not."""
    rows = [_encoding_row(one, is_chosen=one is choice.selected) for one in choice.results]
    return pd.DataFrame(rows, columns=["encoding", "chosen", "reason", *_FIGURES]).astype(_FIGURES)


def _encoding_row(one: EncodingResult, *, is_chosen: bool) -> dict[str, object]:
    row: dict[str, object] = {"encoding": one.name, "chosen": is_chosen, "reason": one.reason}
    if one.encoding is not None:
        row |= {"n_columns": len(columns_of(one.encoding.used)), "n_dimensions": one.encoding.n_dimensions}
    if one.contrast is not None and one.k is not None:
        row |= {
            name: getattr(one, name) for name in ("k", "silhouette", "null_silhouette", "silhouette_gain", "margin")
        }
        row |= {name: getattr(one, name) for name in _POPULATION}
        row |= {"null_best": one.contrast.null_best, "null_std": one.null_std, "null_model": one.null_model}
        row |= {"n_permutations": len(one.contrast.nulls), "rows_sampled": one.n_sampled}
    return row


#: What is known of each k in the null models.
_NULL_SCORE = [field.name for field in fields(NullScore)]


def _k_nulls(taken: EncodingResult) -> pd.DataFrame:
    """Return one row per k: its silhouettes in the null models, and the gains over them."""
    rows = [{"k": k, **asdict(score)} for k, score in taken.null_scores.items()]
    types = {"k": "int64"} | dict.fromkeys(_NULL_SCORE, "float64")
    return pd.DataFrame(rows, columns=[*types]).astype(types)


def _components(encoding: Encoding) -> pd.DataFrame:
    if encoding.components is None:
        return pd.DataFrame()
    components = encoding.components
    return pd.DataFrame(
        {
            "component": np.arange(1, len(components) + 1),
            "variance": components.variances,
            "null_variance": components.null_variance,
            "description": [component_words(encoding.used, own) for own in components.loadings.T],
        }
    )


def _loadings(encoding: Encoding) -> pd.DataFrame:
    if encoding.components is None:
        return pd.DataFrame()
    n_features, n_components = encoding.components.loadings.shape
    return pd.DataFrame(
        {
            "component": np.tile(np.arange(1, n_components + 1), n_features),
            "feature": np.repeat([feature.feature for feature in encoding.used], n_components),
            "loading": np.clip(encoding.components.loadings.ravel(), -1, 1),
        }
    )


def _notes(columns: Sequence[Column], sizes: Sequence[VocabularySize]) -> tuple[str, ...]:
    """Return a sentence for each column with infrequent categories."""
    floors = {column.name: column.settings.min_frequency for column in columns}
    return tuple(_infrequent_categories(size, floors[size.source_column]) for size in sizes if size.n_infrequent)


def _infrequent_categories(size: VocabularySize, min_frequency: float) -> str:
    also = f", and so do those delivered as {OTHER_VALUES}" if size.n_grouped > size.n_infrequent else ""
    return (
        f"{size.source_column}: {size.n_infrequent:,} of {size.n_values:,} categories are infrequent "
        f"(below {min_frequency * 100:.6g}% of the customers) and count as {OTHER_VALUES}{also}"
    )
