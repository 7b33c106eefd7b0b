"""Store the encodings that were tried, and read the selected one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from warehouse.connection import Connection, read_sql
from warehouse.tables import insert_frame, read_dicts, registered


@dataclass(frozen=True)
class SelectedEncoding:
    """The figures of the selected encoding on the sample; None where it was not tried."""

    margin: float | None
    null_std: float | None
    null_model: str | None
    population_gain: float | None
    population_std: float | None
    reason: str


def insert_encodings(database: Connection, encodings: pd.DataFrame, k_nulls: pd.DataFrame) -> None:
    """Fill ``encodings``, and ``work.k_nulls`` with one row per k of the selected encoding."""
    insert_frame(database, "encodings", encodings)
    with registered(database, "_k_nulls", k_nulls):
        database.execute("CREATE OR REPLACE TABLE work.k_nulls AS FROM _k_nulls")


def selected_encoding(database: Connection) -> SelectedEncoding:
    """Return the encoding of the run."""
    names = ", ".join(SelectedEncoding.__dataclass_fields__)
    return SelectedEncoding(**read_dicts(database, f"SELECT {names} FROM encodings WHERE chosen")[0])


def k_nulls(database: Connection) -> Mapping[int, dict[str, Any]]:
    """Return k -> silhouettes of the null model and of one population, and the gains over them, by name."""
    return {row.pop("k"): row for row in read_dicts(database, "FROM work.k_nulls")}


def loadings(database: Connection) -> npt.NDArray[np.float64] | None:
    """Return the loadings, shape (n_used_features, n_components), numbers first; None where there are none."""
    found = database.execute(read_sql("select_loadings")).fetchnumpy()
    if len(found["loading"]) == 0:
        return None
    n_components = int(np.asarray(found["component"]).max())
    return np.asarray(found["loading"], dtype=np.float64).reshape(-1, n_components)
