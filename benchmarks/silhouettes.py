"""Score the same labels of the same customers: all k in one walk, or one k after the other with scikit-learn.

Run: python -m benchmarks.silhouettes labels|own|scikit-learn CUSTOMERS LABELS. With labels it writes the
file of labels, of k = 2 to 10; else it prints as JSON the mean silhouettes and the seconds they took.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.sets import encoded_customers

_KS = range(2, 11)


def write_labels(n_customers: int, path: Path) -> None:
    """Write the labels of quick fits of every k."""
    from sklearn.cluster import KMeans

    matrix = encoded_customers(n_customers).dense(slice(None))
    labels = [KMeans(k, n_init=1, random_state=0).fit(matrix).labels_ for k in _KS]
    np.save(path, np.array(labels, dtype=np.uint8))


def score_in_one_walk(n_customers: int, path: Path) -> None:
    """Print what the exact silhouettes of the night take, finding equal customers included."""
    from tasks.clustering.rows import distinct_rows
    from tasks.clustering.silhouette import exact_silhouettes

    rows, labels = encoded_customers(n_customers), np.load(path)
    start = time.perf_counter()
    distinct = distinct_rows(rows)
    _, first = np.unique(distinct.row_of, return_index=True)
    # Labels of equal customers are equal: each is with its nearest centroid.
    values = exact_silhouettes(distinct.rows, distinct.weights, labels[:, first])
    _show(start, list(values @ (distinct.weights / n_customers)))


def score_with_scikit_learn(n_customers: int, path: Path) -> None:
    """Print what scikit-learn takes, in float64 as the textbook has it."""
    from sklearn.metrics import silhouette_score

    matrix, labels = encoded_customers(n_customers).dense(slice(None)).astype(np.float64), np.load(path)
    start = time.perf_counter()
    _show(start, [silhouette_score(matrix, own) for own in labels])


def _show(start: float, means: list[float]) -> None:
    seconds = time.perf_counter() - start
    curve = {k: float(mean) for k, mean in zip(_KS, means, strict=True)}
    best = max(curve, key=lambda k: curve[k])
    print(json.dumps({"k": best, "silhouette": curve[best], "curve": curve, "seconds": seconds}))


if __name__ == "__main__":
    do = {"labels": write_labels, "own": score_in_one_walk, "scikit-learn": score_with_scikit_learn}[sys.argv[1]]
    do(int(sys.argv[2]), Path(sys.argv[3]))
