"""Encode the customers of the night: columns in, a file of rows and the table ``features`` out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from schemas.dataset import Column
from schemas.fields import OTHER_VALUES, Role
from tasks.encoding import (
    STRATEGIES,
    Feature,
    Members,
    Numbers,
    Value,
    encode_marks,
    encode_numbers,
    with_unique_names,
)
from tasks.memory_need import Extent, WideColumn, refuse_what_does_not_fit
from tasks.memory_there import memory_there
from tasks.night_columns import night_columns
from tasks.rows import Matrix, Rows
from tasks.rows_file import save_rows
from tasks.steps import prefect_task, recorded
from warehouse.features import VocabularySize, count_values, read_marks, read_numbers, read_vocabulary
from warehouse.ledger import source_file
from warehouse.opening import Connection, staging
from warehouse.run import Run
from warehouse.tables import insert_frame, read_value

STRATEGY = "standard"


@dataclass(frozen=True)
class Encoded:
    """The shape of the encoded rows, and how they were made."""

    strategy: str
    n_customers: int
    n_features: int
    n_present: int
    notes: tuple[str, ...]


@recorded("encode")
def encode_night(run: Run) -> Encoded:
    """Write the encoded rows of the run and fill ``features``.

    Raises:
        DataRefused: the encoded rows and the fit do not fit into memory.
    """
    columns = [column for column in night_columns(run) if column.is_feature]
    with staging(run) as database:
        n_customers = int(read_value(database, "SELECT count(*) FROM customers"))
        sizes = count_values(database, _marked(columns))
        _refuse_what_does_not_fit(run, columns, sizes, n_customers)
        features, numbers = _read_features(database, columns, n_customers)
        marks = _read_marks(database, _marked(columns), sizes, features, n_customers)
        _insert_features(database, features)
    save_rows(run.rows_file, Rows(numbers, marks))
    return Encoded(STRATEGY, n_customers, len(features), int(marks.nnz), _notes(columns, sizes))


def _marked(columns: Sequence[Column]) -> list[Column]:
    """Return the columns that become 0/1 features."""
    return [column for column in columns if column.role is not Role.NUMERIC]


def _refuse_what_does_not_fit(
    run: Run, columns: Sequence[Column], sizes: Sequence[VocabularySize], n_customers: int
) -> None:
    settings = {column.name: column.settings for column in columns}
    wide = [
        WideColumn(size.source_column, size.n_features, size.n_present, settings[size.source_column].other_below)
        for size in sizes
    ]
    extent = Extent(n_customers, len(columns) - len(_marked(columns)), tuple(wide), run.order.candidates)
    refuse_what_does_not_fit(extent, memory_there(), source_file(run))


def _read_features(database: Connection, columns: Sequence[Column], n_customers: int) -> tuple[list[Feature], Matrix]:
    """Return the features, in the order of the columns, and the encoded numbers."""
    strategy = STRATEGIES[STRATEGY]
    numbers = np.empty((n_customers, len(columns) - len(_marked(columns))), dtype=np.float32)
    features: list[Feature] = []
    for column in columns:
        if column.role is Role.NUMERIC:
            values = read_numbers(database, column, n_customers)
            (feature,) = strategy(Numbers(column, values))
            numbers[:, sum(earlier.is_number for earlier in features)] = encode_numbers(values, feature)
            features.append(feature)
        else:
            rows = read_vocabulary(database, column)
            features += strategy(Members(column, tuple(Value(*row) for row in rows)))
    return with_unique_names(features), numbers


def _read_marks(
    database: Connection,
    columns: Sequence[Column],
    sizes: Sequence[VocabularySize],
    features: Sequence[Feature],
    n_customers: int,
) -> csr_array:
    pieces = read_marks(database, columns, sizes, n_customers) if columns else ()
    marks = [feature for feature in features if not feature.is_number]
    return encode_marks(pieces, marks, n_customers, most=sum(size.n_present for size in sizes))


def _insert_features(database: Connection, features: Sequence[Feature]) -> None:
    if not features:
        return
    numbered = [{**asdict(feature), "feature_number": number} for number, feature in enumerate(features, start=1)]
    insert_frame(database, "features", pd.DataFrame(numbered).astype({"joined_values": "Int64"}))


def _notes(columns: Sequence[Column], sizes: Sequence[VocabularySize]) -> tuple[str, ...]:
    """Return a sentence for each column in which values are rare."""
    floors = {column.name: column.settings.other_below for column in columns}
    return tuple(_rare_values(size, floors[size.source_column]) for size in sizes if size.n_rare)


def _rare_values(size: VocabularySize, other_below: float) -> str:
    also = f", and so do those delivered as {OTHER_VALUES}" if size.n_joined > size.n_rare else ""
    return (
        f"{size.source_column}: {size.n_rare:,} of {size.n_values:,} values are rarer than {other_below * 100:.6g}% "
        f"of the customers and count as {OTHER_VALUES}{also}"
    )


encode_columns = prefect_task("encode-columns")(encode_night)
