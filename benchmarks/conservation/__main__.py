"""Read every broken file with every reader, and count what became of the records.

Run: make conservation, or python -m benchmarks.conservation [DATA] [--csv FILE], where DATA holds badcsv/ and
customers/ (SEGMENTS_TEST_DATA, or ../shared/data). A record is lost where it is neither read exactly nor set
aside with a reason: changed in silence, or gone. Where the dialect is to be found, Segments is told the names of
the columns, as its schema says them; the other readers take no names. Nobody is told of lines before the header.
"""

import argparse
import csv
import logging
import os
import signal
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from benchmarks.conservation.cases import WRONG_TRUTHS, Case, Record, all_files, pollock
from benchmarks.conservation.readers import READERS

_PROCESSES = 2

#: A file that takes longer counts as crashed.
_LONGEST_SECONDS = 60


@dataclass(frozen=True)
class Judgment:
    """What became of the records of one file with one reader.

    Attributes:
        records: true records; lines that hold something where no truth is known.
        other: loaded records that the truth does not hold as they are; all of them where no truth is known.
        lost: true records that are neither exact nor part of a rejected one, and lines that belong to no record.
    """

    folder: str
    file: str
    reader: str
    outcome: str
    records: int
    exact: int
    other: int
    rejected: int
    lost: int
    seconds: float
    message: str


def judged(case: Case, reader: str) -> Judgment:
    """Read a file and count its records against the truth, or its lines where none is known."""
    signal.alarm(_LONGEST_SECONDS)
    reading = READERS[reader](case)
    signal.alarm(0)
    outcome = "crashed" if reading.is_crash else "refused" if reading.refused is not None else "read"
    truth = Counter(tuple(cell.strip() for cell in record) for record in case.truth or ())
    exact = (truth & Counter(reading.records)).total()
    missing = truth - Counter(reading.records) if reading.refused is None else Counter()
    return Judgment(
        folder=case.folder,
        file=case.path.name,
        reader=reader,
        outcome=outcome,
        records=reading.lines or 0 if case.truth is None else truth.total(),
        exact=exact,
        other=len(reading.records) - exact,
        rejected=len(reading.rejected),
        lost=_in_no_rejected(missing, reading.rejected) + reading.unaccounted,
        seconds=reading.seconds,
        message=" ".join((reading.refused or "").split()),
    )


def main(data: Path, output: Path | None) -> int:
    """Print the tables, and write a line a file and reader where that is wanted; 1 where this project loses any."""
    cases = all_files(data)
    given = list(pollock(data, with_dialect=True))
    tasks = [(case, reader) for case in cases for reader in READERS]
    found = _judge_all(tasks)
    found_given = _judge_all([(case, reader) for case in given for reader in READERS])
    with_truth = [one for (case, _), one in zip(tasks, found, strict=True) if case.truth is not None]
    without = [one for (case, _), one in zip(tasks, found, strict=True) if case.truth is None]
    _print("Files whose clean version is known, the dialect found", with_truth, lambda one: one.reader)
    _print("Pollock's polluted files, the dialect given", found_given, lambda one: one.reader)
    _print("Files without a clean version, by reader", without, lambda one: one.reader)
    own = [one for one in without if one.reader == "segments"]
    _print("The same, Segments by folder, counted in lines", own, lambda one: one.folder)
    for name, why in WRONG_TRUTHS.items():
        print(f"counted in lines: {name}: {why}")
    bad = [one for one in (*found, *found_given) if one.reader == "segments" and (one.lost or one.outcome == "crashed")]
    for one in bad:
        print(f"lost or crashed: {one.folder}/{one.file}: {one.lost} of {one.records} {one.message[:200]}")
    if output is not None:
        _write(output, [*found, *found_given])
    return 1 if bad else 0


def _judge_all(tasks: Sequence[tuple[Case, str]]) -> list[Judgment]:
    cases, readers = zip(*tasks, strict=True)
    with ProcessPoolExecutor(_PROCESSES, initializer=_quiet) as pool:
        return list(pool.map(judged, cases, readers, chunksize=8))


def _in_no_rejected(missing: Counter[Record], rejected: Sequence[str]) -> int:
    """Return how many records are no part of a rejected one, by their letters and digits."""
    texts = [_letters(raw) for raw in rejected]
    return sum(
        count for record, count in missing.items() if not any(_letters("".join(record)) in text for text in texts)
    )


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _quiet() -> None:
    signal.signal(signal.SIGALRM, _too_long)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"not read within {_LONGEST_SECONDS} s")


def _print(title: str, found: Iterable[Judgment], key: Callable[[Judgment], str]) -> None:
    groups: dict[str, list[Judgment]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    names = (
        "files",
        "refused whole",
        "crashed",
        "records",
        "exact",
        "other",
        "rejected",
        "lost",
        "files losing",
        "slowest s",
    )
    print(f"\n{title}\n{'':22}" + "".join(f"{name:>14}" for name in names))
    for name, ones in groups.items():
        print(f"{name:22}" + "".join(f"{value:>14}" for value in _figures(ones)))


def _figures(ones: Sequence[Judgment]) -> tuple[str, ...]:
    outcomes = Counter(one.outcome for one in ones)
    records, exact = sum(one.records for one in ones), sum(one.exact for one in ones)
    return (
        f"{len(ones):,}",
        f"{outcomes['refused']:,}",
        f"{outcomes['crashed']:,}",
        f"{records:,}",
        f"{exact:,} {exact / records:.1%}" if exact else "-",
        f"{sum(one.other for one in ones):,}",
        f"{sum(one.rejected for one in ones):,}",
        f"{sum(one.lost for one in ones):,}",
        f"{sum(one.lost > 0 for one in ones):,}",
        f"{max(one.seconds for one in ones):.1f}",
    )


def _write(output: Path, found: Sequence[Judgment]) -> None:
    with output.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(asdict(found[0])))
        writer.writeheader()
        writer.writerows(asdict(one) for one in found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("SEGMENTS_TEST_DATA", "../shared/data"))
    parser.add_argument("data", nargs="?", type=Path, default=default)
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a line a file and reader")
    arguments = parser.parse_args()
    sys.exit(main(arguments.data, arguments.csv))
