"""The queries that are kept for common questions answer them, on a dataset with a history and on one without."""

import pytest

from schemas.errors import UsageError
from tests.conftest import ROOT
from tests.integration.test_segment_names import run
from tests.nights import SEED_ROWS, answered, run_night
from warehouse.home.directory import Home
from warehouse.querying import named_queries

QUERIES = named_queries()

#: Query -> columns of its answer that must hold something, where customers moved and left.
TOLD = {
    "bought_more_often": {"item", "lift"},
    "hardly_bought": {"item", "lift"},
    "joined_this_week": {"customer_id", "event_date"},
    "moves": {"from_segment", "to_segment", "customers"},
    "number_totals": {"source_column", "total", "percent_of_total"},
    "segment_sizes": {"name", "customers", "percent"},
    "segment_traits": {"feature", "standardized_difference"},
    "sizes_over_time": {"as_of", "customers"},
    "typical_customers": {"customer_id", "age", "basket"},
    "what_drifted": {"source_column", "psi"},
    "why_this_k": {"k", "reason"},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home of two days, in which some customers changed what they buy."""
    folder = tmp_path_factory.mktemp("queries")
    run(folder, 1)
    run(folder, 2, kinds={"wine|cheese": 65, "milk|diapers": 33, "chips|soda": 20, "milk|diapers|tea": 33})
    return Home(folder / "home")


@pytest.fixture(scope="module")
def plain_home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    (folder / "customers.csv").write_text(SEED_ROWS)
    run_night(folder / "customers.csv", folder / "home")
    return Home(folder / "home")


@pytest.mark.parametrize("name", TOLD)
def test_question_is_answered(home, name):
    columns, rows = answered(home, QUERIES[name].sql)
    assert rows
    assert all(rows[0][columns.index(column)] is not None for column in TOLD[name])


@pytest.mark.parametrize("name", QUERIES)
def test_question_can_be_asked_of_any_dataset(plain_home, name):
    columns, _ = answered(plain_home, QUERIES[name].sql)
    assert len(columns) == len(set(columns))


@pytest.mark.parametrize("name", QUERIES)
def test_question_stands_on_the_first_line(name):
    question, _, grain = QUERIES[name].question.partition("? ")
    assert question
    assert grain.startswith("One row per ")


def test_totals_are_those_of_the_customers(home):
    columns, rows = answered(home, QUERIES["number_totals"].sql)
    _, ((total,),) = answered(home, "SELECT sum(age) FROM customers")
    assert sum(row[columns.index("total")] for row in rows) == pytest.approx(float(total), abs=0.05)
    assert sum(row[columns.index("percent_of_total")] for row in rows) == pytest.approx(100, abs=0.2)


def test_queries_are_found_in_the_docs():
    assert {path.stem for path in (ROOT / "docs" / "queries").glob("*.sql")} == set(QUERIES)


def test_command_takes_one_query(home):
    from flows.cli.query import query

    for arguments in ({}, {"sql": "SELECT 1", "list": True}, {"name": "moves", "list": True}):
        with pytest.raises(UsageError, match="give one of SQL, --name and --list"):
            query(home=home.root, **arguments)
    with pytest.raises(UsageError, match="there is no query 'move'; the queries are bought_more_often, "):
        query(name="move", home=home.root)


def test_command_answers_by_name(home, capsys):
    from flows.cli.query import query

    query(name="segment_sizes", home=home.root)
    assert capsys.readouterr().out.startswith("segment_id,name,customers,percent,change,description")
