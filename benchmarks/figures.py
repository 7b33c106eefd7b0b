"""Figures of one measured thing, and what they come to beside each other: a table, a CSV file, ratios."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

NIGHT, TEXTBOOK, AS_THE_NIGHT, SPARK, INTELEX = (
    "this project",
    "textbook",
    "textbook, our encoding",
    "spark local[2]",
    "textbook with scikit-learn-intelex",
)
IN_ONE_WALK, SCIKIT_LEARN = "silhouettes of all k in one pass", "silhouettes by scikit-learn"

#: Segments count as the same where J differs by a smaller share.
_SAME_SEGMENTS = 1e-4


@dataclass(frozen=True)
class Figures:
    """What one run of one thing took and found; the columns of the CSV file.

    Attributes:
        who: what was measured.
        customers: rows of its file.
        run: turn, from 1.
        seconds: of the work itself, the start of Python, Prefect or Spark aside.
        all_seconds: of everything, that start too.
        peak_mb: most memory resident at once, of all its processes together.
        k: the chosen number of segments.
        objective: J of the chosen segments.
        silhouette: mean silhouette of the chosen segments; Spark's is that of squared distances.
        load: processes that waited for a core when it began, this one aside; over 0.5 the seconds mean little.
        steps: seconds by step.
        step_peaks: peak memory after each step, of the measuring process alone.
        curve: silhouette by k.
        objectives: J by k.
        note: what else is to be known.
    """

    who: str
    customers: int
    run: int
    seconds: float
    all_seconds: float
    peak_mb: float
    k: int | None = None
    objective: float | None = None
    silhouette: float | None = None
    load: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)
    step_peaks: dict[str, float] = field(default_factory=dict)
    curve: dict[int, float] = field(default_factory=dict)
    objectives: dict[int, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Ratio:
    """How many times as long one thing took as another, medians over the runs."""

    words: str
    value: float


def ratios(figures: Sequence[Figures]) -> list[Ratio]:
    """Return what everybody took over what this project took on the same file, then that of sizes and silhouettes."""
    sizes = sorted({one.customers for one in figures})
    found = [
        _ratio(figures, (who, size), (NIGHT, size))
        for size in sizes
        for who in (TEXTBOOK, AS_THE_NIGHT, INTELEX, SPARK)
    ]
    found += [_ratio(figures, (SCIKIT_LEARN, size), (IN_ONE_WALK, size)) for size in sizes]
    found += [_ratio(figures, (TEXTBOOK, 20_000), (NIGHT, 1_000_000))]
    found += [_ratio(figures, (NIGHT, larger), (NIGHT, size)) for size, larger in pairwise(sizes)]
    return [ratio for ratio in found if ratio is not None]


def curve_differences(figures: Sequence[Figures]) -> list[str]:
    """Return in words how far curves are apart that should be one: scored from the same labels, or encoded alike."""
    sizes = sorted({figure.customers for figure in figures})
    pairs = [
        (one, other, size) for one, other in ((IN_ONE_WALK, SCIKIT_LEARN), (NIGHT, AS_THE_NIGHT)) for size in sizes
    ]
    return [
        _difference(one, other)
        for one, other in ((_first(figures, one, size), _first(figures, other, size)) for one, other, size in pairs)
        if one and other
    ]


def median_of(figures: Iterable[Figures], who: str, customers: int, fact: str = "seconds") -> float | None:
    """Return the median of a number over the runs of one thing; None where it was not measured."""
    values = [getattr(one, fact) for one in figures if (one.who, one.customers) == (who, customers) and one.seconds > 0]
    return median(values) if values else None


def write_csv(path: Path, figures: Sequence[Figures]) -> None:
    """Write a line a run; seconds by step and the like are written as name=number."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [own.name for own in fields(Figures)], lineterminator="\n")
        writer.writeheader()
        for one in figures:
            writer.writerow({own.name: _cell(getattr(one, own.name)) for own in fields(Figures)})


def read_csv(path: Path) -> list[Figures]:
    """Return the figures of a file that was written here, for a plot: who, customers, seconds and memory."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Figures(
                row["who"], int(row["customers"]), int(row["run"]),
                float(row["seconds"]), float(row["all_seconds"]), float(row["peak_mb"]),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def header() -> str:
    """Return the line over the lines of figures."""
    numbers = f"{'seconds':>8} {'in all':>8} {'peak MB':>8} {'k':>3} {'J':>8} {'silhouette':>10} {'load':>5}"
    return f"{'who':<34} {'customers':>10} {'run':>3} {numbers}"


def line(one: Figures) -> str:
    """Return one run as a line of the table, with its seconds by step below it."""
    told = (
        f"{one.who:<34} {one.customers:>10,} {one.run:>3} {one.seconds:>8.2f} {one.all_seconds:>8.2f} "
        f"{one.peak_mb:>8,.0f} {_number(one.k, '3d')} {_number(one.objective, '8.4f')} "
        f"{_number(one.silhouette, '10.4f')} {one.load:>5.1f}"
    )
    steps = " ".join(f"{step} {seconds:.2f}" for step, seconds in one.steps.items())
    return "\n    ".join(part for part in (told, steps, one.note) if part)


def _difference(one: Figures, other: Figures) -> str:
    """Return the largest difference of two curves over the k at which both have the same segments, as J tells."""
    apart = {k: abs(one.curve[k] - other.curve[k]) for k in one.curve.keys() & other.curve.keys()}
    gaps = {k: one.objectives[k] / other.objectives[k] - 1 for k in one.objectives.keys() & other.objectives.keys()}
    elsewhere = {k: gap for k, gap in sorted(gaps.items()) if abs(gap) > _SAME_SEGMENTS}
    same = apart.keys() - elsewhere.keys()
    told = (
        f"{max((apart[k] for k in same), default=0):8.1e}  is the most between the curves of {one.who} and {other.who} "
    )
    told += f"at {one.customers:,} over {len(same)} k"
    if elsewhere:
        told += "; J is another at " + ", ".join(f"k={k} ({gap * 100:+.2f} %)" for k, gap in elsewhere.items())
    return told


def _first(figures: Sequence[Figures], who: str, customers: int) -> Figures | None:
    return next((one for one in figures if (one.who, one.customers) == (who, customers) and one.curve), None)


def _ratio(figures: Sequence[Figures], one: tuple[str, int], other: tuple[str, int]) -> Ratio | None:
    above, below = median_of(figures, *one), median_of(figures, *other)
    if above is None or below is None:
        return None
    return Ratio(f"{one[0]} at {one[1]:,} / {other[0]} at {other[1]:,}", above / below)


def _number(value: float | None, form: str) -> str:
    width = int(form.split(".")[0].rstrip("d"))
    return f"{'-':>{width}}" if value is None else f"{value:>{form}}"


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return " ".join(f"{name}={number:.6g}" for name, number in value.items())
    return round(value, 6) if isinstance(value, float) else value
