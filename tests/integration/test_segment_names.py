"""Names of segments: they stay from run to run, and what a person gives stands before what is made by rule."""

import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from schemas.errors import UsageError
from tasks.name_segment import drop_name, name_segment, segment_names
from tests.nights import assert_invariants, rows, run_night
from warehouse.home.directory import Home
from warehouse.home.segment_names import given_names
from warehouse.integrity import published_state

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, identifier, items, numeric

class Shop(Dataset):
    customer_id: Series[str] = identifier()
    age: Series[int] = numeric()
    basket: Series[list] = items(separator="|")
"""

_KINDS = {"wine|cheese": 65, "milk|diapers": 33, "chips|soda": 20}


def write_day(folder: Path, seed: int = 0, kinds: dict[str, int] = _KINDS) -> Path:
    draw = random.Random(seed)
    lines = []
    for number in range(240):
        basket, age = list(kinds.items())[number % len(kinds)]
        some = [one for one in basket.split("|") if draw.random() < 0.9]
        lines.append(f"C{number},{age + draw.randrange(6)},{'|'.join(some)}")
    (folder / "shop.py").write_text(SCHEMA)
    (folder / "customers.csv").write_text("\n".join(["customer_id,age,basket", *lines, ""]))
    return folder / "customers.csv"


def run(folder: Path, day: int, k: int = 3, **kinds: dict[str, int]) -> None:
    source = write_day(folder, seed=day, **kinds)
    run_night(source, folder / "home", dataset=str(folder / "shop.py"), k=k, as_of=date(2026, 3, day))


def names(home: Path) -> dict[int, str]:
    return dict(rows(home, "SELECT segment_id, name FROM segments ORDER BY segment_id"))


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    run(folder, 1)
    return folder


@pytest.fixture
def folder(first, tmp_path):
    return Path(shutil.copytree(first, tmp_path / "folder"))


def test_names_are_of_the_strongest_traits(first):
    assert set(names(first / "home").values()) == {
        "Older customers who buy wine",
        "Customers who buy milk and diapers",
        "Younger customers who buy chips",
    }


def test_names_stay_while_figures_drift(folder):
    before = names(folder / "home")
    for day in (2, 3, 4):
        run(folder, day)
        assert names(folder / "home") == before


def test_number_is_no_name(folder):
    """It would be taken for the number of another segment."""
    with pytest.raises(UsageError, match="no mere number"):
        name_segment(folder / "home", 2, "1")


def test_given_name_is_published_at_once(folder):
    home = folder / "home"
    name_segment(home, 2, " Grillers ")
    assert names(home)[2] == "Grillers"
    assert rows(home, "SELECT name FROM segment_lifetimes WHERE segment_id = 2") == [("Grillers",)]
    assert published_state(Home(home)).fault is None
    assert_invariants(home)


def test_given_name_survives_another_number_of_segments(folder):
    home = folder / "home"
    kept = next(one for one, name in names(home).items() if "wine" in name)
    name_segment(home, kept, "Grillers")
    run(folder, 2, k=2)
    found = rows(home, "SELECT segment_id FROM segment_stats WHERE feature = 'basket=wine' AND mean > 0.5")
    assert found == [(kept,)]
    assert names(home)[kept] == "Grillers"


def test_dropped_name_gives_way_to_the_rule(folder):
    home, before = folder / "home", names(folder / "home")
    name_segment(home, 1, "Grillers")
    drop_name(home, 1)
    run(folder, 2)
    assert "who buy" in names(home)[1]
    assert {2: before[2], 3: before[3]}.items() <= names(home).items()
    assert not Home(home).segment_names_file.exists()


def test_all_names_are_listed(folder):
    name_segment(folder / "home", 3, "Grillers")
    listed = segment_names(folder / "home")
    assert [(segment, is_given) for segment, _, is_given in listed] == [(1, False), (2, False), (3, True)]


def test_file_of_names_is_read_as_people_write_it(folder):
    home = Home(folder / "home")
    home.segment_names_file.write_text('\ufeffsegment_id,name\n1,"Wine, and more"\n\n9,Gone\n')
    run(folder, 2)
    assert names(home.root)[1] == "Wine, and more"
    name_segment(home.root, 2, "Grillers")
    assert given_names(home) == {1: "Wine, and more", 2: "Grillers", 9: "Gone"}


#: Name -> what is said of it.
REFUSED = {
    "": "1 to 60 characters in one line",
    "x" * 61: "1 to 60 characters in one line",
    "two\nlines": "1 to 60 characters in one line",
    "\u202eevil": "1 to 60 characters in one line",
}


@pytest.mark.parametrize("name", REFUSED, ids=["empty", "long", "two lines", "reversed"])
def test_unusable_name_is_refused(folder, name):
    with pytest.raises(UsageError, match=REFUSED[name]):
        name_segment(folder / "home", 1, name)


def test_names_are_not_given_twice(folder):
    other = names(folder / "home")[2]
    with pytest.raises(UsageError, match="is the name of segment 2 already"):
        name_segment(folder / "home", 1, other.upper())


def test_unknown_segment_is_refused(folder):
    with pytest.raises(
        UsageError, match=r"there is no segment 9 in .*; expected one that is published: 1 \(.*2 \(.*3 \("
    ):
        name_segment(folder / "home", 9, "Grillers")
    with pytest.raises(UsageError, match="segment 2 has no given name"):
        drop_name(folder / "home", 2)


def test_nothing_published_names_nothing(tmp_path):
    with pytest.raises(UsageError, match="nothing"):
        name_segment(tmp_path / "home", 1, "Grillers")


@pytest.mark.parametrize("line", ["1", "one,Grillers", "1,", "1,a,b"])
def test_faulty_line_of_names_is_refused(folder, line):
    Home(folder / "home").segment_names_file.write_text(f"segment_id,name\n2,Grillers\n{line}\n")
    with pytest.raises(UsageError, match=r"segment_names\.csv line 3: "):
        run(folder, 2)


def test_doubled_line_of_names_is_refused(folder):
    Home(folder / "home").segment_names_file.write_text("2,Grillers\n3,grillers\n")
    with pytest.raises(UsageError, match="line 2: the segment 3 or the name 'grillers' is there twice"):
        run(folder, 2)
