"""Count what becomes of faults, each judged by ``tests.faults.oracle``: python -m tests.faults [--long] [KIND ...]."""

import argparse
import logging
import shutil
import tempfile
import time
from pathlib import Path

from tests.faults.harness import KINDS, GoodHome


def main() -> None:
    """Print how often each outcome came; the first one that is wrong ends it, and its home is kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--long", action="store_true", help="as often as the figures in docs/faults.md")
    asked = parser.parse_args()
    unknown = set(asked.kinds) - set(KINDS)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: no such kind; expected {', '.join(KINDS)}")
    logging.disable(logging.WARNING)
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    good = GoodHome(folder)
    for kind in asked.kinds or KINDS:
        make, short, long = KINDS[kind]
        if kind == "order" and shutil.which("strace") is None:
            print("      order: not traced, as there is no strace")
            continue
        begun = time.monotonic()
        for outcome, times in sorted(make(good, long if asked.long else short).items()):
            print(f"{times:6,}  {outcome}", flush=True)
        print(f"        {kind}: {time.monotonic() - begun:.0f} s", flush=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
