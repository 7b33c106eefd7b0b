"""A schema is Python: one that others may have written, or that came with a delivery, does not run."""

import os
from pathlib import Path

import pytest

from schemas.errors import SchemaError, UsageError
from schemas.loading import load_dataset
from schemas.trust import schema_trust
from tasks.run.columns import declared_by
from tests.conftest import ROOT
from tests.nights import SEED_ROWS, quick_night, read_night
from warehouse.home.directory import Home

HARM = "import pathlib; pathlib.Path({!r}).touch()\n" + (ROOT / "schemas" / "customers.py").read_text()

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another account")


@pytest.fixture
def schema(tmp_path):
    folder = tmp_path / "schemas"
    folder.mkdir(mode=0o755)
    path = folder / "shop.py"
    path.write_text(HARM.format(str(tmp_path / "harm")))
    path.chmod(0o644)
    return path


def assert_refused(path, match, home, source):
    with pytest.raises(UsageError, match=match) as raised:
        read_night(source, home, dataset=str(path))
    assert raised.value.exit_code == 2
    assert "\n" not in str(raised.value)
    assert not (path.parent.parent / "harm").exists()


def test_schema_of_the_operator_runs_anywhere(schema):
    assert schema_trust(schema) is None
    assert load_dataset(str(schema)).__name__ == "Customers"


def test_schema_is_executed_once_until_it_changes(schema):
    text = schema.read_text()
    schema.write_text(f"{text}\nwith open({str(schema) + '.count'!r}, 'a') as file:\n    file.write('.')\n")
    assert load_dataset(str(schema)) is load_dataset(str(schema))
    assert Path(f"{schema}.count").read_text() == "."
    schema.write_text(text.replace("class Customers", "class Patrons"))
    assert load_dataset(str(schema)).__name__ == "Patrons"


def test_two_schemas_of_one_name_stay_apart(schema, tmp_path):
    other = tmp_path / "other" / schema.name
    other.parent.mkdir(mode=0o755)
    other.write_text(schema.read_text().replace("class Customers", "class Patrons"))
    found = [declared_by(str(path))["declared"] for path in (schema, other, schema)]
    assert [(Path(one["file"]), one["class"]) for one in found] == [
        (schema, "Customers"), (other, "Patrons"), (schema, "Customers"),
    ]  # fmt: skip


@pytest.mark.parametrize("mode", [0o666, 0o664, 0o646])
@pytest.mark.parametrize("place", ["file", "directory"])
def test_schema_that_others_may_write_is_refused(schema, home, write, mode, place):
    changed = schema if place == "file" else schema.parent
    changed.chmod(mode | (0o111 if place == "directory" else 0))
    assert_refused(schema, f"runs as Python, and others may write {changed}; take that", home, write(SEED_ROWS))


@needs_root
def test_schema_of_another_account_is_refused(schema, home, write, monkeypatch):
    os.chown(schema, 12345, 12345)
    assert_refused(schema, "belongs to another account; make it yours, or allow", home, write(SEED_ROWS))
    monkeypatch.setenv("SEGMENTS_SCHEMAS", f"/nowhere{os.pathsep}{schema.parent}")
    assert schema_trust(schema) is None


@needs_root
def test_link_to_a_schema_of_another_account_is_refused(schema, tmp_path):
    os.chown(schema, 12345, 12345)
    (tmp_path / "own.py").symlink_to(schema)
    with pytest.raises(SchemaError, match="belongs to another account"):
        load_dataset(str(tmp_path / "own.py"))


@needs_root
def test_working_directory_is_its_owners(schema, monkeypatch):
    for path in (schema, schema.parent):
        os.chown(path, 12345, 12345)
        path.chmod(path.stat().st_mode | 0o020)
    monkeypatch.chdir(schema.parent)
    assert schema_trust(schema) is None
    schema.chmod(0o666)
    assert "others may write" in str(schema_trust(schema))


def test_schema_beside_its_file_runs(schema, home, write):
    source = schema.parent / "customers.csv"
    write(SEED_ROWS).rename(source)
    quick_night(source, home, dataset=str(schema))


@pytest.mark.parametrize("setting", ["", "allowed"])
@pytest.mark.parametrize("backfill", [False, True])
def test_schema_in_a_directory_of_deliveries_is_refused(schema, home, write, monkeypatch, setting, backfill):
    monkeypatch.setenv("SEGMENTS_SCHEMAS", str(schema.parent) if setting else "")
    write(SEED_ROWS).rename(schema.parent / "customers-2027-01-31.csv")
    with pytest.raises(UsageError, match=r"lies in .*schemas, where files are delivered, .* move it"):
        quick_night(schema.parent, home, dataset=str(schema), backfill=backfill)
    assert not (schema.parent.parent / "harm").exists()


def test_schema_in_the_inbox_is_refused(schema, home, write):
    Home(home).prepare()
    delivered = schema.rename(home / "inbox" / "shop.py")
    with pytest.raises(UsageError, match=r"lies in .*inbox, where files are delivered"):
        quick_night(write(SEED_ROWS), home, dataset=str(delivered))
    assert not (schema.parent.parent / "harm").exists()
