"""Customers written in any dialect are read back exactly, or rejected on their own line."""

import re
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.readings import AROUND, Reading, assert_conserved, read_delivery, try_cases
from tests.properties.rendering import COLUMNS, Customer, Dialect, Rendered, Values, record, render, render_records

_SCHEMA = '''from pandera.typing import Series
from schemas import Dataset, category, items, numeric


class Declared(Dataset, max_rejected_share=1{keywords}):
    """One row a customer."""

    age: Series[int] = numeric(ge=0, le=120)
    location: Series[str] = category(case_sensitive=True{allowed})
    purchase_history: Series[list] = items(case_sensitive=True{separator})
'''

_UNDECLARED = _SCHEMA.format(keywords="", allowed="", separator="")

#: Texts that some reader takes for something else.
_TRAPS = [
    "NULL", "nan", "N/A", "None", "\\N", "#", "# x", "-", "0", "1", "1,5", "1.000", "=1+1", "+x", "@x", "true", "\\",
    "\\,", '\\"', '"', '""', "'", "''", '5" disk', "O'Hare", ",", ";", "|", "\t", "a,b", "a, b;c|d\te", "\n", "\r\n",
    "a\nb", "a\r\nb\rc", "\n\n", '"\n"', ' "x" ', " x ", "São Paulo", "Ωmega", "ʤ", "🍏", "İ", "ß", "e\u0301", "\ufeff",
    "\u2028", "\x85", "\x0b", "\x0c", "\x1c", "\x1f", "\xa0", "\u200b", "\u202e", "Age", "Location", "Purchase History",
]  # fmt: skip

_FAULTY_AGES = ["", "abc", "207", "-3", "61y", "$5", "nan", "1e308", "٣", "99999999999999999999", "30 31"]

_CHARACTERS = st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from(" ,;|\t\"'\n\r\\"))
#: Two records of several lines in a row are rare by chance alone.
_LINED = st.sampled_from(["a\nb", "a\r\nb\rc", "\n\n", "a\n\nb", '"\n"'])
_TEXTS = st.one_of(st.sampled_from(_TRAPS), st.text(_CHARACTERS, max_size=12), _LINED)
_AGES = st.one_of(*[st.integers(0, 120).map(str)] * 9, st.sampled_from(_FAULTY_AGES))
_CUSTOMER = st.builds(Customer, age=_AGES, location=_TEXTS, items=st.lists(_TEXTS, max_size=4).map(tuple))
_CUSTOMERS = st.lists(_CUSTOMER, min_size=1, max_size=12)

#: (encoding, whether there is a mark); the last ones have to be declared.
_ENCODINGS = [
    ("utf-8", False), ("utf-8", True), ("utf-16-le", True), ("utf-16-be", True),
    ("cp1252", False), ("utf-16-le", False),
]  # fmt: skip
_DECLARED_ENCODINGS = _ENCODINGS[-2:]


def _bases() -> dict[str, Dialect]:
    """Return every delimiter with every quote, each encoding twice."""
    bases = {}
    for number, (delimiter, quote) in enumerate(product(",;\t|", ['"', "'", None])):
        encoding, mark = _ENCODINGS[(number + number // 3) % len(_ENCODINGS)]
        name = f"{delimiter!r} {quote or 'none'} {encoding}{' mark' if mark else ''}"
        bases[name] = Dialect(delimiter=delimiter, quote=quote, encoding=encoding, mark=mark)
    return bases


_BASES = _bases()


@st.composite
def _dialects(draw: Any, base: Dialect) -> Dialect:
    spills = draw(st.booleans())
    separators = [mark for mark in ",|;" if mark != base.delimiter or (base.quote and mark == ",")]
    return replace(
        base,
        quotes_all=draw(st.booleans()),
        quotes_header=draw(st.booleans()),
        end=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        ends_last=draw(st.booleans()),
        separator=base.delimiter if spills else draw(st.sampled_from(separators)),
        spills=spills,
        order=draw(st.permutations([0, 1, 2]).map(tuple)),
    )


_DIALECTS = st.sampled_from(list(_BASES.values())).flatmap(_dialects)


@pytest.mark.parametrize("name", _BASES)
def test_declared_dialect_round_trips_exactly(name):
    @try_cases(5, f"declared {name}")
    @given(dialect=_dialects(_BASES[name]), customers=_CUSTOMERS)
    def are_read_back(dialect, customers):
        customers = [_writable(customer, dialect, in_items=dialect.separator) for customer in customers]
        rendered = render(customers, dialect)
        _assert_read_back(_read(rendered, _declared(dialect)), rendered, customers)

    are_read_back()


@pytest.mark.parametrize("name", _BASES)
def test_detected_dialect_round_trips_exactly(name):
    @try_cases(5, f"shown {name}")
    @given(dialect=_dialects(_BASES[name]), customers=_CUSTOMERS)
    def are_read_back(dialect, customers):
        # A header without quotes shows the commoner quote; and what may separate items stands in no item.
        dialect = replace(_shown(dialect), quotes_header=dialect.quotes_header or dialect.quote == "'")
        in_texts = '"' if dialect.quote is None else ""
        customers = [_writable(_bare(customer), dialect, in_items=",;|", in_texts=in_texts) for customer in customers]
        rendered = render(customers, dialect)
        _assert_read_back(_read(rendered, _UNDECLARED), rendered, customers)

    are_read_back()


@pytest.mark.parametrize("name", [name for name, base in _BASES.items() if base.quote])
def test_unbalanced_quote_rejects_only_its_record(name):
    @try_cases(5, f"too many or too few {name}")
    @given(
        dialect=_dialects(_BASES[name]),
        customers=_CUSTOMERS,
        number=st.integers(0, 11),
        place=st.integers(0, 60),
        takes_one_away=st.booleans(),
    )
    def spoils_its_own_record(dialect, customers, number, place, takes_one_away):
        customers = [_writable(customer, dialect, in_items=dialect.separator) for customer in customers]
        records = [record(customer, dialect) for customer in customers]
        spoiled = number % len(records)
        records[spoiled] = _with_stray_quote(records[spoiled], dialect, place, takes_one_away=takes_one_away)
        rendered = render_records(records, dialect)
        _assert_others_read_back(_read(rendered, _declared(dialect)), rendered, customers, spoiled)

    spoils_its_own_record()


@pytest.mark.parametrize(
    ("second", "distance"),
    [(None, 1), ("in Oh?io", 1), ("in Oh?io", 3), ("in Ohio?", 2), ("in Ohio?", 8)],
    ids=["no-other", "within-next", "within-a-later", "ends-a-later", "ends-a-far"],
)
def test_stray_quote_affects_no_other_record(second, distance):
    @try_cases(8, f"stray {second} {distance}")
    @given(dialect=_DIALECTS, customers=st.lists(_CUSTOMER, min_size=3, max_size=12), first=st.integers(0, 11))
    def takes_no_other_record(dialect, customers, first):
        # What ends the quote is nothing, a quote within a field, which is text, or one at the end of a field.
        quote = dialect.quote or '"'
        dialect = replace(dialect, quote=None, separator=dialect.delimiter, spills=True)
        plain = [
            _writable(_bare(customer), dialect, in_items=dialect.delimiter, in_texts=quote) for customer in customers
        ]
        opening = first % (len(plain) - 2)
        other = min(opening + distance, len(plain) - 1)
        plain[opening] = replace(plain[opening], location=f"{quote}in Ohio")
        if second is not None:
            plain[other] = replace(plain[other], location=second.replace("?", quote))
        rendered = render(plain, dialect)
        reading = _read(rendered, _declared(replace(dialect, quote=quote)))
        spoiled = {opening, other} if second == "in Ohio?" else {opening}
        sound = [replace(one, age="") if place in spoiled else one for place, one in enumerate(plain)]
        _assert_read_back(reading, rendered, sound)
        codes = [found.code for place in spoiled for found in reading.rejected[rendered.lines[place].start]]
        assert set(codes) == {"broken_quote"}

    takes_no_other_record()


@pytest.mark.parametrize("is_declared", [True, False], ids=["declared", "shown"])
def test_unquoted_delimiter_in_text_is_rejected(is_declared):
    lists = [Customer("30", "Ohio", ("apples", "juice"))] * 12  # they show what separates the items

    @try_cases(15, f"too many fields {is_declared}")
    @given(dialect=_DIALECTS, customers=_CUSTOMERS, number=st.integers(0, 11))
    def is_too_many_fields(dialect, customers, number):
        dialect = dialect if is_declared else _shown(dialect)
        dialect = replace(dialect, quote=None, spills=False, separator="|" if dialect.delimiter != "|" else ";")
        customers = [_writable(_bare(customer), dialect, in_items=",;|", in_texts='"') for customer in customers]
        shifted = number % len(customers)
        customers[shifted] = replace(customers[shifted], location="Portland")
        records = [record(customer, dialect) for customer in (*customers, *lists)]
        records[shifted] = records[shifted].replace("Portland", f"Portland{dialect.delimiter} Oregon")
        rendered = render_records(records, dialect)
        reading = _read(rendered, _declared(dialect) if is_declared else _UNDECLARED)
        customers[shifted] = replace(customers[shifted], age="")
        _assert_read_back(reading, rendered, [*customers, *lists])
        assert [why.code for why in reading.rejected[rendered.lines[shifted].start]] == ["too_many_fields"]

    is_too_many_fields()


def test_listed_value_may_contain_unquoted_comma():
    dialect = Dialect(quote=None, spills=True)
    schema = _SCHEMA.format(keywords=", quote=''", allowed=", isin=['Portland, Oregon', 'Ohio']", separator="")

    @try_cases(20, "allowed")
    @given(
        customers=_CUSTOMERS, places=st.lists(st.sampled_from(["Portland, Oregon", "Ohio"]), min_size=12, max_size=12)
    )
    def is_part_of_it(customers, places):
        plain = [_writable(customer, dialect, in_items=",") for customer in customers]
        placed = [replace(customer, location=place) for customer, place in zip(plain, places, strict=False)]
        records = [",".join([one.age, one.location, ", ".join(one.items)]) for one in placed]
        rendered = render_records(records, dialect)
        _assert_read_back(_read(rendered, schema), rendered, placed)

    is_part_of_it()


def _declared(dialect: Dialect) -> str:
    """Return a schema that leaves nothing to be found."""
    keywords = f", delimiter={dialect.delimiter!r}, quote={dialect.quote or ''!r}"
    if (dialect.encoding, dialect.mark) in _DECLARED_ENCODINGS:
        keywords += f", encoding={dialect.encoding!r}"
    return _SCHEMA.format(keywords=keywords, allowed="", separator=f", separator={dialect.separator!r}")


def _shown(dialect: Dialect) -> Dialect:
    """Return a dialect whose encoding shows."""
    is_shown = (dialect.encoding, dialect.mark) not in _DECLARED_ENCODINGS
    return dialect if is_shown else replace(dialect, encoding="utf-8", mark=False)


def _read(rendered: Rendered, schema: str) -> Reading:
    reading = read_delivery(rendered.content, schema, COLUMNS)
    assert_conserved(reading, rendered.content)
    return reading


def _assert_read_back(reading: Reading, rendered: Rendered, customers: list[Customer]) -> None:
    """Check that every customer stands in the table on its own line, and what can be none among the rejected rows."""
    placed = list(zip(rendered.lines, customers, strict=True))
    assert reading.customers == {lines.start: customer.values for lines, customer in placed if customer.is_sound}
    assert sorted(reading.rejected) == [lines.start for lines, customer in placed if not customer.is_sound]
    assert [reading.span(lines.start) for lines in rendered.lines] == rendered.lines
    assert reading.rows_read == len(customers)


def _assert_others_read_back(reading: Reading, rendered: Rendered, customers: list[Customer], spoiled: int) -> None:
    """Check the customers on whose lines no record begins or ends that fills a line of the spoiled one."""
    plain = {lines.start for lines in rendered.lines if rendered.is_plain(lines)} - set(rendered.lines[spoiled])
    lost = set(rendered.lines[spoiled])
    for begin in reading.begins:
        if lost & set(reading.span(begin)):
            lost |= set(reading.span(begin))
            assert not plain & set(reading.span(begin)[1:-1]), "a stray quote swallows whole records"
    expected: dict[int, Values] = {
        lines.start: customer.values
        for lines, customer in zip(rendered.lines, customers, strict=True)
        if customer.is_sound and not lost & set(lines)
    }
    assert {line: values for line, values in reading.customers.items() if line not in lost} == expected


def _with_stray_quote(text: str, dialect: Dialect, place: int, *, takes_one_away: bool) -> str:
    quote = dialect.quote or ""
    found = [match.start() for match in re.finditer(quote, text)]
    if takes_one_away and found:
        gone = found[place % len(found)]
        return text[:gone] + text[gone + 1 :]
    place %= len(text) + 1
    return text[:place] + quote + text[place:]


def _writable(customer: Customer, dialect: Dialect, *, in_items: str, in_texts: str = "") -> Customer:
    """Return a customer whose texts the dialect can say without a doubt.

    Args:
        in_items: characters that stand in no item.
        in_texts: characters that stand in no text.
    """
    not_in_texts = in_texts + ("" if dialect.quote else dialect.meaning)
    not_in_items = not_in_texts + in_items + ("\r\n" + dialect.meaning if dialect.spills else "")
    age = _without(customer.age, "", dialect)
    location = _without(customer.location, not_in_texts, dialect)
    items = tuple(_without(item, not_in_items, dialect) for item in customer.items)
    if dialect.spills:
        # An item that is somebody's location may be part of one, and one after a blank too.
        location, items = f"in {location}", tuple(item.strip(AROUND) for item in items)
    writable = Customer(age, location, items)
    return _in_one_line(writable) if _may_be_records(record(writable, dialect), dialect) else writable


def _bare(customer: Customer) -> Customer:
    """Return a customer without texts between single quotes, which may be those of the file."""
    return replace(customer, location=customer.location.strip("' "), items=tuple(x.strip("' ") for x in customer.items))


def _without(text: str, characters: str, dialect: Dialect) -> str:
    kept = "".join(character for character in text if character not in characters)
    return kept.encode(dialect.encoding, "ignore").decode(dialect.encoding)


def _may_be_records(text: str, dialect: Dialect) -> bool:
    """Return whether a line within a quoted text looks like a record itself, so that the quote seems a stray one."""
    return any(line.count(dialect.delimiter) >= 2 for line in re.split("\r\n|\r|\n", text)[1:-1])


def _in_one_line(customer: Customer) -> Customer:
    location, *items = (" ".join(re.split("[\r\n]+", text)) for text in (customer.location, *customer.items))
    return replace(customer, location=location, items=tuple(items))
