"""Begin and end a night: the order checked, the home held, the ledger true whatever happens."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from schemas.errors import SegmentsError, UsageError
from schemas.loading import load_dataset
from tasks.delivery import find_source
from warehouse.ledger import close_abandoned, close_manifest, discard_manifest, locked, open_manifest
from warehouse.publishing import discard_staging
from warehouse.run import Order, Run
from warehouse.runs import published_run_id

#: No retailer acts on more; a fit of so many segments is a typing error.
LARGEST_K = 100


def check_order(order: Order) -> None:
    """Check what can be checked before any work.

    Raises:
        UsageError: k out of range, an unknown dataset, no file to take.
        SchemaError: the schema file cannot be used.
    """
    for name, value in (("k", order.k), ("k-min", order.k_min), ("k-max", order.k_max)):
        if value is not None and not 2 <= value <= LARGEST_K:
            raise UsageError(f"--{name} {value} is out of range; expected 2 to {LARGEST_K}")
    if order.k_min > order.k_max:
        raise UsageError(f"--k-min {order.k_min} is above --k-max {order.k_max}; expected k-min <= k-max")
    if not 0 <= order.seed < 2**32:
        raise UsageError(f"--seed {order.seed} is out of range; expected 0 to {2**32 - 1}")
    load_dataset(order.dataset)
    find_source(order.source)


def refuse_early(order: Order) -> None:
    """Check an order before anything is started for it; one that cannot run is recorded and raised."""
    try:
        check_order(order)
    except SegmentsError as error:
        run = Run.begin(order)
        open_manifest(run)
        close_manifest(run, error.status, str(error))
        raise


@contextmanager
def begin_night(order: Order) -> Iterator[Run]:
    """Hold the home for one run, and record how the run ends, whatever happens.

    Raises:
        HomeNotWritable, AnotherRunUnderWay: the night cannot begin.
        UsageError, SchemaError: the order makes no sense; see ``check_order``.
    """
    run = Run.begin(order)
    open_manifest(run)
    try:
        with _told_to_stop(), locked(run):
            close_abandoned(run, published_run_id(run.home))
            discard_staging(run.home)
            check_order(order)
            run.staging.mkdir()
            yield run
    except SegmentsError as error:
        close_manifest(run, error.status, str(error))
        raise
    except Exception as error:
        close_manifest(run, "failed", f"{type(error).__name__}: {' '.join(str(error).split())}")
        raise
    except BaseException:
        close_manifest(run, "interrupted", "the run was told to stop")
        raise


def forget_night(run: Run) -> None:
    """Leave no trace of a run that had nothing to do."""
    discard_staging(run.home)
    discard_manifest(run)


@contextmanager
def _told_to_stop() -> Iterator[None]:
    """Turn SIGTERM into an exception where nobody else listens, so that the ledger is written."""

    def stop(signum: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + signum)

    try:
        is_free = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        if is_free:
            signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: Prefect's worker thread, whose process listens itself
        is_free = False
    try:
        yield
    finally:
        if is_free:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
