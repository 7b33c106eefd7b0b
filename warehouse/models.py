"""The model of a run: the encoding that later runs keep. The earlier run is attached as ``previous``."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from warehouse.connection import Connection, read_sql
from warehouse.tables import insert_frame, read_dicts


@dataclass(frozen=True)
class EarlierModel:
    """The model of the earlier run; see the table models.

    Attributes:
        n_runs: runs that were published with it.
    """

    model_id: int
    formed_on: date
    encoding: str
    null_model: str
    is_found: bool
    asked_for: str
    declaration: str
    customers: int
    n_runs: int


@dataclass(frozen=True)
class EarlierComponents:
    """The components of the model.

    Attributes:
        loadings: of its fitted features, numbers first, shape (n_features, n_components).
        variances: shape (n_components,).
    """

    loadings: npt.NDArray[np.float64]
    variances: npt.NDArray[np.float64]
    null_variance: float


@dataclass(frozen=True)
class UnknownValues:
    """How many of the values of a category, flag or items column the model does not know.

    Attributes:
        n_values: different ones.
        share: of the pairs of a customer and a value, 0 to 1.
    """

    source_column: str
    n_values: int
    share: float


def earlier_model(database: Connection) -> EarlierModel:
    """Return the model of the earlier run."""
    (row,) = read_dicts(database, read_sql("select_earlier_model"))
    return EarlierModel(**row)


def earlier_features(database: Connection) -> list[dict[str, Any]]:
    """Return the features of the model, in their order, by the names of their columns."""
    return read_dicts(database, "SELECT * EXCLUDE (feature_number) FROM previous.features ORDER BY feature_number")


def earlier_components(database: Connection) -> EarlierComponents | None:
    """Return the components of the model; None where it has none."""
    components = read_dicts(database, "FROM previous.components ORDER BY component")
    if not components:
        return None
    loading = database.execute(read_sql("select_earlier_loadings")).fetchnumpy()["loading"]
    return EarlierComponents(
        np.asarray(loading, dtype=np.float64).reshape(-1, len(components)),
        np.array([row["variance"] for row in components]),
        components[0]["null_variance"],
    )


def unknown_values(database: Connection) -> list[UnknownValues]:
    """Return the columns of ``work.vocabulary`` with values that the model does not know."""
    return [UnknownValues(**row) for row in read_dicts(database, read_sql("select_unknown_values"))]


def keep_vocabulary(database: Connection) -> None:
    """Give the values in ``work.vocabulary`` the features that they have in the model."""
    database.execute(read_sql("keep_vocabulary"))


def insert_earlier_models(database: Connection) -> None:
    """Add the models up to the earlier run to ``models``."""
    database.execute("INSERT INTO models BY NAME FROM previous.models ORDER BY model_id")


def insert_model(database: Connection, model: dict[str, Any]) -> None:
    """Add a model to ``models``."""
    insert_frame(database, "models", pd.DataFrame([model]))
