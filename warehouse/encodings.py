"""Keep the encodings that were tried, and read back the one that was taken."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from warehouse.connection import Connection, read_sql
from warehouse.tables import insert_frame, read_dicts, registered


@dataclass(frozen=True)
class TakenEncoding:
    """What is known of the encoding that was taken, on the sample that it was tried on; None where it was not."""

    encoding: str
    margin: float | None
    null_spread: float | None
    against: str | None
    reason: str


def insert_encodings(database: Connection, encodings: pd.DataFrame, k_nulls: pd.DataFrame) -> None:
    """Fill ``encodings``, and ``work.k_nulls`` with a row a k: null_silhouette and lift in the encoding taken."""
    insert_frame(database, "encodings", encodings)
    database.execute(read_sql("create_k_nulls"))
    with registered(database, "_k_nulls", k_nulls):
        database.execute("INSERT INTO work.k_nulls SELECT k, null_silhouette, lift FROM _k_nulls")


def taken_encoding(database: Connection) -> TakenEncoding:
    """Return the encoding of the night."""
    names = ", ".join(TakenEncoding.__dataclass_fields__)
    return TakenEncoding(**read_dicts(database, f"SELECT {names} FROM encodings WHERE chosen")[0])


def k_nulls(database: Connection) -> Mapping[int, tuple[float, float]]:
    """Return k -> silhouette on permuted columns and the lift above it."""
    rows = read_dicts(database, "SELECT k, null_silhouette, lift FROM work.k_nulls")
    return {row["k"]: (row["null_silhouette"], row["lift"]) for row in rows}


def loadings(database: Connection) -> npt.NDArray[np.float64] | None:
    """Return the loadings, shape (n_used_features, n_components), numbers first; None where there are none."""
    found = database.execute(read_sql("select_loadings")).fetchnumpy()
    if len(found["loading"]) == 0:
        return None
    n_components = int(np.asarray(found["component"]).max())
    return np.asarray(found["loading"], dtype=np.float64).reshape(-1, n_components)
