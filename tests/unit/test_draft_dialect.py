"""How the records of a file are written, found without any declaration."""

import pytest

from schemas.dialect import Dialect
from schemas.errors import DataRefused
from tasks.draft.file.dialect import find_dialect
from tasks.draft.file.head import Head, find_head

ROWS = [("id", "town", "age")] + [(f"{n}", town, f"{20 + n}") for n, town in enumerate(["Leeds", "York", "Hull"] * 5)]


def lines_of(rows, delimiter):
    return [delimiter.join(row) for row in rows]


def fields_of(sample):
    return [record.fields for record in sample.records]


def dialect_of(lines):
    return find_dialect(lines, "x.csv").dialect


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":", "^", "~", " "])
def test_every_delimiter_is_found(delimiter):
    sample = find_dialect(lines_of(ROWS, delimiter), "x.csv")
    assert sample.dialect.delimiter == delimiter
    assert fields_of(sample) == ROWS


def test_decimal_commas_do_not_hide_the_semicolon():
    assert dialect_of(["id;spend;bill"] + [f"{n};{n},5;1{n},25" for n in range(20)]).delimiter == ";"


def test_sentences_are_not_split_at_spaces():
    lines = ["note", "came in twice", "never came", "asks for tea", "she comes on Mondays"]
    assert dialect_of(lines).delimiter == ","


@pytest.mark.parametrize(
    ("lines", "quote"),
    [
        (['id,name,n', '1,"Smith, J",3', '2,"Jones, K",4'], '"'),
        (["id;name;n", "1;'Smith; J';3", "2;'Jones; K';4"], "'"),
        (["id,pipe,n", '1,a 5" pipe,3', '2,a 7" pipe,4'], None),
        (["id,name,n", "1,Smith,3"], '"'),
    ],
)  # fmt: skip
def test_quote_is_what_stands_around_whole_fields(lines, quote):
    assert dialect_of(lines).quote == quote


def test_quoted_line_breaks_belong_to_their_record():
    sample = find_dialect(["id,note,n", '1,"a', 'b",3', '2,"c",4'], "x.csv")
    assert fields_of(sample)[1:] == [("1", "a b", "3"), ("2", "c", "4")]
    assert [record.last_line for record in sample.records] == [1, 3, 4]


def test_backslash_before_quotes_is_the_escape():
    lines = ["id,name,n", r'1,"a \"b\" c, d",4', '2,"x",5', r'3,"y \"q\"",6']
    assert dialect_of(lines) == Dialect(",", '"', "\\", None)


def test_comments_stand_before_the_header():
    sample = find_dialect(["# made by the shop", "", "#", *lines_of(ROWS, ",")], "x.csv")
    assert sample.dialect.comment == "#"
    assert fields_of(sample) == ROWS


@pytest.mark.parametrize("head", [[], ["# made by the shop"]])
def test_rows_are_no_comments(head):
    rows = lines_of(ROWS, ",")
    sample = find_dialect([*head, *rows, "#vip,York,41"], "x.csv")
    assert sample.dialect.comment is None
    assert [record.last_line for record in sample.records] == list(range(1, len(head) + len(rows) + 2))


def test_last_comment_may_be_the_header():
    lines = ["# made by the shop", "#id,town,age", *lines_of(ROWS[1:], ",")]
    sample = find_dialect(lines, "x.csv")
    assert sample.dialect.comment is None
    assert sample.records[1].fields == ("#id", "town", "age")


def test_tied_delimiters_are_refused_by_name():
    lines = ["York,Ohio;Leeds", "Hull,Utah;Bath", "Ely,Iowa;Ripon"]
    with pytest.raises(DataRefused, match=r"x\.csv line 1: the fields may be separated by '[,;]' as well as by '[,;]'"):
        find_dialect(lines, "x.csv")


HEADS = {
    "names over numbers": ([("age", "n"), ("12", "3"), ("13", "4")], Head(0, 1)),
    "numbers alone": ([("12", "3"), ("13", "4"), ("15", "5")], Head(None, 0)),
    "names over texts that come again": ([("town", "plan"), ("York", "a"), ("Hull", "b"), ("York", "b")], Head(0, 1)),
    "texts that come again": ([("York", "a"), ("Hull", "b"), ("York", "b")], Head(None, 0)),
    "a title": ([("Our customers",), ("age", "n"), ("12", "3"), ("13", "4")], Head(1, 2)),
    "a title as wide as the table": ([("Export", "of May"), ("age", "n"), *[("12", "3")] * 9], Head(1, 2)),
    "a title over texts": ([("Customers",), ("town", "plan"), ("York", "a"), ("York", "b")], Head(1, 2)),
    "years over numbers": ([("shop", "2021", "2022"), ("York", "3", "4"), ("Hull", "5", "6")], Head(0, 1)),
    "a missing value first": ([("?", "3"), ("13", "4"), ("15", "5"), ("9", "9")], Head(None, 0)),
    "two lines of names": ([("age", "visits", ""), ("", "", "n"), ("12", "3", "1"), ("13", "4", "2")], Head(0, 2)),
}


@pytest.mark.parametrize(("records", "head"), HEADS.values(), ids=HEADS)
def test_header_differs_from_the_customers(records, head):
    assert find_head(records) == head
