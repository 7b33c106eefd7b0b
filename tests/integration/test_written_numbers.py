"""Numbers as people and spreadsheets write them: what can mean one thing only is read, the rest is said."""

import pytest

from schemas.errors import DataRefused
from tasks.draft.drafting import draft_schema
from tests.nights import read_night

AMOUNT = "amount: Series[float] = numeric({})\n    n: Series[int] = numeric()"


def one_column(cells):
    return "amount;n\n" + "".join(f"{cell};1\n" for cell in cells)


#: Cell -> its number, read without any declaration.
WRITTEN = {
    "12.5": 12.5,
    "+12.5": 12.5,
    "- 12.5": -12.5,
    "12.5-": -12.5,
    "12.5 -": -12.5,
    "(12.5)": -12.5,
    "\u221212.5": -12.5,
    "\u201312.5": -12.5,
    "1 234.5": 1234.5,
    "1\u00a0234.5": 1234.5,
    "1\u202f234.5": 1234.5,
    "1\u2009234\u2009567.5": 1234567.5,
    "1\u2007234.5": 1234.5,
    "1'234.5": 1234.5,
    "1_234.5": 1234.5,
    "1\u2019234.5": 1234.5,
    "'12.5": 12.5,
    "12.-": 12,
    "12.\u2013": 12,
    "12.--": 12,
    "-12.-": -12,
    "1'234.-": 1234,
    '="12.5"': 12.5,
    "\uff11\uff12\uff0e\uff15": 12.5,
    "\u0661\u0662\u066b\u0665": 12.5,
    "\u06f1\u06f2\u066b\u06f5": 12.5,
    "\u200e12.5": 12.5,
}


@pytest.mark.parametrize(("cell", "number"), WRITTEN.items())
def test_number_of_one_meaning_is_read(check, cell, number):
    checked = check(one_column(["7", '"' + cell.replace('"', '""') + '"']), fields=AMOUNT.format(""))
    assert checked.customers("amount") == [(7,), (number,)]


NO_NUMBERS = ["1 23", "12 345 6", "(12", "12)", "-(12)", "+-12", "12--", "10.1.2.3", "5'1", "1_23", "001_234", "-", "'"]


@pytest.mark.parametrize("cell", NO_NUMBERS)
def test_what_only_resembles_a_number_is_rejected(check, cell):
    checked = check(one_column(["7", cell]), fields=AMOUNT.format(""))
    assert checked.customers("amount") == [(7,)]
    assert checked.rejected("code, value") == [("not_a_number", cell)]


#: Argument of the column -> cells, and the numbers that they are.
DECLARED = {
    'strip="€"': {
        "58.5\u00a0€": 58.5,
        "€\u202f1 234.5": 1234.5,
        "- 5 €": -5,
        "5- €": -5,
        "(€5)": -5,
        "(5) €": -5,
        "€ -": 0,
        "-\u00a0€": 0,
    },
    'strip="\u00a0€"': {"58.5\u00a0€": 58.5, "58.5€": 58.5, "58.5": 58.5},
    'strip="$"': {"$-12": -12, "-$12": -12, "($1,234.5)": -1234.5, "$(12)": -12, "\uff0412": 12},
    'strip="kr"': {"5 kr": 5, "5KR": 5},
    'strip="kg"': {"5 kg": 5, "5": 5},
    'strip="%"': {"12.5 %": 12.5, "12.5%": 12.5, "12.5\uff05": 12.5},
    'zero="-"': {"-": 0, "-5": -5},
    'units={"K": 1_000, "M": 1_000_000}': {"59K": 59_000, "6.4m": 6_400_000, "-1.1 k": -1_100, "950": 950},
    'strip="$", units={"K": 1_000}': {"$1.2K": 1_200, "$7": 7},
}


@pytest.mark.parametrize(("arguments", "cells"), DECLARED.items(), ids=DECLARED)
def test_declared_writing_is_read(check, arguments, cells):
    checked = check(one_column([*cells, "1,000.5"]), fields=AMOUNT.format(arguments))
    assert checked.customers("amount") == [(number,) for number in [*cells.values(), 1000.5]]


def test_whole_numbers_take_units(check):
    checked = check("n\n59K\n1.25K\n1.0005K\n", fields='n: Series[int] = numeric(units={"K": 1_000})')
    assert checked.customers("n") == [(59_000,), (1_250,)]


#: Cell -> what its rejection says to do.
REASONS = {
    "#######": "the number is lost: widen the column",
    "#DIV/0!": "an error of a spreadsheet",
    "-": "zero='-' in the schema reads it as 0, sentinels='-' as missing",
    "CHF 5": "strip='CHF' in the schema takes 'CHF' off",
    "61y": "strip='y' in the schema takes 'y' off",
    "5,5 €": "its points and commas are not those",
    "5.5 CR": "'CR' marks a debit or a credit: deliver the number with a sign",
}


@pytest.mark.parametrize(("cell", "reason"), REASONS.items(), ids=REASONS)
def test_rejected_number_says_what_to_do(check, cell, reason):
    checked = check(one_column(["7.25", cell]), fields=AMOUNT.format('strip="€"'), decimal=".")
    assert checked.rejected("value") == [(cell,)]
    assert reason in checked.rejected("reason")[0][0]


@pytest.mark.parametrize("cells", [["€ 796,71", "€ 996,-"], ["1.234,- €", "996,- €"], ["996,--", "7,-"]])
def test_dash_for_cents_is_no_minus(check, cells):
    numbers = {"€ 796,71": 796.71, "1.234,- €": 1234, "7,-": 7}
    checked = check(one_column(cells), fields=AMOUNT.format('strip="€"'))
    assert checked.customers("amount") == [(numbers.get(cell, 996),) for cell in cells]


def test_declared_mark_groups_digits(check):
    checked = check(one_column(["5:862", "1:180:062"]), fields=AMOUNT.format(""), thousands=":")
    assert checked.customers("amount") == [(5_862,), (1_180_062,)]


@pytest.mark.parametrize("thousands", [" ", "\u00a0", "\u202f"])
def test_declared_blank_means_every_blank(check, thousands):
    cells = ["1 234,5", "1\u00a0234,5", "1\u202f234,5"]
    checked = check(one_column(cells), fields=AMOUNT.format(""), thousands=thousands, decimal=",")
    assert checked.customers("amount") == [(1234.5,)] * 3


def test_leading_zero_is_no_group(check):
    checked = check(one_column(["1.234", "0.500"]), fields=AMOUNT.format(""), decimal=",")
    assert checked.customers("amount") == [(1234,)]


def test_text_marks_are_taken_off_digits_alone(check):
    fields = "id: Series[str] = identifier()\n    town: Series[str] = category()"
    checked = check("id,town\n'0012,'s-Hertogenbosch\n\"=\"\"0013\"\"\",'90s\n'A1,O'Neill's\n", fields=fields)
    found = [("'A1", "O'Neill's"), ("0012", "'s-Hertogenbosch"), ("0013", "'90s")]
    assert sorted(checked.customers("id, town")) == found
    assert "digits without the marks" in checked.notes[0]


@pytest.mark.parametrize("factor", ["12", "0", "1", '"K"', "1.5"])
def test_unit_is_a_power_of_ten(check, factor):
    with pytest.raises(Exception, match="should be 10, 100, 1_000 or another power of ten"):
        check(one_column(["1"]), fields=AMOUNT.format(f'units={{"K": {factor}}}'))


AGES = [20 + n * 7 % 50 for n in range(400)]


def drafted(write, cells, name="spend"):
    """The lines of a draft about a column with these cells, on one line: its comment and its declaration."""
    text = f"id;{name};n\n" + "".join(f"K{n:04};{cell};{n % 9}\n" for n, cell in enumerate(cells))
    source = write(text)
    draft = draft_schema(str(source)).text
    schema = write(draft, "drafted.py")
    above, _, below = draft.partition(f"\n    {name}: ")
    comment = " ".join(line.removeprefix("    # ") for line in above.rpartition("\n\n")[2].splitlines())
    return comment, below.splitlines()[0], source, str(schema)


#: Cells -> the arguments that are drafted, and the sum of the numbers that a run reads under them.
DRAFTED = {
    "brackets": ([f"(${n}.50)" if n % 9 == 0 else f"${n}.50" for n in range(1, 91)], 'strip="$"'),
    "minus behind": ([f"{n},50-" if n % 9 == 0 else f"{n},50" for n in range(1, 91)], ""),
    "thin blanks": ([f"1\u2009{n:03},50\u00a0€" for n in range(1, 91)], 'strip="€"'),
    "K and M": ([f"{n}K" if n % 9 else f"{n}.5M" for n in range(1, 91)], 'units={"K": 1_000, "M": 1_000_000}'),
    "K alone": ([f"{n}.5K" for n in range(1, 91)], 'strip="K"'),
    "K beside none": ([f"{n}K" if n % 9 == 0 else f"{n}" for n in range(1, 91)], 'units={"K": 1_000}'),
    "accounting dashes": ([" -   " if n % 9 == 0 else f" {n:,}.50 " for n in range(900, 1100)], 'zero="-"'),
    "dash of no accounts": (["-" if n % 9 == 0 else f"{n}.50" for n in range(1, 91)], 'sentinels=("-",)'),
    "aligned dashes": (["  -   " if n % 9 == 0 else f" {n + 1000} " for n in range(1, 91)], 'sentinels=("-",)'),
    "dash of a currency": (["$ -" if n % 9 == 0 else f"$ {n}.50" for n in range(1, 91)], 'strip="$"'),
}


@pytest.mark.parametrize(("cells", "arguments"), DRAFTED.values(), ids=DRAFTED)
def test_drafted_writing_is_read_whole(write, home, cells, arguments):
    _, declaration, source, schema = drafted(write, cells)
    assert "numeric(" in declaration
    assert arguments in declaration
    assert ("zero" in declaration, "strip" in declaration) == ("zero" in arguments, "strip" in arguments)
    assert read_night(source, home, dataset=schema).counts == (len(cells), 0)


def test_few_cells_with_a_unit_are_remarked(write):
    comment, declaration, _, _ = drafted(write, [*AGES, *["61y"] * 8], name="age")
    assert "numeric(" in declaration
    assert "strip" not in declaration
    assert "'y' after the number in 8 rows, such as '61y': rejected, unless strip='y'" in comment


def test_some_cells_with_a_unit_are_a_doubt(write):
    comment, declaration, _, _ = drafted(write, [*AGES, *(f"{age}y" for age in AGES[:100])], name="visited")
    assert declaration == "Series[str] = ignored()"
    assert "numeric(strip='y') reads them as one unit, if they are" in comment


#: Writing -> two ways of writing a number, and how many of ten are written in the second way.
ONE_CURRENCY = {
    "sign and code": ("{} €", "{} EUR", 5),
    "few codes": ("{} €", "{} EUR", 1),
    "code before": ("${}", "USD {}", 5),
    "sign before, code behind": ("€{}", "{} EUR", 5),
    "a code makes the sign clear": ("${} CAD", "$ {} CAD", 5),
}


def in_two_ways(one, other, n_of_ten):
    return [(other if n % 10 < n_of_ten else one).format(f"{n}.50") for n in range(1, 91)]


@pytest.mark.parametrize("ways", ONE_CURRENCY.values(), ids=ONE_CURRENCY)
def test_one_currency_is_one_unit(write, home, ways):
    _, declaration, source, schema = drafted(write, in_two_ways(*ways))
    assert "numeric(" in declaration
    assert read_night(source, home, dataset=schema).counts == (90, 0)


#: Writing -> two ways of writing a number that are not one, and why.
IN_DOUBT = {
    "sign before, other code behind": ("€{}", "{} USD", "numbers in several units, such as '90.50 USD' and '€9.50'"),
    "dollars of two countries": ("${}", "{} CAD", "numbers in several units"),
    "debit and credit": ("{} DR", "{} CR", "marked as debits or credits, such as '"),
    "credit alone": ("{}", "{}CR", "marked as debits or credits, such as '"),
}


@pytest.mark.parametrize(("one", "other", "reason"), IN_DOUBT.values(), ids=IN_DOUBT)
def test_two_meanings_of_amounts_are_said(write, one, other, reason):
    comment, declaration, _, _ = drafted(write, in_two_ways(one, other, 3))
    assert declaration == "Series[str] = ignored()"
    assert reason in comment


def test_crores_are_no_credits(write):
    assert 'strip="Cr"' in drafted(write, [f"{n}.50 Cr" for n in range(1, 91)])[1]


def test_cells_with_other_marks_are_named(write, home):
    cells = [f"{n},{100 + n}.50" for n in range(1, 200)]
    comment, declaration, source, schema = drafted(write, [*cells, "1.234,56"])
    assert "numeric(" in declaration
    assert "with other marks in 1 row, such as '1.234,56': rejected" in comment
    assert read_night(source, home, dataset=schema).counts == (199, 1)
    comment, declaration, _, _ = drafted(write, [*cells, *(f"1.{n},56" for n in range(201, 221))])
    assert declaration == "Series[str] = ignored()"
    assert "points and commas mean two things: 20 rows such as '1.2" in comment


def test_lost_numbers_are_no_missing_ones(write, home):
    cells = [*AGES, "#######", "#DIV/0!"]
    comment, declaration, source, schema = drafted(write, cells, name="visits")
    assert "lost in 2 rows" in comment
    assert "sentinels" not in declaration
    assert read_night(source, home, dataset=schema).counts == (400, 2)


def test_two_wild_values_are_both_remarked(write):
    comment, _, _, _ = drafted(write, [*AGES, 90_000, 95_000], name="visits")
    assert "90,000 is met once" in comment
    assert "95,000 is met once" in comment


def places(zeros, n_latitudes=0):
    rows = [(40 + n % 9 + 0.25, -90 - n % 7 - 0.5) for n in range(100)]
    rows += [(0, 0)] * zeros + [(0, 32.5)] * n_latitudes
    return "latitude,longitude,n\n" + "".join(f"{lat},{lon},{n % 5}\n" for n, (lat, lon) in enumerate(rows))


@pytest.mark.parametrize(("text", "is_missing"), [(places(9), True), (places(1), False), (places(9, 1), False)])
def test_zero_place_is_missing_where_both_recur(write, text, is_missing):
    assert draft_schema(str(write(text))).text.count('sentinels=("0",)') == 2 * is_missing


@pytest.mark.parametrize(
    ("name", "cells", "is_day"),
    [
        ("last_order", [45_000 + n * 3 for n in range(100)], True),
        ("last_order", [f"{45_000 + n * 3}.5" for n in range(100)], True),
        ("last_salary", [45_000 + n * 3 for n in range(100)], False),
        ("distance", [45_000 + n * 3 for n in range(100)], False),
        ("last_order", [5_000 + n * 3 for n in range(100)], False),
    ],
)
def test_serials_of_days_need_their_name(write, name, cells, is_day):
    try:
        comment = drafted(write, cells, name=name)[0]
    except DataRefused as refused:
        comment = str(refused)
    assert ("days or times" in comment) == is_day
