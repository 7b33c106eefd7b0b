"""Segment customers the textbook's way: everything standardised, ten restarts for each k, scikit-learn's silhouette.

Run: python -m benchmarks.textbook FILE. Prints the chosen k and its silhouette as JSON.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import MultiLabelBinarizer, StandardScaler


def main(path: Path) -> None:
    """Print the k with the highest silhouette."""
    lines = path.read_text().splitlines()[1:]
    frame = pd.DataFrame([line.split(",", 2) for line in lines], columns=["age", "location", "products"])
    products = MultiLabelBinarizer().fit_transform(frame["products"].str.split(", "))
    columns = [frame[["age"]].astype(float), pd.get_dummies(frame["location"]), products]
    matrix = StandardScaler().fit_transform(np.hstack([np.asarray(column, dtype=float) for column in columns]))
    scores = {}
    for k in range(2, 11):
        labels = KMeans(k, n_init=10, random_state=0).fit_predict(matrix)
        scores[k] = float(silhouette_score(matrix, labels))
    best = max(scores, key=lambda k: scores[k])
    print(json.dumps({"k": best, "silhouette": scores[best]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
