"""One customer twice: one row is kept, the others are rejected with the line of it."""

import pytest

SHOP = """
    customer_id: Series[str] = identifier({keep})
    age: Series[int] = numeric(ge=0, le=120)
"""
FIRST, LAST = SHOP.format(keep=""), SHOP.format(keep='keep="last"')
HEADER = "customer_id,age\n"
THREE_OF_A = f"{HEADER}a,30\nb,31\na,32\na,33\n"


@pytest.mark.parametrize(("fields", "kept", "lines"), [(FIRST, 30, [4, 5]), (LAST, 33, [2, 4])], ids=["first", "last"])
def test_one_duplicate_is_kept_as_declared(check, fields, kept, lines):
    checked = check(THREE_OF_A, fields=fields)
    assert sorted(checked.customers("customer_id, age")) == [("a", kept), ("b", 31)]
    assert checked.rejected() == [(line, "customer_id", "duplicate_id", "a") for line in lines]


@pytest.mark.parametrize(("fields", "line"), [(FIRST, 2), (LAST, 5)], ids=["first", "last"])
def test_duplicate_reason_names_the_kept_line(check, fields, line):
    reasons = check(THREE_OF_A, fields=fields).rejected("reason")
    said = f"customer_id 'a' is on line {line} too, and that row is kept; expected each customer once"
    assert reasons == [(said,), (said,)]


def test_kept_line_is_where_its_record_begins(check):
    text = f'\n{HEADER}\n"b",31\n"a\n1",30\nc,31\n"a\n1",32\n'
    assert check(text, fields=FIRST).rejected("line_number, reason") == [
        (8, "customer_id 'a\\n1' is on line 5 too, and that row is kept; expected each customer once")
    ]


@pytest.mark.parametrize(
    ("fields", "kept", "rejected", "other"),
    [
        (FIRST, ("customers.csv", 30), ("more-1.csv", 3), "line 2 of customers.csv"),
        (LAST, ("more-1.csv", 40), ("customers.csv", 2), "line 3 of more-1.csv"),
    ],
    ids=["first", "last"],
)
def test_duplicate_in_another_file_names_it(check, fields, kept, rejected, other):
    checked = check(f"{HEADER}a,30\nb,31\n", f"{HEADER}c,41\na,40\n", fields=fields)
    assert checked.rows("SELECT source_name, age FROM customers WHERE customer_id = 'a'") == [kept]
    assert checked.rejected("source_name, line_number, reason") == [
        (*rejected, f"customer_id 'a' is on {other} too, and that row is kept; expected each customer once")
    ]


def test_row_rejected_otherwise_displaces_no_duplicate(check):
    checked = check(f"{HEADER}a,200\na,32\na,x\n", fields=FIRST)
    assert checked.customers("customer_id, age") == [("a", 32)]
    assert checked.rejected("line_number, code") == [(2, "out_of_range"), (4, "not_a_whole_number")]


def test_identifiers_keep_case_and_lose_blanks(check):
    checked = check(f"{HEADER}a,30\nA,31\n a ,32\n", fields=FIRST)
    assert checked.customers("customer_id, age") == [("a", 30), ("A", 31)]
    assert checked.rejected("line_number, code") == [(4, "duplicate_id")]


def test_whole_number_identifier_ignores_its_spelling(check):
    fields = FIRST.replace("str", "int", 1)
    checked = check(f"{HEADER}7,30\n007,31\n7.0,32\n8,33\n", fields=fields)
    assert checked.customers("customer_id, age") == [("7", 30), ("8", 33)]
    assert checked.rejected() == [(line, "customer_id", "duplicate_id", "7") for line in (3, 4)]


def test_equal_rows_without_identifier_are_separate_customers(check):
    checked = check("age\n30\n30\n30\n", fields="age: Series[int] = numeric()")
    assert checked.customers("age, right(customer_id, 2)") == [(30, "-1"), (30, "-2"), (30, "-3")]


@pytest.mark.parametrize(("sentinels", "n_rejected"), [("", 2), ("sentinels=()", 0)])
def test_word_for_nothing_identifies_nobody(check, sentinels, n_rejected):
    checked = check(f"{HEADER}NULL,30\nn/a,31\nNullmann,32\n", fields=SHOP.format(keep=sentinels))
    assert [code for (code,) in checked.rejected("code")] == ["missing_value"] * n_rejected


def test_letters_in_a_numeric_key_are_explained(check):
    checked = check(f"{HEADER}1,30\nC-2,31\n", fields=FIRST.replace("str", "int", 1))
    assert "declare it as Series[str] if it may have letters" in checked.rejected("reason")[0][0]
