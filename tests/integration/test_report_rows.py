"""Totals, headings and drawn lines are rejected, and customers that look a little like them are not."""

from itertools import pairwise

import pytest

from schemas.errors import DataRefused

SALES = """
    customer_id: Series[str] = identifier(alias="customer")
    city: Series[str] = category(missing="category")
    age: Series[int] = numeric(ge=0, missing="median")
    spent: Series[float] = numeric(missing="median")
    orders: Series[int] = numeric(missing="median")
"""
NO_KEY = "\n".join(line for line in SALES.splitlines() if "identifier" not in line)
HEADER = "customer,city,age,spent,orders\n"
N = range(40)
AMOUNTS = [round(3.37 * n * n % 971, 2) for n in N]
ROWS = [f"{n:04},{('Ulm', 'Bonn', 'Kiel')[n % 3]},{20 + n},{AMOUNTS[n]},{n % 7}" for n in N]
SUMS = f"{sum(AMOUNTS):.2f},{sum(n % 7 for n in N)}"


def delivery(*rows, without_key=False):
    lines = [HEADER.strip(), *rows]
    return "\n".join(line.partition(",")[2] if without_key else line for line in lines) + "\n"


def codes(checked):
    return checked.rejected("line_number, code, value")


@pytest.mark.parametrize(
    "total",
    ["Summe,,", "Grand Total,,", "TOTAL,,1580", ",Total,", "Somme :,,", "Alle,,", "Total,,39.5", "合計,,"],
)
def test_total_below_the_customers_is_rejected(check, total):
    checked = check(delivery(*ROWS, f"{total},{SUMS}"), fields=SALES)
    assert codes(checked) == [(42, "total_row", next(filter(None, total.split(","))))]
    assert checked.rejected("reason")[0][0].endswith("; expected one row per customer")


@pytest.mark.parametrize("label", ["TOTAL", ""])
def test_total_above_the_customers_is_rejected(check, label):
    checked = check(delivery(f"{label},,,{SUMS}", *ROWS), fields=SALES)
    assert [code for _, code, _ in codes(checked)] == ["total_row"]
    assert len(checked.customers("line_number")) == 40


@pytest.mark.parametrize("label", ["Moyenne", "Ø Average", "Durchschnitt"])
def test_means_below_the_customers_are_rejected(check, label):
    means = f"39.5,{sum(AMOUNTS) / 40:.1f},{sum(n % 7 for n in N) / 40:.2f}"
    checked = check(delivery(*ROWS, f"{label},,{means}"), fields=SALES.replace("int", "float"))
    assert codes(checked) == [(42, "total_row", label)]


def test_total_without_a_text_is_rejected(check):
    checked = check(delivery(*ROWS, f",,,{SUMS}", without_key=True), fields=NO_KEY)
    assert codes(checked) == [(42, "total_row", None)]


@pytest.mark.parametrize("label", ["Total", "Sum of all", "Zwischensumme"])
def test_totals_between_the_customers_are_rejected(check, label):
    parts = [0, 13, 26, 40]
    rows = []
    for first, last in pairwise(parts):
        sums = f"{sum(AMOUNTS[first:last]):.2f},{sum(n % 7 for n in N[first:last])}"
        rows += [*ROWS[first:last], f"{label} {first},,,{sums}"]
    checked = check(delivery(*rows, f"Total,,,{SUMS}"), fields=SALES)
    assert [code for _, code, _ in codes(checked)] == ["total_row"] * 4
    assert len(checked.customers("line_number")) == 40


def test_total_of_rejected_rows_too_is_rejected(check):
    rows = [*ROWS[:3], "0003,Ulm,-5,2951,3", *ROWS[4:]]
    checked = check(delivery(*rows, f"Total,,,{sum(AMOUNTS):.2f},{sum(n % 7 for n in N)}"), fields=SALES)
    assert [code for _, code, _ in codes(checked)] == ["out_of_range", "total_row"]


CUSTOMERS = {
    "a customer called Summe": ("Summe,Ulm,31,58.62,2", SALES),
    "a customer called Total with gaps": ("Total,,31,58.62,", SALES),
    "a key of another form": ("VIP,,31,58.62,", SALES),
    "a key and nothing else": ("0099,,,,", SALES),
    "numbers that are a sum of two": (f"0099,,,{AMOUNTS[1] + AMOUNTS[2]:.2f},{1 + 2}", SALES),
    "a city met before and nothing else": (",Ulm,,,", NO_KEY),
    "numbers alone": (",,44,12.5,3", NO_KEY),
    "zeros alone": (",,0,0,0", NO_KEY),
    "a customer called Media": ("Media,,31,58.62,2", SALES),
}


@pytest.mark.parametrize(("row", "fields"), CUSTOMERS.values(), ids=CUSTOMERS)
def test_unusual_customer_is_not_rejected(check, row, fields):
    checked = check(delivery(*ROWS[:3], row, *ROWS[3:], without_key=fields is NO_KEY), fields=fields)
    assert codes(checked) == []


def test_line_that_continues_a_customer_is_a_heading(check):
    rows = [line for row in ROWS for line in (row, f",Bonn {row[:4]},,,")]
    checked = check(delivery(*rows), fields=SALES, max_rejected_share=0.6)
    assert {code for _, code, _ in codes(checked)} == {"heading_row"}
    assert len(checked.customers("line_number")) == 40


HEADINGS = {
    "a heading in the key": ("Branch North,,,,", SALES),
    "a footer": ("Made on 2026-11-30,,,,", SALES),
    "a heading among numbers": (",,Branch North,,", NO_KEY),
    "a heading among cities": (",North,,,", NO_KEY),
}


@pytest.mark.parametrize(("row", "fields"), HEADINGS.values(), ids=HEADINGS)
@pytest.mark.parametrize("place", [0, 20, 40])
def test_headings_between_the_rows_are_rejected(check, row, fields, place):
    rows = [*ROWS[:place], row, *ROWS[place:]]
    checked = check(delivery(*rows, without_key=fields is NO_KEY), fields=fields)
    assert codes(checked) == [(place + 2, "heading_row", row.strip(","))]


@pytest.mark.parametrize("line", ["----,---,--,--,-", '"===","=",,"",', "-----+----+---"])
def test_drawn_lines_are_rejected(check, line):
    checked = check(delivery(line, *ROWS), fields=SALES.replace("numeric(ge=0, ", "numeric("))
    assert checked.rejected("line_number, code") == [(2, "ruled_line")]


def test_dashes_of_missing_values_are_a_customer(check):
    fields = SALES.replace('missing="median"', 'missing="median", sentinels=("-",)')
    assert codes(check(delivery(*ROWS, "0099,-,-,-,-"), fields=fields)) == []


@pytest.mark.parametrize("rows", [60, 900])
def test_empty_rows_do_not_count(check, rows):
    checked = check(delivery(*ROWS, *[",,,,"] * rows), fields=SALES, max_rejected_share=0.1)
    assert checked.counts("validate")["rows_rejected"] == rows
    assert f"{rows} of {rows + 40} rows rejected" in checked.notes[-1]
    assert f"{rows} of them empty, which do not count" in checked.notes[-1]


def test_faulty_rows_beside_empty_ones_count(check):
    with pytest.raises(DataRefused, match=r"line 2: age 'x' is not .* \(13.0%, 5 empty ones aside, at most 10%"):
        check(delivery(*["9999,Ulm,x,1,1"] * 6, *ROWS, *[",,,,"] * 5), fields=SALES, max_rejected_share=0.1)


def test_rounded_identifiers_are_rejected(check):
    checked = check(delivery(*ROWS[:3], "6.28E+12,Ulm,30,1,1", '"6,28E+12",Ulm,30,1,1', "1E7,Ulm,30,1,1"), fields=SALES)
    assert codes(checked) == [(5, "lost_id", "6.28E+12"), (6, "lost_id", "6,28E+12")]


def test_orders_are_said_to_be_orders(check):
    with pytest.raises(DataRefused, match="the rows are orders or the like, several per customer, so roll them up"):
        check(delivery(*ROWS[:5] * 4), fields=SALES, max_rejected_share=0.1)


def test_columns_may_have_any_name(check):
    names = ["label", "usual", "record", "shapes", "place", "n", "numbers", "suspects"]
    fields = "".join(f"    {name}: Series[str] = category(missing='category')\n" for name in names)
    fields += "".join(f"    {name}: Series[float] = numeric(missing='median')\n" for name in ("sums", "value"))
    rows = "".join(f"{','.join(names)},{n},{n}\n" for n in range(30))
    checked = check(f"{','.join(names)},sums,value\n{rows}Total{',' * 8}435,435\n", fields=fields)
    assert codes(checked) == [(32, "total_row", "Total")]
