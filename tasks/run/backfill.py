"""Plan a backfill: which days are to be run, oldest first, so that the history is what it would be in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from schemas.dataset import file_settings_of
from schemas.errors import UsageError
from schemas.loading import load_dataset
from tasks.delivery.dated_files import dated_files
from tasks.delivery.names import is_to_come
from tasks.run.columns import declared_by
from tasks.run.fingerprint import fingerprint_of, refuse_rolled_back
from warehouse.home.directory import Home
from warehouse.home.ledger import Manifest, published_runs, step_record
from warehouse.home.run import Order
from warehouse.integrity import file_of, published_state, sha256_of


@dataclass(frozen=True)
class Backfill:
    """The days of a backfill.

    Attributes:
        days: every day, the oldest first.
        orders: what is left to run, the oldest day first.
        last_run_id: the published run, where nothing is left to run.
    """

    days: tuple[date, ...]
    orders: tuple[Order, ...]
    last_run_id: str | None


def plan_backfill(order: Order) -> Backfill:
    """Return the days of the files of an order, and which of them are to be run.

    Days that were published from the same file with the same settings, one after the other, stay as they are; from
    the first other one on, every day is run again, as each follows the one before.

    Raises:
        UsageError: a day is named for all, a file has no day or one to come, or a day that was published has no file.
    """
    order.check()
    if order.as_of is not None:
        raise UsageError("--as-of names one day; with --backfill the days are those in the names of the files")
    files = dated_files(order.sources, file_settings_of(load_dataset(order.dataset)))
    _refuse_future_days(files, order)
    orders = [
        replace(order, source=str(path), as_of=day, force=True, refit=order.refit and day == min(files))
        for day, path in files.items()
    ]
    home = Home(Path(order.home))
    published = published_runs(home, declared_by(order.dataset))
    before = _last_before(min(files), published)
    if before and not file_of(home, before):
        raise UsageError(
            f"the published file of the day before {min(files)} is no longer kept, so the history would begin anew; "
            "give the files of all days, from the first one on"
        )
    done = [] if order.refit or order.force else _in_line(home, orders, published, before)
    for one in [] if order.force else orders[len(done) :]:
        refuse_rolled_back(home, one.sources[0], fingerprint_of(one, sha256_of(Path(one.sources[0]))))
    _refuse_days_without_file(files, orders[len(done) :], _not_left_out(home, published))
    return Backfill(tuple(files), tuple(orders[len(done) :]), done[-1] if done else None)


def _refuse_future_days(files: dict[date, Path], order: Order) -> None:
    today, (last, path) = datetime.now(UTC).date(), max(files.items())
    if is_to_come(last) and not order.force:
        raise UsageError(
            f"{path} is dated {(last - today).days} days after today, {today} in UTC; expected a day up to tomorrow: "
            "rename or move it, or --force takes it in all the same"
        )


def _last_before(day: date, published: Sequence[Manifest]) -> str | None:
    """Return the last run that was published for an earlier day; None where there is none."""
    earlier = [run for run in published if run["as_of"] < day.isoformat()]
    # Of several runs of one day the newest comes first.
    return str(max(earlier, key=lambda run: str(run["as_of"]))["run_id"]) if earlier else None


def _in_line(home: Home, orders: Sequence[Order], published: Sequence[Manifest], before: str | None) -> list[str]:
    """Return the runs that published the first days as they are ordered, each following the one before.

    They end with the last one whose published file is still there, as the next day goes on from that.
    """
    found: list[str] = []
    for order in orders:
        wanted = fingerprint_of(order, sha256_of(Path(order.sources[0])))
        run = next((run for run in published if _is_of(run, order, wanted, found[-1] if found else before)), None)
        if run is None:
            break
        found.append(str(run["run_id"]))
    while found and not file_of(home, found[-1]):
        found.pop()
    is_all = len(found) == len(orders)
    return found[:-1] if is_all and found and published_state(home).run_id != found[-1] else found


def _is_of(run: Manifest, order: Order, fingerprint: str, previous: str | None) -> bool:
    """Return whether a run published the day of an order from the same file, following the same run."""
    tracked = step_record(run, "track_segments")
    is_same = (
        order.as_of is not None and run["as_of"] == order.as_of.isoformat() and run.get("fingerprint") == fingerprint
    )
    return is_same and "previous_run_id" in tracked and tracked["previous_run_id"] == previous


def _not_left_out(home: Home, published: Sequence[Manifest]) -> list[Manifest]:
    """Return the runs up to the published day; later ones were wrong days, or are run again."""
    run_id = published_state(home).run_id
    day = next((run["as_of"] for run in published if run["run_id"] == run_id), None)
    return [run for run in published if day is None or run["as_of"] <= day]


def _refuse_days_without_file(files: dict[date, Path], orders: Sequence[Order], published: Sequence[Manifest]) -> None:
    """Refuse to run days again where a later published one cannot be: its history would go on from the old one."""
    if not orders:
        return
    later = {date.fromisoformat(run["as_of"]) for run in published if run["as_of"] > str(orders[0].as_of)}
    missing = sorted(later - set(files))
    if missing:
        raise UsageError(
            f"{missing[0]} was published, and no file of that day is named; a backfill from {orders[0].as_of} on needs "
            "the file of every later day"
        )
