"""``segments export``: every table in every format, nothing that a spreadsheet would run, complete or not at all."""

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import duckdb
import openpyxl
import pytest

from flows.cli.tables import print_rows
from schemas.errors import UsageError
from tasks.export import export_tables
from tests.conftest import aged
from tests.nights import quick_night, rows
from warehouse import workbook
from warehouse.exporting import TableFormat
from warehouse.home.directory import Home

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, identifier, ignored, items, numeric

class Shop(Dataset):
    customer_id: Series[str] = identifier()
    age: Series[int] = numeric(ge=0, le=120)
    plan: Series[str] = category()
    note: Series[str] = ignored(nullable=True)
    select: Series[str] = ignored(nullable=True, alias='a"b')
    bought: Series[list] = items(separator="|")
"""

FORMULA = "=cmd|' /C calc'!A0"

#: Notes that break something somewhere; None is a missing one.
NOTES = [
    FORMULA, "@SUM(1+9)*cmd|' /C calc'!A0", "+1+cmd", "-2+3", "'=1", "-3.2", "+4915112345678", "<b>&amp;</b>",
    "| a | *b* |", "🛒 ﷽", "x" * 300, 'he said "no"', "two\nlines", None,
]  # fmt: skip

#: Those before which a mark is put.
N_MARKED = 5


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    (folder / "shop.py").write_text(SCHEMA)
    lines = ['customer_id,age,plan,note,a""b,bought'.replace('a""b', '"a""b"')]
    for number in range(60):
        note = NOTES[number] if number < len(NOTES) else f"note {number}"
        cell = "" if note is None else '"' + note.replace('"', '""') + '"'
        plan = ("basic", "family")[number % 2]
        lines.append(f"C{number:02},{(20, 60)[number % 2] + number % 5},{plan},{cell},s{number},milk|=tea")
    (folder / "customers.csv").write_text("\n".join(lines) + "\n")
    quick_night(aged(folder / "customers.csv"), folder / "home", dataset=str(folder / "shop.py"))
    return Home(folder / "home")


def read_back(path, columns):
    """The rows of an exported file, as DuckDB reads it by the types of the table."""
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns)
    reader = {
        ".parquet": f"read_parquet('{path}')",
        ".json": f"read_json('{path}', columns = {{{types}}})",
        ".csv": f"read_csv('{path}', columns = {{{types}}}, header = true, delim = ',', quote = '\"', escape = '\"', "
        "strict_mode = true, new_line = '\\n')",
    }[path.suffix]
    return duckdb.sql(f"FROM {reader}").fetchall()


def tables_of(home):
    found = rows(home.root, "SELECT table_schema, table_name FROM information_schema.tables")
    return [(schema, name) for schema, name in found if schema in ("main", "history")]


@pytest.mark.parametrize("form", ["parquet", "json", "csv"])
def test_every_table_reads_back_equal(home, tmp_path, form):
    export_tables(home, tmp_path / "out", TableFormat(form, marks_formulas=False))
    record = json.loads((tmp_path / "out" / "export.json").read_text())
    assert len(record["tables"]) == len(tables_of(home))
    for schema, name in tables_of(home):
        file = tmp_path / "out" / ("" if schema == "main" else schema) / f"{name}.{form}"
        columns = [(column, kind) for column, kind, *_ in rows(home.root, f"DESCRIBE {schema}.{name}")]
        nested = [column for column, kind in columns if kind.endswith("]") or kind.startswith("MAP")]
        as_json = [(column, "VARCHAR" if column in nested else kind) for column, kind in columns]
        wanted = rows(home.root, f"FROM {schema}.{name}")
        if form == "csv":  # lists are JSON there
            cells = ", ".join(f'to_json("{c}")::VARCHAR' if c in nested else f'"{c}"' for c, _ in columns)
            wanted = rows(home.root, f"SELECT {cells} FROM {schema}.{name}")
        assert read_back(file, as_json if form == "csv" else columns) == wanted, name


def test_workbook_has_a_sheet_per_table(home, tmp_path):
    export_tables(home, tmp_path / "out", TableFormat("xlsx", marks_formulas=False))
    book = openpyxl.load_workbook(tmp_path / "out" / "segments.xlsx")
    titles = [name if schema == "main" else f"history.{name}" for schema, name in tables_of(home)]
    assert sorted(book.sheetnames) == sorted(titles)
    query = 'SELECT customer_id, source_name, line_number, age, plan, note, "select", to_json(bought)::VARCHAR'
    header, *cells = book["customers"].values
    assert header == ("customer_id", "source_name", "line_number", "age", "plan", "note", "select", "bought")
    assert cells == rows(home.root, f"{query} FROM customers")
    silhouettes = {row[0]: row[1] for row in list(book["k_scores"].values)[1:]}
    assert silhouettes == pytest.approx(dict(rows(home.root, "SELECT k, silhouette FROM k_scores")))
    (as_of,) = {row[1].date() for row in list(book["runs"].values)[1:]}
    assert rows(home.root, "SELECT as_of FROM runs") == [(as_of,)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_formulas_are_marked_and_counted(home, tmp_path, form):
    exported = export_tables(home, tmp_path / "out", TableFormat(form), tables=["customers"])
    if form == "csv":
        columns = [
            (name, "VARCHAR") for name in ("customer_id", "source", "line", "age", "plan", "note", "s", "bought")
        ]
        notes = {row[0]: row[5] for row in read_back(tmp_path / "out" / "customers.csv", columns)}
    else:
        book = openpyxl.load_workbook(tmp_path / "out" / "segments.xlsx")
        assert {cell.data_type for row in book["customers"] for cell in row} <= {"s", "n"}
        notes = {row[0]: row[5] for row in list(book["customers"].values)[1:]}
    marked = [f"'{note}" if note in NOTES[:N_MARKED] else note for note in NOTES]
    assert [notes[f"C{number:02}"] for number in range(len(NOTES))] == marked
    assert exported.n_marked == N_MARKED


def test_programs_get_texts_unchanged(home, tmp_path):
    exported = export_tables(home, tmp_path / "out", TableFormat("parquet"), tables=["customers"])
    found = duckdb.sql(f"SELECT note FROM '{tmp_path}/out/customers.parquet' WHERE customer_id = 'C00'").fetchall()
    assert (exported.n_marked, found) == (0, [(FORMULA,)])


def test_piped_query_marks_formulas(capsys):
    print_rows(["=n", "x"], [(FORMULA, -3.2), ("-3.2", None)])
    said = capsys.readouterr()
    assert said.out == f"'=n,x\n'{FORMULA},-3.2\n-3.2,\n"
    assert said.err.startswith("segments: 2 cells that a spreadsheet would run have a ' before")
    print_rows(["=n"], [(FORMULA,)], marks_formulas=False)
    assert capsys.readouterr() == (f"=n\n{FORMULA}\n", "")


def test_record_names_run_and_tables(home, tmp_path):
    exported = export_tables(home, tmp_path / "out", TableFormat("csv"), tables=["segments", "history.segments"])
    record = json.loads((tmp_path / "out" / "export.json").read_text())
    [(run_id, as_of)] = rows(home.root, "SELECT run_id, as_of FROM runs")
    assert (record["run_id"], record["as_of"], exported.run_id) == (run_id, str(as_of), run_id)
    assert record["tables"] == [
        {"table": "segments", "file": "segments.csv", "rows": 2},
        {"table": "history.segments", "file": "history/segments.csv", "rows": 0},
    ]


def test_files_are_their_owners_alone(home, tmp_path):
    export_tables(home, tmp_path / "out", TableFormat("csv"))
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out", tmp_path / "out" / "history")}
    assert (modes, folders) == ({0o600}, {0o700})


def test_empty_folder_is_taken(home, tmp_path):
    (tmp_path / "out").mkdir()
    export_tables(home, tmp_path / "out", TableFormat("csv"), tables=["segments"])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["export.json", "segments.csv"]


def refusal(home, folder, **options):
    """What an export that is refused says; whatever is there stays as it is."""
    form = options.pop("form", TableFormat("csv"))
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.parent.rglob("*"))
    with pytest.raises(UsageError) as refused:
        export_tables(home, folder, form, **options)
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.parent.rglob("*")) == before
    return str(refused.value)


def test_folder_with_files_is_refused(home, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    assert "is not empty" in refusal(home, tmp_path / "out")
    assert "holds more or less than an export (mine.txt, ...)" in refusal(home, tmp_path / "out", force=True)
    assert "is a file" in refusal(home, tmp_path / "out" / "mine.txt")


def test_earlier_export_is_replaced_when_forced(home, tmp_path):
    export_tables(home, tmp_path / "out", TableFormat("parquet"))
    assert "--force" in refusal(home, tmp_path / "out")
    export_tables(home, tmp_path / "out", TableFormat("csv"), tables=["segments"], force=True)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["export.json", "segments.csv"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["missing/out", "x" * 300, "sealed/out", "/proc/out"])
def test_folder_that_cannot_be_made_is_refused(home, tmp_path, name):
    sealed = tmp_path / "sealed"
    sealed.mkdir(mode=0o500)
    if name.startswith("sealed") and os.access(sealed, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(UsageError):
        export_tables(home, tmp_path / name, TableFormat("csv"))
    assert list(sealed.iterdir()) == [] == [path for path in tmp_path.iterdir() if path != sealed]


def test_failing_export_leaves_nothing_behind(home, tmp_path, monkeypatch):
    import tasks.export

    monkeypatch.setattr(tasks.export, "RECORD", "missing/export.json")  # the last file cannot be written
    assert "cannot be written (No such file or directory)" in refusal(home, tmp_path / "out")


def test_unknown_table_is_refused_with_all_names(home, tmp_path):
    said = refusal(home, tmp_path / "out", tables=["segment"])
    assert said.startswith("--tables segment: there is no such table; the tables are runs, customers, ")
    assert said.endswith("history.segments, history.segment_stats, history.k_scores, history.drift")


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({"rows": 60}, "customers has 60 rows, and a sheet of XLSX holds 59 below its header"),
        ({"columns": 7}, "customers has 8 columns"),
        ({"characters": 299}, "customers has a cell of 300 characters"),
    ],
)
def test_table_that_fits_no_sheet_is_refused(home, tmp_path, monkeypatch, limit, said):
    monkeypatch.setattr(workbook, "SHEET", replace(workbook.SHEET, **limit))
    assert said in refusal(home, tmp_path / "out", form=TableFormat("xlsx"), tables=["customers"])


def test_directories_of_the_runs_are_refused(home):
    assert "where runs keep their own files" in refusal(home, home.inbox / "out")
    assert "where runs keep their own files" in refusal(home, home.inbox)


def test_nothing_published_is_said(tmp_path):
    assert "nothing is published" in refusal(Home(tmp_path / "home"), Path(tmp_path / "out"))
