"""Begin and end a run: check the order, lock the home, and keep the ledger correct whatever happens."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from schemas.dataset import file_settings_of
from schemas.errors import AuditFailed, HomeNotWritable, SegmentsError, UsageError, in_full, no_room
from schemas.loading import load_dataset
from tasks.delivery.names import is_to_come
from tasks.delivery.sources import NotFinishedYet, delivered_files
from tasks.run.columns import declared_by
from tasks.run.memory import memory_there
from warehouse.connection import is_held_elsewhere, kept_open, nothing_published
from warehouse.home.access import close_to_others, keep_private
from warehouse.home.directory import Home, home_not_writable
from warehouse.home.ledger import (
    add_note,
    close_abandoned,
    close_manifest,
    discard_manifest,
    open_manifest,
    record_ended,
    update_manifest,
)
from warehouse.home.lock import locked
from warehouse.home.run import Order, Purpose, Run
from warehouse.integrity import published_state
from warehouse.publishing import discard_staging, set_log_aside
from warehouse.restoring import heal

_STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def check_order(order: Order) -> None:
    """Check what can be checked before any work.

    Raises:
        UsageError: k out of range, an unknown encoding or dataset, a day to come, no file to take, a memory limit that
            is not a number.
        SchemaError: the schema file cannot be used.
    """
    order.check()
    memory_there()
    dataset = load_dataset(order.dataset)
    if not order.sources:
        raise UsageError("no SOURCE is named; name a customers file as SOURCE")
    for source in order.sources:
        with suppress(NotFinishedYet):  # the run waits for it
            delivered_files(source, file_settings_of(dataset))


def _refuse_future_day(order: Order) -> None:
    """Refuse a day to come: no run of a day before it would replace what it publishes."""
    today = datetime.now(UTC).date()
    if order.as_of is not None and not order.force and is_to_come(order.as_of):
        raise UsageError(
            f"--as-of {order.as_of} is {(order.as_of - today).days} days after today, {today} in UTC; expected a day "
            "up to tomorrow: --force publishes it all the same"
        )


def refuse_early(order: Order) -> None:
    """Check an order and its home before anything is started for them; an order that cannot run is recorded."""
    Home(Path(order.home)).prepare()
    try:
        _refuse_future_day(order)
        check_order(order)
    except SegmentsError as error:
        record_ended(Run.begin(order), error.status, error.in_full)
        raise


@contextmanager
def begin_night(order: Order) -> Iterator[Run]:
    """Hold the home for one run, and record how the run ends, whatever happens.

    Raises:
        HomeNotWritable, AnotherRunUnderWay: the run cannot begin.
        UsageError, SchemaError: the order makes no sense; see ``check_order``.
    """
    with _begun(Run.begin(order)) as run:
        yield run


@contextmanager
def begin_scoring(order: Order) -> Iterator[Run]:
    """Hold the home for one run that scores customers, and record how it ends.

    Raises:
        HomeNotWritable, AnotherRunUnderWay: the run cannot begin.
        UsageError, SchemaError: the order makes no sense; see ``check_order``.
    """
    with _begun(Run.begin(order, "score")) as run:
        yield run


@contextmanager
def begin_amending(home: Path, purpose: Purpose) -> Iterator[Run]:
    """Hold the home to amend the published file; there is no source, and nothing to record.

    Raises:
        HomeNotWritable, AnotherRunUnderWay: the home cannot be held.
        UsageError: there is no such home.
    """
    run = Run.begin(Order(home=str(home)), purpose)
    if not home.is_dir():  # its name is mistyped, and no other is made
        raise nothing_published(run.home)
    _prepare(run.home)
    with locked(run):
        set_log_aside(run)
        discard_staging(run.home)
        run.staging.mkdir()
        try:
            with kept_open(run):
                yield run
        except Exception as error:
            if full := _full_home(run, error):
                raise full from error
            raise
        finally:
            discard_staging(run.home)


@contextmanager
def _begun(run: Run) -> Iterator[Run]:
    _prepare(run.home)
    # Recorded with the lock held: other runs close the record of a run that has not ended and holds no lock.
    with _signals_noted() as signals, locked(run):
        open_manifest(run)
        with _recorded_end(run, signals):
            set_log_aside(run)
            discard_staging(run.home)
            close_abandoned(run, published_state(run.home).run_id)
            heal(run)
            if is_held_elsewhere(run.home.published_file):
                add_note(run, f"another program holds {run.home.published_file} open for writing: a copy of it is read")
            if run.purpose == "segment":
                _refuse_future_day(run.order)
            check_order(run.order)
            update_manifest(run, **declared_by(run.order.dataset))
            run.staging.mkdir()
            with kept_open(run):
                yield run
            if run.purpose == "score":
                discard_staging(run.home)


def _prepare(home: Home) -> None:
    """Prepare a home for a run of this process, which may be a worker's: nobody else reads what is written there."""
    keep_private()
    home.prepare()
    close_to_others(home)


def forget_night(run: Run) -> None:
    """Remove every trace of a run that had nothing to do."""
    discard_staging(run.home)
    discard_manifest(run)


@contextmanager
def _recorded_end(run: Run, signals: list[BaseException]) -> Iterator[None]:
    """Close the record of a run that fails or is stopped."""
    try:
        yield
    except SegmentsError as error:
        error.run_id = run.run_id
        if not isinstance(error, AuditFailed):  # a copy of what was delivered stays only where it is to be looked into
            discard_staging(run.home)
        _close(run, error.status, error.in_full)
        raise
    except Exception as error:
        if signals:  # DuckDB turns what a signal raises within a statement into an error of its own
            _close_stopped(run, signals)
            raise signals[0] from error
        if full := _full_home(run, error):
            discard_staging(run.home)  # or there is no room for the record either
            _close(run, full.status, str(full))
            raise full from error
        _close(run, "failed", in_full(error))
        raise
    except BaseException:
        _close_stopped(run, signals)
        raise


def _full_home(run: Run, error: Exception) -> HomeNotWritable | None:
    """Return the failure of a run for which there is no room; None where something else failed."""
    why = no_room(error)
    return home_not_writable(run.home.root, why, "make room") if why else None


def _close(run: Run, status: str, message: str) -> None:
    """Close the record; a run that is published stays so, whatever came after."""
    if published_state(run.home).run_id == run.run_id:
        close_manifest(run, "published", f"{run.record['message']}; then: {message}")
    else:
        close_manifest(run, status, message)


def _close_stopped(run: Run, signals: list[BaseException]) -> None:
    if signals:
        discard_staging(run.home)
    _close(run, "interrupted", "the run was stopped")


@contextmanager
def _signals_noted() -> Iterator[list[BaseException]]:
    """Give a list that holds the exception of the signal that stopped this process, once one has.

    SIGTERM and SIGHUP become an exception without a listener, so that the ledger is written; a listener is
    asked as before. Elsewhere than in the main thread the process listens itself.
    """
    signals: list[BaseException] = []
    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.getsignal(number) for number in _STOPS}
    for number, listener in before.items():
        if listener is not signal.SIG_IGN:
            signal.signal(number, _noting(listener, signals))
    try:
        yield signals
    finally:
        for number, listener in before.items():
            signal.signal(number, listener)


def _noting(listener: Any, signals: list[BaseException]) -> Callable[[int, FrameType | None], None]:
    """Return a listener that notes what the earlier one raises."""

    def stop(number: int, frame: FrameType | None) -> None:
        if signals:  # the first one is being answered, and its record written
            return
        try:
            if not callable(listener):
                raise SystemExit(128 + number)
            listener(number, frame)
        except BaseException as raised:
            signals.append(raised)
            raise

    return stop
