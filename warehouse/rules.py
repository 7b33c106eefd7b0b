"""Read what the rules of the segments ask of the customers, and count whom the rules match."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.dataset import Column
from schemas.rules import Condition, Question
from warehouse.connection import Connection, read_sql
from warehouse.statements.rules import count_matching, rule_in_sql, select_answers
from warehouse.tables import read_dicts

#: Flags, categories and items that a segment may be asked for, those first that set it apart most.
_ASKED_PER_SEGMENT = 12


def rule_questions(database: Connection, columns: Sequence[Column]) -> list[Question]:
    """Return what a rule may ask: every number, and of the other features those that set a segment apart most."""
    named = {column.name: column for column in columns}
    found = read_dicts(database, read_sql("select_questions"), {"at_most": _ASKED_PER_SEGMENT})
    return [Question(named[row["source_column"]], row["value"]) for row in found]


def rule_answers(
    database: Connection, questions: Sequence[Question], positions: Sequence[int]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the answers of the customers at some canonical positions, and their segments.

    Returns:
        Answers of shape (n_customers, n_questions), NaN where a number is not known; segments of shape (n_customers,).
    """
    # In two queries, as a join of the two tables may be made of all customers before the sample is taken.
    sampled = {"positions": list(positions)}
    segments = database.execute(read_sql("select_sampled_segments"), sampled).fetchnumpy()
    segment_ids = np.asarray(segments["segment_id"], dtype=np.int64)
    if not questions:
        return np.empty((len(segment_ids), 0)), segment_ids
    found = database.execute(select_answers(questions), sampled).fetchnumpy()
    answers = [np.ma.filled(np.ma.asarray(column, np.float64), np.nan) for column in found.values()]
    return np.column_stack(answers), segment_ids


def measured_rules(database: Connection, rules: Mapping[int, Sequence[Sequence[Condition]]]) -> pd.DataFrame:
    """Return what the rule of each segment is in SQL, and how it does over all customers, one row per segment.

    Args:
        database: of the run; the segments are known.
        rules: segment -> its rule; a segment without one matches nobody.

    Returns:
        segment_id, condition, customers, precision and recall, the segments ascending.
    """
    rows: list[dict[str, Any]] = read_dicts(database, "SELECT segment_id FROM segments ORDER BY segment_id")
    for row in rows:
        row |= {"condition": None, "customers": 0, "precision": None, "recall": None}
        if row["segment_id"] in rules:
            row["condition"] = rule_in_sql(rules[row["segment_id"]])
            (counts,) = read_dicts(database, count_matching(row["condition"]), {"segment_id": row["segment_id"]})
            row |= {name: counts[name] for name in ("customers", "precision", "recall")}
    return pd.DataFrame(rows).astype({"precision": "float64", "recall": "float64"})
