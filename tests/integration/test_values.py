"""Values as people write them: what is read as a number, what counts as missing, which spellings are one value."""

import pytest

from tests.integration.conftest import CUSTOMERS
from tests.nights import assert_invariants, quick_night, rows, value

#: A column to be looked at, beside one that is always good.
AMOUNT = "amount: Series[float] = numeric({})\n    n: Series[int] = numeric()"


def one_column(cells, header="amount"):
    """A file with one column to be looked at, between semicolons, so that cells may hold commas."""
    return "".join(f"{cell};1\n" for cell in [header, *cells]).replace(f"{header};1", f"{header};n")


STRIPPED = {
    "$53.00": 53.0,
    "53 $": 53.0,
    "$ 53": 53.0,
    "-$5": -5.0,
    "$-5": -5.0,
    "12.5€": 12.5,
    "usd 12.5": 12.5,
    "$12 USD": 12.0,
    "*7": 7.0,
}


def test_declared_symbols_are_stripped_from_numbers(check):
    checked = check(one_column(STRIPPED), fields=AMOUNT.format('strip=("$", "€", "USD", "*")'))
    assert checked.customers("amount") == [(number,) for number in STRIPPED.values()]


def test_unit_is_stripped_before_range_check(check):
    checked = check("age\n61y\n61 Y\n121y\n", fields='age: Series[int] = numeric(strip="y", le=120)')
    assert checked.customers("age") == [(61,), (61,)]
    assert checked.rejected("line_number, code") == [(4, "out_of_range")]


def test_undeclared_symbols_in_numbers_are_rejected(check):
    cells = ["$53.00", "61y", "53%"]
    checked = check(one_column(["5", *cells]), fields=AMOUNT.format(""))
    assert checked.customers("amount") == [(5,)]
    assert checked.rejected("code, value") == [("not_a_number", cell) for cell in cells]
    assert checked.rejected("reason")[0] == ("amount '$53.00' is not a number; strip='$' in the schema takes '$' off",)


def test_misplaced_or_repeated_symbol_is_rejected(check):
    cells = ["5$3", "$$53", "$", "$abc"]
    checked = check(one_column(["$5", *cells]), fields=AMOUNT.format('strip="$"'))
    assert checked.customers("amount") == [(5,)]
    assert checked.rejected("code, value") == [("not_a_number", cell) for cell in cells]


SENTINELS = """
    amount: Series[float] = numeric(sentinels=("999", "?", "N/A"), missing="median")
    city: Series[str] = category(sentinels=("?", "999"), missing="category")
    member: Series[bool] = flag(sentinels="?", missing="most_frequent")
"""


def test_declared_sentinels_are_null_in_their_columns(check):
    lines = [
        "amount;city;member",
        "5;Ulm;yes",
        "999;?;no",
        "?;999;?",
        "n/a; ? ;0",
        "N/A;n/a;1",
        "999.0;Bonn;1",
        "9990;999.0;1",
    ]
    assert check("\n".join(lines), fields=SENTINELS).customers("amount, city, member") == [
        (5, "Ulm", True),
        (None, None, False),
        (None, None, None),
        (None, None, False),
        (None, "n/a", True),
        (None, "Bonn", True),
        (9990, "999.0", True),
    ]


def test_numeric_sentinel_matches_any_spelling(check):
    fields = AMOUNT.format('sentinels=("9999", "?"), strip="$", missing="median"')
    checked = check(one_column(["1,234.5", "9,999", "$9,999.00", "9999", "?", "??"]), fields=fields)
    assert checked.customers("amount") == [(1234.5,), (None,), (None,), (None,), (None,)]
    assert checked.rejected("code, value") == [("not_a_number", "??")]


def test_sentinel_in_required_column_rejects_its_row(check):
    checked = check(one_column(["5", "999"]), fields=AMOUNT.format('sentinels="999"'))
    assert checked.customers("amount") == [(5,)]
    assert checked.rejected() == [(3, "amount", "missing_value", None)]


MISSING = """
from pandera.typing import Series
from schemas import *


class Shop(Dataset, max_rejected_share=0.5):
    '''A shop with every rule of what is missing.'''

    must: Series[int] = numeric(missing="reject")
    middle: Series[float] = numeric(missing="median")
    often: Series[int] = numeric(missing="most_frequent")
    own: Series[str] = category(missing="category")
    usual: Series[str] = category(missing="most_frequent")
    flag: Series[bool] = flag(missing="most_frequent")
    nothing: Series[str] = category(nullable=True)
"""

MISSING_ROWS = """must,middle,often,own,usual,flag,nothing
1,10,1,a,x,yes,u
2,20,1,b,y,yes,v
3,60,7,a,y,no,u
4,,,,,,
,10,7,a,x,yes,u
5,20,9,a,z,yes,u
"""


@pytest.fixture(scope="module")
def missing(tmp_path_factory):
    """A home with one night in which every rule of what is missing is applied to the customer of line 5."""
    folder = tmp_path_factory.mktemp("missing")
    (folder / "shop.py").write_text(MISSING)
    (folder / "customers.csv").write_text(MISSING_ROWS)
    quick_night(folder / "customers.csv", folder / "home", dataset=str(folder / "shop.py"))
    return folder / "home"


def test_missing_value_is_stored_or_rejected(missing):
    assert rows(missing, "SELECT * EXCLUDE (customer_id, source_name) FROM customers WHERE line_number = 5") == [
        (5, 4, None, None, None, None, None, None)
    ]
    assert rows(missing, "SELECT line_number, column_name, code FROM rejected_rows") == [(6, "must", "missing_value")]
    assert_invariants(missing)


#: Column -> the value of each of its features, and what a missing one counts as there.
IMPUTED = {
    "middle": [(None, 20.0)],
    "often": [(None, 1.0)],
    "own": [("(missing)", 1.0), ("a", 0.0), ("b", 0.0)],
    "usual": [("x", 0.0), ("y", 1.0), ("z", 0.0)],
    "flag": [(None, 1.0)],
    "nothing": [("(missing)", 1.0), ("u", 0.0), ("v", 0.0)],
}


@pytest.mark.parametrize(("column", "features"), IMPUTED.items(), ids=IMPUTED)
def test_features_state_their_imputed_value(missing, column, features):
    found = rows(missing, f"SELECT value, imputed FROM features WHERE source_column = '{column}' ORDER BY value")
    assert found == features


def test_missing_category_counts_as_its_own_share(missing):
    mean = value(missing, "SELECT any_value(overall_mean) FROM segment_stats JOIN features USING (feature) "
                          "WHERE value = '(missing)' AND features.source_column = 'own'")  # fmt: skip
    assert mean == 0.2


#: Cells -> the numbers read, and what the record says of the marks; the marks are not declared.
FOUND_MARKS = {
    "decimal comma": (["1,5", "7"], [1.5, 7], "decimal ','"),
    "comma and points": (["1.234,56", "7"], [1234.56, 7], "decimal ',', thousands '.'"),
    "groups of points alone": (["1.234.567", "1.234"], [1234567, 1234], "decimal ',', thousands '.'"),
    "point and commas": (["1,234.5", "1,234"], [1234.5, 1234], "thousands ','"),
    "groups of commas alone": (["1,234,567", "2.5"], [1234567, 2.5], "thousands ','"),
    "spaces and comma": (["1 234,5", "12\u00a0345", "1\u202f234"], [1234.5, 12345, 1234], "decimal ','"),
    "apostrophes": (["1'234.5", "12\u2019345"], [1234.5, 12345], "2 plain columns"),
    "groups of two digits": (["12,34,567", "1,234.5"], [1234567, 1234.5], "thousands ','"),
    "exponent": (["1,5e3", "2,5"], [1500, 2.5], "decimal ','"),
    "none": (["1.5", "1.234", ".5", "5."], [1.5, 1.234, 0.5, 5], "2 plain columns"),
}


@pytest.mark.parametrize(("cells", "numbers", "said"), FOUND_MARKS.values(), ids=FOUND_MARKS)
def test_unambiguous_number_marks_are_detected(check, cells, numbers, said):
    checked = check(one_column(cells), fields=AMOUNT.format(""))
    assert checked.customers("amount") == [(number,) for number in numbers]
    assert checked.notes[0].endswith(said)


#: Cells of which some cannot be told -> the numbers read; the others are rejected, not guessed.
AMBIGUOUS = {
    "one comma before three digits": (["5", "1,234"], [5], ["1,234"]),
    "both marks as decimals": (["1.5", "1,5"], [1.5], ["1,5"]),
    "decimal commas beside one point": (["1,5", "1.234"], [1.5], ["1.234"]),
    "groups that are none": (["1,5", "1,23,4", "12.34,5"], [1.5], ["1,23,4", "12.34,5"]),
    "groups of another length": (["1.234,5", "12.34,5", "1.23,4"], [1234.5], ["12.34,5", "1.23,4"]),
    "one point of many commas": ([*["2,5"] * 60, "1.5"], [2.5] * 60, ["1.5"]),
    "one point of many grouped numbers": ([*["1.234,5"] * 60, "1.234", "1.5"], [*[1234.5] * 60, 1234], ["1.5"]),
    "many points and commas": (["2,5", "1.5", "2,5", "1.234"], [2.5, 2.5], ["1.5", "1.234"]),
    "groups both ways": (["5", "1,234.5", "1.234,5", "1,234"], [5, 1234.5], ["1.234,5", "1,234"]),
    "groups of commas and other points": ([*["1.234,5"] * 9, "2.5", "1.234"], [1234.5] * 9, ["2.5", "1.234"]),
}


@pytest.mark.parametrize(("cells", "numbers", "rejected"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_ambiguous_number_marks_are_rejected(check, cells, numbers, rejected):
    checked = check(one_column(cells), fields=AMOUNT.format(""))
    assert checked.customers("amount") == [(number,) for number in numbers]
    assert checked.rejected("code, value") == [("not_a_number", cell) for cell in rejected]


#: Declared marks -> the numbers that the same cells are; None where they are none.
DECLARED_MARKS = [
    ({"decimal": ","}, [1.234, None, 1.5, None, 1234.5]),
    ({"decimal": ".", "thousands": ""}, [None, 1.234, None, 1.5, None]),
    ({"thousands": ","}, [1234, 1.234, None, 1.5, None]),
    ({"decimal": ",", "thousands": "."}, [1.234, 1234, 1.5, None, 1234.5]),
]


@pytest.mark.parametrize(("settings", "numbers"), DECLARED_MARKS, ids=lambda value: str(value))
def test_declared_number_marks_always_decide(check, settings, numbers):
    cells = ["1,234", "1.234", "1,5", "1.5", "1.234,5"]
    checked = check(one_column(cells), fields=AMOUNT.format(""), **settings)
    assert checked.customers("amount") == [(number,) for number in numbers if number is not None]
    assert checked.rejected("value") == [(cells[n],) for n, number in enumerate(numbers) if number is None]


def test_comma_groups_digits_of_whole_number(check):
    checked = check("n\n5\n'1,234'\n".replace("'", '"'), fields="n: Series[int] = numeric()")
    assert checked.customers("n") == [(5,), (1234,)]


def test_decimal_marks_are_found_per_file(check):
    checked = check(one_column(["1,5"]), one_column(["1.5", "1,234.5"]), fields=AMOUNT.format(""))
    assert checked.customers("source_name, amount") == [
        ("customers.csv", 1.5),
        ("more-1.csv", 1.5),
        ("more-1.csv", 1234.5),
    ]


#: Cell -> code; no arithmetic is done with any of them.
NO_NUMBERS = {
    "nan": "not_a_number",
    "NaN": "not_a_number",
    "inf": "not_a_number",
    "-Infinity": "not_a_number",
    "1e308": "out_of_range",
    "-1e308": "out_of_range",
    "1e400": "out_of_range",
    "1e99999": "not_a_number",
    "0x10": "not_a_number",
    "1_00": "not_a_number",
    ".": "not_a_number",
    "-3": "out_of_range",
    "1893": "out_of_range",
}


def test_unusable_numbers_are_rejected_before_arithmetic(write, home):
    schema = "from pandera.typing import Series\nfrom schemas import *\nclass A(Dataset, max_rejected_share=0.9):\n"
    fields = "    amount: Series[float] = numeric({})\n    age: Series[float] = numeric(ge=0, le=120)\n"
    cells = [cell for cell in NO_NUMBERS if cell not in ("-3", "1893")]
    lines = ["amount,age", "10,30", "20,40", "60,50", *(f"{cell},30" for cell in cells), "10,-3", "10,1893"]
    quick_night(write("\n".join(lines)), home, dataset=str(write(schema + fields.format(""), "a.py")))
    found = rows(home, "SELECT value, code FROM rejected_rows ORDER BY line_number")
    assert [code for _, code in found] == list(NO_NUMBERS.values())
    means = rows(home, "SELECT DISTINCT feature, overall_mean FROM segment_stats ORDER BY feature")
    assert means == [("age", 40), ("amount", 30)]


def location_and_items(rows_):
    return "Age,Location,Purchase History\n" + "".join(f"30,{row}\n" for row in rows_)


SPELLINGS = ["OHIO,Apples", "Ohio,apples, APPLES", "ohio ,apples", "Ohio,tea", "New  York,tea", "New York,tea"]


def test_spellings_merge_into_the_most_frequent(check):
    checked = check(location_and_items(SPELLINGS))
    assert checked.customers("location, purchase_history") == [
        ("Ohio", ["apples"]),
        ("Ohio", ["apples"]),
        ("Ohio", ["apples"]),
        ("Ohio", ["tea"]),
        ("New York", ["tea"]),
        ("New York", ["tea"]),
    ]
    assert checked.counts("validate")["respelled_values"] == 5


def test_spellings_are_different_values_where_case_counts(check):
    fields = CUSTOMERS.replace("category()", "category(case_sensitive=True)")
    checked = check(location_and_items(SPELLINGS), fields=fields.replace("items()", "items(case_sensitive=True)"))
    assert checked.customers("location, purchase_history") == [
        ("OHIO", ["Apples"]),
        ("Ohio", ["apples", "APPLES"]),
        ("ohio", ["apples"]),
        ("Ohio", ["tea"]),
        ("New  York", ["tea"]),
        ("New York", ["tea"]),
    ]


def test_allowed_value_gets_its_declared_spelling(check):
    fields = CUSTOMERS.replace("category()", 'category(isin=["Ohio"])').replace("items()", 'items(isin=["TEA", "ale"])')
    checked = check(location_and_items(["OHIO,tea, ALE, Tea", "ohio,ale", "Texas,tea", "Ohio,gin"]), fields=fields)
    assert checked.customers("location, purchase_history") == [("Ohio", ["TEA", "ale"]), ("Ohio", ["ale"])]
    assert checked.rejected() == [
        (4, "location", "not_allowed", "Texas"),
        (5, "purchase_history", "not_allowed", "gin"),
    ]


def test_case_sensitive_allowed_value_must_match_exactly(check):
    fields = CUSTOMERS.replace("category()", 'category(isin=["Ohio"], case_sensitive=True)')
    checked = check(location_and_items(["OHIO,tea", "Ohio,tea"]), fields=fields)
    assert checked.rejected() == [(2, "location", "not_allowed", "OHIO")]


def test_column_names_may_equal_internal_names(check):
    fields = "value: Series[str] = category()\n    spellings: Series[list] = items()"
    checked = check("value,spellings\nA,b,B\na,b\na,c,B\n", fields=fields)
    assert checked.customers("value, spellings") == [("a", ["B"]), ("a", ["B"]), ("a", ["c", "B"])]


NO_PURCHASES = ["", " ", '""', '" "', '","', ", ,"]


def test_customer_without_purchases_is_a_customer(check):
    checked = check(location_and_items([f"Ohio,{nothing}" for nothing in NO_PURCHASES]))
    assert checked.customers() == [(30, "Ohio", [])] * len(NO_PURCHASES)


MEMBERS = """
    key: Series[str] = identifier()
    place: Series[str] = category()
    member: Series[bool] = flag()
"""


def test_non_printing_characters_around_values_are_stripped(check):
    rows = [("a1", "Ohio", "yes"), ("a2\t", "Ohio\u200b", '"yes\n"'), ("\ufeffa3", "\u00a0Ohio", "yes\t")]
    rows += [("a4", "New York", "no"), ("a5", "New\u00a0York", "no"), ("\u200ba1", "Ohio", "yes")]
    text = "\n".join(["\ufeff\ufeffKey,Place,Member", *map(",".join, rows)])
    checked = check(text, fields=MEMBERS)
    assert checked.customers("key, place, member") == [
        *((f"a{n}", "Ohio", True) for n in (1, 2, 3)),
        ("a4", "New York", False),
        ("a5", "New York", False),
    ]
    assert checked.rejected("code, value") == [("duplicate_id", "a1")]


WHOLE = "n: Series[int] = numeric()"

#: Cells of whole numbers -> the numbers read; the others may be two numbers and are rejected.
POINTS_IN_WHOLE_NUMBERS = {
    "zeros alone": (["30.000", "45.000", "7"], [7], ["30.000", "45.000"]),
    "digits behind the point": (["30.000", "45.500", "7"], [30000, 45500, 7], []),
    "one zero": (["30.0", "45.0"], [30, 45], []),
    "a comma before zeros where the comma is the decimal mark": (["1,0", "2,5", "30,000"], [1], ["2,5", "30,000"]),
}


@pytest.mark.parametrize(
    ("cells", "numbers", "rejected"), POINTS_IN_WHOLE_NUMBERS.values(), ids=POINTS_IN_WHOLE_NUMBERS
)
def test_ambiguous_whole_number_point_is_not_guessed(check, cells, numbers, rejected):
    checked = check("\n".join(["n", *(f'"{cell}"' for cell in cells)]), fields=WHOLE)
    assert checked.customers("n") == [(number,) for number in numbers]
    assert checked.rejected("value") == [(cell,) for cell in rejected]


def test_ambiguous_number_reason_names_both_readings(check):
    text = "\n".join(["n", "30.000", "7"])
    reason = "n '30.000' may be 30000 or 30; expected decimal= or thousands= in the schema"
    assert check(text, fields=WHOLE).rejected("reason") == [(reason,)]
    assert check(text, fields=WHOLE, decimal=".").customers("n") == [(30,), (7,)]
    assert check(text, fields=WHOLE, decimal=",", thousands=".").customers("n") == [(30000,), (7,)]


#: Cells -> the numbers read, where the points of some stand before three digits.
POINTS_BEFORE_THREE_DIGITS = {
    "nothing shows what they are": (["30.000", "45.500", "7"], [7]),
    "others show decimals": (["30.125", "45.500", "0.5"], [30.125, 45.5, 0.5]),
    "both marks are decimals elsewhere": (["1,5", "1.5", "1.234"], [1.5]),
    "one cell of many shows a comma": ([*["2.037"] * 60, "1.234,5", "7"], [7]),
    "one cell of many that show decimals": ([*["2.03"] * 60, "2.037", "1,5"], [*[2.03] * 60, 2.037]),
}


@pytest.mark.parametrize(("cells", "numbers"), POINTS_BEFORE_THREE_DIGITS.values(), ids=POINTS_BEFORE_THREE_DIGITS)
def test_point_before_three_digits_follows_other_numbers(check, cells, numbers):
    checked = check(one_column(cells), fields=AMOUNT.format(""))
    assert checked.customers("amount") == [(number,) for number in numbers]


def test_malformed_records_do_not_influence_decimal_marks(check):
    fields = "name: Series[str] = category()\n    spend: Series[float] = numeric()"
    checked = check("Name;Spend\nx;1.25\ny;2.345\nTotal;3,5;x\nTotal;3,5;y\n", fields=fields)
    assert checked.customers("spend") == [(1.25,), (2.345,)]
