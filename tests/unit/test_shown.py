"""A text that others wrote steers no terminal and turns no reading: it is escaped where it is shown."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import DataRefused
from schemas.shown import counted, shown, shown_as_json, shown_in_html, shown_lines

TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=[]), st.sampled_from("\x1b\x9b\x07\r\n\u202e\u2066\u200f\u061c\udc80"))
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("a\u202ecsv.exe", r"a\u202ecsv.exe"),
        ("\u2066a\u2069\u200e\u200f\u061c", r"\u2066a\u2069\u200e\u200f\u061c"),
        ("\x9b2J\x7f\r\n\t", r"\x9b2J\x7f\x0d\x0a\x09"),
        ("São Paulo, שלום 👩\u200d👧 \\x1b", "São Paulo, שלום 👩\u200d👧 \\x1b"),
    ],
)
def test_what_acts_unseen_is_escaped(text, expected):
    assert shown(text) == expected


@given(TEXTS)
def test_no_text_steers_a_terminal(text):
    for seen in (shown(text), shown_in_html(text)):
        assert {unicodedata.category(character) for character in seen} & {"Cc", "Cs", "Zl", "Zp"} == set()
        assert not {unicodedata.bidirectional(one) for one in seen} & {"LRE", "RLE", "LRO", "RLO", "PDF", "RLI", "LRI"}
    assert shown_lines(text).count("\n") == text.count("\n")
    assert "<" not in shown_in_html(text)


@given(TEXTS)
def test_json_reads_back_exactly(text):
    printed = shown_as_json({"a": text})
    assert json.loads(printed) == {"a": text}
    assert shown_lines(printed) == printed


def test_error_steers_no_terminal():
    assert str(DataRefused("\x1b]0;x\x07: \u202ebad")) == r"\x1b]0;x\x07: \u202ebad"


def test_what_is_counted_is_one_or_several():
    assert [counted(n, "row") for n in (0, 1, 2_000)] == ["0 rows", "1 row", "2,000 rows"]
    assert [counted(n, "value is", "values are") for n in (1, 2)] == ["1 value is", "2 values are"]
