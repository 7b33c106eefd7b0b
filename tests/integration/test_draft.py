"""``segments draft``: small files of every kind, their drafted schemas, and runs with these as they are."""

import ast
import contextlib
import csv
import gzip
import io
import json
import re
import subprocess
import sys
from itertools import chain

import duckdb
import pytest

import warehouse.draft
from flows.cli.draft import draft as write_draft
from schemas.dataset import columns_of, file_settings_of, normalize_header
from schemas.errors import DataRefused, UsageError
from schemas.loading import load_dataset
from schemas.missing_words import MISSING_WORDS
from tasks.draft.drafting import draft_schema
from tests.conftest import ROOT
from tests.nights import assert_invariants, quick_night, read_night, rows

CALLS = {"identifier", "numeric", "category", "flag", "items", "ignored"}


@pytest.fixture
def drafted(write, tmp_path):
    """Draft a file and return its schema, loaded."""

    def draft(content, name="customers.csv"):
        schema = tmp_path / "drafted.py"
        schema.write_text(draft_schema(str(write(content, name))).text, encoding="utf-8")
        return load_dataset(str(schema))

    return draft


@pytest.fixture
def column(drafted):
    """Draft a file with a second column of numbers and return the column with the given cells."""

    def draft(header, cells):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(
            [[header, "spare"], *([cell, n % 9] for n, cell in enumerate(cells))]
        )
        return columns_of(drafted(text.getvalue()))[0]

    return draft


def declared(found):
    """What a column is declared as: role, type, the settings that are not the usual ones, its bounds and values."""
    settings = found.settings
    usual = {"weight": 1.0, "keep": "first", "missing": "reject", "min_frequency": 0.001}
    usual |= {"sentinels": MISSING_WORDS} if found.settings.role == "identifier" else {}
    said = {name: value for name in settings.__dataclass_fields__ if (value := getattr(settings, name))}
    said = {name: value for name, value in said.items() if name != "role" and usual.get(name) != value}
    checks = {str(check.error).split("(")[0]: next(iter(check.statistics.values())) for check in found.checks}
    return settings.role.value, found.value_type.__name__, said | checks


def repeated(*values, times=20):
    return list(values) * times


KINDS = {
    "key by name": (("Cust ID", range(100, 160)), ("identifier", "int", {})),
    "key of letters and digits": (("x", [f"C{n:04}" for n in range(60)]), ("identifier", "str", {})),
    "key with leading zeros": (("id", [f"{n:04}" for n in range(60)]), ("identifier", "str", {})),
    "running number": (("row", range(1, 61)), ("identifier", "int", {})),
    "whole numbers": (("visits", [n * 7 % 50 for n in range(60)]), ("numeric", "int", {"greater_than_or_equal_to": 0})),
    "numbers below zero": (("change", [n * 7 % 50 - 20.5 for n in range(60)]), ("numeric", "float", {})),
    "ages": (
        ("Age", [18 + n * 7 % 60 for n in range(60)]),
        ("numeric", "int", {"unit": "years", "greater_than_or_equal_to": 0, "less_than_or_equal_to": 120}),
    ),
    "blanks among numbers": (
        ("visits", ["", *[n * 7 % 50 for n in range(60)]]),
        ("numeric", "int", {"missing": "median", "greater_than_or_equal_to": 0}),
    ),
    "sentinels among numbers": (
        ("visits", [999, 999, "N/A", *[n * 7 % 50 for n in range(60)]]),
        ("numeric", "int", {"sentinels": ("999", "N/A"), "missing": "median", "greater_than_or_equal_to": 0}),
    ),
    "-1 among counts": (
        ("visits", [-1, -1, *[n * 7 % 50 for n in range(60)]]),
        ("numeric", "int", {"sentinels": ("-1",), "missing": "median", "greater_than_or_equal_to": 0}),
    ),
    "fractions that are called a key": (
        ("key figure", [n + 0.5 for n in range(60)]),
        ("numeric", "float", {"greater_than_or_equal_to": 0}),
    ),
    "digits that begin with 0": (("x", [f"{n % 25:05}" for n in range(60)]), ("ignored", "str", {})),
    "amounts with a sign of currency": (
        ("bill", [f"${n * 7 % 50}.50" for n in range(60)]),
        ("numeric", "float", {"strip": ("$",), "greater_than_or_equal_to": 0}),
    ),
    "numbers with a unit": (
        ("weight", [f"{50 + n * 7 % 50} kg" for n in range(60)]),
        ("numeric", "int", {"strip": ("kg",), "greater_than_or_equal_to": 0}),
    ),
    "whole numbers with .0": (("id", [f"{n}.0" for n in range(60)]), ("identifier", "int", {})),
    "yes and no": (("active", repeated("Yes", "no")), ("flag", "bool", {})),
    "yes, no and a few unknown": (
        ("active", [*repeated("Y", "N"), "?"]),
        ("flag", "bool", {"sentinels": ("?",), "missing": "most_frequent"}),
    ),
    "yes, no and many unknown": (
        ("active", repeated("yes", "no", "unknown")),
        ("category", "str", {"sentinels": ("unknown",), "missing": "category", "isin": ["no", "yes"]}),
    ),
    "a closed set": (("Sex", repeated("female", "male")), ("category", "str", {"isin": ["female", "male"]})),
    "a few words": (("plan", repeated("plus", "basic")), ("category", "str", {})),
    "words with blanks": (
        ("plan", repeated("plus", "basic", "")),
        ("category", "str", {"missing": "category"}),
    ),
    "words that come once": (("plan", [*repeated("plus", "basic"), "pro", "max"]), ("category", "str", {})),
    "codes by name": (("region", repeated(1, 2, 3)), ("category", "int", {})),
    "ones and twos": (("x", repeated(1, 2)), ("category", "int", {})),
    "one word or nothing": (("vip", repeated("gold", "")), ("category", "str", {"missing": "category"})),
    "yes or nothing": (("vip", repeated("Y", "")), ("flag", "bool", {"missing": "no"})),
    "yes and no in Japanese": (("vip", repeated("はい", "いいえ")), ("flag", "bool", {})),
    "list between bars": (
        ("likes", repeated("tea|jam", "milk|tea|jam", "jam", "milk")),
        ("items", "list", {"separator": "|"}),
    ),
    "quoted list between commas": (("bought", repeated("tea, jam", "milk, tea, jam", "jam")), ("items", "list", {})),
    "named like a list": (("Purchase History", repeated("tea", "jam")), ("items", "list", {})),
    "constant": (("source", repeated("crm")), ("ignored", "str", {})),
    "constant number": (("year", repeated(2020)), ("ignored", "str", {})),
    "days": (("since", [f"2024-01-{1 + n % 28:02}" for n in range(60)]), ("ignored", "str", {})),
    "days as numbers": (("d", [f"202401{1 + n % 28:02}" for n in range(60)]), ("ignored", "str", {})),
    "e-mail addresses": (("mail", [f"a{n}@shop.example" for n in range(60)]), ("identifier", "str", {})),
    "e-mail addresses that recur": (("mail", repeated("a@shop.example", "b@shop.example")), ("ignored", "str", {})),
    "streets and towns": (
        ("place", [f"{'Flat 3, ' * (n % 2)}{n} High St, Ward {n}" for n in range(60)]),
        ("ignored", "str", {}),
    ),
    "links": (("page", [f"https://shop.example/{n}" for n in range(60)]), ("ignored", "str", {})),
    "telephone numbers": (("phone", [f"+44 20 7946 {1000 + n}" for n in range(60)]), ("ignored", "str", {})),
    "names": (("name", [f"Ann {'abcdefghij'[n % 10]}{'xyzuvw'[n // 10]}" for n in range(60)]), ("ignored", "str", {})),
    "sentences": (
        ("note", [f"came in on day {n} and asked for more of it" for n in range(60)]),
        ("ignored", "str", {}),
    ),
    "a key of several rows": (("customer_id", [n % 40 for n in range(60)]), ("ignored", "str", {})),
    "numbers of things": (("Invoice No", [5000 + n % 30 for n in range(60)]), ("ignored", "str", {})),
    "numbers of things in one word": (
        ("ORDERNUMBER", [50_000 + n % 30 * 7 for n in range(60)]),
        ("ignored", "str", {}),
    ),
    "an index of pandas, shuffled": (("Unnamed: 0", [n * 7 % 61 + 5 for n in range(60)]), ("ignored", "str", {})),
    "a column that pandas named": (("Unnamed: 12", repeated("Yes", "No")), ("flag", "bool", {})),
    "long numbers without a name for it": (
        ("ncodpers", [15_000 + n * 7919 % 999_983 for n in range(1_200)]),
        ("ignored", "str", {}),
    ),
    "long numbers that are money": (
        ("income", [15_000 + n * 7919 % 99_991 for n in range(1_200)]),
        ("numeric", "int", {"greater_than_or_equal_to": 0}),
    ),
    "long numbers that are skewed": (
        ("fresh", [10_000 + n * n * n // 997 * (n // 1_100 * 90 + 1) for n in range(1_200)]),
        ("numeric", "int", {"greater_than_or_equal_to": 0}),
    ),
    "running number of groups of rows": (("Transaction", [n // 3 for n in range(600)]), ("ignored", "str", {})),
    "numbers without gaps in any order": (
        ("points", [n * 7 % 200 for n in range(600)]),
        ("numeric", "int", {"greater_than_or_equal_to": 0}),
    ),
    "days since, sorted": (
        ("days since order", [n // 3 for n in range(600)]),
        ("numeric", "int", {"greater_than_or_equal_to": 0}),
    ),
    "postal codes": (("Postleitzahl", [10_115 + n * 7 % 50 for n in range(600)]), ("ignored", "str", {})),
    "postal codes with a dash": (("CEP", [f"01035-{n * 7 % 50:03}" for n in range(600)]), ("ignored", "str", {})),
    "postal codes as a key": (
        ("Customer Zip Code", [10_115 + n * 7 for n in range(60)]),
        ("ignored", "str", {}),
    ),
    "telephone numbers without signs": (
        ("contact", [6_001_284_152 + n * 7_919 % 60_000_000 for n in range(60)]),
        ("ignored", "str", {}),
    ),
    "telephone numbers that begin with 0": (
        ("Telefonnummer", [f"0151{1_002_345 + n * 7:07}" for n in range(60)]),
        ("ignored", "str", {}),
    ),
    "ways of contact": (
        ("contact", repeated("cellular", "telephone")),
        ("category", "str", {}),
    ),
    "many codes": (("Region_Code", [f"{n % 53}.0" for n in range(600)]), ("category", "int", {})),
    "too many codes": (("agent", [n * 7 % 300 for n in range(600)]), ("ignored", "str", {})),
    "codes with gaps": (("area code", repeated(408, 415, 510)), ("category", "int", {})),
    "a code that is met once": (("region", [*repeated(1, 2, 3), 4]), ("category", "int", {})),
    "a number that is not called a code": (
        ("distance to store", [n % 9 for n in range(90)]),
        ("numeric", "int", {"greater_than_or_equal_to": 0}),
    ),
    "how many": (
        ("NumStorePurchases", [n % 14 for n in range(140)]),
        ("numeric", "int", {"greater_than_or_equal_to": 0}),
    ),
    "how many of the customer": (
        ("number_customer_service_calls", [n % 8 for n in range(80)]),
        ("numeric", "int", {"greater_than_or_equal_to": 0}),
    ),
    "how many, once or twice": (
        ("Num products", repeated(1, 2)),
        ("numeric", "int", {"greater_than_or_equal_to": 0}),
    ),
    "bought or not": (("bought_milk", repeated("True", "False")), ("flag", "bool", {})),
    "has a list or not": (("uses_wishlist", repeated("Y", "N")), ("flag", "bool", {})),
    "how often": (
        ("Frequency of Purchases", repeated("Weekly", "Monthly")),
        ("category", "str", {}),
    ),
    "one hobby of a few": (
        ("insured_hobbies", repeated("golf", "chess")),
        ("category", "str", {}),
    ),
    "list between slashes": (
        ("likes", repeated("tea / jam", "milk / tea / jam", "jam", "milk")),
        ("items", "list", {"separator": "/"}),
    ),
    "list between Chinese commas": (
        ("likes", repeated("茶、果汁", "牛奶、茶、果汁", "茶")),
        ("items", "list", {"separator": "、"}),
    ),
    "slashes within things": (
        ("plan", repeated("young/new", "old/new", "old")),
        ("category", "str", {}),
    ),
    "things with slashes": (("products", repeated("rolls/buns", "milk")), ("items", "list", {})),
    "quarters": (("cohort", repeated("2022-Q3", "2022-Q4")), ("ignored", "str", {})),
    "days in words": (("d", repeated("22Jan2023", "23Jan2023", "05Feb2023")), ("ignored", "str", {})),
    "days of a spreadsheet": (("order_date", [44_927 + n * 7 % 150 for n in range(600)]), ("ignored", "str", {})),
    "numbers as high as those days": (
        ("points", [44_927 + n * 7 % 150 for n in range(600)]),
        ("numeric", "int", {"greater_than_or_equal_to": 0}),
    ),
    "seconds since 1970": (("x", [1_672_531_200 + n * 86_400 for n in range(60)]), ("ignored", "str", {})),
    "milliseconds since 1970": (("x", [1_672_531_200_000 + n * 86_400_000 for n in range(60)]), ("ignored", "str", {})),
    "months as numbers": (("x", [202_301 + n % 12 for n in range(60)]), ("ignored", "str", {})),
    "numbers as high as months": (
        ("x", [202_301 + n % 30 for n in range(60)]),
        ("numeric", "int", {"greater_than_or_equal_to": 0}),
    ),
    "days without their century": (("d_ymd6", [230_101 + n % 28 for n in range(60)]), ("ignored", "str", {})),
    "minus behind": (
        ("saldo", [f"{n * 7 % 50},50{'-' * (n % 2)}" for n in range(60)]),
        ("numeric", "float", {}),
    ),
    "brackets for minus": (
        ("refunds", [f"({n * 7 % 50}.50)" if n % 2 else f"{n}.25" for n in range(60)]),
        ("numeric", "float", {}),
    ),
    "degrees": (("latitude", [n * 7 % 50 + 0.5 for n in range(60)]), ("numeric", "float", {})),
    "one or nothing": (("FN", repeated("1.0", "")), ("flag", "bool", {"missing": "no"})),
    "a number and hardly nothing": (("year", [*repeated(2020, times=200), ""]), ("ignored", "str", {})),
    "very old people": (
        ("age", [*(18 + n * 7 % 60 for n in range(600)), *[118] * 80]),
        (
            "numeric",
            "int",
            {
                "unit": "years",
                "sentinels": ("118",),
                "missing": "median",
                "greater_than_or_equal_to": 0,
                "less_than_or_equal_to": 120,
            },
        ),
    ),
    "few people": (("CUSTOMERNAME", repeated("Ann Lee", "Bob Fox")), ("ignored", "str", {})),
    "few streets": (("ADDRESSLINE1", repeated("High St 3", "Low St 4")), ("ignored", "str", {})),
    "few telephones": (("PHONE", repeated("342-1701", "342-6753")), ("ignored", "str", {})),
    "a telephone or not": (("phone", repeated("yes", "no")), ("flag", "bool", {})),
    "kinds of telephones": (("phone", repeated("P 9", "M 5")), ("category", "str", {})),
    "surnames with commas": (
        ("name", [f"{a}{b}, {c}" for a in ("Lee", "Fox", "Ray") for b in "abcdefghij" for c in ("Ann", "Bob")]),
        ("ignored", "str", {}),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "kind"), KINDS.values(), ids=KINDS)
def test_kind_is_what_the_cells_look_like(column, cells, kind):
    assert declared(column(*cells)) == kind


def test_only_the_best_key_is_declared(drafted):
    text = "row,email_key,customer_id,age\n" + "".join(f"{n},K{n}x,{900 + n},{20 + n % 40}\n" for n in range(1, 61))
    roles = {found.name: found.settings.role.value for found in columns_of(drafted(text))}
    assert roles == {"row": "ignored", "email_key": "ignored", "customer_id": "identifier", "age": "numeric"}


def file_of_columns(**columns):
    """The text of a file with the given columns; an underscore in a name is a blank in the header."""
    text = io.StringIO()
    heads = [name.replace("_", " ") for name in columns]
    csv.writer(text, lineterminator="\n").writerows([heads, *zip(*columns.values(), strict=True)])
    return text.getvalue()


N = range(60)
MIXED = [n * 7 % 50 for n in N]
RANKED = {
    "customer before index": ({"Index": N, "Customer_Id": [f"{n * 7919:08x}" for n in N]}, "Customer Id"),
    "customer before card": ({"card_no": [4_000 + n for n in N], "customer_id": [90 + n for n in N]}, "customer id"),
    "id before card": ({"card_number": [4_000 + n for n in N], "id": [90 + n for n in N]}, "id"),
    "id before index": ({"index": N, "id": [90 + n for n in N]}, "id"),
    "word for a customer": ({"Kunde": [f"{100_000 + n:010}" for n in N]}, "Kunde"),
    "card of a loyal customer": ({"LYLTY_CARD_NBR": [1_000 + n * 3 for n in N]}, "LYLTY CARD NBR"),
    "order of one customer each": ({"order_id": [500 + n * 3 for n in N]}, "order id"),
    "orders that come again": ({"order_id": [f"P{min(n, 57)}" for n in N]}, None),
    "orders of customers with several": ({"order_id": [500 + n for n in N], "user_id": [n % 40 for n in N]}, None),
    "accounts of customers with several": ({"account_id": [500 + n for n in N], "user_id": [n % 40 for n in N]}, None),
    "rows of customers with several": ({"ID": [f"0x{n}" for n in N], "Customer_ID": [n % 40 for n in N]}, "ID"),
    "postal codes": ({"CEP": [f"01035-{n:03}" for n in N]}, None),
    "how many": ({"number_of_users": MIXED}, None),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "key"), RANKED.values(), ids=RANKED)
def test_key_is_named_after_the_customer(drafted, columns, key):
    columns = {name.replace(" ", "_"): cells for name, cells in columns.items()}
    found = columns_of(drafted(file_of_columns(**columns, age=[20 + n % 9 for n in N])))
    keys = [normalize_header(column.header) for column in found if column.settings.role.value == "identifier"]
    assert keys == ([normalize_header(key)] if key else [])


def test_several_rows_per_customer_are_said(write, home):
    source = write(file_of_columns(order_id=[500 + n for n in N], user_id=[n % 40 for n in N], spend=MIXED))
    draft = draft_schema(str(source))
    assert "There are several rows per customer ('user id' holds 40 different in 60 rows)" in draft.text
    schema = home.parent / "drafted.py"
    schema.write_text(draft.text, encoding="utf-8")
    assert read_night(source, home, dataset=str(schema)).counts == (60, 0)


MAILS = [f"a{n % 25}@shop.example" for n in N]
ORDERS = {
    "a customer's key": {"Order_ID": [500 + n for n in N], "Customer_ID": [n % 30 for n in N], "Total": MIXED},
    "an e-mail address": {"Name": [f"#{500 + n}" for n in N], "Email": MAILS, "Total": MIXED, "Shipping_City": MIXED},
}


@pytest.mark.parametrize("columns", ORDERS.values(), ids=ORDERS)
def test_orders_are_refused_with_how_to_roll_them_up(write, columns):
    source = write(file_of_columns(**columns))
    with pytest.raises(DataRefused, match="the rows are orders or the like, as") as refused:
        draft_schema(str(source))
    query = re.search(r"SELECT .* GROUP BY .*", str(refused.value))[0].replace(source.name, str(source))
    with duckdb.connect() as database:
        assert len(database.execute(query).fetchall()) == len(set(columns.get("Customer_ID", MAILS)))


#: Columns of orders beside who ordered, each one twice.
ORDERED = {
    "customer": {"order": range(60), "sku": ["tea", "ale"] * 30, "qty": [1, 2, 3] * 20},
    "kunde": {"auftrag": [f"A{n}" for n in N], "artikel": ["tea", "ale"] * 30, "menge": [1, 2, 3] * 20},
}


@pytest.mark.parametrize(("buyer", "others"), ORDERED.items(), ids=ORDERED)
def test_orders_are_known_by_their_columns(write, buyer, others):
    text = file_of_columns(**others, **{buyer: [f"{n // 2:05}" for n in N]})
    with pytest.raises(DataRefused, match=rf"the rows are orders or the like, as '{buyer}' holds 30 different in 60"):
        draft_schema(str(write(text)))


def test_tiers_of_members_are_no_buyers(write):
    text = file_of_columns(loyalty=["gold", "silver", "none"] * 20, total=MIXED, items=MIXED[::-1], price=MIXED)
    assert draft_schema(str(write(text))).n_rows == 60


def test_rows_without_a_key_are_no_customers(drafted, write, home):
    keys = [f"{n * 7919 % 99991:05}" if n % 12 else "" for n in N]
    spent = [round(3.7 * n % 50, 2) if n % 12 else 999.5 for n in N]
    text = file_of_columns(client_no=keys, town=["Ulm", "Bonn"] * 30, age=[20 + n for n in N], spent=spent)
    dataset = drafted(text)
    assert "Rejected: 5 keyless rows (on line 2 first)." in (dataset.__doc__ or "")
    assert {found.name: found.settings.role.value for found in columns_of(dataset)}["customer_id"] == "identifier"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([f"{n}%" if n % 3 else f"0.{n:02}" for n in N], "'%' after the number in 40 rows"),
        ([f'[{{"sku": "tea{n % 7}", "qty": 2}}]' for n in N], "lists of JSON objects"),
        (["Gour", "Fam", "Stud"] * 20, "an earlier segmentation by its name"),
    ],
    ids=["percent", "objects", "segments"],
)
def test_what_has_two_meanings_is_left_out(write, cells, reason):
    text = file_of_columns(
        **{"Kundensegment" if "Fam" in cells else "found": cells, "age": [20 + n * 7 % 50 for n in N]}
    )
    assert reason in " ".join(draft_schema(str(write(text))).text.replace("# ", "").split())


def test_few_rounded_accounts_are_lost_keys(write):
    accounts = [f"{4910000000000000 + n}" if n % 6 else "4.91E+15" for n in N]
    with pytest.raises(DataRefused, match=r"column Account: '4\.91E\+15' is a long number that a spreadsheet rounded"):
        draft_schema(str(write(file_of_columns(Account=accounts, age=[20 + n for n in N]))))


def test_line_under_the_header_is_no_header(drafted):
    dataset = drafted("Town\tAge\n====\t===\n" + "".join(f"{('Ulm', 'Bonn')[n % 2]}\t{20 + n % 30}\n" for n in N))
    assert [found.header for found in columns_of(dataset)] == ["town", "age"]


def test_first_cell_with_a_unit_is_no_header(drafted):
    cells = ["5.50CR", *(f"{n}.50" for n in range(90))]
    dataset = drafted("key;town;balance\n" + "".join(f"K{n:03};Ulm;{cell}\n" for n, cell in enumerate(cells)))
    assert [found.header for found in columns_of(dataset)] == ["key", "town", "balance"]


def test_code_with_a_leading_zero_stays_text(column):
    assert declared(column("Zip", ["02108", "62701", "97301"] * 20))[:2] == ("category", "str")


def test_header_is_as_wide_as_its_customers(drafted):
    dataset = drafted("EXTF;700;Debtors;16;A;B;RE\nkey;town;age\n" + "".join(f"K{n};Ulm;{20 + n % 50}\n" for n in N))
    assert [found.header for found in columns_of(dataset)] == ["key", "town", "age"]


def test_aligned_line_under_a_header_is_drawn(drafted, write, home):
    text = "|name|town|tier|\n|:---|:--:|---:|\n" + "".join(f"|N{n}|Ulm{n % 3}|{'ABC'[n % 3]}|\n" for n in N)
    drafted(text)
    assert read_night(write(text), home, dataset=str(home.parent / "drafted.py")).counts == (len(N), 1)


def test_month_of_a_card_is_no_amount(column):
    assert declared(column("Card Exp Month", [1 + n % 12 for n in range(120)]))[0] == "category"
    assert declared(column("Visits per month", [1 + n % 12 for n in range(120)]))[0] == "numeric"


def test_word_for_nothing_is_no_key(drafted, write, home):
    text = "id,age\n" + "".join(f"{(f'K{n}', 'n/a')[n % 30 // 28]},{20 + n % 50}\n" for n in range(60))
    identifier = columns_of(drafted(text))[0]
    night = read_night(write(text), home, dataset=str(home.parent / "drafted.py"))
    assert (identifier.settings.role.value, night.counts) == ("identifier", (56, 4))


def test_shared_addresses_are_no_orders(write):
    columns = {"Customer_ID": N, "Email": MAILS, "Total": MIXED, "Shipping_City": MIXED}
    assert draft_schema(str(write(file_of_columns(**columns)))).n_rows == 60


@pytest.mark.parametrize("key", ["customer_id", "id"])
def test_one_row_per_customer_is_not_remarked(write, key):
    text = file_of_columns(**{key: N, "account_id": [n % 30 for n in N], "spend": MIXED})
    assert "several rows per customer" not in draft_schema(str(write(text))).text


def comment_of(text, name):
    """The comment above a column of a schema, on one line."""
    above, _, _ = text.partition(f"\n    {name}: ")
    return " ".join(line.removeprefix("    # ") for line in above.rpartition("\n\n")[2].splitlines())


def test_one_outlier_is_named_and_decides_nothing(write):
    incomes = [52_000 + (n * 7919 % 2_003 - 1_000) * 20 for n in range(1_900)]
    text = draft_schema(str(write(file_of_columns(income=[*incomes, 666_666], n=[n % 9 for n in range(1_901)])))).text
    assert "    income: Series[int] = numeric(ge=0)\n" in text
    assert "666,666 is met once, far from all others" in comment_of(text, "income")
    text = draft_schema(str(write(file_of_columns(income=incomes, n=[n % 9 for n in range(1_900)])))).text
    assert "met once" not in text


def test_outcome_stays_a_feature_with_remark(write):
    text = draft_schema(str(write(file_of_columns(Exited=[n % 2 for n in N], y_value=MIXED, y=MIXED)))).text
    assert "exited: Series[bool] = flag()" in text
    assert "may be an outcome" in comment_of(text, "exited")
    assert "may be an outcome" in comment_of(text, "y")
    assert "may be an outcome" not in comment_of(text, "y_value")


def test_redundant_column_names_the_earlier_one(write):
    flags = {"label": [n % 2 for n in N], "churn": ["no", "yes"] * 30, "other": [n // 2 % 2 for n in N]}
    scores = {"rating": [n % 9 for n in N], "again": [n % 9 for n in N], "twice": [n % 9 * 2 for n in N]}
    text = draft_schema(str(write(file_of_columns(**flags, **scores)))).text
    assert "says the same as 'label', which so counts twice" in comment_of(text, "churn")
    assert "says the same as 'rating'" in comment_of(text, "again")
    for name in ("label", "other", "rating", "twice"):
        assert "says the same" not in comment_of(text, name)


REASONS = {
    "postal codes": (
        ("Customer Zip Code", [10_115 + n for n in N]),
        "postal codes, not amounts: 60 different in 60 rows",
    ),
    "key of another thing": (("store_id", [n % 25 for n in N]), "named like the key of another thing: 25 different"),
    "minus behind": (("saldo", [f"{n}.50-" for n in N]), "numbers -59.5 to -0.5"),
    "brackets": (("saldo", [f"({n}.50)" if n % 2 else n for n in N]), "numbers -59.5 to 58"),
    "too many codes": (("agent", [n * 7 % 50 for n in N]), "50 different in 60 rows, too many to be categories"),
    "codes with gaps": (("area code", repeated(408, 415, 510)), "3 different codes, not amounts"),
    "long numbers": (
        ("ncodpers", [15_000 + n * 7919 % 999_983 for n in range(1_200)]),
        "declare it as numeric() if it is an amount",
    ),
    "digits as high as seconds": (
        ("x", [f"0{1_511_003_802 + n * 7}" for n in N]),
        "different in nearly every row, such as '01511003802'",
    ),
    "groups of rows": (("T", [n // 3 + 1 for n in range(600)]), "1 to 200, rising down the file without gaps"),
}


@pytest.mark.parametrize(("cells", "reason"), REASONS.values(), ids=REASONS)
def test_comment_says_why(write, cells, reason):
    header, values = cells
    text = file_of_columns(**{header.replace(" ", "_"): values, "spare": [n % 9 for n, _ in enumerate(values)]})
    assert reason in " ".join(draft_schema(str(write(text))).text.replace("\n    # ", " ").split())


def test_list_between_slashes_is_loaded_by_items(drafted, write, home):
    text = "age,likes\n" + "".join(f"{n},{['tea / jam', 'milk / tea / jam', 'jam'][n % 3]}\n" for n in N)
    drafted(text)
    night = read_night(write(text), home, dataset=str(home.parent / "drafted.py"))
    things = night.rows("SELECT DISTINCT thing FROM (SELECT unnest(likes) AS thing FROM customers) ORDER BY 1")
    assert things == [("jam",), ("milk",), ("tea",)]


def settings_of(dataset):
    found = file_settings_of(dataset)
    usual = type(found)()
    return {
        name: getattr(found, name)
        for name in found.__dataclass_fields__
        if getattr(found, name) != getattr(usual, name)
    }


PEOPLE = [(n, ["Leeds", "York", "Hull"][n % 3], 20 + n * 7 % 50) for n in range(1, 61)]


def people(delimiter=",", head="id,town,age", quote=""):
    lines = [head.replace(",", delimiter), *(delimiter.join(f"{quote}{cell}{quote}" for cell in row) for row in PEOPLE)]
    return "\n".join(lines) + "\n"


def amounts(pattern, delimiter):
    """A file of two columns, the second written by a pattern."""
    return f"n{delimiter}spend\n" + "".join(f"{n * 7 % 50}{delimiter}{pattern.format(n)}\n" for n in range(60))


SETTINGS = {
    "commas": (people(), {}),
    "quotes": (people(quote='"'), {}),
    "semicolons": (people(";"), {"delimiter": ";"}),
    "tabs": (people("\t"), {"delimiter": "\t"}),
    "carets": (people("^"), {"delimiter": "^"}),
    "single quotes": (people(";", quote="'"), {"delimiter": ";", "quote": "'"}),
    "no header": (people().partition("\n")[2], {"delimiter": ",", "header": False}),
    "a comment": ("# of May\n" + people(), {"comment": "#"}),
    "byte-order mark": ("\ufeff" + people(), {}),
    "decimal comma": (amounts("{0},5", ";"), {"delimiter": ";", "decimal": ","}),
    "both commas": (amounts("1.{0:03},5", ";"), {"delimiter": ";", "decimal": ",", "thousands": "."}),
    "thousands": (amounts("1,{0:03}.5", "|"), {"delimiter": "|", "thousands": ","}),
    "quoted thousands": (amounts('"1,{0:03}"', ","), {"thousands": ","}),
    "blanks of thousands": (amounts("1 {0:03}.5", "|"), {"delimiter": "|"}),
}


@pytest.mark.parametrize(("text", "settings"), SETTINGS.values(), ids=SETTINGS)
def test_unusual_settings_are_declared_and_run(drafted, write, home, text, settings):
    assert settings_of(drafted(text)) == settings
    assert read_night(write(text), home, dataset=str(home.parent / "drafted.py")).counts == (60, 0)


@pytest.mark.parametrize("mark", ["#", "!", "%", "--", "//"])
@pytest.mark.parametrize("step", [1, 9])
def test_rows_beginning_with_marks_are_customers(drafted, write, home, mark, step):
    lines = [f"{mark * (n % step == 0)}T{n},{town},{age}" for n, town, age in PEOPLE]
    text = "\n".join(["tag,town,age", *lines, ""])
    assert settings_of(drafted(text)) == {}
    assert read_night(write(text), home, dataset=str(home.parent / "drafted.py")).counts == (60, 0)


def test_comments_far_down_are_said(drafted, write, home):
    text = "# of May\nid,town,age\n" + "".join(f"{n},York,{n % 60}\n" for n in range(1_300)) + "#1,York,30\n"
    drafted(text)
    said = " ".join((home.parent / "drafted.py").read_text().split())
    assert "Skipped: 1 line below the header beginning with '#'; without comment= they are rows." in said
    stopped = read_night(write(text), home, dataset=str(home.parent / "drafted.py"))
    assert "customers.csv: of 1,303 lines, skipped 2 beginning with '#'" in stopped.manifest["notes"]


def test_unclear_points_are_declared_and_noted(drafted, write, home):
    text = "kg;age\n" + "".join(f"{1 + n % 9}.{100 + n * 7 % 900};{20 + n % 30}\n" for n in range(60))
    assert settings_of(drafted(text)) == {"delimiter": ";", "decimal": "."}
    assert "read as decimal points" in " ".join((home.parent / "drafted.py").read_text().split())
    assert read_night(write(text), home, dataset=str(home.parent / "drafted.py")).counts == (60, 0)


STRAY_MARKS = {
    "a comma among unclear points": ([*(f"{1 + n % 9}.{100 + n * 7 % 900}" for n in range(1_000)), "12,5"], "."),
    "a point among commas": ([*(f"{n % 90},5" for n in range(200)), "1.25"], ","),
}


@pytest.mark.parametrize(("cells", "decimal"), STRAY_MARKS.values(), ids=STRAY_MARKS)
def test_drafted_marks_are_those_of_a_run(drafted, write, home, cells, decimal):
    text = "kg;age\n" + "".join(f"{cell};{20 + n % 30}\n" for n, cell in enumerate(cells))
    assert settings_of(drafted(text)) == {"delimiter": ";", "decimal": decimal}
    assert read_night(write(text), home, dataset=str(home.parent / "drafted.py")).counts == (len(cells) - 1, 1)


def test_column_with_other_number_marks_is_ignored(drafted):
    rows_of = (f"{n * 7 % 50},5;{n * 3 % 50},25;{n}{'.50' * (n % 2)}\n" for n in range(60))
    found = columns_of(drafted("a;b;c\n" + "".join(rows_of)))
    assert [one.settings.role.value for one in found] == ["numeric", "numeric", "ignored"]


def test_short_file_with_titles_runs(drafted, write, home):
    text = "Our customers\nMay\n\n" + "\n".join(people().splitlines()[:9]) + "\n"
    assert settings_of(drafted(text)) == {"max_rejected_share": 0.3}
    assert read_night(write(text), home, dataset=str(home.parent / "drafted.py")).counts == (8, 2)


def test_file_with_trailing_delimiters_runs(drafted, write, home):
    head, _, body = people().partition("\n")
    text = head + "\n" + body.replace("\n", ",\n")
    assert all(facts.settings.role.value != "ignored" for facts in columns_of(drafted(text)))
    assert read_night(write(text), home, dataset=str(home.parent / "drafted.py")).counts == (60, 0)


def test_repeated_header_is_not_a_customer(drafted):
    head, _, body = people().partition("\n")
    assert columns_of(drafted(f"{head}\n{body}{head}\n"))[0].settings.role.value == "identifier"
    assert columns_of(drafted(f"{head}\n{body}{head}\n"))[2].value_type is int


UMLAUTS = people().replace("Leeds", "Lüneburg").replace("York", "Köln")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_detected_encodings_are_read_and_run(drafted, write, home, encoding):
    content = UMLAUTS.encode(encoding)
    assert settings_of(drafted(content)) == {}
    night = read_night(write(content), home, dataset=str(home.parent / "drafted.py"))
    assert night.rows("SELECT DISTINCT town FROM customers ORDER BY 1") == [("Hull",), ("Köln",), ("Lüneburg",)]


def test_encoding_that_is_given_is_declared(write, tmp_path, home):
    source, output = write(UMLAUTS.encode("cp1250")), tmp_path / "drafted.py"
    write_draft(str(source), output=output, text_encoding="cp1250")
    assert settings_of(load_dataset(str(output))) == {"encoding": "cp1250"}
    night = read_night(source, home, dataset=str(output))
    assert night.rows("SELECT DISTINCT town FROM customers ORDER BY 1") == [("Hull",), ("Köln",), ("Lüneburg",)]


def test_packed_file_is_named_without_its_ending(write):
    draft = draft_schema(str(write(gzip.compress(people().encode()), "town_people.csv.gz")))
    assert "class TownPeople(Dataset):" in draft.text
    assert draft.n_rows == 60


def test_undecodable_line_is_not_a_customer(write):
    content = people().encode().replace(b"3,Leeds", b"3,Le\xff\xfeds", 1)
    draft = draft_schema(str(write(content)))
    assert draft.n_rows == 59
    assert "Rejected: 1 record that is not utf-8 text." in draft.text
    assert "3 different: 'Hull' 20, 'York' 20, 'Leeds' 19" in draft.text


@pytest.mark.parametrize("text", [people().replace("Leeds", "Пермь"), people(head="id,город,age")])
def test_undetected_encoding_asks_for_its_name(write, text):
    source = write(text.encode("cp1251"))
    with pytest.raises(DataRefused, match=r"line \d: holds .* --text-encoding cp1252"):
        draft_schema(str(source))
    assert draft_schema(str(source), "cp1251").n_rows == 60


def test_unclear_commas_alone_are_refused(write):
    source = write("n;spend\n" + "".join(f"{n};{n % 7 + 1},{n:03}\n" for n in range(60)))
    with pytest.raises(DataRefused, match=r"column spend: '1,\d{3}' may be a number with a decimal comma"):
        draft_schema(str(source))


def test_spellings_differing_by_case_are_one(drafted, write, home):
    text = "sex,n\n" + "".join(f"{['Male', 'male', 'Female'][n % 3]},{n % 7}\n" for n in range(60)) + "Male,1\n"
    assert columns_of(drafted(text))[0].allowed_texts == ("Female", "Male")
    assert read_night(write(text), home, dataset=str(home.parent / "drafted.py")).counts == (61, 0)


def test_very_many_binary_columns_are_a_list(drafted, write, home):
    n_things = 150
    text = f"id,age,{','.join(f'thing {n}' for n in range(n_things))}\n"
    text += "".join(
        f"{n},{20 + n},{','.join(str(int((n + t) % 7 == 0)) for t in range(n_things))}\n" for n in range(40)
    )
    found = {one.name: one.settings.role.value for one in columns_of(drafted(text))}
    assert found == {"customer_id": "identifier", "age": "numeric", "basket": "items"}
    things = sum(line.split(",")[2:].count("1") for line in text.splitlines())
    night = read_night(write(text), home, dataset=str(home.parent / "drafted.py"))
    assert night.rows("SELECT count(*), sum(len(basket)) FROM customers") == [(40, things)]


def test_some_binary_columns_stay_flags(drafted):
    text = "age,a,b\n" + "".join(f"{20 + n},{n % 2},{int(n % 3 == 0)}\n" for n in range(40))
    assert [one.settings.role.value for one in columns_of(drafted(text))] == ["numeric", "flag", "flag"]


def test_too_wide_file_is_refused(write):
    text = ",".join(f"n{n}" for n in range(1200)) + "\n"
    text += "".join(",".join(str(n * r % 97 + 0.5) for n in range(1200)) + "\n" for r in range(30))
    with pytest.raises(DataRefused, match="has 1,200 columns; expected at most 1,000"):
        draft_schema(str(write(text)))


NAMED_SEGMENTS = ["Segment", "cluster", "Customer Segment", "cluster_id", "score", "RFM Score", "rfm_segment"]


@pytest.mark.parametrize("header", NAMED_SEGMENTS)
def test_earlier_segments_are_ignored(write, header):
    text = draft_schema(str(write(f"age,{header}\n" + "".join(f"{20 + n},{n % 4}\n" for n in N)))).text
    assert "an earlier segmentation by its name" in text


@pytest.mark.parametrize("header", ["Spending Score (1-100)", "credit score", "market", "customer type"])
def test_other_scores_are_features(column, header):
    assert declared(column(header, [n % 7 for n in N]))[0] != "ignored"


CODES = {
    "ten digits": ("x", [7_000_000_000 + n * 7919 for n in N], "ignored"),
    "a household": ("Household", [81_000 + n * 791 for n in N], "identifier"),
    "a loyalty account": ("Loyalty Account", [81_000 + n * 791 for n in N], "ignored"),
    "incomes": ("x", [31_000 + n * 791 for n in N], "numeric"),
    "large amounts": ("revenue", [17_000_000 + n * 79_193 for n in N], "numeric"),
}


@pytest.mark.parametrize(("header", "cells", "kind"), CODES.values(), ids=CODES)
def test_long_codes_of_few_rows_are_no_amounts(column, header, cells, kind):
    assert declared(column(header, cells))[0] == kind


def test_rounded_keys_are_refused(write, home):
    text = "customer_id,age\n" + "".join(f"{6.28 + n / 1000:.5f}E+12,{20 + n % 30}\n" for n in range(200))
    with pytest.raises(DataRefused, match=r"column customer_id: '6\.28000E\+12' is a long number .* column as text"):
        draft_schema(str(write(text)))


LEFT_OUT = {
    "no name": ("", [n % 7 for n in N], "Left out: column 3, without a name in the header."),
    "no value": ("Company", [""] * len(N), "Left out: 'Company', empty in every row."),
    "no known value": ("Company", ["n/a"] * len(N), "Left out: 'Company', nothing but 'n/a'."),
    "a header twice": ("AGE", [n % 7 for n in N], "as the header occurs twice over different values: rename one."),
    "the same twice": (
        "AGE",
        [20 + n % 30 for n in N],
        "Left out: 'AGE', as an earlier column of that name holds the same.",
    ),
}


@pytest.mark.parametrize(("header", "cells", "said"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_columns_left_out_are_named(drafted, write, home, header, cells, said):
    text = f"town,age,{header}\n" + "".join(f"{'Ulm' if n % 3 else 'Bonn'},{20 + n % 30},{cells[n]}\n" for n in N)
    names = [one.name for one in columns_of(drafted(text))]
    assert names == (["town"] if "different" in said else ["town", "age"])
    assert said in " ".join((home.parent / "drafted.py").read_text().replace("\n    # ", " ").split())
    assert read_night(write(text), home, dataset=str(home.parent / "drafted.py")).counts == (len(N), 0)


REFUSALS = {
    "no byte": ("", "is empty"),
    "blank lines": ("\n\n \n", "blank lines only"),
    "a header alone": ("age,town\n", "holds a header and no row"),
    "constants": ("a,b\n" + "1,x\n" * 30, "has no column to segment by"),
    "a key alone": ("id\n" + "".join(f"{n}\n" for n in range(30)), "has no column to segment by"),
    "JSON": ('{"age": 1}\n{"age": 2}\n', "is JSON; expected a CSV file"),
    "HTML": ("<!DOCTYPE html>\n<html>\n", "HTML"),
    "several tables": ("a,b\n1,2\nc,d,e\n1,2,3\n1,2,3,4\n1,2,3,4,5\n3\n", "expected one number of fields"),
}


@pytest.mark.parametrize(("text", "match"), REFUSALS.values(), ids=REFUSALS)
def test_undeclared_file_is_refused_in_one_line(write, text, match):
    source = write(text)
    with pytest.raises(DataRefused, match=match) as refused:
        draft_schema(str(source))
    assert str(source) in str(refused.value)
    assert "expected" in str(refused.value)


def test_long_file_is_profiled_in_steps(write, monkeypatch):
    monkeypatch.setattr(warehouse.draft, "MAX_CELLS", 50)
    text = draft_schema(str(write(people(head="row,town,age")))).text
    assert "60 rows of 3 columns" in text
    assert "counts are those of one record in 4." in text
    assert "# the customer's key, not a feature: 15 different in 15 rows" in text


PAYLOAD = '"""\nimport pathlib; pathlib.Path("harm").touch()\n"""'
HOSTILE = [
    PAYLOAD, "x'); import os #", 'a"b', "a'b\"c", "\\", "x\\", "{{ 7 * 7 }}", "{% raw %}", "a\u2028b", "tab\there",
    "class", "list", "\x1b[31m", "日本語", "a" * 500, "\u202egnp.exe", "__init__", "None", "#", "  spaced   out  ",
]  # fmt: skip


def file_of(headers, cells_of):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([headers, *map(cells_of, range(60))])
    return text.getvalue()


def assert_declares_alone(text):
    """Check that a schema holds declarations and nothing that does anything else."""
    for node in ast.walk(ast.parse(text)):
        assert not isinstance(node, ast.Import | ast.FunctionDef | ast.Attribute | ast.JoinedStr | ast.Lambda)
        assert not isinstance(node, ast.Call) or node.func.id in CALLS


def assert_harmless(text, tmp_path):
    """Check that a schema declares and no more, and that ruff has nothing to say of it."""
    assert_declares_alone(text)
    file = tmp_path / "schema_of_file.py"
    file.write_text(text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    style = ["--isolated", "--line-length", "120"]
    order = ["--select", "E,F,I,W", "--config", f"src=[{str(ROOT)!r}]"]
    for command in (["format", "--diff", *style, file], ["check", *style, *order, file]):
        done = subprocess.run([*ruff, *command], capture_output=True, text=True)
        assert (done.returncode, done.stderr.replace("1 file already formatted\n", "")) == (0, ""), done.stdout


def test_hostile_headers_are_texts_and_never_code(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = file_of(
        ["id", *HOSTILE], lambda n: [n, *((n * place + place) % 50 for place, _ in enumerate(HOSTILE, start=7))]
    )
    draft = draft_schema(str(write(text)))
    assert_harmless(draft.text, tmp_path)
    assert not (tmp_path / "harm").exists()
    schema = tmp_path / "hostile.py"
    schema.write_text(draft.text, encoding="utf-8")
    assert len(columns_of(load_dataset(str(schema)))) == 1 + len(HOSTILE)
    quick_night(tmp_path / "customers.csv", tmp_path / "home", dataset=str(schema))
    assert rows(tmp_path / "home", "SELECT rows_loaded, rows_rejected FROM runs") == [(60, 0)]


def test_hostile_cells_are_texts_and_never_code(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells = HOSTILE[:10]
    draft = draft_schema(str(write(file_of(["id", "c", "n"], lambda n: [n, cells[n % 10], n % 7]))))
    assert_harmless(draft.text, tmp_path)
    assert not (tmp_path / "harm").exists()


def test_hostile_file_name_stays_within_its_docstring(write, tmp_path):
    draft = draft_schema(str(write(people(), '"""; import os; x = """\\.csv')))
    assert_harmless(draft.text, tmp_path)


def test_naughty_strings_are_harmless(data, write, tmp_path):
    strings = json.loads((data / "badcsv" / "naughty" / "blns.json").read_text(encoding="utf-8"))
    for start in range(0, len(strings), 40):
        some = strings[start : start + 40]
        for text in (
            file_of(
                ["id", *(f"{n} {name}" for n, name in enumerate(some))],
                lambda n, some=some: [n, *[n * 7 % 50] * len(some)],
            ),
            file_of(["id", "c", "n"], lambda n, some=some: [n, some[n % 4], n % 7]),
        ):
            with contextlib.suppress(DataRefused):
                assert_declares_alone(draft_schema(str(write(text))).text)


def test_draft_is_printed_and_changes_nothing(write, tmp_path, capsys):
    source = write(people())
    write_draft(str(source))
    assert capsys.readouterr().out == draft_schema(str(source)).text
    assert [path.name for path in tmp_path.iterdir()] == ["customers.csv"]


def test_written_draft_names_the_next_command(write, tmp_path, capsys):
    source, output = write(people()), tmp_path / "shop.py"
    write_draft(str(source), output=output)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.strip().endswith(f"then run: segments run {source} --dataset {output}")
    assert output.read_text(encoding="utf-8") == draft_schema(str(source)).text
    quick_night(source, tmp_path / "home", dataset=str(output))
    assert_invariants(tmp_path / "home")


def test_existing_file_is_overwritten_only_by_force(write, tmp_path):
    output = tmp_path / "shop.py"
    output.write_text("mine\n")
    with pytest.raises(UsageError, match=r"shop\.py already exists; .* --force"):
        write_draft(str(write(people())), output=output)
    assert output.read_text() == "mine\n"
    write_draft(str(write(people())), output=output, force=True)
    assert "class Customers(Dataset):" in output.read_text()


@pytest.mark.parametrize("output", ["shop.txt", "no/such/folder/shop.py", "."])
def test_output_that_is_not_python_is_refused(write, tmp_path, output):
    with pytest.raises(UsageError, match="--output"):
        write_draft(str(write(people())), output=tmp_path / output)


def test_command_line_uses_its_exit_codes(started, segments, write):
    done = started("draft", write(people()))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("from pandera.typing import Series\n")
    refused = segments("draft", write("", "empty.csv"))
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (65, "", 1)
    assert segments("draft", "no_such_file.csv").returncode == 2


def test_bad_files_are_drafted_or_refused(data):
    files = sorted(path for path in (data / "badcsv" / "duckdb").rglob("*.csv") if path.stat().st_size < 20_000)
    assert len(files) > 200
    for path in files[::5]:
        # Another failure, or a draft that does not load, is no DataRefused.
        with contextlib.suppress(DataRefused):
            assert draft_schema(str(path)).n_rows > 0


REPORTS = {
    "a total": ["", "Total,,{sum}"],
    "a total under a key": ["n,", "Grand Total,,,{sum}"],
    "headings": ["", "North,,", "South of it,,"],
    "a drawn line": ["n,", "---,----,---,--"],
    "empty rows": ["", ",,", ",,", ",,"],
}


@pytest.mark.parametrize("key_and_rows", REPORTS.values(), ids=REPORTS)
def test_rows_of_a_report_change_no_draft(drafted, write, home, key_and_rows):
    key, *rows = key_and_rows
    lines = [f"{key and f'{n},'}{town},{age},{n * 7 % 90}" for n, town, age in PEOPLE]
    total = sum(n * 7 % 90 for n, *_ in PEOPLE)
    head = f"{key}town,age,spent"
    plain = columns_of(drafted("\n".join([head, *lines, ""])))
    text = "\n".join([head, *lines[:30], *[row.format(sum=total) for row in rows[:-1]], *lines[30:]])
    text += f"\n{rows[-1].format(sum=total)}\n"
    found = columns_of(drafted(text))
    assert [declared(column) for column in found] == [declared(column) for column in plain]
    assert read_night(write(text), home, dataset=str(home.parent / "drafted.py")).counts == (60, len(rows))


def test_totals_are_counted_in_the_draft(write):
    lines = [f"{town},{age},{n * 7 % 90}" for n, town, age in PEOPLE]
    parts = [
        [*lines[first : first + 20], f"Total,,{sum(n * 7 % 90 for n, *_ in PEOPLE[first : first + 20])}"]
        for first in (0, 20, 40)
    ]
    text = "\n".join(["town,age,spent", *chain.from_iterable(parts), ""])
    said = " ".join(draft_schema(str(write(text))).text.split())
    assert "60 rows of 3 columns" in said
    assert "Rejected: 3 totals (on line 22 first)." in said
