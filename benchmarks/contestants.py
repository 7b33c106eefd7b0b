"""Everything that is measured: how it is started, and what it says of itself. Each runs in processes of its own."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import (
    AS_THE_NIGHT,
    IN_ONE_WALK,
    INTELEX,
    NIGHT,
    SCIKIT_LEARN,
    SPARK,
    TEXTBOOK,
    Figures,
)
from benchmarks.timing import Timed, timed

#: Customers up to which what is quadratic is measured.
_QUADRATIC_CUSTOMERS = 20_000


@dataclass(frozen=True)
class Bench:
    """Where a turn finds its files and the Pythons of others.

    Attributes:
        folder: holds the generated file, and whatever a turn leaves behind.
        source: the customers file.
        customers: its rows.
        run: turn, from 1.
        spark_python: a Python that has pyspark; None without one.
        intelex_python: a Python that has scikit-learn-intelex and pandas; None without one.
    """

    folder: Path
    source: Path
    customers: int
    run: int
    spark_python: str | None
    intelex_python: str | None


@dataclass(frozen=True)
class Contestant:
    """One thing that is measured: its name in the table, how, and up to how many customers."""

    who: str
    measure: Callable[[Bench], Figures]
    most_customers: int | None = None

    def takes(self, customers: int) -> bool:
        """Return whether it is measured on so many customers."""
        return self.most_customers is None or customers <= self.most_customers


def measure_night(bench: Bench) -> Figures:
    """Run the whole night, Prefect and all, into a new home."""
    home = bench.folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    took = timed("flows", "run", str(bench.source), "--home", str(home), "--force", "--json")
    run = json.loads(took.printed)["run"]
    manifest = json.loads((home / "runs" / run["run_id"] / "manifest.json").read_text(encoding="utf-8"))
    curve, objectives = _published_curve(home, "silhouette"), _published_curve(home, "objective")
    shutil.rmtree(home)
    return Figures(
        who=NIGHT,
        customers=bench.customers,
        run=bench.run,
        seconds=_moment(manifest["finished_at"]) - _moment(manifest["started_at"]),
        all_seconds=took.seconds,
        peak_mb=took.peak_mb,
        k=manifest["n_clusters"],
        objective=manifest["objective"],
        silhouette=manifest["silhouette"],
        steps={step["step"]: step["seconds"] for step in manifest["steps"]},
        step_peaks={step["step"]: step["peak_mb"] for step in manifest["steps"] if "peak_mb" in step},
        curve=curve,
        objectives=objectives,
    )


def measure_textbook(bench: Bench) -> Figures:
    """Run the textbook's script."""
    return _told(TEXTBOOK, bench, timed("benchmarks.textbook", str(bench.source)))


def measure_as_the_night(bench: Bench) -> Figures:
    """Run the textbook's script on the night's own encoding, so that the curves can be compared."""
    return _told(AS_THE_NIGHT, bench, timed("benchmarks.textbook", str(bench.source), "--as-the-night"))


def measure_intelex(bench: Bench) -> Figures:
    """Run the textbook's script with scikit-learn-intelex."""
    assert bench.intelex_python is not None  # noqa: S101
    return _told(
        INTELEX, bench, timed("benchmarks.textbook", str(bench.source), "--intelex", python=bench.intelex_python)
    )


def measure_spark(bench: Bench) -> Figures:
    """Run Spark's script on two cores."""
    assert bench.spark_python is not None  # noqa: S101
    took = timed("benchmarks.spark", str(bench.source), "2", python=bench.spark_python)
    return _told(SPARK, bench, took, note="its silhouette is that of squared distances")


def measure_scikit_learn(bench: Bench) -> Figures:
    """Score the labels of every k with scikit-learn."""
    return _scored(SCIKIT_LEARN, "scikit-learn", bench)


def measure_one_walk(bench: Bench) -> Figures:
    """Score the same labels as the night does where it is exact."""
    return _scored(IN_ONE_WALK, "own", bench)


def contestants(spark_python: str | None, intelex_python: str | None) -> dict[str, list[Contestant]]:
    """Return what can be measured beside the night with these Pythons, by the name that --peers takes."""
    there = {
        "textbook": [
            Contestant(TEXTBOOK, measure_textbook, _QUADRATIC_CUSTOMERS),
            Contestant(AS_THE_NIGHT, measure_as_the_night, _QUADRATIC_CUSTOMERS),
        ],
        "silhouette": [
            Contestant(SCIKIT_LEARN, measure_scikit_learn, _QUADRATIC_CUSTOMERS),
            Contestant(IN_ONE_WALK, measure_one_walk, _QUADRATIC_CUSTOMERS),
        ],
    }
    if spark_python:
        there["spark"] = [Contestant(SPARK, measure_spark)]
    if intelex_python:
        there["intelex"] = [Contestant(INTELEX, measure_intelex, _QUADRATIC_CUSTOMERS)]
    return there


def python_with(named: str | None, *modules: str) -> str | None:
    """Return the Python that was named, or this one, if it has the modules; else None.

    Raises:
        SystemExit: a Python was named that lacks them.
    """
    python = named or sys.executable
    has_them = subprocess.run([python, "-c", f"import {', '.join(modules)}"], capture_output=True).returncode == 0
    if named and not has_them:
        raise SystemExit(f"{named} does not import {' and '.join(modules)}: install them there, or name another Python")
    return python if has_them else None


def _scored(who: str, how: str, bench: Bench) -> Figures:
    labels = bench.folder / "labels.npy"
    if bench.run == 1 or not labels.exists():
        timed("benchmarks.silhouettes", "labels", str(bench.customers), str(labels))
    return _told(who, bench, timed("benchmarks.silhouettes", how, str(bench.customers), str(labels)))


def _told(who: str, bench: Bench, took: Timed, note: str = "") -> Figures:
    """Return the figures that a script printed as the last line."""
    told: dict[str, Any] = json.loads(took.printed.strip().splitlines()[-1])
    return Figures(
        who=who,
        customers=bench.customers,
        run=bench.run,
        seconds=told["seconds"],
        all_seconds=took.seconds,
        peak_mb=took.peak_mb,
        k=told["k"],
        objective=told.get("objective"),
        silhouette=told["silhouette"],
        steps=told.get("steps", {}),
        curve={int(k): value for k, value in told["curve"].items()},
        objectives={int(k): value for k, value in told.get("objectives", {}).items()},
        note=note,
    )


def _published_curve(home: Path, column: str) -> dict[int, float]:
    """Return a column of the home's published k_scores by k, asked for as an analyst does."""
    sql = f"SELECT k, {column} FROM k_scores WHERE silhouette IS NOT NULL ORDER BY k"
    printed = timed("flows", "query", sql, "--home", str(home)).printed
    return {int(k): float(value) for k, value in (row.split(",") for row in printed.splitlines()[1:])}


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
