"""Schema files of a user's own: every kind of column, its checks and its missing values."""

import pytest

from schemas.errors import DataRefused, SchemaError
from tests.nights import assert_invariants, quick_night, rows, run_night

HEAD = "from pandera.typing import Series\nfrom schemas import *\n"
SHOP = (
    HEAD
    + '''
class Shop(Dataset, max_rejected_share=0.9):
    """A shop's customers."""

    customer_id: Series[str] = identifier(alias="Customer No.")
    income: Series[float] = numeric(ge=0, nullable=True, unit="k$", alias="Annual Income (k$)", weight=2)
    member: Series[bool] = flag()
    plan: Series[str] = category(isin=["basic", "plus"])
    basket: Series[list] = items(str_length={"max_value": 6})
    note: Series[str] = ignored()
'''
)
FILE = """Customer No.,Annual Income (k$),Member,Plan,Note,Basket
A1,10.5,yes,basic,hello,apples,juice
A2,,no,plus,,
A3,30,TRUE,plus,x,steak
A4,12,0,basic,x,watermelon
A5,12,0,gold,x,steak
A1,99,1,basic,again,steak
A6,12,perhaps,basic,x,steak
A7,-1,1,basic,x,steak
,5,1,basic,x,steak
"""


def test_every_column_kind_is_read_and_encoded(write, home):
    run_night(write(FILE), home, dataset=str(write(SHOP, "shop.py")))
    assert rows(home, "SELECT * EXCLUDE (source_name, line_number) FROM customers ORDER BY 1") == [
        ("A1", 10.5, True, "basic", ["apples", "juice"], "hello"),
        ("A2", None, False, "plus", [], None),
        ("A3", 30.0, True, "plus", ["steak"], "x"),
    ]
    assert rows(home, "SELECT line_number, column_name, code, value FROM rejected_rows ORDER BY 1") == [
        (5, "basket", "not_allowed", "watermelon"),
        (6, "plan", "not_allowed", "gold"),
        (7, "customer_id", "duplicate_id", "A1"),
        (8, "member", "not_a_flag", "perhaps"),
        (9, "income", "out_of_range", "-1"),
        (10, "customer_id", "missing_value", None),
    ]
    assert rows(home, "SELECT DISTINCT source_column, encoding, weight FROM features ORDER BY 1") == [
        ("basket", "multi-hot", 1),
        ("income", "standardized", 2),
        ("member", "flag", 1),
        ("plan", "one-hot", 1),
    ]
    assert_invariants(home)


@pytest.mark.parametrize("kind", ["bool", "int", "str"])
def test_flag_feature_ignores_its_storage_type(write, home, kind):
    body = f"class A(Dataset):\n    paid: Series[{kind}] = flag(nullable=True)\n    age: Series[int] = numeric()\n"
    source = write("paid,age\nYes,1\nno,2\nT,3\nF,4\n1,50\n0,60\n,70\n")
    quick_night(source, home, dataset=str(write(HEAD + body, "a.py")))
    assert rows(home, "SELECT sum(mean * customers), any_value(kind) FROM segment_stats JOIN segments "
                      "USING (segment_id) WHERE feature = 'paid'") == [(pytest.approx(3), "flag")]  # fmt: skip
    assert_invariants(home)


def test_bare_and_parametrized_lists_are_equivalent(write, home):
    body = "class A(Dataset):\n    basket: Series[list[str]] = items()\n"
    quick_night(write("basket\na,b\nb\nc,a\n"), home, dataset=str(write(HEAD + body, "a.py")))
    assert rows(home, "SELECT basket FROM customers ORDER BY line_number") == [(["a", "b"],), (["b"],), (["c", "a"],)]


def test_missing_number_counts_as_the_median(write, home):
    run_night(write(FILE), home, dataset=str(write(SHOP, "shop.py")))
    assert rows(home, "SELECT imputed, center FROM features WHERE feature = 'income'") == [(20.25, 20.25)]


def test_column_comments_hold_description_and_unit(write, home):
    run_night(write(FILE), home, dataset=str(write(SHOP, "shop.py")))
    found = rows(home, "SELECT comment FROM duckdb_columns() WHERE table_name = 'customers' AND column_name = 'income'")
    assert found == [("Annual Income (k$) (k$)",)]


@pytest.mark.parametrize(
    ("body", "match"),
    [
        ("age: Series[str] = numeric()", r"A\.age is Series\[str\]; numeric\(\) should be Series\[int\]"),
        ("age: Series[int] = pa.Field()", r"A\.age is not declared by one of the kinds"),
        ("age: Series[int] = numeric(weight=0)", r"line 6: SchemaError: weight=0 should be above 0"),
        ("age: Series[int] = numeric(clip=(5, 1))", r"clip=\(5, 1\) should be \(lowest, highest\)"),
        ("line_number: Series[int] = numeric()", r"line_number is used by the published tables"),
        ("rowid: Series[int] = numeric()", r"rowid is used by the published tables"),
        ("name: Series[str] = ignored()", r"declares no column to segment by"),
        (
            "a: Series[str] = identifier()\n    b: Series[str] = identifier()\n    c: Series[int] = numeric()",
            r"2 identifiers",
        ),
        ("a: Series[int] = numeric(alias='X')\n    b: Series[int] = numeric(alias='x')", r"match the same header"),
        (
            "a: Series[int] = numeric(alias='X')\n    b: Series[int] = numeric(alias='X')",
            "A: a and b match the same header 'X'; keep one of them",
        ),
        ("a: Series[int] = numeric()\n    b: Series[int] = numeric(alias='a')", "a and b match the same header 'a'"),
        ("age: Series[int = numeric()", r"line 6: SyntaxError"),
        ("age: Seriez[int] = numeric()", r"line 6: NameError"),
        (
            "age: Series[int] = numeric()\n    @pa.dataframe_check\n    def all_old(cls, df): return df.age > 1",
            "frame as a whole",
        ),
        ("age: Series[int] = numeric(colour='red')", r"correct the schema file"),
    ],
)
def test_impossible_schema_is_refused_with_its_place(write, home, body, match):
    schema = write(HEAD + "import pandera.pandas as pa\n\nclass A(Dataset):\n    " + body + "\n", "a.py")
    with pytest.raises(SchemaError, match=match):
        quick_night(write("age\n1\n"), home, dataset=str(schema))


def test_declared_delimiter_is_used(write, home):
    schema = write(HEAD + "class A(Dataset, delimiter='|'):\n    '''A.'''\n    a: Series[int] = numeric()\n", "a.py")
    quick_night(write("a|b,c\n1|2,3\n2|2,3\n5|4,5\n"), home, dataset=str(schema))
    assert rows(home, "SELECT a FROM customers ORDER BY 1") == [(1,), (2,), (5,)]
    with pytest.raises(DataRefused, match="column 'a' is missing"):
        quick_night(write("a;b\n1;2\n"), home, dataset=str(schema))
