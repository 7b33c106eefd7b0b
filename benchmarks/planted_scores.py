"""What was found of planted segments, compared with the truth: figures of a cell, and tables of many."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from sklearn.metrics import adjusted_rand_score

from benchmarks.planted_answers import Answer
from benchmarks.planted_sets import KINDS, PERMUTED, Cell, Ints, Plan

#: The baseline.
TEXTBOOK = "textbook"

#: Segments from which skewed sizes make a cell one of the harder ones.
_MANY = 6


@dataclass(frozen=True)
class Score:
    """One encoding in one cell: a row of the CSV file.

    Attributes:
        cell: what was planted.
        encoding: what was asked for.
        taken: encoding that the segments were found in.
        k: segments found.
        rand: adjusted Rand index of the segments found and planted.
        verdict: strong, weak or none; empty where no verdict is given.
        silhouette: mean silhouette of the segments found; None of one segment.
        silhouette_gain: silhouette less that of a null model; None where that was not tried.
        seconds: what it took.
    """

    cell: Cell
    encoding: str
    taken: str
    k: int
    rand: float
    verdict: str
    silhouette: float | None
    silhouette_gain: float | None
    seconds: float

    @property
    def kind(self) -> str:
        """Kind of truth, or ``permuted``."""
        return self.cell.kind

    @property
    def says_none(self) -> bool:
        """Whether the verdict is that there are no segments."""
        return self.verdict == "none"

    @property
    def is_right(self) -> bool:
        """Whether the planted number was found and not called none, or none where nothing links the columns.

        Of one number that falls apart by itself the verdict is none as well, as nothing links it to the other columns;
        it says so, and the segments are those of that number.
        """
        if self.kind in (PERMUTED, "nothing"):
            return self.says_none
        is_denied = self.says_none and not (self.kind == "one-number" and self.taken == "single")
        return self.k == self.cell.plan.n_segments and not is_denied

    @property
    def is_hard(self) -> bool:
        """Whether the segments are many and skewed, or known by age and place alone."""
        plan = self.cell.plan
        return self.kind == "age+location" or (plan.is_skewed and plan.n_segments >= _MANY)


def score_of(cell: Cell, labels: Ints, answer: Answer, encoding: str, seconds: float) -> Score:
    """Hold an answer against the planted labels."""
    rand = float(adjusted_rand_score(labels, answer.labels))
    told = (answer.verdict, answer.silhouette, answer.silhouette_gain)
    return Score(cell, encoding, answer.encoding, answer.k, rand, *told, seconds)


def read_scores(path: Path) -> list[Score]:
    """Return the scores of a file that was written here; none where there is no file."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [_score_in(row) for row in csv.DictReader(file)]


def write_scores(path: Path, scores: Iterable[Score]) -> None:
    """Write a row a score, so that the file is whole whenever this is stopped."""
    begun = path.with_name(f"{path.name}.begun")
    with begun.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*_PLANNED, "is_permuted", *_FOUND], lineterminator="\n")
        writer.writeheader()
        for score in scores:
            found = {name: getattr(score, name) for name in _FOUND}
            writer.writerow({**asdict(score.cell.plan), "is_permuted": score.cell.is_permuted, **found})
    begun.replace(path)


def table_of(kind: str, scores: Sequence[Score]) -> str:
    """Return one table: an encoding a line, even and skewed sizes side by side."""
    own = [score for score in scores if score.kind == kind]
    lines = [
        f"{kind:<24} {'even sizes':<27}  skewed sizes",
        f"{'':<24} " + "  ".join([f"{'right':>7} {'Rand':>6} {'none':>7}    "] * 2).rstrip(),
    ]
    for encoding in _encodings(own):
        of = [score for score in own if score.encoding == encoding]
        halves = [
            _half([score for score in of if score.cell.plan.is_skewed == is_skewed]) for is_skewed in (False, True)
        ]
        lines.append(f"{encoding:<24} " + "      ".join(halves))
    return "\n".join(lines)


#: What is summed up over kinds -> which scores belong to it.
SUMMED: dict[str, Callable[[Score], bool]] = {
    "structure between columns": lambda score: _is_between(score) and not score.is_hard,
    "the harder ones": lambda score: _is_between(score) and score.is_hard,
    "one number alone": lambda score: score.kind == "one-number",
    "none on nothing": lambda score: score.kind == "nothing",
    "none on permuted copies": lambda score: score.kind == PERMUTED,
}


def summary_of(scores: Sequence[Score]) -> str:
    """Return the right answers of every encoding over all kinds, and where it is worse than the textbook."""
    encodings = _encodings(scores)
    lines = [f"{'right':<28}" + "".join(f"{encoding:>14}" for encoding in encodings)]
    for words, belongs in SUMMED.items():
        cells = [_share([s for s in scores if belongs(s) and s.encoding == encoding]) for encoding in encodings]
        lines.append(f"{words:<28}" + "".join(f"{cell:>14}" for cell in cells))
    if TEXTBOOK in encodings:
        lines += [f"{encoding}: {_beside_textbook(scores, encoding)}" for encoding in encodings if encoding != TEXTBOOK]
    return "\n".join(lines)


def differences(scores: Sequence[Score], encoding: str) -> dict[str, int]:
    """Return by kind of truth how many more cells the textbook has right, of those that both were tried on."""
    right = {(score.cell, score.encoding): score.is_right for score in scores}
    found = dict.fromkeys(KINDS, 0)
    for (cell, own), is_right in right.items():
        if own == encoding and (cell, TEXTBOOK) in right and cell.kind in KINDS:
            found[cell.kind] += right[cell, TEXTBOOK] - is_right
    return found


def _beside_textbook(scores: Sequence[Score], encoding: str) -> str:
    found = differences(scores, encoding)
    worst = max(found.values())
    if worst <= 0:
        return "on no kind of truth fewer right than the textbook"
    kinds = ", ".join(kind for kind, difference in found.items() if difference == worst)
    return f"at worst {worst} fewer right than the textbook ({kinds})"


def _is_between(score: Score) -> bool:
    return score.kind in KINDS and score.kind not in ("one-number", "nothing")


def _encodings(scores: Sequence[Score]) -> list[str]:
    """Return the encodings that were tried, in the order in which they first appear."""
    return list(dict.fromkeys(score.encoding for score in scores))


def _half(scores: Sequence[Score]) -> str:
    if not scores:
        return f"{'-':>7} {'-':>6} {'-':>7}"
    n_right, n_none = sum(score.is_right for score in scores), sum(score.says_none for score in scores)
    rand = round(sum(score.rand for score in scores) / len(scores), 2) + 0.0  # which makes 0 of -0
    return f"{f'{n_right}/{len(scores)}':>7} {rand:>6.2f} {f'{n_none}/{len(scores)}':>7}"


def _share(scores: Sequence[Score]) -> str:
    if not scores:
        return "-"
    n_right = sum(score.is_right for score in scores)
    return f"{n_right}/{len(scores)} {n_right / len(scores) * 100:3.0f}%"


def _score_in(row: dict[str, str]) -> Score:
    plan = {name: _READ.get(name, int)(row[name]) for name in _PLANNED}
    found = {name: _READ.get(name, _number)(row[name]) for name in _FOUND}
    return Score(Cell(Plan(**plan), _is_true(row["is_permuted"])), **found)


def _is_true(text: str) -> bool:
    return text == "True"


def _number(text: str) -> float | None:
    return float(text) if text else None


#: Columns of the CSV file, and how those that are not integers of a plan or numbers of an answer are read.
_PLANNED = [own.name for own in fields(Plan)]
_FOUND = [own.name for own in fields(Score) if own.name != "cell"]
_READ: dict[str, Callable[[str], Any]] = {
    "kind": str,
    "is_skewed": _is_true,
    "popularity": str,
    "strength": float,
    "encoding": str,
    "taken": str,
    "k": int,
    "verdict": str,
}
