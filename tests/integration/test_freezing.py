"""``segments freeze``: an audience keeps its members and its control group, whatever later runs find."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from schemas.errors import AnotherRunUnderWay, UsageError
from tasks.freeze import drop_audience, freeze, frozen_audiences
from tests.conftest import aged
from tests.nights import assert_invariants, rows, run_night, value
from warehouse.home.directory import Home
from warehouse.home.ledger import read_manifests
from warehouse.home.lock import locked
from warehouse.home.run import Order, Run
from warehouse.integrity import published_state

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, identifier, numeric

class Shop(Dataset):
    customer_id: Series[str] = identifier()
    age: Series[int] = numeric(ge=0, le=120)
    plan: Series[str] = category()
"""

_AGES = {"basic": 20, "family": 45, "senior": 80}


def write_day(folder: Path, plans: dict[int, str]) -> Path:
    lines = [f"C{customer},{_AGES[plan] + customer % 5},{plan}" for customer, plan in plans.items()]
    path = folder / "customers.csv"
    path.write_text("\n".join(["customer_id,age,plan", *lines, ""]))
    return aged(path)


PLANS = {number: ("basic", "family", "senior")[number % 3] for number in range(90)}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A folder with a home of one run; copied before anything is done to it."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "shop.py").write_text(SCHEMA)
    source = write_day(folder, PLANS)
    run_night(source, folder / "home", dataset=str(folder / "shop.py"), k=3, as_of=date(2026, 3, 1))
    return folder


@pytest.fixture
def home(first, tmp_path):
    return Path(shutil.copytree(first / "home", tmp_path / "home"))


def next_run(first, home, plans, day):
    source = write_day(home.parent, plans)
    run_night(source, home, dataset=str(first / "shop.py"), k=3, as_of=date(2026, 3, day), accept_volume=True)


MEMBERS = "SELECT customer_id, is_control FROM audience_members WHERE audience = '{}' ORDER BY customer_id"


def members(home, name):
    return rows(home, MEMBERS.format(name))


def test_audience_has_the_segments_customers(home):
    frozen = freeze(home, "spring", 2, control=0.2).audience
    in_segment = rows(home, "SELECT customer_id FROM customer_segments WHERE segment_id = 2 ORDER BY 1")
    assert [row[:1] for row in members(home, "spring")] == in_segment
    assert (frozen.customers, frozen.control_customers) == (30, 6)
    assert sum(is_control for _, is_control in members(home, "spring")) == 6
    assert_invariants(home)


def test_later_runs_leave_an_audience_alone(first, home):
    freeze(home, "spring", 1, control=0.5)
    before = members(home, "spring"), rows(home, "FROM audiences")
    moved = {number: "basic" if plan == "senior" and number % 2 else plan for number, plan in PLANS.items()}
    next_run(first, home, {number: plan for number, plan in moved.items() if number >= 9}, 2)
    next_run(first, home, moved, 3)
    assert (members(home, "spring"), rows(home, "FROM audiences")) == before
    assert [run["status"] for run in read_manifests(Home(home))] == ["published"] * 3


def test_same_seed_draws_the_same_control(home, tmp_path, first):
    other = Path(shutil.copytree(first / "home", tmp_path / "other"))
    freeze(home, "spring", 1, control=0.3, seed=4)
    freeze(other, "spring", 1, control=0.3, seed=4)
    assert members(home, "spring") == members(other, "spring")
    freeze(other, "autumn", 1, control=0.3, seed=5)
    assert members(other, "autumn") != members(other, "spring")


def test_comparison_tells_groups_apart(first, home):
    frozen = freeze(home, "spring", 1, control=0.5)
    gone = {number: plan for number, plan in PLANS.items() if number not in (0, 1, 2)}
    next_run(first, home, gone, 2)
    found = rows(home, frozen.comparison)
    assert [row[:2] for row in found] == [(False, 15), (True, 15)]
    assert sum(row[2] for row in found) == 29
    assert all(row[3] > 0 and row[4] > 0 for row in found)


def test_dropped_audience_is_gone(first, home):
    freeze(home, "spring", 1)
    freeze(home, "autumn", 2)
    drop_audience(home, "spring")
    assert [one.audience.audience for one in frozen_audiences(home)] == ["autumn"]
    next_run(first, home, PLANS, 2)
    assert rows(home, "SELECT DISTINCT audience FROM audience_members") == [("autumn",)]
    with pytest.raises(
        UsageError, match=r"there is no audience 'spring' in .*; expected one that is published: 'autumn'"
    ):
        drop_audience(home, "spring")


def test_taken_name_is_refused(home):
    freeze(home, "spring", 1)
    before = (home / "segments.duckdb").read_bytes()
    with pytest.raises(UsageError, match=r"'spring' was frozen on .* does not change; choose another name"):
        freeze(home, "spring", 2)
    assert (home / "segments.duckdb").read_bytes() == before


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"segment_id": 9}, "home; expected one that is published: 1 ("),
        ({"control": 1.0}, "--control 1.0 cannot be used; expected a share from 0 to below 1"),
        ({"control": -0.1}, "--control -0.1 cannot be used"),
        ({"control": 0.001}, "is 0; expected at least one customer in each group"),
        ({"name": " "}, "' ' cannot name an audience"),
        ({"name": "a\nb"}, "cannot name an audience"),
    ],
)
def test_wrong_orders_are_refused(home, facts, message):
    with pytest.raises(UsageError) as raised:
        freeze(home, **{"name": "spring", "segment_id": 1, **facts})
    assert message in str(raised.value)
    assert frozen_audiences(home) == []


def test_customers_without_identifier_are_refused(first_night):
    with pytest.raises(UsageError, match="declares no identifier, so that its customers cannot be recognized"):
        freeze(first_night / "home", "spring", 1)


def test_nothing_is_frozen_during_a_run(home):
    with locked(Run.begin(Order("x.csv", home=str(home)))), pytest.raises(AnotherRunUnderWay):
        freeze(home, "spring", 1)


@pytest.mark.parametrize(("damaged", "kept"), [("segments.duckdb", 2), ("*/*.duckdb", 2), ("**/*.duckdb", 0)])
def test_damage_loses_no_audience_that_is_kept(first, home, damaged, kept):
    freeze(home, "spring", 1)
    next_run(first, home, PLANS, 2)
    freeze(home, "autumn", 2)
    for path in home.glob(damaged):
        path.chmod(0o644)
        path.write_bytes(b"damaged")
    next_run(first, home, PLANS, 3)
    assert len(rows(home, "SELECT audience FROM audiences")) == kept


def test_freezing_keeps_the_file_whole(first, home):
    freeze(home, "spring", 1)
    assert published_state(Home(home)).fault is None
    assert list((home / "staging").iterdir()) == []
    assert value(home, "SELECT count(*) FROM runs") == 1
