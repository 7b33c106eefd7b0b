"""Several files make one night together, each with its own lines, dialect and encoding."""

import json

import pytest

from schemas.errors import DataRefused, UsageError
from tests.nights import assert_invariants, quick_night, rows, value

COMMA = "Age,Location,Purchase History\n" + "".join(
    f"{20 + n},{('Ohio', 'Texas')[n % 2]},tea, milk\n" for n in range(30)
)
SEMICOLON = "Purchase History;age;LOCATION\n" + "".join(f"soap|bread;{50 + n};Zürich\n" for n in range(20))


def test_files_of_different_dialects_make_one_night(write, home):
    quick_night([write(COMMA, "a.csv"), write(SEMICOLON.encode("utf-16"), "b.csv")], home)
    assert rows(home, "SELECT source_name, rows_read, rows_loaded FROM runs") == [("a.csv + b.csv", 50, 50)]
    assert rows(home, "SELECT DISTINCT purchase_history FROM customers WHERE source_name = 'b.csv'") == [
        (["soap", "bread"],)
    ]
    assert rows(
        home, "SELECT source_name, min(line_number), max(line_number) FROM customers GROUP BY ALL ORDER BY ALL"
    ) == [("a.csv", 2, 31), ("b.csv", 2, 21)]
    assert_invariants(home)


def test_rejected_row_names_its_file(write, home):
    quick_night([write(COMMA + "abc,Ohio,tea\n", "a.csv"), write(SEMICOLON + "x;-1;Bern\n", "b.csv")], home)
    assert rows(home, "SELECT source_name, line_number, column_name FROM rejected_rows ORDER BY ALL") == [
        ("a.csv", 32, "age"), ("b.csv", 22, "age"),
    ]  # fmt: skip


def test_order_of_the_files_changes_no_segment(write, home, tmp_path):
    files = [write(COMMA, "a.csv"), write(SEMICOLON, "b.csv")]
    quick_night(files, home)
    quick_night(files[::-1], tmp_path / "other")
    query = "SELECT customer_id, segment_id, distance FROM customer_segments ORDER BY ALL"
    assert rows(home, query) == rows(tmp_path / "other", query)


def test_same_named_files_are_distinguished_by_path(write, home, tmp_path):
    for folder in ("east", "west"):
        (tmp_path / folder).mkdir()
    files = [write(COMMA, "east/customers.csv"), write(SEMICOLON, "west/customers.csv")]
    quick_night(files, home)
    assert rows(home, "SELECT DISTINCT source_name FROM customers ORDER BY ALL") == [(str(path),) for path in files]


def test_same_files_again_are_nothing_new(write, home):
    files = [write(COMMA, "a.csv"), write(SEMICOLON, "b.csv")]
    quick_night(files, home)
    again = quick_night(files, home)
    assert not again.is_new
    assert again.message.startswith(f"nothing new: {files[0]} + {files[1]} are already published")
    assert quick_night(files[:1], home).is_new


def test_file_named_twice_is_refused(write, home):
    source = write(COMMA, "a.csv")
    with pytest.raises(UsageError, match="hold the same bytes; name each delivery once"):
        quick_night([source, source], home)


def test_fault_in_one_file_is_named(write, home):
    with pytest.raises(DataRefused, match=r"b\.csv line 1: column 'age' is missing"):
        quick_night([write(COMMA, "a.csv"), write("Location,Purchase History\nOhio,tea\n", "b.csv")], home)


def test_naming_no_file_is_usage_error(home):
    with pytest.raises(UsageError, match="no SOURCE is named"):
        quick_night([], home)


def test_record_says_how_each_file_was_read(write, home):
    summary = quick_night([write(COMMA, "a.csv"), write(SEMICOLON, "b.csv")], home)
    manifest = json.loads((home / "runs" / summary.run_id / "manifest.json").read_text())
    assert [note.split(" was read")[0] for note in manifest["notes"][:2]] == ["a.csv", "b.csv"]
    assert manifest["notes"][1].endswith(
        "fields between ';', no quotes, header on line 1, a list in purchase_history, items between '|'"
    )
    assert value(home, "SELECT count(*) FROM customers") == 50
