import pytest

from schemas.customers import Customers
from schemas.dataset import columns_of
from schemas.errors import DataRefused
from schemas.file_settings import FileSettings
from tasks.reading.header import read_layout

COLUMNS = columns_of(Customers)


@pytest.mark.parametrize(
    "header",
    [
        "Age,Location,Purchase History",
        "age,location,purchase_history",
        "AGE;LOCATION;PURCHASEHISTORY",
        "Age\tLocation\tPurchase History",
        'Age|"Location"| Purchase_History ',
    ],
)
def test_headers_match_whatever_their_case_and_spaces(header):
    layout = read_layout([header], COLUMNS, FileSettings(), "x")
    assert layout.positions == {"age": 0, "location": 1, "purchase_history": 2}
    assert layout.list_column == "purchase_history"


def test_columns_are_found_by_name():
    layout = read_layout(["Purchase History,Shoe Size,Location,Age"], COLUMNS, FileSettings(), "x")
    assert layout.positions == {"age": 3, "location": 2, "purchase_history": 0}
    assert layout.undeclared == (("Shoe Size", 1),)


def test_declared_delimiter_beats_the_header():
    with pytest.raises(DataRefused, match="missing"):
        read_layout(["Age,Location,Purchase History"], COLUMNS, FileSettings(delimiter=";"), "x")


def test_undeclared_columns_make_a_missing_list():
    layout = read_layout(["Age,Location,apples,juice"], COLUMNS, FileSettings(), "x")
    assert layout.wide_column == "purchase_history"
    assert layout.item_positions == (("apples", 2), ("juice", 3))


def test_missing_column_names_a_similar_header():
    with pytest.raises(DataRefused, match=r"f\.csv line 1: column 'location' is missing .* alias='Locations'"):
        read_layout(["Age,Locations,Purchase History"], COLUMNS, FileSettings(), "f.csv")


@pytest.mark.parametrize(
    ("header", "settings"),
    [
        ("Age,Location,Purchase History,purchase_history", FileSettings()),
        ("Age,Location,milk,tea,Milk", FileSettings()),
        ("Age,Location,Purchase History,Note,note", FileSettings(columns="evolve")),
    ],
    ids=["lists", "things", "kept columns"],
)
def test_duplicate_headers_are_refused_with_both_places(header, settings):
    with pytest.raises(DataRefused, match=r"occurs twice, in columns \d and \d"):
        read_layout([header], COLUMNS, settings, "x")


def test_undeclared_headers_may_occur_twice():
    layout = read_layout(["Note,Age,note,Location,AGE,Purchase History"], COLUMNS, FileSettings(), "x")
    assert layout.positions == {"age": 1, "location": 3, "purchase_history": 5}
    assert layout.repeated == (("age", 4),)
    assert layout.undeclared == (("Note", 0), ("note", 2))


@pytest.mark.parametrize("header", ["Age,Location,Purchase History", None], ids=["with a header", "without"])
def test_quote_is_found_by_the_rows(header):
    head = [*([header] if header else []), "1,'Ohio',tea", "2,'Utah',tea", "3,Texas,tea"]
    layout = read_layout(head, COLUMNS, FileSettings(header=header is not None), "x")
    assert layout.dialect.quote == "'"


@pytest.mark.parametrize(
    "rows",
    [["1,'Ohio',tea", "2,Utah,tea", "3,Texas,tea"], ["1,'Ohio',\"tea\"", '2,"Utah",tea', "3,'Texas,tea"]],
    ids=["in few rows", "beside the usual one"],
)
def test_few_apostrophes_are_not_quotes(rows):
    layout = read_layout(["Age,Location,Purchase History", *rows], COLUMNS, FileSettings(), "x")
    assert layout.dialect.quote == '"'
