"""What people put around the items of lists: counts, quotes, brackets, entities, lines, a last and; and wide lists."""

import pytest

from schemas.dataset import columns_of
from schemas.errors import DataRefused
from schemas.loading import load_dataset
from tasks.draft.drafting import draft_schema
from tests.nights import quick_night, read_night, rows

HEADER = "Age,Location,Purchase History\n"
THINGS = [
    "milk",
    "AC/DC",
    "7up",
    "2x4 lumber",
    "WD-40",
    "Vitamin B12",
    "milk (organic)",
    "coke (2l)",
    "iPhone 13",
    "4x4",
]


def things_of(n):
    """Return two to four things of a customer, and how many of each."""
    return [(THINGS[(n * 3 + k * (1 + n % 3)) % len(THINGS)], 1 + (n + k) % 4) for k in range(2 + n // 3 % 3)]


def lists(item, separator=", ", quote='"', n_lists=60):
    cells = (separator.join(item(thing, count) for thing, count in things_of(n)) for n in range(n_lists))
    return HEADER + "".join(f"{20 + n},Ohio,{quote}{cell}{quote}\n" for n, cell in enumerate(cells))


def bought(checked):
    return {item for (item,) in checked.rows("SELECT DISTINCT unnest(purchase_history) FROM customers")}


COUNTED = {
    "in brackets": "{thing} ({n})",
    "in square brackets": "{thing} [{n}]",
    "named": "{thing} (qty: {n})",
    "x behind": "{thing} x{n}",
    "x apart": "{thing} x {n}",
    "times": "{thing}*{n}",
    "colon": "{thing}: {n}",
    "x before": "{n}x {thing}",
    "x before, apart": "{n} x {thing}",
    "a sign before": "{n}\N{MULTIPLICATION SIGN} {thing}",
    "pieces before": "{n} Stk. {thing}",
    "pcs before": "{n} pcs {thing}",
}


@pytest.mark.parametrize("quote", ['"', ""], ids=["quoted", "running on"])
@pytest.mark.parametrize("form", COUNTED.values(), ids=COUNTED)
def test_counts_make_no_new_items(check, form, quote):
    checked = check(lists(lambda thing, n: form.format(thing=thing, n=n), quote=quote))
    assert bought(checked) == set(THINGS)
    assert [note for note in checked.notes if note.startswith("purchase_history: counts such as '")]


def test_count_of_some_items_is_taken_off(check):
    checked = check(lists(lambda thing, n: thing if n < 3 else f"{thing} ({n})"))
    assert bought(checked) == set(THINGS)


def test_count_of_zero_is_not_bought(check):
    checked = check(HEADER + "".join(f'{20 + n},Ohio,"tea ({n % 3}), ale (2)"\n' for n in range(9)))
    assert [len(items) for (items,) in checked.customers("purchase_history")] == [1, 2, 2] * 3


#: Numbers beside things that are no counts -> what a thing looks like.
NO_COUNTS = {
    "bits": lambda thing, n: f"{thing} x{(64, 86)[n % 2]}",
    "sizes": lambda thing, n: f"{thing} ({40 + n})",
    "years": lambda thing, n: f"{thing} ({1990 + n})",
    "kinds of one": lambda _, n: f"Level: {n}",
    "few": lambda thing, n: f"{thing}: {n}" if (thing, n) == ("WD-40", 1) else thing,
    "none": lambda thing, _: thing,
}


@pytest.mark.parametrize("item", NO_COUNTS.values(), ids=NO_COUNTS)
def test_other_numbers_stay_with_their_items(check, item):
    checked = check(lists(item))
    assert bought(checked) == {item(*one) for n in range(60) for one in things_of(n)}
    assert "counts" not in " ".join(checked.notes)


#: Cell -> the things of the list.
WRITTEN = {
    "quotes within quotes": ('"""apples"",""red, sweet juice"""', ["apples", "red, sweet juice"]),
    "one in quotes": ('"""apples"""', ["apples"]),
    "python, none": ("set()", []),
    "pairs": ('"{""apples"": 2, ""tea"": 0, ""ale"": false}"', ["apples"]),
    "lines": ('"apples\njuice"', ["apples", "juice"]),
    "entities between": ("apples&#44; juice", ["apples", "juice"]),
    "entities within": ("Ben &amp; Jerry; juice", ["Ben & Jerry", "juice"]),
}


@pytest.mark.parametrize(("cell", "things"), WRITTEN.values(), ids=WRITTEN)
def test_items_have_nothing_around_them(check, cell, things):
    checked = check(HEADER + "".join(f"{20 + n},Ohio,{cell}\n" for n in range(9)))
    assert checked.customers("purchase_history") == [(things,)] * 9


@pytest.mark.parametrize("n_delimiters", [1, 3])
def test_delimiters_behind_a_quoted_list_separate_nothing(check, n_delimiters):
    rows = f'30,Ohio,"apples, juice"{"," * n_delimiters}\n' + "31,Ohio,apples,tea\n"
    assert check(HEADER + rows).customers("purchase_history") == [(["apples", "juice"],), (["apples", "tea"],)]


@pytest.mark.parametrize("word", ["and", "und", "&"])
def test_last_item_is_separated_by_a_word(check, word):
    three = ["tea", "ale", "rum"]
    cells = [f"{three[n % 3]}, {three[(n + 1) % 3]} {word} {three[(n + 2) % 3]}" for n in range(9)]
    checked = check(HEADER + "".join(f'30,Ohio,"{cell}"\n' for cell in [*cells, f"tea, mac {word} cheese"]))
    assert bought(checked) == {*three, f"mac {word} cheese"}
    said = f"purchase_history: {word!r} before the last item separates items, but not 'mac {word} cheese'"
    assert said in checked.notes


@pytest.mark.parametrize(
    ("others", "last"),
    [
        ("mac, cheese", "tea, mac and cheese"),
        ("cheese, tea", "tea, mac and cheese"),
        ("mac\n30,Ohio,cheese", "mac and cheese"),
    ],
    ids=["few lists", "unknown part", "single things"],
)
def test_word_in_a_name_is_part_of_items(check, others, last):
    rows = f"30,Ohio,{others}\n" if "\n" in others else f'30,Ohio,"{others}"\n'
    checked = check(HEADER + rows * 9 + f'31,Ohio,"{last}"\n')
    assert "mac and cheese" in bought(checked)


#: Words for yes and no in the columns of items.
WORDS = [
    ("ja", "nein"), ("Oui", "Non"), ("SI", "NO"), ("sim", "não"), ("True", "False"), ("Y", "N"), ("1.0", "0.0"),
    ("x", ""), ("1", ""), ("3", "0"), ("12", ""),
]  # fmt: skip


@pytest.mark.parametrize(("yes", "no"), WORDS)
def test_wide_list_is_in_any_words(check, yes, no):
    cells = "".join(f"{20 + n},Ohio,{(yes, no)[n % 2]},{(no, no, yes)[n % 3]}\n" for n in range(30))
    checked = check("Age,Location,tea,ale\n" + cells)
    expected = [(["tea"] * (n % 2 == 0) + ["ale"] * (n % 3 == 2),) for n in range(30)]
    assert checked.customers("purchase_history") == expected
    assert "2 columns of" in checked.notes[0]


def test_cell_in_other_words_is_rejected(check):
    cells = "".join(f"{20 + n},Ohio,{('ja', 'nein')[n % 2]},nein\n" for n in range(30))
    checked = check(f"Age,Location,tea,ale\n{cells}50,Ohio,vielleicht,ja\n51,Ohio,,nein\n")
    assert checked.rejected("line_number, value, reason") == [
        (32, "tea=vielleicht", "tea=vielleicht should be nein or ja"),
        (33, "tea=", "tea= should be nein or ja"),
    ]


def test_counts_beside_products_are_no_products(check):
    cells = "".join(f"{20 + n},Ohio,{n % 2},{n % 3 % 2},{n % 3},{('ja', 'nein')[n % 2]}\n" for n in range(30))
    checked = check(f"Age,Location,tea,ale,children,newsletter\n{cells}")
    assert bought(checked) == {"tea", "ale"}
    assert any("columns 'children', 'newsletter', which the schema does not declare" in one for one in checked.notes)


def test_amounts_are_no_product_columns(check):
    cells = "".join(f"{20 + n},Ohio,{n * 100},{n % 7 + 1}\n" for n in range(30))
    with pytest.raises(DataRefused, match="column 'purchase_history' is missing"):
        check(f"Age,Location,income,visits\n{cells}")


def test_count_in_a_product_column_is_a_whole_number(check):
    cells = "".join(f"{20 + n},Ohio,{n % 3},{n % 4 * (n % 2)}\n" for n in range(100))
    checked = check(f"Age,Location,tea,ale\n{cells}50,Ohio,-1,0\n51,Ohio,120,0\n")
    assert checked.rejected("line_number, reason") == [(102, "tea=-1 should be a count")]


#: Cells of a column -> how it is declared.
DRAFTED = {
    "German": (["ja", "Nein"], "flag()"),
    "French": (["OUI", "NON"], "flag()"),
    "floats": (["1.0", "0.0"], "flag()"),
    "one empty": (["ja", "nein"] * 10 + [""], 'flag(missing="most_frequent")'),
    "ticks": (["x", ""], 'flag(missing="no")'),
    "words of two languages": (["oui", "nein"], "category()"),
    "sizes": (["S", "F"], "category()"),
}


@pytest.mark.parametrize(("cells", "kind"), DRAFTED.values(), ids=DRAFTED)
def test_yes_and_no_are_drafted_as_flags(write, cells, kind):
    rows = "".join(f"{20 + n % 40},{cells[n % len(cells)]}\n" for n in range(63))
    assert f"= {kind}\n" in draft_schema(str(write(f"age,newsletter\n{rows}"))).text


def test_blank_tick_counts_as_no(write, home):
    file = write("age,vip\n" + "".join(f"{20 + n},{'x' * (n % 2)}\n" for n in range(40)))
    schema = write(draft_schema(str(file)).text, "ticks.py")
    quick_night(file, home, dataset=str(schema))
    assert rows(home, "SELECT kind, imputed FROM features WHERE feature = 'vip'") == [("flag", 0.0)]
    means = "SELECT sum(customers * mean) FROM segment_stats JOIN segments USING (segment_id) WHERE feature = 'vip'"
    assert rows(home, means) == [(pytest.approx(20),)]


@pytest.mark.parametrize(
    ("item", "separator"),
    [
        ("{thing}", "\n"),
        ("{thing}", "&#44; "),
        ("{thing} ({n})", ", "),
        ('""{thing}""', ","),
        ("{thing}*{n}", "; "),
        ("• {thing}", "\n"),
        ("- {thing}", "\n"),
        ("{thing}", " • "),
        ("« {thing} »", ", "),
        ("„{thing}“", ", "),
    ],
    ids=[
        "lines",
        "entities",
        "counts",
        "quotes",
        "counts between semicolons",
        "bullets",
        "dashes",
        "bullets between",
        "guillemets",
        "German quotes",
    ],
)
def test_drafted_list_is_read_as_its_things(write, home, item, separator):
    file = write(lists(lambda thing, n: item.format(thing=thing, n=n), separator))
    schema = write(draft_schema(str(file)).text, "drafted.py")
    kinds = {column.name: column.settings.role.value for column in columns_of(load_dataset(str(schema)))}
    assert kinds["purchase_history"] == "items"
    night = read_night(file, home, dataset=str(schema))
    found = night.rows("SELECT DISTINCT unnest(purchase_history) FROM customers")
    assert {thing for (thing,) in found} == set(THINGS)


@pytest.mark.parametrize("mark", ["'", '"'])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_quotes_of_items_are_no_quotes_of_fields(write, home, delimiter, mark):
    cells = [",".join(f"{mark}{thing}{mark}" for thing, _ in things_of(n)[: 1 + n % 4]) for n in range(60)]
    rows_of = (f"{20 + n}{delimiter}Ohio{delimiter}{cell}\n" for n, cell in enumerate(cells))
    file = write(HEADER.replace(",", delimiter) + "".join(rows_of))
    night = read_night(file, home, dataset=str(write(draft_schema(str(file)).text, "drafted.py")))
    assert night.counts == (60, 0)
    assert {thing for (thing,) in night.rows("SELECT DISTINCT unnest(purchase_history) FROM customers")} == set(THINGS)


def test_dash_of_some_products_stays(check):
    found = bought(check(lists(lambda thing, _: f"- {thing}" if thing in THINGS[:3] else thing, "\n")))
    assert found == {*THINGS[3:], *(f"- {thing}" for thing in THINGS[:3])}


def numbered(first, n):
    return "\n".join(f"{number}. {thing}" for number, (thing, _) in enumerate(things_of(n)[: 1 + n % 4], start=first))


def test_numbers_of_the_lines_are_taken_off(check):
    text = HEADER + "".join(f'{20 + n},Ohio,"{numbered(1, n)}"\n' for n in range(60))
    assert bought(check(text)) == set(THINGS)


@pytest.mark.parametrize("things", [["1. Klasse", "2. Klasse"], ["> 50", "> 100"], ["- a", "* a"]])
def test_what_tells_items_apart_stays(check, things):
    text = HEADER + "".join(f'{20 + n},Ohio,"{"|".join(things[n % 2 :])}"\n' for n in range(60))
    assert bought(check(text)) == set(things)
