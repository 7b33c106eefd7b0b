"""Rejected rows come back in the shape of their file; mended and run beside it, they add exactly those rows."""

import csv
import io

import pytest

from flows.cli.rejects import write_rejects
from schemas.errors import DataRefused, UsageError
from tasks.reading.repair import RepairShape
from tests.conftest import aged
from tests.nights import assert_invariants, night_up_to, order_of, quick_night, read_night, rows, value
from warehouse.home.directory import Home
from warehouse.rejected import judged_run, rejected_rows

HEADER = "Age,Location,Purchase History\n"
GOOD = "".join(f"{20 + n},{('Ohio', 'Texas')[n % 2]},apples, juice\n" for n in range(60))
BAD = """-5,Iowa,tea
abc,Utah,=1+1, soap
7
29,Portland, Oregon,apples
33,Ohio,tea, "x
"""
CUSTOMERS = "SELECT customer_id, age, location, list_sort(purchase_history) FROM customers ORDER BY ALL"
REJECTED = "SELECT source_name, line_number, code, reason, raw FROM rejected_rows ORDER BY ALL"
BOM = "\ufeff"


@pytest.fixture
def give_back(home, tmp_path):
    """Write the rejected rows of a run; return the text of the file, or of each where there are several."""

    def write_file(run_id=None, name="mend.csv", encoding="utf-8"):
        write_rejects(Home(home), run_id, tmp_path / name, force=True)
        return (tmp_path / name).read_text(encoding)

    return write_file


def shop(tmp_path, keywords, place):
    """Write the schema of a file with a number and a text."""
    schema = tmp_path / "shop.py"
    schema.write_text(
        "from pandera.typing import Series\nfrom schemas import Dataset, category, numeric\n\n\n"
        f"class Shop(Dataset, {keywords}):\n"
        f"    income: Series[float] = numeric()\n    place: Series[str] = category({place})\n"
    )
    return str(schema)


def mended(tmp_path, text, name="mend.csv", **parameters):
    (tmp_path / name).write_text(text, **parameters)
    return aged(tmp_path / name)


def test_rejected_rows_return_with_line_and_reason(write, home, give_back):
    quick_night(write(HEADER + GOOD + BAD), home)
    lines = give_back().splitlines()
    assert lines[0] == f"{BOM}rejected_line,rejected_reason,Age,Location,Purchase History"
    assert lines[1] == '62,"age -5: expected at least 0",-5,Iowa,tea'
    assert lines[3] == '64,"the row has 1 field; expected at least 3",7'
    assert [line.split(",")[0] for line in lines[1:]] == ["62", "63", "64", "65", "66"]
    assert [line.endswith(raw) for line, raw in zip(lines[3:], BAD.splitlines()[2:], strict=True)] == [True] * 3


def test_row_with_several_faults_returns_once(write, home, give_back):
    quick_night(write(f"{HEADER}{GOOD}abc,,tea\n"), home)
    assert give_back().splitlines()[1:] == [
        "62,\"age 'abc' is not a whole number; location is empty; expected a value\",abc,,tea"
    ]


def test_corrected_rows_add_exactly_those_customers(write, home, tmp_path, give_back):
    source = write(HEADER + GOOD + BAD)
    quick_night(source, home)
    customers, rejected = rows(home, CUSTOMERS), rows(home, REJECTED)
    text = give_back()
    for fault, good in {
        ",-5,Iowa": ",5,Iowa",
        ",abc,Utah": ",40,Utah",
        ",7\n": ",7,Ohio,\n",
        "29,Portland, Oregon,": '29,"Portland, Oregon",',
        '33,Ohio,tea, "x': "33,Ohio,tea, x",
    }.items():
        assert text.count(fault) == 1
        text = text.replace(fault, good)
    quick_night([source, mended(tmp_path, text)], home)
    added = [row for row in rows(home, CUSTOMERS) if row not in customers]
    assert sorted(row[1:] for row in added) == [
        (5, "Iowa", ["tea"]),
        (7, "Ohio", []),
        (29, "Portland, Oregon", ["apples"]),
        (33, "Ohio", ["tea", "x"]),
        (40, "Utah", ["=1+1", "soap"]),
    ]
    assert [row for row in customers if row not in rows(home, CUSTOMERS)] == []
    assert rows(home, REJECTED) == rejected
    assert value(home, "SELECT list(DISTINCT source_name ORDER BY source_name) FROM customers") == [
        "customers.csv", "mend.csv",
    ]  # fmt: skip
    assert_invariants(home)


def test_rows_that_nobody_mended_are_rejected_again(write, home, tmp_path, give_back):
    source = write(HEADER + GOOD + BAD)
    quick_night(source, home)
    customers = rows(home, CUSTOMERS)
    give_back()
    with pytest.raises(DataRefused, match=r"10 of 70 rows are rejected \(14.3%"):
        quick_night([source, aged(tmp_path / "mend.csv")], home)
    source = write(HEADER + 2 * GOOD + BAD)
    quick_night([source, aged(tmp_path / "mend.csv")], home)
    assert value(home, "SELECT count(*) FROM customers") == 2 * len(customers)
    assert value(home, "SELECT count(DISTINCT line_number) FROM rejected_rows WHERE source_name = 'mend.csv'") == 5


def test_corrected_rows_offset_the_rejected_share(write, home, tmp_path, give_back):
    source = write(HEADER + GOOD + 8 * "abc,Iowa,tea\n")
    with pytest.raises(DataRefused, match=r"8 of 68 rows are rejected \(11.8%, at most 10% allowed\)") as refused:
        quick_night(source, home)
    run_id = judged_run(Home(home), None)["run_id"]
    assert f"segments rejects {run_id} --csv FILE" in str(refused.value)
    text = give_back().replace(",abc,", ",31,", 7)
    night = night_up_to("compare_nights", order_of([source, mended(tmp_path, text)], home))
    assert night.counts == (67, 9)
    notes = night.manifest["notes"]
    assert "9 of 76 rows rejected (11.8%, at most 10% allowed, 7 offset by corrected rows)" in notes


#: What a spreadsheet or a script makes of a file of rejected rows, besides mending it: a row -> that row.
TOUCHED = {
    "spelled otherwise": lambda row: [{"rejected_line": "Rejected Line"}.get(row[0], row[0]), *row[1:]],
    "swapped": lambda row: [row[1], row[0], *row[2:]],
    "behind a list": lambda row: [*row[2:], *row[:2]],
    "apart": lambda row: [row[0], row[2], row[1], *row[3:]],
    "behind an index": lambda row: ["" if row[0] == "rejected_line" else "7", *row],
}


def touched(text, touch):
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerows(touch(row) for row in csv.reader(io.StringIO(text.removeprefix(BOM))))
    return written.getvalue()


@pytest.mark.parametrize("touch", TOUCHED.values(), ids=TOUCHED)
def test_corrected_rows_are_known_in_any_layout(write, home, tmp_path, give_back, touch):
    source = write(HEADER + GOOD + 8 * "abc,=Iowa,=tea, soap\n")
    with pytest.raises(DataRefused):
        quick_night(source, home)
    text = touched(give_back().replace(",abc,", ",31,"), touch)
    night = night_up_to("compare_nights", order_of([source, mended(tmp_path, text)], home))
    found = night.rows("SELECT DISTINCT age, location, purchase_history FROM customers WHERE source_name = 'mend.csv'")
    assert found == [(31, "=Iowa", ["=tea", "soap"])]
    assert not [note for note in night.manifest["notes"] if "which the schema does not declare" in note]


@pytest.mark.parametrize("touch", TOUCHED.values(), ids=TOUCHED)
def test_rows_corrected_wrongly_return_with_reason(write, home, tmp_path, give_back, touch):
    source = write(HEADER + GOOD + "abc,Iowa,=tea, soap\n")
    quick_night(source, home)
    quick_night([source, mended(tmp_path, touched(give_back().replace(",abc,", ",-7,"), touch))], home)
    give_back(name="again.csv")
    header, row = (tmp_path / "again-2.csv").read_text().removeprefix(BOM).splitlines()
    index = ["", "7"] if touch is TOUCHED["behind an index"] else None
    expected = ["Age,Location,Purchase History", "-7,Iowa,'=tea, soap"]
    if index:
        expected = [f"{cell},{cells}" for cell, cells in zip(index, expected, strict=True)]
    assert header == f"rejected_line,rejected_reason,{expected[0]}"
    assert row == f'62,"age -7: expected at least 0",{expected[1]}'


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("rejected_line", "the column 'rejected_reason' is missing beside 'rejected_line'"),
        ("Rejected Reason", "the column 'rejected_line' is missing beside 'Rejected Reason'"),
    ],
)
@pytest.mark.parametrize("keywords", ["", "header=False"], ids=["header", "none"])
def test_corrected_file_needs_both_added_columns(write, home, tmp_path, header, said, keywords):
    dataset = shop(tmp_path, keywords, "")
    source = write(f"{header},income,place\n" + 30 * "62,31,'=Utah\n")
    with pytest.raises(DataRefused, match=f"customers.csv line 1: {said}.*put it back"):
        quick_night(source, home, dataset=dataset)


def test_declared_column_may_be_called_rejected_reason(write, home, tmp_path):
    dataset = shop(tmp_path, "", "alias='Rejected Reason'")
    night = read_night(
        write("income,Rejected Reason\n" + "".join(f"{n},'=late\n" for n in range(30))), home, dataset=dataset
    )
    assert night.rows("SELECT DISTINCT place FROM customers") == [("'=late",)]


def test_mended_rows_can_be_run_alone(write, home, tmp_path, give_back):
    quick_night(write(HEADER + GOOD + 6 * "abc,Iowa,tea\n"), home)
    text = give_back().replace(",abc,", ",31,")
    assert read_night(mended(tmp_path, text), tmp_path / "other").counts == (6, 0)


def test_spreadsheet_formulas_survive_the_round_trip(write, home, tmp_path, give_back):
    cells = ["=1+1", "@x", "'=2", "''+3", "-a", "-3", "+4.5", "plain", " =5"]
    quick_night(write(HEADER + GOOD + f'abc,"=Ohio",{",".join(cells)}\n'), home)
    line = give_back().splitlines()[1]
    assert line.endswith(",abc,\"'=Ohio\",'=1+1,'@x,''=2,'''+3,'-a,-3,+4.5,plain, =5")
    night = read_night([write(HEADER + GOOD), mended(tmp_path, give_back().replace(",abc,", ",31,"))], home)
    assert night.rows("SELECT location, purchase_history FROM customers WHERE source_name = 'mend.csv'") == [
        ("=Ohio", [cell.strip() for cell in cells])
    ]


def test_refused_run_rows_return_unchanged(write, home, give_back):
    with pytest.raises(DataRefused):
        quick_night(write(HEADER + '=x,Ohio,tea\n\'=y,Ohio,tea\nz,,"a\nb"\n'), home)
    read = list(csv.reader(io.StringIO(give_back())))
    assert [row[2:] for row in read[1:]] == [["'=x", "Ohio", "tea"], ["''=y", "Ohio", "tea"], ["z", "", "a\nb"]]
    assert [row[0] for row in read[1:]] == ["2", "3", "4"]
    assert read[3][1] == "age 'z' is not a whole number; location is empty; expected a value"


def test_returned_rows_keep_the_source_format(write, home, tmp_path, give_back):
    dataset = shop(tmp_path, "encoding='cp1252'", "alias='Wohnort, Straße'")
    good = "".join(f"{n},5;Köln;\n" for n in range(30))
    text = f"Income;'Wohnort, Straße';Rest\n{good}x;'Zürich; Süd';'a''b'\n"
    quick_night(write(text.encode("cp1252")), home, dataset=dataset)
    given = give_back(encoding="cp1252")
    reason = "'income ''x'' is not a number'"
    assert given == (
        f"rejected_line;rejected_reason;Income;'Wohnort, Straße';Rest\n32;{reason};x;'Zürich; Süd';'a''b'\n"
    )
    fixed = mended(tmp_path, given.replace(";x;", ";7,5;"), encoding="cp1252")
    night = read_night([write(text.encode("cp1252")), fixed], home, dataset=dataset)
    assert night.rows("SELECT income, place FROM customers WHERE source_name = 'mend.csv'") == [(7.5, "Zürich; Süd")]


def test_headerless_file_returns_with_a_header(write, home, tmp_path, give_back):
    dataset = shop(tmp_path, "header=False", "alias='Town, or place'")
    source = write("".join(f"{n},Ohio\n" for n in range(30)) + "x,Utah\n")
    quick_night(source, home, dataset=dataset)
    given = give_back()
    assert given.splitlines()[0] == f'{BOM}rejected_line,rejected_reason,income,"Town, or place"'
    night = read_night([source, mended(tmp_path, given.replace(",x,", ",31,"))], home, dataset=dataset)
    assert night.rows("SELECT income, place FROM customers WHERE source_name = 'mend.csv'") == [(31, "Utah")]


def test_undecodable_bytes_must_be_corrected(write, home, tmp_path, give_back):
    source = write((HEADER + GOOD).encode() + b"30,Z\xff\xferich,tea\n" + "31,Zürich,tea\n".encode())
    quick_night(source, home)
    text = give_back()
    assert text.splitlines()[1].endswith(r"30,Z\xff\xferich,tea")
    night = read_night([source, aged(tmp_path / "mend.csv")], home)
    assert night.rows("SELECT code, value FROM rejected_rows WHERE source_name = 'mend.csv'") == [("not_text", r"\xff")]
    night = read_night([source, mended(tmp_path, text.replace(r"Z\xff\xferich", "Zürich"))], home)
    assert night.rows("SELECT location FROM customers WHERE source_name = 'mend.csv'") == [("Zürich",)]


def test_frozen_columns_still_accept_corrected_rows(write, home, tmp_path, give_back):
    dataset = shop(tmp_path, "columns='freeze'", "")
    source = write("income,place\n" + "".join(f"{n},Ohio\n" for n in range(30)) + "x,Utah\n")
    quick_night(source, home, dataset=dataset)
    night = read_night([source, mended(tmp_path, give_back().replace(",x,", ",31,"))], home, dataset=dataset)
    assert night.rows("SELECT count(*) FROM customers WHERE source_name = 'mend.csv'") == [(1,)]


def test_wrongly_corrected_rows_keep_original_line(write, home, tmp_path, give_back):
    source = write(HEADER + GOOD + "abc,Iowa,tea\n")
    quick_night(source, home)
    quick_night([source, mended(tmp_path, give_back().replace(",abc,", ",-7,"))], home)
    give_back(name="again.csv")
    assert (tmp_path / "again-2.csv").read_text().splitlines() == [
        f"{BOM}rejected_line,rejected_reason,Age,Location,Purchase History",
        '62,"age -7: expected at least 0",-7,Iowa,tea',
    ]


def test_earlier_runs_return_while_archived(write, home, give_back):
    first = quick_night(write(HEADER + GOOD + "abc,Iowa,tea\n"), home).run_id
    second = quick_night(write(HEADER + GOOD + "def,Iowa,tea\n"), home).run_id
    assert ",abc," in give_back(first)
    assert ",def," in give_back(second)
    assert ",def," in give_back()
    (home / "archive" / f"{first}.duckdb").unlink()
    with pytest.raises(UsageError, match=f"the tables of run {first} are no longer kept"):
        give_back(first)


def test_run_without_rejections_writes_nothing(write, home, tmp_path, capsys):
    run_id = quick_night(write(HEADER + GOOD), home).run_id
    write_rejects(Home(home), None, tmp_path / "mend.csv", force=False)
    assert capsys.readouterr().err.splitlines()[-1] == f"run {run_id} rejected no rows"
    assert not (tmp_path / "mend.csv").exists()


def test_file_that_exists_is_not_written_over(write, home, tmp_path):
    quick_night(write(HEADER + GOOD + BAD), home)
    mended(tmp_path, "hours of work")
    with pytest.raises(UsageError, match=r"mend.csv already exists, and may hold rows that you corrected; .* --force"):
        write_rejects(Home(home), None, tmp_path / "mend.csv", force=False)
    assert (tmp_path / "mend.csv").read_text() == "hours of work"


def test_failed_write_keeps_the_existing_file(write, home, tmp_path):
    run_id = quick_night(write(HEADER + GOOD + BAD), home).run_id
    record = home / "runs" / run_id / "manifest.json"
    record.write_text(record.read_text().replace('"repair"', '"lost"'))
    mended(tmp_path, "hours of work")
    with pytest.raises(UsageError, match=r"does not say how customers\.csv was written"):
        write_rejects(Home(home), None, tmp_path / "mend.csv", force=True)
    assert (tmp_path / "mend.csv").read_text() == "hours of work"
    assert list(tmp_path.glob("*.partial")) == []


@pytest.mark.parametrize(
    ("run_id", "said"),
    [("nonsense", "there is no run nonsense in "), (None, "has judged a row yet; run: segments")],
    ids=["unknown", "none yet"],
)
def test_unknown_run_is_a_usage_error(home, run_id, said):
    Home(home).prepare()
    with pytest.raises(UsageError, match=said):
        judged_run(Home(home), run_id)


def test_run_refused_before_judging_says_why(write, home):
    with pytest.raises(DataRefused):
        quick_night(write("Age,Location\n1,Ohio\n"), home)
    (run_id,) = [path.name for path in (home / "runs").iterdir()]
    with pytest.raises(UsageError, match=f"run {run_id} was refused before its rows were judged: .*missing"):
        judged_run(Home(home), run_id)


def test_rejected_rows_return_per_source_file(write, home, tmp_path, capsys):
    first = write(HEADER + GOOD + "abc,Iowa,tea\n", "a.csv")
    second = write("Age;Location;Purchase History\n31;Utah;tea\ndef;Utah;soap\n", "b.csv")
    quick_night([first, second], home)
    write_rejects(Home(home), None, tmp_path / "mend.csv", force=False)
    assert ",abc,Iowa,tea" in (tmp_path / "mend.csv").read_text()
    assert ";def;Utah;soap" in (tmp_path / "mend-2.csv").read_text()
    told = capsys.readouterr().out.splitlines()[-1]
    assert told.startswith(
        f"correct the rows, then: segments run {first} {second} {tmp_path}/mend.csv {tmp_path}/mend-2."
    )


def test_apostrophe_can_quote_and_protect_text():
    shape = RepairShape("a,b", ",", "'", None, "utf-8", is_repair=False)
    assert shape.record(3, "why", "=1,'=2',x") == "3,'why','''=1','''=2',x"


def test_reason_drops_delimiters_without_quotes():
    shape = RepairShape("a;b", ";", None, None, "utf-8", is_repair=False)
    assert shape.record(3, "no; not so", '1;"2') == '3;no not so;1;"2'


def test_delimiters_within_quotes_begin_no_cell():
    shape = RepairShape("a,b", ",", '"', None, "utf-8", is_repair=False)
    assert shape.record(3, "why", '"x,=1",=2') == '3,"why","x,=1",\'=2'


def test_rejected_rows_are_in_line_order(write, home):
    quick_night(write(HEADER + GOOD + 12 * "abc,Iowa,tea\n" + 12 * GOOD), home)
    with rejected_rows(Home(home), judged_run(Home(home), None)) as found:
        assert [row.line_number for row in found] == list(range(62, 74))
