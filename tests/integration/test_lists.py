"""Lists in all their forms: what stands between the items, and the comma that may belong to the text before them."""

import time

import pytest

from schemas.errors import DataRefused
from tests.integration.conftest import CUSTOMERS

HEADER = "Age,Location,Purchase History\n"
#: The seed's own form: a blank behind the comma within a list, none before its first item.
SPACED = "".join(f"{30 + n},Ohio,apples, juice\n" for n in range(10))
UNSPACED = SPACED.replace(", ", ",")
APPLES_AND_JUICE = [(30, "Ohio", ["apples", "juice"]), (31, "Ohio", ["juice"])]

TAB = "\t"

#: Form -> the file, and what the record says of its items.
FORMS = {
    "unquoted": (f"{HEADER}30,Ohio,apples, juice\n31,Ohio,juice\n", None),
    "quoted": (f'{HEADER}30,Ohio,"apples, juice"\n31,Ohio,"juice"\n', None),
    "each quoted": (f'{HEADER}30,"Ohio","apples","juice"\n31,"Ohio","juice"\n', None),
    "bars": (f"{HEADER}30,Ohio,apples|juice\n31,Ohio,juice\n", "|"),
    "semicolons": (f"{HEADER}30,Ohio,apples; juice\n31,Ohio,juice\n", ";"),
    "quoted bars": (f'{HEADER}30,Ohio,"apples|juice"\n31,Ohio,juice\n', "|"),
    "in the midst": ("Age,Purchase History,Location\n30,apples,juice,Ohio\n31,juice,Ohio\n", None),
    "delimiter of the file": (f"{HEADER.replace(',', '|')}30|Ohio|apples|juice\n31|Ohio|juice\n", "|"),
    "delimiter within quotes": (f'{HEADER.replace(",", ";")}30;Ohio;"apples; juice"\n31;Ohio;juice\n', ";"),
    "tabs within quotes": (f'{HEADER.replace(",", TAB)}30\tOhio\t"apples\tjuice"\n31\tOhio\tjuice\n', "\t"),
    "comma in another file": (f"{HEADER.replace(',', ';')}30;Ohio;apples,juice\n31;Ohio;juice\n", None),
    "0/1 columns": ("Age,Location,apples,juice\n30,Ohio,1,0\n31,Ohio,0,1\n".replace("1,0", '"1", 1 '), None),
}


@pytest.mark.parametrize(("content", "separator"), FORMS.values(), ids=FORMS)
def test_list_is_the_same_in_every_form(check, content, separator):
    checked = check(content)
    assert checked.customers() == APPLES_AND_JUICE
    assert ("items between" in checked.notes[0]) == (separator is not None)
    assert checked.counts("ingest")["sources"][0]["item_separator"] == (separator or ",")


#: What programs write -> the things of the list.
BRACKETS = {
    "json": ('"[""apples"", ""red, sweet juice""]"', ["apples", "red, sweet juice"]),
    "python": ("\"['apples', 'juice']\"", ["apples", "juice"]),
    "apostrophes": ('"[""O\'Hara\'s"", \'juice\', don\'t]"', ["O'Hara's", "juice", "don't"]),
    "without quotes": ("[apples, juice]", ["apples", "juice"]),
    "with blanks": ('" [ apples ,juice ] "', ["apples", "juice"]),
    "a set": ("\"{'apples', 'juice'}\"", ["apples", "juice"]),
    "a tuple of one": ("\"('apples',)\"", ["apples"]),
    "how many of each": ('"{""apples"": 2, ""juice"": 1}"', ["apples", "juice"]),
    "bars": ("[apples|juice]", ["apples", "juice"]),
    "one": ("[apples]", ["apples"]),
    "none": ("[]", []),
}


@pytest.mark.parametrize(("cell", "things"), BRACKETS.values(), ids=BRACKETS)
def test_list_in_brackets_is_its_things(check, cell, things):
    checked = check(f"{HEADER}30,Ohio,{cell}\n" + "31,Ohio,[]\n32,Utah,\n")
    assert checked.customers() == [(30, "Ohio", things), (31, "Ohio", []), (32, "Utah", [])]
    assert "lists in brackets" in checked.notes[0]


def test_few_brackets_are_part_of_items(check):
    checked = check(f"{HEADER}{UNSPACED}50,Utah,[tea],ale\n")
    assert checked.customers("purchase_history")[-1] == (["[tea]", "ale"],)


def test_bars_beside_commas_are_part_of_items(check):
    checked = check(f"{HEADER}30,Ohio,a|b,c\n31,Ohio,d|e\n")
    assert checked.customers("purchase_history") == [(["a|b", "c"],), (["d|e"],)]


#: Lists of single things, some with a mark inside -> how one of them is read.
MARKS_IN_THINGS = {
    "a name": ("AC|DC album", 1, ["AC|DC album"]),
    "an entity": ("Ben &amp; Jerry", 9, ["Ben & Jerry"]),
    "things that others buy": ("tea|ale", 1, ["tea", "ale"]),
}


@pytest.mark.parametrize(("cell", "times", "things"), MARKS_IN_THINGS.values(), ids=MARKS_IN_THINGS)
def test_separator_makes_items_of_other_lists(check, cell, times, things):
    singles = "".join(f"{20 + n},Ohio,{('tea', 'ale')[n % 2]}\n" for n in range(30))
    checked = check(f"{HEADER}{singles}" + f"60,Ohio,{cell}\n" * times)
    assert checked.customers("purchase_history")[-1] == (things,)


def test_comma_within_a_field_is_kept(check):
    semicolons = HEADER.replace(",", ";") + "30;Berlin;Milch 1,5 l;Brot\n31;Berlin;Brot\n"
    assert check(semicolons).customers("purchase_history") == [(["Milch 1,5 l", "Brot"],), (["Brot"],)]
    checked = check(f'{HEADER}30,Ohio,"juice, large",apples\n31,Ohio,apples,tea\n')
    assert checked.customers("purchase_history") == [(["juice, large", "apples"],), (["apples", "tea"],)]


def test_extra_field_is_not_an_item(check):
    lists = "".join(f"{20 + n};Ohio;tea, ale\n" for n in range(20))
    checked = check(f"{HEADER.replace(',', ';')}{lists}50;Portland; Oregon;tea, ale\n")
    assert checked.rejected("line_number, code") == [(22, "too_many_fields")]


@pytest.mark.parametrize("thing", ["", "thing {}"], ids=["empty", "different"])
def test_very_long_list_is_read_at_once(check, thing):
    things = ",".join(thing.format(n) for n in range(30_000))
    start = time.perf_counter()
    checked = check(f"{HEADER}30,Ohio,{things}\n31,Utah,tea\n")
    assert time.perf_counter() - start < 10
    assert checked.customers("len(purchase_history)") == [(30_000 if thing else 0,), (1,)]


def test_two_possible_separators_are_left_alone(check):
    checked = check(f"{HEADER}30,Ohio,a|b;c\n")
    assert checked.customers("purchase_history") == [(["a|b;c"],)]


def test_extra_comma_leaves_other_lists_alone(check):
    checked = check(f"{HEADER}{SPACED.replace(', ', '|')}50,Portland, Oregon,apples|juice\n")
    assert checked.rows("SELECT DISTINCT purchase_history FROM customers") == [(["apples", "juice"],)]
    assert checked.rejected() == [(12, None, "too_many_fields", "4")]


@pytest.mark.parametrize("separator", ["|", ";", "/", " "])
def test_declared_separator_is_the_only_one(check, separator):
    fields = CUSTOMERS.replace("items()", f"items(separator={separator!r})")
    checked = check(f'{HEADER}30,Ohio,"a{separator}b"\n31,Ohio,"c,d"\n32,Ohio,e\n', fields=fields)
    assert checked.customers("purchase_history") == [(["a", "b"],), (["c,d"],), (["e"],)]


def test_two_lists_are_one_field_each(check):
    fields = "n: Series[int] = numeric()\n    a: Series[list] = items()\n    b: Series[list] = items(separator='|')"
    checked = check('n,a,b\n1,"x, y",p|q\n2,,p\n3,x,y,p\n', fields=fields)
    assert checked.customers("a, b") == [(["x", "y"], ["p", "q"]), ([], ["p"])]
    assert checked.rejected() == [(4, None, "too_many_fields", "4")]


def test_item_cell_must_be_0_or_1(check):
    good = "".join(f"{30 + n},Ohio,1,0\n" for n in range(10))
    checked = check(
        f"Age,Location,apples,juice\n{good}50,Ohio,2,1\n51,Ohio,,1\n52,Ohio,0,yes\n53,Ohio,1\n54,Ohio,1,1,1\n"
    )
    assert checked.rejected() == [
        (12, "purchase_history", "not_zero_or_one", "apples=2"),
        (13, "purchase_history", "not_zero_or_one", "apples="),
        (14, "purchase_history", "not_zero_or_one", "juice=yes"),
        (15, None, "too_few_fields", "3"),
        (16, None, "too_many_fields", "5"),
    ]


#: Columns that are no products, in some of their first hundred cells or in all.
NO_PRODUCTS = {
    "numbers": ("1", "2", 5),
    "mostly numbers": ("17", "1", 5),
    "texts": ("Ann", "0", 2),
    "blanks": ("", "", 0),
}


def wide_rows(usual, other, n_others, end=""):
    cells = [other if n < n_others else usual for n in range(100)]
    return "".join(f"{20 + n % 50},Ohio,{n % 2},1,{cell}{end}\n" for n, cell in enumerate(cells))


@pytest.mark.parametrize("end", ["", ","], ids=["open", "closed"])
@pytest.mark.parametrize(("usual", "other", "n_others"), NO_PRODUCTS.values(), ids=NO_PRODUCTS)
def test_undeclared_column_is_not_an_item(check, usual, other, n_others, end):
    checked = check("Age,Location,tea,ale,n_items\n" + wide_rows(usual, other, n_others, end))
    assert checked.rows("SELECT DISTINCT unnest(purchase_history) FROM customers ORDER BY 1") == [("ale",), ("tea",)]
    assert checked.rejected() == []
    assert "2 columns of 0 and 1 for purchase_history ('tea', 'ale')" in checked.notes[0]
    assert checked.notes[1].startswith("customers.csv: column 'n_items', which the schema does not declare, is left")


def test_binary_column_is_an_item(check):
    checked = check("Age,Location,tea,ale,rum\n" + wide_rows("1", "2", 2))
    assert checked.rejected("line_number, value") == [(2, "rum=2"), (3, "rum=2")]


def test_stray_quote_does_not_hide_an_item(check):
    rows = wide_rows("1", "2", 5).replace("20,Ohio,0", '20,"Ohio,0', 1)
    checked = check("Age,Location,tea,ale,n_items\n" + rows)
    assert [code for (code,) in checked.rejected("code")] == ["broken_quote"]


def test_repeated_headers_leave_items_alone(check):
    checked = check(20 * "Age,Location,tea,ale\n30,Ohio,1,0\n31,Ohio,0,1\n")
    assert checked.rows("SELECT count(*) FROM customers") == [(40,)]


@pytest.mark.parametrize("columns", ["evolve", "freeze", "discard_row"])
def test_undeclared_column_beside_products_follows_the_rule(check, columns):
    content = "Age,Location,tea,ale,n_items\n30,Ohio,1,1,2\n31,Ohio,0,1,\n32,Ohio,1,1,3\n33,Utah,x,1,3\n"
    if columns == "freeze":
        with pytest.raises(DataRefused, match="the schema does not declare 'n_items'"):
            check(content, columns=columns)
        return
    checked = check(content, columns=columns)
    if columns == "evolve":
        assert checked.customers("n_items, purchase_history")[0] == ("2", ["tea", "ale"])
        return
    assert checked.rejected("line_number, code, value") == [
        (2, "undeclared_value", "n_items=2"),
        (4, "undeclared_value", "n_items=3"),
        (5, "not_zero_or_one", "tea=x"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "Age,Location,Newsletter\n30,Ohio,1\n31,Utah,0\n",
            "; 'Newsletter' holds 0 and 1, but one such column is not a list",
        ),
        ("Age,Location,Newsletter,City\n30,Ohio,1,Ulm\n31,Utah,0,Bonn\n", "; 'Newsletter' holds 0 and 1, but one such"),
        ("Age,Location,City,Street\n30,Ohio,Ulm,A\n31,Utah,Bonn,B\n", r"'Street'\); deliver the column"),
    ],
    ids=["one", "one of two", "none"],
)
def test_one_binary_column_is_not_a_list(check, content, said):
    with pytest.raises(DataRefused, match=f"line 1: column 'purchase_history' is missing .*{said}"):
        check(content)


def test_note_names_the_first_ten_items(check):
    names = [f"p{number}" for number in range(12)]
    checked = check(f"Age,Location,{','.join(names)}\n30,Ohio,{','.join('1' * 12)}\n")
    first = ", ".join(map(repr, names[:10]))
    assert f"12 columns of 0 and 1 for purchase_history ({first} and 2 more)" in checked.notes[0]


#: What stands in the file besides ten good rows -> the lines that cannot be decided.
UNDECIDABLE = {
    "other lists have a blank behind the comma": (SPACED, "50,Portland, Oregon,apples\n", [12]),
    "other lists have none": (UNSPACED, "50,Portland, Oregon,apples\n", [12]),
    "the second word is a place": (UNSPACED, "50,Portland,Oregon,apples\n51,Oregon,tea\n", [12]),
    "the second word is a place, in another case": (UNSPACED, "50,Portland,OREGON,apples\n51,oregon,tea\n", [12]),
    "both words are a place": (UNSPACED, '50,Portland,Oregon,apples\n51,"portland, oregon",tea\n', [12]),
    "the list behind it is quoted": (UNSPACED, '50,Portland, Oregon,"apples, juice"\n', [12]),
    "the one item behind it is quoted": (UNSPACED, '50,Portland, Oregon,"apples"\n51,Portland, Oregon,""\n', [12, 13]),
}


@pytest.mark.parametrize(("good", "others", "lines"), UNDECIDABLE.values(), ids=UNDECIDABLE)
def test_ambiguous_comma_before_the_list_is_rejected(check, good, others, lines):
    checked = check(HEADER + good + others)
    assert checked.rejected("line_number, column_name, code") == [(line, None, "undecidable_comma") for line in lines]
    assert checked.rows("SELECT count(*) FROM customers WHERE location = 'Portland'") == [(0,)]


#: What stands in the file besides ten good rows -> the customers made of it.
DECIDABLE = {
    "a word that others bought too": (
        "50,Texas,Turkey,tea\n51,Turkey,tea\n52,Ohio,tea,TURKEY\n",
        [("Texas", ["TURKEY", "tea"]), ("Turkey", ["tea"]), ("Ohio", ["tea", "TURKEY"])],
    ),
    "lists of no one form": (
        "49,Ohio,tea, ale\n48,Ohio,tea, ale\n50,Texas, Oregon,tea\n",
        [("Ohio", ["tea", "ale"]), ("Ohio", ["tea", "ale"]), ("Texas", ["Oregon", "tea"])],
    ),
    "a word that is no place": ("50,Texas,Oregon,tea\n", [("Texas", ["Oregon", "tea"])]),
    "one item": ("50,Texas,Oregon\n51,Oregon,tea\n", [("Texas", ["Oregon"]), ("Oregon", ["tea"])]),
    "quotes around the text": ('50,"Portland, Oregon",tea,apples\n', [("Portland, Oregon", ["tea", "apples"])]),
    "quotes around each item": ('50,Texas,"Oregon","tea"\n', [("Texas", ["Oregon", "tea"])]),
}


@pytest.mark.parametrize(("others", "customers"), DECIDABLE.values(), ids=DECIDABLE)
def test_comma_of_the_list_is_read(check, others, customers):
    checked = check(HEADER + UNSPACED + others)
    assert checked.rejected() == []
    assert checked.customers("location, purchase_history")[10:] == customers


def test_undecidable_comma_names_both_readings(check):
    checked = check(f'{HEADER}{UNSPACED}50,Portland,Oregon,tea\n51,Oregon,tea\n52,Portland, Oregon,"tea, ale"\n')
    assert checked.rejected("line_number, value, reason, raw") == [
        (
            12,
            "Portland, Oregon",
            "'Portland, Oregon' may be one Location, or a Location and the first of its Purchase History; "
            "expected quotes around it, or the allowed values in the schema",
            "50,Portland,Oregon,tea",
        ),
        (
            14,
            None,
            "a comma may belong to Location or to Purchase History; "
            "expected quotes around it, or the allowed values of Location in the schema",
            '52,Portland, Oregon,"tea, ale"',
        ),
    ]


def test_value_of_another_file_makes_comma_undecidable(check):
    checked = check(f"{HEADER}{UNSPACED}50,Portland, Oregon,apples\n", f"{HEADER}40,Oregon,tea\n41,Ohio,tea\n")
    assert checked.rejected("source_name, line_number, code") == [("customers.csv", 12, "undecidable_comma")]


def test_allowed_value_with_a_comma_decides_it(check):
    fields = CUSTOMERS.replace("category()", 'category(isin=["Portland, Oregon", "Ohio"])')
    rows = '50,Portland, Oregon,apples,tea\n51,portland,OREGON,tea\n52,"Portland, Oregon",tea\n53,Portland, Oregon,\n'
    checked = check(f"{HEADER}{UNSPACED}{rows}54,Portland,tea\n55,Oregon,tea\n", fields=fields)
    assert checked.customers("location, purchase_history")[10:] == [
        ("Portland, Oregon", ["apples", "tea"]),
        ("Portland, Oregon", ["tea"]),
        ("Portland, Oregon", ["tea"]),
        ("Portland, Oregon", []),
    ]
    assert checked.rejected() == [
        (16, "location", "not_allowed", "Portland"),
        (17, "location", "not_allowed", "Oregon"),
    ]


def test_allowed_value_decides_without_a_list(check):
    fields = 'location: Series[str] = category(isin=["Portland, Oregon", "Ohio"])\n    age: Series[int] = numeric()'
    checked = check("Location,Age\nPortland, Oregon,30\nOhio,31\nPortland, Maine,32\n", fields=fields)
    assert checked.customers("location, age") == [("Portland, Oregon", 30), ("Ohio", 31)]
    assert checked.rejected() == [(4, None, "too_many_fields", "3")]


def test_number_before_the_list_leaves_nothing_undecided(check):
    checked = check("Location,Age,Purchase History\nOhio,31,tea,Oregon\nOregon,32,tea\nPortland, Oregon,30,tea\n")
    assert checked.customers() == [(31, "Ohio", ["tea", "Oregon"]), (32, "Oregon", ["tea"])]
    assert checked.rejected("line_number, code, value") == [(4, "not_a_whole_number", "Oregon")]


def test_comma_in_a_number_is_rejected(check):
    fields = CUSTOMERS.replace("purchase_history", "income: Series[float] = numeric()\n    purchase_history")
    rows = "30,Ohio,12,50,apples\n31,Utah,40,apples, tea\n32,Utah,1,234,tea\n"
    checked = check(f"Age,Location,Income,Purchase History\n{rows}", fields=fields)
    assert checked.customers("income, purchase_history") == [(40, ["apples", "tea"])]
    assert checked.rejected("line_number, code") == [(2, "undecidable_comma"), (4, "undecidable_comma")]
    codes = check(
        "Age,Location,Income,Purchase History\n30,Ohio,12,501,502\n31,Ohio,13,501\n32,Ohio,9,502\n", fields=fields
    )
    assert codes.customers("purchase_history") == [(["501", "502"],), (["501"],), (["502"],)]


def test_text_with_a_comma_is_rejected(check):
    rows = "".join(f"{20 + n},Texas,juice, tea\n" for n in range(20))
    checked = check(f"{HEADER}{rows}50,Portland, Oregon, apples\n")
    assert checked.rejected("line_number, code") == [(22, "undecidable_comma")]
    led = check(HEADER + "".join(f"{20 + n},Texas, juice, tea\n" for n in range(20)))
    assert led.rejected() == []


def test_empty_items_before_columns_are_extra_delimiters(check):
    fields = CUSTOMERS.replace("category()", "category(nullable=True)")
    checked = check("Age,Purchase History,Location\n30,apples,juice,Ohio,,\n31,tea,\n", fields=fields)
    assert checked.rejected("line_number, code") == [(2, "empty_end")]


def test_declared_separator_rejects_extra_commas(check):
    fields = CUSTOMERS.replace("items()", 'items(separator="|")')
    checked = check(f"{HEADER}30,Ohio,apples|juice\n31,Portland, Oregon,apples|juice\n", fields=fields)
    assert checked.customers() == [(30, "Ohio", ["apples", "juice"])]
    assert checked.rejected() == [(3, None, "too_many_fields", "4")]
