"""Records among lines: quotes, comments, headers, line ends; each record has its line, a broken one spoils no other."""

import pytest

from schemas.errors import DataRefused

HEADER = "Age,Location,Purchase History\n"
GOOD = "".join(f"{30 + n},Ohio,tea\n" for n in range(4))
GOOD_LINES = [2, 3, 4, 5]
ADVICE = "; expected quotes around whole fields, and a quote inside doubled"


def numbered(checked):
    """The customers with their lines."""
    return checked.customers("line_number, age, location, purchase_history")


def lines_of(checked):
    return [line for (line,) in checked.customers("line_number")]


def test_repeated_header_is_rejected(check):
    again = ["Age,Location,Purchase History", "AGE, location ,PURCHASE HISTORY", '"Age",Location,"Purchase History"']
    checked = check(HEADER + GOOD + "\n".join(again) + "\nAge,Ohio,tea\n" + GOOD)
    reason = "the record repeats the header; expected one header, on the first line"
    assert checked.rejected("line_number, code, reason, raw") == [
        *((6 + n, "header_again", reason, raw) for n, raw in enumerate(again)),
        (9, "not_a_whole_number", "age 'Age' is not a whole number", "Age,Ohio,tea"),
    ]


def test_records_before_the_header_are_rejected(check):
    checked = check('Customers\n\n"as of\ntoday",1,2,3\n' + HEADER + GOOD)
    assert checked.rejected("line_number, code, reason, raw") == [
        (1, "before_header", "the record precedes the header; expected the header first", "Customers"),
        (3, "before_header", "the record precedes the header; expected the header first", '"as of\ntoday",1,2,3'),
    ]
    assert lines_of(checked) == [6, 7, 8, 9]
    assert "header on line 5" in checked.notes[0]


#: What follows good rows -> the line at fault, why; the rows of the lines after it, which it does not swallow.
BROKEN_QUOTES = {
    "never closed": ('40,"Ohio,tea\n50,Ohio,ale', "a quote is opened here and never closed", [7]),
    "never closed, on the last line": ('40,"Ohio,tea', "a quote is opened here and never closed", []),
    "not closed within the bound": (
        '40,"Ohio,tea\n' + "50,Ohio,ale\n" * 6 + '60,Ohio,"rum, gin"\n',
        "a quote is opened here and not closed within 5 lines",
        [7, 8, 9, 10, 11, 12, 13],
    ),
    "closed after whole records": (
        '40,"Ohio,tea\n50,Ohio,ale\n60,Ohio,rum\n",x\n',
        "a quote opened here is closed on line 9 only, with whole records in between",
        [7, 8],
    ),
    "closed within a later field": (
        '40,"Ohio,tea\n50,Ohio,ale\n60,"Ohio",rum\n',
        "a quote opened here is closed within a field on line 8",
        [7, 8],
    ),
    "text behind a closing quote": ('40,"Ohio"x,tea\n50,Ohio,ale\n', "a quote is opened or closed within a field", [7]),
    "two texts in quotes": ('40,"Oh" "io",tea\n50,Ohio,ale\n', "a quote is opened or closed within a field", [7]),
    "closed only": ('40,Ohio",tea\n50,Ohio,ale\n', "a quote is opened or closed within a field", [7]),
}


@pytest.mark.parametrize(("rows", "reason", "after"), BROKEN_QUOTES.values(), ids=BROKEN_QUOTES)
def test_broken_quote_rejects_its_own_row(check, rows, reason, after):
    checked = check(HEADER + GOOD + rows, max_record_lines=5)
    assert checked.rejected("line_number, code, reason, raw")[0] == (
        6, "broken_quote", reason + ADVICE, rows.partition("\n")[0]
    )  # fmt: skip
    assert lines_of(checked) == [*GOOD_LINES, *after]


TWO = "location: Series[str] = category()\n    purchase_history: Series[list] = items()"
ONE = "location: Series[str] = category()"
NOT_MEANT = "; a quote that was opened by mistake takes the lines below it"


@pytest.mark.parametrize("row", ["Ohio,apples", "Ohio,apples, juice"], ids=["one thing", "a list that spills"])
@pytest.mark.parametrize("opened", ['"Utah,tea', 'Utah,"tea'], ids=["first field", "last field"])
def test_stray_quote_gives_rows_back(check, row, opened):
    rows = ["Ohio,apples", opened, "Ohio,apples", *[row] * 96, 'Texas",juice', "Ohio,tea"]
    checked = check("Location,Purchase History\n" + "\n".join(rows) + "\n", fields=TWO)
    assert checked.rows("SELECT count(*) FROM customers") == [(99,)]
    assert checked.rejected("line_number, code, raw") == [
        (3, "broken_quote", opened),
        (101, "broken_quote", 'Texas",juice'),
    ]
    assert not [note for note in checked.notes if NOT_MEANT in note]


TEXTS = {
    "an address": "12 Main Street, Apt 3\nSpringfield, Illinois\nUSA",
    "two lines with a comma": "He said\nyes, but\nno, not\nthat",
    "three lines with a comma and one without": "Hm\na, b\nc, d\n\nand\ne, f",
    "longer lines among a few": "Hm\na, b\nc, d, e\nf, g\n.",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_of_few_lines_is_one_record(check, text):
    checked = check(f'Location,Purchase History\n"{text}",tea\nOhio,"tea"\n', fields=TWO)
    assert checked.customers("location") == [(text,), ("Ohio",)]
    assert checked.rejected() == []


@pytest.mark.parametrize(
    ("header", "end", "fields"), [("Location,Purchase History", ",tea", TWO), ("Location", "", ONE)]
)
def test_long_records_of_few_columns_are_noted(check, header, end, fields):
    rows = [f'"{"a" * n}{chr(10) * n}b"{end}' for n in (1, 4, 5)]
    checked = check("\n".join([header, *rows, ""]), fields=fields)
    said = f"customers.csv: 1 record of more than 5 lines, it begins on line 9{NOT_MEANT}"
    assert said in checked.notes
    rows.append(f'"c{chr(10) * 7}d"{end}')
    again = check("\n".join([header, *rows, ""]), fields=fields)
    assert f"customers.csv: 2 records of more than 5 lines, the longest begins on line 15{NOT_MEANT}" in again.notes
    assert again.rejected() == []


def test_long_records_of_many_columns_are_fine(check):
    checked = check(HEADER + '40,"a\n\n\n\n\n\nb",tea\n')
    assert not [note for note in checked.notes if NOT_MEANT in note]


def test_lines_of_a_broken_record_are_rejected(check):
    checked = check(HEADER + GOOD + '40,"Oh\nio\n\n",tea,"\n')
    assert checked.rejected("line_number, code") == [
        (6, "broken_quote"),
        (7, "too_few_fields"),
        (9, "too_few_fields"),
    ]


def test_record_fills_at_most_the_bound(check):
    rows = '40,"a\n\n\n\nb",tea\n41,"a\n\n\n\n\nb",tea\n'
    checked = check(HEADER + rows, max_record_lines=5)
    assert numbered(checked) == [(2, 40, "a\n\n\n\nb", ["tea"])]
    assert checked.rejected("line_number, code") == [(7, "broken_quote"), (12, "broken_quote")]


@pytest.mark.parametrize(
    ("field", "location"),
    [
        ('"Ohio"', "Ohio"),
        (' "Ohio" ', "Ohio"),
        ('"Oh""io"', 'Oh"io'),
        ('"""Ohio"""', '"Ohio"'),
        ('"Oh,io"', "Oh,io"),
        ('"Oh\nio"', "Oh\nio"),
        ('Oh"io', 'Oh"io'),
        ('5" x 7', '5" x 7'),
    ],
)
def test_quotes_around_a_field_are_removed(check, field, location):
    assert numbered(check(f"{HEADER}40,{field},tea\n")) == [(2, 40, location, ["tea"])]


def test_comment_lines_are_not_records(check):
    checked = check(f'# by "x\n{HEADER}# a,"b\n# c",d\n{GOOD}#\n', comment="#")
    assert lines_of(checked) == [5, 6, 7, 8]
    assert checked.rejected() == []


def test_line_within_quotes_is_no_comment(check):
    checked = check(f'{HEADER}50,"Te\n# not\n# one",ale\n', comment="#")
    assert numbered(checked) == [(2, 50, "Te\n# not\n# one", ["ale"])]


def test_comment_lines_that_nobody_declared_are_rejected(check):
    assert check(f"{HEADER}# a\n{GOOD}").rejected("line_number, code, raw") == [(2, "too_few_fields", "# a")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# a\n# b\n", "holds comment lines only; expected a header line"),
        (f"{HEADER}# a\n", "holds a header and no row"),
    ],
)
def test_file_without_rows_but_comments_is_refused(check, text, said):
    with pytest.raises(DataRefused, match=said):
        check(text, comment="#")


def test_declared_escape_precedes_a_quote(check):
    rows = '30,"Oh\\"io","te\\\\a, b"\n31,"Oh""io",tea\n32,Oh\\io,tea\\\n33,"Oh\\"\n\\"io",tea\n'
    assert numbered(check(HEADER + rows, escape="\\")) == [
        (2, 30, 'Oh"io', ["te\\a", "b"]),
        (3, 31, 'Oh"io', ["tea"]),
        (4, 32, "Oh\\io", ["tea\\"]),
        (5, 33, 'Oh"\n"io', ["tea"]),
    ]


@pytest.mark.parametrize("delimiter", ["||", "::", "~|~", ";"])
def test_delimiter_may_be_a_longer_text(check, delimiter):
    rows = f'30,"Oh{delimiter}io",tea,ale\n31,Ohio,"tea, ale"\n32,"Oh\nio",\n33,"Oh"x,tea\n34,Ohio\n'
    text = (HEADER + rows).replace(",", delimiter).replace(f"tea{delimiter} ale", "tea, ale")
    checked = check(text, delimiter=delimiter)
    assert numbered(checked) == [
        (2, 30, f"Oh{delimiter}io", ["tea", "ale"]),
        (3, 31, "Ohio", ["tea", "ale"]),
        (4, 32, "Oh\nio", []),
    ]
    assert checked.rejected("line_number, code") == [(6, "broken_quote"), (7, "too_few_fields")]


def test_longer_delimiter_does_not_separate_items(check):
    checked = check((HEADER + "30,Ohio,tea,ale\n31,Oh|io,tea\n").replace(",", "||"), delimiter="||")
    assert checked.customers() == [(30, "Ohio", ["tea", "ale"]), (31, "Oh|io", ["tea"])]


@pytest.mark.parametrize("text", [GOOD, GOOD.replace(",", ";")], ids=["comma", "semicolon"])
def test_file_without_header_has_declared_order(check, text):
    checked = check(f'\n{text}40;"Oh\nio";tea\n'.replace(";", "," if "," in text else ";"), header=False)
    assert lines_of(checked) == [2, 3, 4, 5, 6]
    assert checked.customers()[-1] == (40, "Oh\nio", ["tea"])
    assert "no header" in checked.notes[0]


@pytest.mark.parametrize("mark", ['"', "'"])
def test_escape_stands_before_quotes_alone(check, mark):
    town = rf"Oh\{mark}io C:\new \\ 8\x9{mark}{mark}"
    checked = check(f"{HEADER}30,{mark}{town}{mark},tea\n", escape="\\", quote=mark)
    assert checked.customers() == [(30, rf"Oh{mark}io C:\new \ 8\x9{mark}", ["tea"])]


def test_skipped_lines_are_counted_and_said(check):
    checked = check(f'\n# May\n{HEADER}\n30,"Oh\n\n# io",tea\n# a\n  \n40,Ohio,ale\n', comment="#")
    assert checked.counts("ingest")["sources"][0]["counts"] == {
        "lines": 10,
        "header_lines": 1,
        "blank_lines": 3,
        "comment_lines": 2,
    }
    assert "customers.csv: of 10 lines, skipped 3 blank and 2 beginning with '#'" in checked.notes


WHOLE_QUOTES = """
"30","Austin, TX","tea, ale, rum"
"31","Reno, NV","tea"
"32","Reno, NV"
"33","Boston, MA","rum, ale"
"34","Ohio","tea"
"""


@pytest.mark.parametrize("blank", [" ", ""])
@pytest.mark.parametrize("mark", ['"', "'"])
def test_quotes_around_whole_fields_are_quotes(check, mark, blank):
    checked = check(WHOLE_QUOTES.replace('"', mark).replace(", ", f",{blank}"), header=False)
    assert checked.customers() == [
        (30, f"Austin,{blank}TX", ["tea", "ale", "rum"]),
        (31, f"Reno,{blank}NV", ["tea"]),
        (33, f"Boston,{blank}MA", ["rum", "ale"]),
        (34, "Ohio", ["tea"]),
    ]
    assert checked.rejected("line_number, code") == [(4, "too_few_fields")]


def test_longer_lists_do_not_decide_the_delimiter(check):
    checked = check("30;Ohio;tea,ale,rum,gin\n31;Iowa;tea,ale,rum\n32;Ohio;tea,rum,gin\n", header=False)
    assert [row[:2] for row in checked.customers()] == [(30, "Ohio"), (31, "Iowa"), (32, "Ohio")]


def test_two_possible_delimiters_are_refused(check):
    with pytest.raises(DataRefused, match=r"line 1: .* by ',' as well as by ';', as 2 records .* set delimiter="):
        check("30;Ohio;tea,ale,rum\n31;Iowa;tea,rum,gin\n", header=False)


def test_undeclared_header_is_a_rejected_row(check):
    checked = check(HEADER + GOOD, header=False)
    assert checked.rejected() == [(1, "age", "not_a_whole_number", "Age")]


PLACES = """
    age: Series[int] = numeric(ge=0, le=120)
    location: Series[str] = category(nullable=True)
"""


@pytest.mark.parametrize(
    ("head", "settings"), [("Age;Location\n", {}), ("", {"header": False})], ids=["header", "none"]
)
def test_trailing_delimiter_is_not_a_field(check, head, settings):
    rows = "".join(f"{30 + n};Ohio;\n" for n in range(40))
    checked = check(f"{head}{rows}50;Utah\n51;;\n52;Utah;x\n53;;Utah;\n", fields=PLACES, **settings)
    loaded = [(30 + n, "Ohio") for n in range(40)] + [(50, "Utah"), (51, None)]
    assert checked.customers("age, location") == loaded
    assert checked.rejected("code, raw") == [("too_many_fields", "52;Utah;x"), ("too_many_fields", "53;;Utah;")]
    assert "a trailing ';'" in checked.notes[0]


def test_few_extra_delimiters_are_rejected(check):
    checked = check("Age,Location\n30,Ohio\n31,,Ohio\n,32,\n33,Ohio,\n", fields=PLACES)
    assert checked.customers("age, location") == [(30, "Ohio")]
    assert {code for (code,) in checked.rejected("code")} == {"too_many_fields"}


QUOTED_SINGLY = "30,'Oh, io','tea, ale'\n31,'O''Hara',tea\n32,\"Ohio\",tea\n33,O'Neill,tea\n"
READ_SINGLY = [
    (30, "Oh, io", ["tea", "ale"]),
    (31, "O'Hara", ["tea"]),
    (32, '"Ohio"', ["tea"]),
    (33, "O'Neill", ["tea"]),
]


def test_declared_quote_is_the_only_one(check):
    assert check(HEADER + QUOTED_SINGLY, quote="'").customers() == READ_SINGLY


def test_quote_of_the_header_is_the_files(check):
    checked = check("'Age','Location','Purchase History'\n" + QUOTED_SINGLY)
    assert checked.customers() == READ_SINGLY
    assert "quotes '" in checked.notes[0]


#: Location in single quotes -> what it is, in a file whose other double quotes are all doubled.
INCHES = {'Round 48""': 'Round 48"', '""Sea"" view': '"Sea" view', "8'' pipe": "8' pipe"}


@pytest.mark.parametrize(("written", "location"), INCHES.items(), ids=["inch", "word", "apostrophe"])
def test_doubled_marks_within_other_quotes_are_one(check, written, location):
    rows = f"'30','{written}','tea, ale'\n'31','5\"\" x','tea'\n"
    checked = check("'Age','Location','Purchase History'\n" + rows)
    assert checked.customers("location") == [(location,), ('5" x',)]


def test_one_single_mark_leaves_doubled_ones(check):
    rows = "'30','48\"\" wide','tea'\n'31','48\" wide','tea'\n"
    checked = check("'Age','Location','Purchase History'\n" + rows)
    assert checked.customers("location") == [('48"" wide',), ('48" wide',)]


def test_quotes_declared_absent_are_text(check):
    assert check(f'{HEADER}30,"Ohio",tea\n', quote="").customers() == [(30, '"Ohio"', ["tea"])]


def test_row_of_delimiters_alone_is_no_customer(check):
    fields = "name: Series[str] = category(nullable=True)\n    income: Series[float] = numeric(nullable=True)"
    checked = check('Name;Income\na;1\n;\n " ";\n;2\n', fields=fields)
    assert checked.customers("name, income") == [("a", 1), (None, 2)]
    reason = "every field of the row is empty; expected one row per customer"
    assert checked.rejected("line_number, code, reason") == [(3, "empty_row", reason), (4, "empty_row", reason)]


PLACE_AND_LIST = """
    location: Series[str] = category()
    purchase_history: Series[list] = items()
"""


def test_repeated_header_may_lack_its_end(check):
    checked = check(
        "Location,Purchase History,,\nOhio,tea\nLocation,Purchase History,,\n",
        fields=PLACE_AND_LIST,
    )
    assert checked.rejected("line_number, code") == [(3, "header_again")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_lines_are_counted_whatever_their_end(check, end):
    text = f'\n{HEADER}30,"Oh\nio",tea\n\n31,"a\n\nb",tea\n   \n32,Ohio,tea\nx,Ohio,tea'
    checked = check(text.replace("\n", end))
    assert numbered(checked) == [(3, 30, "Oh\nio", ["tea"]), (6, 31, "a\n\nb", ["tea"]), (10, 32, "Ohio", ["tea"])]
    assert checked.rejected("line_number, raw") == [(11, "x,Ohio,tea")]


def test_line_ends_may_differ_in_one_file(check):
    checked = check(f'{HEADER}30,Ohio,tea\r\n31,Ohio,tea\r32,"Oh\r\nio",tea\r\n\n33,Ohio,tea')
    assert lines_of(checked) == [2, 3, 4, 7]


def test_rejected_record_keeps_all_its_lines(check):
    checked = check(f'{HEADER}{GOOD}x,"Oh\n\nio",tea\n40,Ohio,tea\n')
    assert checked.rejected("line_number, code, raw") == [(6, "not_a_whole_number", 'x,"Oh\n\nio",tea')]
    assert lines_of(checked) == [*GOOD_LINES, 9]
