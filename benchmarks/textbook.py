"""Segment customers the textbook's way: everything standardized, ten restarts for each k, scikit-learn's silhouette.

Run: python -m benchmarks.textbook FILE [--as-the-night] [--intelex]. Prints as JSON what was chosen, the
curve and the seconds it took, imports aside. With --as-the-night only the age is standardized, so that
the curve is that of the night; with --intelex scikit-learn-intelex computes what it can.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.over_k import show_over_k


def main(path: Path, *, is_as_the_night: bool) -> None:
    """Print the k with the highest silhouette and how that was found."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    start = time.perf_counter()
    matrix = read(path, is_as_the_night=is_as_the_night)
    show_over_k(
        start,
        fit=lambda k: KMeans(k, n_init=10, random_state=0).fit(matrix),
        silhouette=lambda model: float(silhouette_score(matrix, model.labels_)),
        objective=lambda model: float(model.inertia_) / len(matrix),
    )


def read(path: Path, *, is_as_the_night: bool) -> npt.NDArray[np.float64]:
    """Return a customers file as numbers, one row a customer."""
    from sklearn.preprocessing import MultiLabelBinarizer, StandardScaler

    lines = path.read_text().splitlines()[1:]
    frame = pd.DataFrame([line.split(",", 2) for line in lines], columns=["age", "location", "products"])
    # Who bought nothing has an empty list, not the product "".
    products = MultiLabelBinarizer().fit_transform(text.split(", ") if text else [] for text in frame["products"])
    marks = np.hstack([pd.get_dummies(frame["location"]).to_numpy(dtype=float), products])
    ages = StandardScaler().fit_transform(frame[["age"]].astype(float))
    return np.hstack([ages, marks if is_as_the_night else StandardScaler().fit_transform(marks)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.textbook")
    parser.add_argument("file", type=Path)
    parser.add_argument("--as-the-night", action="store_true")
    parser.add_argument("--intelex", action="store_true")
    options = parser.parse_args()
    if options.intelex:
        from sklearnex import patch_sklearn

        patch_sklearn(verbose=False)
    main(options.file, is_as_the_night=options.as_the_night)
