"""Run the night on every real customers file by its drafted schema, and on copies in which nothing links the columns.

Run: python -m benchmarks.real_files [--files NAME,...] [--permuted N] [--seed N]. The files are those of
$SEGMENTS_TEST_DATA/customers. Printed is a line per file: customers, encoding, k, silhouette, gain, the first
word of the verdict, the smallest segment, seconds. With --permuted as many copies of each file follow, whose
columns are permuted as texts, each on its own, in the file's own dialect: how many of them are called none.
"""

import argparse
import csv
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from benchmarks.nights import Night, aged, night_on
from schemas.dataset import columns_of, file_settings_of
from schemas.loading import load_dataset
from tasks.draft.drafting import draft_schema

_HEADER = (
    f"{'file':<42} {'customers':>9} {'encoding':<9} {'k':>2} {'silhouette':>10} {'gain':>6} {'verdict':<7} "
    f"{'smallest':>8} {'seconds':>7}"
)


@dataclass(frozen=True)
class Texts:
    """The records of a file as texts.

    Attributes:
        header: the first line, None where the file has no header.
        records: the fields of each record, as many as columns; the last is a tuple of all that follow.
        delimiter: between fields.
    """

    header: list[str] | None
    records: Sequence[tuple[Any, ...]]
    delimiter: str

    @property
    def n_columns(self) -> int:
        """Fields of every record, those of a list as one."""
        return len(self.records[0]) if self.records else 0


def texts_of(source: Path, dataset: Path) -> Texts:
    """Read a file as texts: what is more than the declared columns belongs to the list at the end."""
    declared = load_dataset(str(dataset))
    settings = file_settings_of(declared)
    delimiter, n_columns = settings.delimiter or ",", len(columns_of(declared))
    with source.open(newline="", encoding=settings.encoding or "utf-8-sig") as file:
        lines = [fields for fields in csv.reader(file, delimiter=delimiter) if fields]
    header = lines.pop(0) if settings.header else None
    records = [(*fields[: n_columns - 1], tuple(fields[n_columns - 1 :])) for fields in lines]
    return Texts(header, records, delimiter)


def permuted_texts(texts: Texts, seed: int) -> Texts:
    """Return the same records with every column in an order of its own."""
    rng = np.random.default_rng(seed)
    columns = list(zip(*texts.records, strict=True))
    shuffled = [[column[place] for place in rng.permutation(len(column))] for column in columns]
    return Texts(texts.header, list(zip(*shuffled, strict=True)), texts.delimiter)


def write_texts(texts: Texts, path: Path) -> None:
    """Write records as a file in the same dialect."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=texts.delimiter, lineterminator="\n")
        if texts.header is not None:
            writer.writerow(texts.header)
        writer.writerows([*record[:-1], *record[-1]] for record in texts.records)


def permuted_nights(source: Path, dataset: Path, seeds: Sequence[int]) -> Iterator[Night]:
    """Yield what is found in copies of a file whose columns are permuted, as they come."""
    texts = texts_of(source, dataset)
    yield from Parallel(-1, return_as="generator_unordered")(
        delayed(_permuted_night)(texts, source.name, dataset, seed) for seed in seeds
    )


def main() -> None:
    """Print the table, and below each file what is made of its copies."""
    options = _options()
    folder = customers_folder()
    paths = [
        path for path in sorted(folder.glob("*.csv")) if not options.files or path.name in options.files.split(",")
    ]
    if not paths:
        raise SystemExit(f"no files to run in {folder}; set SEGMENTS_TEST_DATA, or look at --files")
    print(_HEADER)
    none, every = 0, 0
    with tempfile.TemporaryDirectory(prefix="segments-drafts-") as drafts:
        for path in paths:
            dataset = Path(drafts) / f"{path.stem}.py"
            dataset.write_text(draft_schema(str(path)).text, encoding="utf-8")
            print(line_of(path.name, night_on(path, str(dataset))), flush=True)
            if options.permuted:
                seeds = range(options.seed, options.seed + options.permuted)
                found = show_permuted(path, dataset, seeds)
                none, every = none + sum(one.verdict == "none" for one in found), every + len(found)
    if every:
        print(f"none on {none} of {every} permuted copies ({none / every * 100:.1f} %)")


def line_of(file: str, night: Night) -> str:
    """Return a line of the table."""
    return (
        f"{file:<42} {night.customers:>9,} {night.encoding:<9} {night.k:>2} {_digits(night.silhouette):>10} "
        f"{_digits(night.silhouette_gain):>6} {night.verdict:<7} {night.smallest:>8,} {night.seconds:>7.1f}"
    )


def show_permuted(path: Path, dataset: Path, seeds: Sequence[int]) -> list[Night]:
    """Print how many permuted copies of a file are called none, and the others in full."""
    if texts_of(path, dataset).n_columns < 2:
        print("    one column alone: there is nothing to permute it against")
        return []
    found = []
    for night in permuted_nights(path, dataset, seeds):
        found.append(night)
        if night.verdict != "none":
            print(line_of(f"    a copy of {path.name}", night), flush=True)
    print(f"    permuted: none on {sum(one.verdict == 'none' for one in found)} of {len(found)}", flush=True)
    return found


def customers_folder() -> Path:
    """Return where the real files are looked for, whether it is there or not."""
    return Path(os.environ.get("SEGMENTS_TEST_DATA", Path(__file__).parents[2] / "shared" / "data")) / "customers"


def _permuted_night(texts: Texts, name: str, dataset: Path, seed: int) -> Night:
    with tempfile.TemporaryDirectory(prefix="segments-permuted-") as folder:
        path = Path(folder) / name
        write_texts(permuted_texts(texts, seed), path)
        return night_on(aged(path), str(dataset))


def _digits(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.real_files",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--files", help="names of files, between commas; all by default")
    parser.add_argument("--permuted", type=int, default=0, help="permuted copies of each file; none by default")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first copy")
    return parser.parse_args()


if __name__ == "__main__":
    main()
