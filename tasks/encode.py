"""Encode the customers of the night: columns in, a matrix file and the table ``features`` out."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from schemas.dataset import Column
from schemas.fields import Role
from tasks.encoding import STRATEGIES, Members, Numbers, Source, encode
from tasks.night_columns import night_columns
from tasks.steps import prefect_task, recorded
from warehouse.features import read_codes, read_numbers, read_vocabulary
from warehouse.opening import Connection, staging
from warehouse.run import Run
from warehouse.tables import insert_frame, read_value

STRATEGY = "standard"


@dataclass(frozen=True)
class Encoded:
    """The shape of the encoded matrix, and how it was made."""

    strategy: str
    n_customers: int
    n_features: int


@recorded("encode")
def encode_night(run: Run) -> Encoded:
    """Write the encoded matrix of the run and fill ``features``."""
    columns = night_columns(run)
    with staging(run) as database:
        sources = [_read_source(database, column) for column in columns if column.is_feature]
        features = STRATEGIES[STRATEGY](sources)
        n_customers = int(read_value(database, "SELECT count(*) FROM customers"))
        matrix = encode(sources, features, n_customers)
        np.save(run.matrix_file, matrix)
        numbered = [{**asdict(feature), "feature_number": number} for number, feature in enumerate(features, start=1)]
        frame = pd.DataFrame(numbered)
        insert_frame(database, "features", frame)
    return Encoded(STRATEGY, n_customers, len(features))


def _read_source(database: Connection, column: Column) -> Source:
    if column.role in (Role.CATEGORY, Role.ITEMS):
        positions, codes = read_codes(database, column)
        return Members(column, read_vocabulary(database, column), positions, codes)
    return Numbers(column, read_numbers(database, column))


encode_columns = prefect_task("encode-columns")(encode_night)
