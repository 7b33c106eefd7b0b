"""Columns other than those declared: let in, refused, or left out, by the one setting of the schema."""

import pytest

from schemas.errors import DataRefused
from tests.integration.conftest import CUSTOMERS
from tests.nights import assert_invariants, quick_night, rows

HEADER = "Age,Location,Shoe Size,Purchase History\n"
EXTRA = f"{HEADER}30,Ohio,44,tea\n31,Texas,,ale, tea\n32,Ohio, ,tea\n33,Ohio,XL,tea\n"
AS_DECLARED = [(30, "Ohio", ["tea"]), (31, "Texas", ["ale", "tea"]), (32, "Ohio", ["tea"]), (33, "Ohio", ["tea"])]


def test_evolve_keeps_undeclared_columns_as_text(check):
    checked = check(EXTRA, columns="evolve")
    assert checked.customers() == AS_DECLARED
    assert checked.customers("shoe_size") == [("44",), (None,), (None,), ("XL",)]
    said = "customers.csv: column 'Shoe Size', which the schema does not declare, is kept as text beside the customers"
    assert said in checked.notes


def test_kept_column_is_not_a_feature(write, home):
    schema = "from pandera.typing import Series\nfrom schemas import *\nclass Shop(Dataset, columns='evolve'):\n"
    quick_night(write(EXTRA), home, dataset=str(write(schema + CUSTOMERS, "shop.py")))
    assert rows(home, "SELECT shoe_size FROM customers ORDER BY line_number") == [("44",), (None,), (None,), ("XL",)]
    features = rows(home, "SELECT DISTINCT source_column FROM features ORDER BY 1")
    assert features == [("age",), ("location",), ("purchase_history",)]
    (comment,) = rows(home, "SELECT comment FROM duckdb_columns() WHERE column_name = 'shoe_size'")
    assert comment == ("Shoe Size: not declared, kept as it was delivered",)
    assert_invariants(home)


def test_kept_columns_get_names_that_are_free(check):
    fields = "age: Series[int] = numeric(alias='Years')"
    checked = check("Years,Age,line number,%,#\n30,a,b,c,d\n", fields=fields, columns="evolve")
    assert checked.customers('age, age_2, line_number_2, "column", column_2') == [(30, "a", "b", "c", "d")]


def test_kept_column_is_missing_in_other_files(check):
    plain = "Age,Location,Purchase History\n40,Ohio,tea\n"
    checked = check(EXTRA, plain, EXTRA.replace("Shoe Size", "shoe_size"), columns="evolve")
    sizes = ["44", None, None, "XL"]
    assert checked.customers("shoe_size") == [(size,) for size in [*sizes, None, *sizes]]
    assert checked.counts("ingest")["kept_columns"] == [{"name": "shoe_size", "header": "Shoe Size"}]


def test_freeze_names_every_undeclared_column(check):
    with pytest.raises(DataRefused) as refused:
        check("Hat,Age,Location,Shoe Size,Purchase History\nL,30,Ohio,44,tea\n", columns="freeze")
    assert refused.value.exit_code == 65
    assert "customers.csv line 1: the schema does not declare 'Hat', 'Shoe Size' (columns='freeze')" in str(
        refused.value
    )
    assert "set columns='discard_value' in the schema" in str(refused.value)


def test_freeze_takes_the_declared_columns(check):
    checked = check("Purchase History,Age,Location\ntea,30,Ohio\nale,tea,31,Ohio\n", columns="freeze")
    assert checked.customers() == [(30, "Ohio", ["tea"]), (31, "Ohio", ["ale", "tea"])]


def test_discard_row_rejects_filled_undeclared_columns(check):
    checked = check(EXTRA, columns="discard_row")
    assert checked.customers() == AS_DECLARED[1:3]
    assert checked.rejected() == [
        (2, None, "undeclared_value", "Shoe Size=44"),
        (5, None, "undeclared_value", "Shoe Size=XL"),
    ]
    assert checked.rejected("reason")[0] == (
        "Shoe Size=44 is in a column that the schema does not declare; declare it or leave it empty",
    )
    said = "customers.csv: column 'Shoe Size', which the schema does not declare, rejects the rows that fill it"
    assert said in checked.notes


def test_discard_value_leaves_the_column_out(check):
    checked = check(EXTRA.replace("\n", ",x\n").replace("History,x", "History,Hat"))
    assert checked.customers() == AS_DECLARED
    assert checked.counts("ingest")["sources"][0]["undeclared"] == ["Shoe Size", "Hat"]
    said = "customers.csv: columns 'Shoe Size', 'Hat', which the schema does not declare, are left out"
    assert said in checked.notes
    assert [name for name, *_ in checked.rows("DESCRIBE customers")][3:] == ["age", "location", "purchase_history"]


def test_header_over_the_same_values_is_read_once(check):
    checked = check("Age,Location,age,Purchase History\n30,Ohio, 30,tea\n31,Utah,31,\n32,Ohio\n,Iowa,,tea, ale\n")
    assert checked.customers("line_number, age") == [(2, 30), (3, 31)]
    assert "customers.csv: header 'age' occurs twice, over the same values: read once" in checked.notes


#: One row of all kinds of column in every order.
KINDS = """
    customer_id: Series[str] = identifier()
    amount: Series[float] = numeric()
    city: Series[str] = category()
    member: Series[bool] = flag()
    basket: Series[list] = items()
"""
CELLS = {"customer_id": "a", "amount": "1.5", "city": "Ulm", "member": "yes", "basket": "tea, ale"}


@pytest.mark.parametrize("turn", range(len(CELLS)))
def test_columns_may_stand_in_any_order(check, turn):
    names = [*list(CELLS)[turn:], *list(CELLS)[:turn]]
    checked = check(f"{','.join(names)}\n{','.join(CELLS[name] for name in names)}\n", fields=KINDS)
    assert checked.customers(", ".join(CELLS)) == [("a", 1.5, "Ulm", True, ["tea", "ale"])]


def test_renamed_column_names_the_similar_header(check):
    with pytest.raises(DataRefused) as refused:
        check("Age at export,Locations,Purchase History\n30,Ohio,tea\n")
    assert "customers.csv line 1: columns 'age', 'location' are missing" in str(refused.value)
    assert "(found 'Age at export', 'Locations', 'Purchase History')" in str(refused.value)


@pytest.mark.parametrize(
    ("header", "likeliest"),
    [
        ("Age,Locations,Purchase History", "Locations"),
        ("Age,Where: Location At Signup,Purchase History", "Where: Location At Signup"),
        ("Age,LOCATON,Purchase History", "LOCATON"),
    ],
)
def test_renamed_column_is_suggested_as_an_alias(check, header, likeliest):
    with pytest.raises(DataRefused, match=f"is {likeliest!r} the same\\? then set alias={likeliest!r}"):
        check(f"{header}\n30,Ohio,tea\n")


def test_column_of_another_kind_refuses_the_file(check):
    fields = "age: Series[int] = numeric()\n    member: Series[bool] = flag()"
    with pytest.raises(DataRefused) as refused:
        check("age,member\n30,gold\n31,silver\n", fields=fields, max_rejected_share=0.1)
    assert "customers.csv line 2: member 'gold' is not 1/0, yes/no or true/false" in str(refused.value)
    assert "2 of 2 rows are rejected" in str(refused.value)
