"""``segments run``: the flow in this process, against Prefect's temporary server or the one that is named."""

import logging
import sys
from dataclasses import asdict
from pathlib import Path

from flows.segment_customers import segment_customers
from flows.show import show_json, show_picture
from flows.summary import picture_of
from tasks.night import refuse_early
from warehouse.home import Home
from warehouse.run import Order

_PACKAGES = ("flows", "tasks", "warehouse")


def run_night(order: Order, *, as_json: bool, debug: bool) -> None:
    """Run the night that was ordered and print what it came to."""
    _show_progress(debug=debug)
    refuse_early(order)
    summary = segment_customers(**asdict(order))
    picture = picture_of(Home(Path(order.home)), summary)
    show_json(picture) if as_json else show_picture(picture)


def _show_progress(*, debug: bool) -> None:
    """Print a line a step on a terminal; a scheduled run's error output stays free for errors."""
    if not (sys.stderr.isatty() or debug):
        return
    shown = logging.StreamHandler()
    shown.setFormatter(logging.Formatter("%(asctime)s  %(message)s", datefmt="%H:%M:%S"))
    for name in _PACKAGES:
        logger = logging.getLogger(name)
        logger.addHandler(shown)
        logger.setLevel(logging.INFO)
        logger.propagate = False
