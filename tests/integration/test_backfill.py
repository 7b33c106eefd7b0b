"""Days in order, whatever the order of their files: later ones replace, older ones wait for a backfill."""

import logging
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.night import PLAIN_STEPS, Steps, nights
from schemas.errors import DataRefused, UsageError
from tests.conftest import aged
from tests.integration.test_continuity import CLOSED, FIRST, GROWN, OPENED, SCHEMA, row
from tests.nights import assert_invariants, rows, run_night
from warehouse.home.directory import Home
from warehouse.home.ledger import read_manifests
from warehouse.home.run import Order

DAYS = [FIRST, GROWN, OPENED, CLOSED]

#: What must be the same in whatever order the days were delivered; a model names the run that formed it.
TABLES = {
    "segment_history": "*",
    "segment_lifetimes": "*",
    "segment_moves": "*",
    "segment_transitions": "*",
    "customer_segments": "*",
    "segments": "*",
    "models": "* EXCLUDE (run_id)",
}


class Deliveries:
    """A folder of dated files and a home."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder / "inbox", folder / "home"
        self.folder.mkdir(parents=True)
        self.schema = folder / "shop.py"
        self.schema.write_text(SCHEMA)

    def deliver(self, *days):
        for day in days:
            lines = [row(customer, plan) for customer, plan in DAYS[day - 1].items()]
            path = self.folder / f"customers-2026-03-{day:02}.csv"
            path.write_text("\n".join(["customer_id,age,plan", *lines, ""]))
            aged(path)

    def backfill(self, steps=PLAIN_STEPS, **order):
        order = {"dataset": str(self.schema), "home": str(self.home), "k_max": 4, "accept_volume": True} | order
        told: list[str] = []
        summary = nights(Order(str(self.folder), backfill=True, **order), steps, told.append)
        assert_invariants(self.home)
        return summary, told

    def tables(self):
        return {name: rows(self.home, f"SELECT {columns} FROM {name} ORDER BY ALL") for name, columns in TABLES.items()}


@pytest.fixture
def deliveries(tmp_path):
    return Deliveries(tmp_path / "late")


@pytest.fixture(scope="module")
def in_order(tmp_path_factory):
    found = Deliveries(tmp_path_factory.mktemp("in_order"))
    found.deliver(1, 2, 3, 4)
    _, told = found.backfill()
    assert [words.split(",")[0] for words in told] == [f"day {n} of 4: 2026-03-0{n}" for n in range(1, 5)]
    return found


def test_backfill_publishes_the_last_day(in_order):
    published = [run for run in read_manifests(Home(in_order.home)) if run["status"] == "published"]
    assert [run["as_of"] for run in published] == [f"2026-03-0{n}" for n in range(1, 5)]
    assert rows(in_order.home, "SELECT max(last_seen) FROM segment_lifetimes") == [(date(2026, 3, 4),)]


def test_backfill_again_does_nothing(in_order):
    summary, told = in_order.backfill()
    assert (summary.is_new, told) == (False, [])
    assert summary.message == "nothing new: all 4 days are published"


def test_any_order_ends_in_same_tables(deliveries, in_order):
    for day in (4, 2, 1, 3):
        deliveries.deliver(day)
        deliveries.backfill()
    assert deliveries.tables() == in_order.tables()


def test_killed_backfill_goes_on(deliveries, in_order):
    class Killed(BaseException):
        pass

    def killed(run, audited):
        if run.as_of == date(2026, 3, 3):
            raise Killed
        return PLAIN_STEPS.publish(run, audited)

    deliveries.deliver(1, 2, 3, 4)
    with pytest.raises(Killed):
        deliveries.backfill(Steps(publish=killed))
    _, told = deliveries.backfill()
    assert [words.split(",")[0] for words in told] == ["day 3 of 4: 2026-03-03", "day 4 of 4: 2026-03-04"]
    assert deliveries.tables() == in_order.tables()


def test_corrected_day_is_run_with_all_after_it(deliveries):
    deliveries.deliver(1, 2, 3)
    deliveries.backfill()
    path = deliveries.folder / "customers-2026-03-02.csv"
    path.write_text(path.read_text().replace("\n100,", "\n199,"))
    aged(path)
    _, told = deliveries.backfill()
    assert [words.split(",")[0] for words in told] == ["day 2 of 3: 2026-03-02", "day 3 of 3: 2026-03-03"]
    # Customer 100 came back on the third day, so that no period overlaps.
    history = "SELECT valid_from, valid_to FROM segment_history WHERE customer_id = '100' ORDER BY 1"
    assert rows(deliveries.home, history) == [
        (date(2026, 3, 1), date(2026, 3, 2)),
        (date(2026, 3, 3), None),
    ]


def test_older_day_is_refused(deliveries):
    deliveries.deliver(1, 2)
    order = {"dataset": str(deliveries.schema), "k": 3}
    run_night(deliveries.folder / "customers-2026-03-02.csv", deliveries.home, as_of=date(2026, 3, 2), **order)
    before = (deliveries.home / "segments.duckdb").read_bytes()
    with pytest.raises(
        DataRefused, match=r"--as-of 2026-03-01 is before the published run's day, 2026-03-02; expected"
    ):
        run_night(deliveries.folder / "customers-2026-03-01.csv", deliveries.home, as_of=date(2026, 3, 1), **order)
    assert (deliveries.home / "segments.duckdb").read_bytes() == before


def test_clock_that_went_backwards_is_refused(deliveries):
    deliveries.deliver(1)
    tomorrow = date.today() + timedelta(days=1)
    order = {"dataset": str(deliveries.schema), "k": 3}
    run_night(deliveries.folder, deliveries.home, as_of=tomorrow, **order)
    with pytest.raises(DataRefused, match=rf"today, .* in UTC, is before the published run's day, {tomorrow}"):
        run_night(deliveries.folder, deliveries.home, **order)


def test_days_to_come_are_refused(deliveries):
    order = {"dataset": str(deliveries.schema), "k": 3}
    deliveries.deliver(1)
    with pytest.raises(UsageError, match=r"--as-of 2999-01-01 is .* days after today.*--force publishes it"):
        run_night(deliveries.folder, deliveries.home, as_of=date(2999, 1, 1), **order)
    (deliveries.folder / "customers-2026-03-01.csv").rename(deliveries.folder / "customers-2999-01-01.csv")
    with pytest.raises(UsageError, match=r"customers-2999-01-01\.csv is dated .* days after today.*rename or move it"):
        nights(Order(str(deliveries.folder), backfill=True, home=str(deliveries.home), **order))


def test_wrong_day_is_left_out_by_force(deliveries):
    deliveries.deliver(1, 2)
    order = {"dataset": str(deliveries.schema), "k": 3}
    run_night(deliveries.folder / "customers-2026-03-01.csv", deliveries.home, as_of=date(2026, 3, 1), **order)
    run_night(
        deliveries.folder / "customers-2026-03-02.csv", deliveries.home, as_of=date(2062, 3, 2), force=True, **order
    )
    with pytest.raises(DataRefused, match="if 2062-03-02 is wrong, --force leaves it out"):
        run_night(deliveries.folder / "customers-2026-03-02.csv", deliveries.home, as_of=date(2026, 3, 2), **order)
    run_night(
        deliveries.folder / "customers-2026-03-02.csv", deliveries.home, as_of=date(2026, 3, 2), force=True, **order
    )
    assert rows(deliveries.home, "SELECT DISTINCT valid_to FROM past_memberships") == [(date(2026, 3, 2),)]
    assert rows(deliveries.home, "SELECT max(last_seen) FROM segment_lifetimes") == [(date(2026, 3, 2),)]
    deliveries.deliver(3)
    deliveries.backfill()  # the wrong day is none that is missing
    assert rows(deliveries.home, "SELECT max(last_seen) FROM segment_lifetimes") == [(date(2026, 3, 3),)]


@pytest.mark.parametrize(
    ("names", "order", "says"),
    [
        (["customers.csv"], {}, "has no date in its name; expected one such as customers-2027-01-31.csv"),
        (["a-2026-13-45.csv"], {}, "has no date in its name"),
        (["a-20260301.csv", "b-2026.03.01.csv"], {}, "are of one day, 2026-03-01; a backfill takes one file per day"),
        (["a-20260301.csv"], {"as_of": date(2026, 3, 1)}, "--as-of names one day"),
        ([], {}, "holds no file"),
    ],
)
def test_backfill_that_makes_no_sense_is_refused(deliveries, names, order, says):
    for name in names:
        (deliveries.folder / name).write_text("customer_id,age,plan\n")
    with pytest.raises(UsageError, match=says):
        deliveries.backfill(**order)


def test_published_day_without_file_is_refused(deliveries):
    deliveries.deliver(1, 2)
    deliveries.backfill()
    (deliveries.folder / "customers-2026-03-02.csv").rename(deliveries.folder / "customers-2026-02-28.csv")
    with pytest.raises(UsageError, match=r"2026-03-02 was published, and no file of that day is named"):
        deliveries.backfill()


def test_backfill_is_told_by_the_command(deliveries, capfd):
    from flows.cli.app import app

    deliveries.deliver(1, 2)
    logging.disable(logging.CRITICAL)
    app(
        [
            "run",
            str(deliveries.folder),
            "--backfill",
            "--dataset",
            str(deliveries.schema),
            "--home",
            str(deliveries.home),
        ],
        exit_on_error=False,
        result_action="return_none",
    )
    logging.disable(logging.NOTSET)
    assert "70 of 71 customers stayed in their segment" in capfd.readouterr().out
