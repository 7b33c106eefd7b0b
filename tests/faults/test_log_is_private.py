"""Whatever is wrong with a file: the log quotes no row, nor does an error that Prefect shows, nor a file's name."""

import logging
from datetime import date

import pytest

from schemas.errors import SegmentsError, Unforeseen, in_full
from schemas.private import private
from tests.nights import run_night
from warehouse.home.ledger import add_note
from warehouse.home.run import Order, Run

CANARY = "canary7f3e"
NUMBER = "7351246"

HEADER = "customer_id,age,town,member,products"

SCHEMA = """
from pandera.typing import Series
from schemas import *

class Shop(Dataset, settle_seconds=0, {settings}):
    customer_id: Series[str] = identifier({identifier})
    age: Series[float] = numeric(ge=0, le=120)
    town: Series[str] = category({town})
    member: Series[bool] = flag(nullable=True)
    products: Series[list] = items()
"""


def customers(n=60, town="York", age=0):
    return [f"K{i},{20 + age + i % 40},{town if i % 3 else 'Hull'},yes,{('ham', 'tea')[i % 2]}, kale" for i in range(n)]


def some_moved(every):
    """Return customers of whom some live in a town of few."""
    return [row.replace("York", CANARY) if n % every == 2 else row for n, row in enumerate(customers())]


def file_of(*rows, header=HEADER):
    return "\n".join([header, *customers(), *rows, ""])


MANY = [f"C{i},{CANARY}{i},York,yes,ham" for i in range(90)]

#: What is wrong -> the file, and what the schema says besides.
FAULTS = {
    "one bad number": (file_of(f"X,{CANARY},York,yes,ham"), {}),
    "many bad numbers": (file_of(*MANY), {"settings": "max_rejected_share=0.1"}),
    "a number out of range": (file_of(f"X,{NUMBER},York,yes,ham"), {}),
    "too few fields": (file_of(f"{CANARY},1"), {}),
    "too few fields throughout": ("\n".join([HEADER, *[f"{CANARY},{i}" for i in range(40)]]), {}),
    "an open quote": (file_of(f'X,30,"{CANARY},yes,ham', *customers()), {}),
    "bytes that are no text": (file_of("X,30,YorkÿBAD,yes,ham").encode("latin-1").replace(b"BAD", CANARY.encode()), {}),
    "an identifier twice": (file_of(*2 * [f"{CANARY},30,York,yes,ham"]), {}),
    "identifiers all the same": ("\n".join([HEADER, *60 * [f"{CANARY},30,York,yes,ham"]]), {}),
    "an unknown value": (file_of(f"X,30,{CANARY},yes,ham"), {"town": 'isin=["York", "Hull"]'}),
    "only unknown values": (file_of(*[f"Y{i},30,{CANARY},yes,ham" for i in range(90)]), {"town": 'isin=["York"]'}),
    "a value of another pattern": (file_of(f"X,30,{CANARY},yes,ham"), {"town": 'str_matches="[A-Z][a-z]+$"'}),
    "a value that is too long": (
        file_of(f"X,30,{CANARY},yes,ham"),
        {"town": 'str_length={"min_value": 1, "max_value": 6}'},
    ),
    "no yes or no": (file_of(f"X,30,York,{CANARY},ham"), {}),
    "a total": (file_of(f"{CANARY} total,{sum(20 + i % 40 for i in range(60))},,,"), {}),
    "a heading": (file_of(f"{CANARY},,,,"), {}),
    "no header": ("\n".join(f"{CANARY}{i},32,York,yes,ham" for i in range(60)), {}),
    "no header and no number": ("\n".join(f"{CANARY} Smith,old,York,yes,ham" for _ in range(60)), {}),
    "no header and a name as declared": (f"{CANARY},ages,York,memberly,ham\n" * 60, {"settings": 'columns="evolve"'}),
    "a header twice": (
        "\n".join([HEADER.replace("age", "age,age"), *[f"K{i},3{i % 9},{NUMBER},York,yes,ham" for i in range(60)]]),
        {},
    ),
    "a decimal comma": (file_of(*[f'X{i},"7,351",{CANARY},yes,ham' for i in range(9)]), {}),
    "counts of items": ("\n".join([HEADER, *[f"K{i},30,York,yes,2 x {CANARY}, 3 x ham" for i in range(60)]]), {}),
    "a word before the last item": (
        "\n".join([HEADER, *[f"K{i},{i},York,yes,ham, tea and {CANARY} and co" for i in range(60)]]),
        {},
    ),
    "an infinite number": (file_of(f"{CANARY},1e999,York,yes,ham"), {}),
    "a long identifier": (file_of(f"{NUMBER}E+17,30,York,yes,{CANARY}"), {}),
    "comments": (file_of(f"#{CANARY}"), {"settings": 'comment="#"'}),
    "a zero byte": (file_of(f"X,30,{CANARY}\0,yes,ham"), {}),
}  # fmt: skip


@pytest.fixture
def said(tmp_path, write, caplog):
    """Run a file, after an earlier one if there is any; return what is said outside of the home."""

    def run(content, given, earlier=None):
        schema = SCHEMA.format(**{"settings": "", "identifier": "", "town": ""} | given)
        (tmp_path / "shop.py").write_text(schema)
        home, order = tmp_path / "home", {"dataset": str(tmp_path / "shop.py"), "k": 2, "encoding": "standard"}
        if earlier is not None:
            run_night(write("\n".join([HEADER, *earlier, ""])), home, **order, as_of=date(2026, 1, 30))
        hidden = ""
        with caplog.at_level(logging.DEBUG):
            try:
                run_night(write(content), home, **order, as_of=date(2026, 1, 31))
            except SegmentsError as error:
                error.hides_values = True
                hidden = repr(error)
        names = " ".join(path.name for path in tmp_path.rglob("*"))
        assert "step=deliver" in caplog.text
        return f"{caplog.text} {hidden} {names}"

    return run


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_told_without_a_value(said, fault):
    text = said(*FAULTS[fault])
    assert CANARY not in text
    assert NUMBER not in text


@pytest.mark.parametrize(
    ("rows", "settings"),
    [
        (customers(town=CANARY), ""),
        (some_moved(3), "drift_refuse=0.2"),
        ([row.replace("kale", CANARY) for row in customers()], "drift_warn=0.01"),
        ([row.replace("K", CANARY) for row in customers()], ""),
        (customers(n=9, town=CANARY), ""),
    ],
    ids=["new values", "refused drift", "new items", "other identifiers", "few rows"],
)
def test_change_is_told_without_a_value(said, rows, settings):
    earlier = some_moved(60) if "refuse" in settings else [row.replace("tea", f"tea, {CANARY}x") for row in customers()]
    text = said("\n".join([HEADER, *rows, ""]), {"settings": settings}, earlier)
    assert CANARY not in text
    if "refuse" in settings:
        assert "has drifted since the run of 2026-01-30" in text


def test_added_note_is_logged_without_values(home, caplog):
    add_note(Run.begin(Order("", home=str(home))), f"the town is {private(CANARY)}")
    assert caplog.messages == ["the town is …"]


def test_error_of_others_says_its_type_alone():
    error = Unforeseen(ValueError(f"could not convert {CANARY}\nto float"), "encode")
    assert str(error) == "unexpected ValueError in encode; segments runs prints what it says"
    assert CANARY not in repr(error)
    assert in_full(error) == f"ValueError: could not convert {CANARY} to float"
