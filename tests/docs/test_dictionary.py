"""The data dictionary is current, and the comments in a published file say the same."""

import re

import pytest

from schemas.dictionary import dictionary
from schemas.published import HISTORY, PUBLISHED, VIEWS
from tests.conftest import ROOT
from tests.nights import rows

PAGE = (ROOT / "docs" / "data-dictionary.md").read_text()

#: What there is one column of per feature of the published file.
PROFILED = "segment_profile"


def cells(text):
    """The rows of the tables in a text, without code marks."""
    lines = re.findall(r"^\| (`.*) \|$", text, re.MULTILINE)
    return [[cell.strip().replace(r"\|", "|").strip("`") for cell in re.split(r"(?<!\\)\|", line)] for line in lines]


def part(heading):
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


#: Table or view -> its grain and its columns: name, type, null, meaning.
SECTIONS = {
    name: (text.split("\n\n")[0], cells(text))
    for name, text in re.findall(r"### `(\w+)`\n\n(.*?)(?=\n\n##|\Z)", part("Tables") + part("Views"), re.DOTALL)
}


def test_page_is_what_the_schemas_say():
    assert dictionary() == PAGE, "run: make docs"


def test_page_has_every_table_and_view():
    assert list(SECTIONS) == [*PUBLISHED, *VIEWS, PROFILED]


def columns_in(home, schema, table):
    found = rows(
        home / "home",
        "SELECT column_name, data_type, if(is_nullable, 'yes', ''), comment FROM duckdb_columns() "
        f"WHERE schema_name = '{schema}' AND table_name = '{table}' ORDER BY column_index",
    )
    return [list(column) for column in found]


def comment_of(home, kind, schema, table):
    return rows(
        home / "home",
        f"SELECT comment FROM duckdb_{kind}s() WHERE schema_name = '{schema}' AND {kind}_name = '{table}'",
    )


@pytest.mark.parametrize("table", PUBLISHED)
def test_comments_of_a_table_say_the_same(first_night, table):
    grain, columns = SECTIONS[table]
    assert comment_of(first_night, "table", "main", table) == [(grain,)]
    assert columns_in(first_night, "main", table) == columns


@pytest.mark.parametrize("view", VIEWS)
def test_comments_of_a_view_say_the_same(first_night, view):
    grain, columns = SECTIONS[view]
    assert comment_of(first_night, "view", "main", view) == [(grain,)]
    # A view's columns may all be null to DuckDB.
    without_null = [[name, sql_type, meaning] for name, sql_type, _, meaning in columns]
    assert [[name, sql_type, said] for name, sql_type, _, said in columns_in(first_night, "main", view)] == without_null


def test_comments_of_the_profile_say_the_same(first_night):
    grain, columns = SECTIONS[PROFILED]
    assert comment_of(first_night, "view", "main", PROFILED) == [(grain,)]
    meanings = {name: meaning for name, _, _, meaning in columns}
    for name, _, _, said in columns_in(first_night, "main", PROFILED):
        column, is_of_value, value = name.partition("=")
        meaning = meanings[f"{column}=..." if is_of_value else column]
        assert said == meaning.replace("=...", f"={value}")


@pytest.mark.parametrize("table", HISTORY)
def test_comments_of_the_history_say_the_same(first_night, table):
    of_run = [column for column in SECTIONS["runs"][1] if column[0] in ("run_id", "as_of")]
    assert columns_in(first_night, "history", table) == [*of_run, *SECTIONS[table][1]]
    assert comment_of(first_night, "table", "history", table) == [(dict(cells(part("History")))[f"history.{table}"],)]


def test_comment_of_the_macro_says_the_same(first_night):
    ((macro, result),) = cells(part("Macros"))
    name, parameters = macro.removesuffix(")").split("(")
    found = rows(
        first_night / "home",
        f"SELECT array_to_string(parameters, ', '), comment FROM duckdb_functions() WHERE function_name = '{name}'",
    )
    assert found == [(parameters, result)]
