"""Files to customers: every record ends in exactly one place."""

import pytest

from schemas.errors import DataRefused
from tests.nights import SEED_ROWS, quick_night, rows, value

CUSTOMERS = "SELECT age, location, purchase_history FROM customers ORDER BY line_number"
SEED = [
    (25, "New York", ["apples"]),
    (35, "California", ["juice"]),
    (45, "Texas", ["steak"]),
    (30, "Illinois", ["apples", "juice"]),
    (40, "Florida", ["steak", "apples"]),
    (50, "Arizona", ["juice", "steak"]),
]


@pytest.mark.parametrize(
    "content",
    [
        SEED_ROWS,
        SEED_ROWS.replace("\n", "\r\n"),
        SEED_ROWS.replace("\n", "\r"),
        SEED_ROWS.rstrip("\n"),
        "\ufeff" + SEED_ROWS,
        SEED_ROWS.replace("apples, juice", '"apples, juice"').replace("25,New York", '25,"New York"'),
        SEED_ROWS.replace(", ", ",").replace("juice", " juice ").replace("25,", " 25 ,"),
        SEED_ROWS.replace(", ", "~").replace(",", ";").replace("~", ", "),
    ],
    ids=["lf", "crlf", "cr", "no-last-end", "mark", "quoted", "blanks", "semicolon"],
)
def test_text_format_does_not_change_customers(write, home, content):
    quick_night(write(content), home)
    assert rows(home, CUSTOMERS) == SEED


def test_binary_columns_and_list_give_same_customers(write, home):
    wide = "Age,Location,apples,juice,steak\n25,New York,1,0,0\n35,California,0,1,0\n45,Texas,0,0,1\n"
    wide += "30,Illinois,1,1,0\n40,Florida,1,0,1\n50,Arizona,0,1,1\n"
    quick_night(write(wide), home)
    assert rows(home, CUSTOMERS) == [(age, place, sorted(items)) for age, place, items in SEED]
    assert value(home, "SELECT sum(len(purchase_history)) FROM customers") == 9


def test_list_column_may_stand_anywhere(write, home):
    quick_night(write("Purchase History,Location,Age\napples, juice,Illinois,30\n,Ohio,31\nsteak,Texas,45\n"), home)
    assert rows(home, CUSTOMERS) == [(30, "Illinois", ["apples", "juice"]), (31, "Ohio", []), (45, "Texas", ["steak"])]


def test_blank_lines_are_counted_but_not_read(write, home):
    quick_night(write("\n" + SEED_ROWS.replace("\n", "\n\n", 3)), home)
    assert rows(home, "SELECT line_number FROM customers ORDER BY 1") == [(4,), (6,), (8,), (9,), (10,), (11,)]
    assert value(home, "SELECT rows_read FROM runs") == 6


def test_products_are_trimmed_and_counted_once(write, home):
    quick_night(write("Age,Location,Purchase History\n30,Ohio,apples , juice,apples,, juice\n31,Texas,steak\n"), home)
    assert rows(home, CUSTOMERS)[0] == (30, "Ohio", ["apples", "juice"])


def test_undeclared_columns_are_left_out(write, home):
    quick_night(write("Shoe,Age,Location,Purchase History\n9,30,Ohio,apples\n8,31,Texas,steak, juice\n"), home)
    assert rows(home, CUSTOMERS) == [(30, "Ohio", ["apples"]), (31, "Texas", ["steak", "juice"])]


FAULTS = {
    "abc,Ohio,a": ("age", "not_a_whole_number", "abc"),
    ",Ohio,a": ("age", "missing_value", None),
    "-3,Ohio,a": ("age", "out_of_range", "-3"),
    "207,Ohio,a": ("age", "out_of_range", "207"),
    "1893,Ohio,a": ("age", "out_of_range", "1893"),
    "61y,Ohio,a": ("age", "not_a_whole_number", "61y"),
    "$53,Ohio,a": ("age", "not_a_whole_number", "$53"),
    "nan,Ohio,a": ("age", "not_a_whole_number", "nan"),
    "1e308,Ohio,a": ("age", "not_a_whole_number", "1e308"),
    "99999999999999999999,Ohio,a": ("age", "not_a_whole_number", "99999999999999999999"),
    "30,,a": ("location", "missing_value", None),
    "30": (None, "too_few_fields", "1"),
    "30,Ohio": (None, "too_few_fields", "2"),
    '30,"Ohio,a': (None, "broken_quote", None),
    '30,"Oh"io,a': (None, "broken_quote", None),
    '30,Ohio",a': (None, "broken_quote", None),
}


@pytest.mark.parametrize(("line", "fault"), FAULTS.items(), ids=FAULTS)
def test_faulty_row_is_rejected_with_details(write, home, line, fault):
    good = "".join(f"{20 + n},Ohio,apples\n" for n in range(20))
    quick_night(write(f"Age,Location,Purchase History\n{good}{line}\n{good}"), home)
    found = rows(home, "SELECT line_number, column_name, code, value, raw FROM rejected_rows")
    assert found == [(22, *fault, line)]
    assert value(home, "SELECT rows_read - rows_loaded - rows_rejected FROM runs") == 0
    assert "expected" in value(home, "SELECT reason FROM rejected_rows") or "is not" in value(
        home, "SELECT reason FROM rejected_rows"
    )


def test_one_bad_cell_does_not_hide_another(write, home):
    good = "".join(f"{20 + n},Ohio,apples\n" for n in range(40))
    quick_night(write(f"Age,Location,Purchase History\n{good}x,,a\n200,Ohio,a\n"), home)
    found = rows(home, "SELECT line_number, column_name, code FROM rejected_rows ORDER BY ALL")
    assert found == [
        (42, "age", "not_a_whole_number"),
        (42, "location", "missing_value"),
        (43, "age", "out_of_range"),
    ]
    assert value(home, "SELECT rows_rejected FROM runs") == 2


def test_too_many_rejected_rows_refuse_the_file(write, home):
    source = write("Age,Location,Purchase History\n30,Ohio,a\n=1+1,Ohio,a\n31,Ohio,b\n")
    with pytest.raises(DataRefused, match=r"customers.csv line 3: age '=1\+1' is not a whole number.*1 of 3.*33.3%"):
        quick_night(source, home)
    (kept,) = home.glob("runs/*/rejected_rows.csv")
    assert "3,age,not_a_whole_number,'=1+1" in kept.read_text()
    assert not (home / "segments.duckdb").exists()


def test_rejected_share_is_a_dataset_setting(write, home):
    schema = write(
        "from pandera.typing import Series\nfrom schemas import Dataset, numeric\n"
        "class Ages(Dataset, max_rejected_share=0.5):\n    '''Ages.'''\n    age: Series[int] = numeric()\n",
        "ages.py",
    )
    quick_night(write("Age\n30\nx\n31\n"), home, dataset=str(schema))
    assert rows(home, "SELECT rows_read, rows_loaded, rows_rejected FROM runs") == [(3, 2, 1)]


def test_quoted_line_break_stays_in_its_record(write, home):
    quick_night(write('Age,Location,Purchase History\n25,"New\nYork",apples\n30,Ohio,juice\n'), home)
    assert rows(home, "SELECT line_number, location FROM customers ORDER BY 1") == [(2, "New\nYork"), (4, "Ohio")]


def test_nul_byte_rejects_only_its_row(write, home):
    good = "".join(f"{20 + n},Ohio,apples\n" for n in range(20))
    quick_night(write(f"Age,Location,Purchase History\n31,Te\0xas,steak\n{good}"), home)
    assert rows(home, "SELECT line_number, code FROM rejected_rows") == [(2, "not_text")]
    assert value(home, "SELECT rows_loaded FROM runs") == 20


def test_names_and_reasons_are_single_lines(write, home):
    customers = "".join(f'{30 + n},"New\nYork",apples\n{30 + n},Ohio,juice\n' for n in range(10))
    quick_night(write(f'Age,Location,Purchase History\n{customers}"3\n0",Ohio,tea\n'), home)
    names = [(f"Customers in {place} who buy {item}",) for place, item in (("New York", "apples"), ("Ohio", "juice"))]
    assert sorted(rows(home, "SELECT name FROM segments")) == names
    assert value(home, "SELECT count(*) FROM rejected_rows WHERE contains(reason, chr(10))") == 0
    assert value(home, "SELECT value FROM rejected_rows") == "3\n0"
