"""What a message quotes of a row is said to who ran it, and to nobody else."""

import logging

import pytest

from schemas.errors import DataRefused
from schemas.private import private, with_values, without_values
from tests.nights import run_night


def test_values_are_shown_or_hidden():
    message = f"line 3: {private(repr('Ann'), 'age: not_a_number')}; and {private('Bob')}"
    assert with_values(message) == "line 3: 'Ann'; and Bob"
    assert without_values(message) == "line 3: age: not_a_number; and …"


def test_value_cannot_forge_the_marks():
    hostile = "a\ue001b\ue002secret"
    assert without_values(private(hostile)) == "…"
    assert with_values(private(hostile)) == "absecret"


def test_error_hides_values_where_told():
    error = DataRefused(f"found {private('Ann')}")
    assert str(error) == "found Ann"
    error.hides_values = True
    assert str(error) == "found …"
    assert repr(error) == "DataRefused('found …')"
    assert error.in_full == "found Ann"


def test_log_has_no_value_of_a_refused_row(write, home, caplog):
    rows = "".join(f"canary7f3e,Ohio,tea{n}\n" for n in range(20))
    with caplog.at_level(logging.INFO), pytest.raises(DataRefused, match="canary7f3e"):
        run_night(write(f"Age,Location,Purchase History\n{rows}30,Ohio,tea\n"), home)
    assert "step=ingest" in caplog.text
    assert "canary7f3e" not in caplog.text
