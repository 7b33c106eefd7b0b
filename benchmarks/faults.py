"""What happens to simultaneous runs, and to damaged published files: counts over many of them.

Run: python -m benchmarks.faults pairs [--times 200] | damage [--times 40] [--seed 0].

``pairs`` starts two runs of one home at the same moment: one has to publish, the other to say who holds the home.
``damage`` flips a bit or cuts the file at a random place: the next run has to publish, to keep the damaged file as
evidence, and to leave the archive as it was.
"""

import argparse
import collections
import logging
import os
import random
import re
import tempfile
from pathlib import Path

from benchmarks.nights import aged
from schemas.errors import SegmentsError
from tests.nights import PUBLISHED_RUN, SEED_ROWS, assert_invariants, run_night, value

_RUNS_OF_ONE_HOME = 20


def pairs(folder: Path, times: int) -> collections.Counter[str]:
    """Count how pairs of simultaneous runs end; each run is a process of its own."""
    outcomes: collections.Counter[str] = collections.Counter()
    for n in range(times):
        home = folder / f"home-{n // _RUNS_OF_ONE_HOME}"
        outcomes[_judge_pair(home, together(_delivery(folder), home, times=2, seed=n))] += 1
    return outcomes


def damage(folder: Path, times: int, seed: int) -> collections.Counter[str]:
    """Count what becomes of damaged published files, each of the same home."""
    outcomes: collections.Counter[str] = collections.Counter()
    source, home, places = _delivery(folder), folder / "home", random.Random(seed)  # noqa: S311
    run_night(source, home, k=2)
    for n in range(times):
        run_night(source, home, k=2 + n % 2, force=True)  # one more whole file for the archive
        damaged = _damage(home / "segments.duckdb", places, is_cut=n % 4 == 3)
        archived = _files_in(home / "archive")
        run_id = run_night(source, home, k=2, force=True).run_id
        assert_invariants(home)
        kept = home / "runs" / run_id / "damaged.duckdb"
        outcomes["published" if value(home, PUBLISHED_RUN) == run_id else "not published"] += 1
        outcomes["evidence kept" if kept.is_file() and kept.read_bytes() == damaged else "evidence lost"] += 1
        outcomes["archive as it was" if _files_in(home / "archive") == archived else "archive changed"] += 1
    return outcomes


def together(source: Path, home: Path, *, times: int, seed: int = 0) -> dict[int, tuple[int, str]]:
    """Run nights of one home at one moment, each in a process of its own; by process its exit code and message."""
    gate, opened = os.pipe()
    children = [_waiting_for(gate, opened, source, home, seed) for _ in range(times)]
    os.close(gate)
    os.close(opened)
    ended = {}
    for child, said in children:
        with os.fdopen(said) as messages:
            message = messages.read()
        ended[child] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), message
    return ended


def _waiting_for(gate: int, opened: int, source: Path, home: Path, seed: int) -> tuple[int, int]:
    """Fork a process that runs a night once everybody has closed the gate; return it and what reads its message."""
    said, say = os.pipe()
    child = os.fork()
    if child:
        os.close(say)
        return child, said
    os.close(opened)
    os.read(gate, 1)
    try:
        run_night(source, home, k=2, seed=seed, force=True)
    except SegmentsError as error:
        os.write(say, str(error).encode())
        os._exit(error.exit_code)
    except BaseException as error:
        os.write(say, repr(error).encode())
        os._exit(1)
    os._exit(0)


def _judge_pair(home: Path, ended: dict[int, tuple[int, str]]) -> str:
    codes = sorted(code for code, _ in ended.values())
    if codes != [0, 75]:
        return f"exit codes {codes}: {[message for _, message in ended.values() if message]}"
    ((winner, _),) = [(child, code) for child, (code, _) in ended.items() if code == 0]
    (message,) = [message for code, message in ended.values() if code == 75]
    if not re.match(rf"another run is under way \(pid {winner}, since ", message):
        return f"the holder {winner} is not named: {message}"
    not_published = value(home, "SELECT count(*) FROM runs WHERE status <> 'published'")
    return "one published, the other named it and exited 75" if not_published == 0 else "a record is wrong"


def _damage(path: Path, places: random.Random, *, is_cut: bool) -> bytes:
    content = bytearray(path.read_bytes())
    place = places.randrange(len(content))
    if is_cut:
        del content[place:]
    else:
        content[place] ^= 1 << places.randrange(8)
    path.unlink()
    path.write_bytes(content)
    return bytes(content)


def _delivery(folder: Path) -> Path:
    source = folder / "customers.csv"
    source.write_text(SEED_ROWS)
    return aged(source)


def _files_in(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def main() -> None:
    """Print how often each outcome came."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["pairs", "damage"])
    parser.add_argument("--times", type=int)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        if asked.what == "pairs":
            outcomes = pairs(Path(folder), asked.times or 200)
        else:
            outcomes = damage(Path(folder), asked.times or 40, asked.seed)
    for outcome, times in outcomes.most_common():
        print(f"{times:4}  {outcome}")


if __name__ == "__main__":
    main()
