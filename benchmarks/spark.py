"""Segment customers with Spark on this machine: its own encoders, one k-means for each k, its squared silhouette.

Run with a Python that has pyspark: python -m benchmarks.spark FILE [CORES]. Prints as JSON what was chosen,
the curve and the seconds it took, the start of Python and of Spark's session aside. Spark's silhouette is
that of squared distances, so it is another number than the classic one; the objective is the same.
"""

import sys
import time
from typing import Any

from pyspark.ml import Pipeline
from pyspark.ml.clustering import KMeans
from pyspark.ml.evaluation import ClusteringEvaluator
from pyspark.ml.feature import CountVectorizer, OneHotEncoder, StandardScaler, StringIndexer, VectorAssembler
from pyspark.sql import DataFrame, SparkSession, functions

from benchmarks.over_k import show_over_k

_MEMORY = "8g"


def main(path: str, cores: int) -> None:
    """Print the k with the highest silhouette and how that was found."""
    session = _session(cores)
    start = time.perf_counter()
    rows = _encoded(_read(session, path)).cache()
    n_rows = rows.count()
    evaluator = ClusteringEvaluator()
    show_over_k(
        start,
        fit=lambda k: KMeans(k=k, seed=0).fit(rows),
        silhouette=lambda model: float(evaluator.evaluate(model.transform(rows))),
        objective=lambda model: float(model.summary.trainingCost) / n_rows,
    )
    session.stop()


def _session(cores: int) -> Any:
    builder = SparkSession.builder.master(f"local[{cores}]").config("spark.driver.memory", _MEMORY)
    # No page, no progress bar, and no address but this machine's own.
    builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    return builder.config("spark.log.level", "ERROR").getOrCreate()


def _read(session: Any, path: str) -> DataFrame:
    """Return age, location and products; the list is what stands behind the second comma of a line."""
    lines = session.read.text(path).filter(~functions.col("value").startswith("Age,"))
    fields = functions.split("value", ",", 3)
    return lines.select(
        fields[0].cast("double").alias("age"),
        fields[1].alias("location"),
        # Who bought nothing has an empty list, not the product "".
        functions.array_remove(functions.split(fields[2], ", "), "").alias("products"),
    )


def _encoded(customers: DataFrame) -> DataFrame:
    """Return the customers as vectors: the age standardized, states and products 0/1, as the night has them."""
    stages = [
        VectorAssembler(inputCols=["age"], outputCol="ages"),
        StandardScaler(inputCol="ages", outputCol="standardized", withMean=True),
        StringIndexer(inputCol="location", outputCol="state"),
        OneHotEncoder(inputCol="state", outputCol="states", dropLast=False),
        CountVectorizer(inputCol="products", outputCol="bought", binary=True),
        VectorAssembler(inputCols=["standardized", "states", "bought"], outputCol="features"),
    ]
    return Pipeline(stages=stages).fit(customers).transform(customers).select("features")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2)
