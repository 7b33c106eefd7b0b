"""Texts of a file as Python literals: the same text again, on one line, whatever it holds."""

import ast
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.draft.python.literals import call_lines, literal, text_literal, wrapped

NASTY = [
    '"',
    "'",
    '"""',
    "\\",
    "\\x00",
    "a\\",
    "\n",
    "\r",
    "\x0c",
    "\x85",
    "\u2028",
    "\ufeff",
    "\ud800",
    "{{ 1 }}",
    "#",
    "a'b\"c",
]


@given(st.one_of(st.text(), st.sampled_from(NASTY)), st.booleans())
def test_literal_is_the_text_on_one_line(text, is_ascii):
    written = text_literal(text, is_ascii=is_ascii)
    assert ast.literal_eval(written) == text
    assert written.splitlines() == [written]


@pytest.mark.parametrize("value", [0, -1.5, True, ("a",), ("a", "b"), ["x", 'y"'], [1, 2], "#" * 255])
def test_literal_is_the_value_again(value):
    assert eval(literal(value)) == value


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_call_keeps_its_arguments_at_any_length(text):
    source = "\n".join(call_lines("call(", {"ge": 0, "alias": text}, 4)).strip()
    (found,) = [keyword.value for keyword in ast.parse(source).body[0].value.keywords if keyword.arg == "alias"]
    assert eval(compile(ast.Expression(found), "x", "eval")) == text


def test_lines_are_those_of_the_formatter(tmp_path):
    lines = ["class A:"]
    for size in (*range(60, 130), 200, 300):
        for mark in ("a", '"', "\\", "\x01", "é"):
            text = (f"ab{mark}" * size)[:size]
            lines += call_lines("x: Series[int] = numeric(", {"ge": 0, "alias": text}, 4)
            lines += call_lines("x: Series[int] = ignored(", {"alias": text}, 4)
    for n in range(1, 30):
        arguments = {"isin": [f"value {place}" for place in range(n)], "sentinels": ("?",) * n, "missing": "category"}
        lines += call_lines("x: Series[str] = category(", arguments, 4)
    file = tmp_path / "a.py"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "120", "--diff", file]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@given(st.text(), st.integers(10, 60))
def test_wrapped_lines_hold_every_word(text, width):
    lines = wrapped(text, width)
    assert " ".join(lines).split() == text.split()
    assert all(len(line.splitlines()) <= 1 for line in lines)
