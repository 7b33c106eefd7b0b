"""``segments audience``: whom to upload, hashed as ad platforms ask, and who came and left since the last list."""

import hashlib
import io
import json
import shutil
import stat
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest

from flows.cli.audience import format_of
from schemas.errors import HomeNotWritable, SegmentsError, UsageError
from tasks.list_audience import ListOrder, list_audience
from tests.conftest import aged
from tests.nights import rows, run_night
from warehouse.exporting import TableFormat
from warehouse.home.directory import Home

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, identifier, ignored, numeric

class Shop(Dataset, max_rejected_share=0.5):
    {customer_id}
    age: Series[int] = numeric(ge=0, le=120)
    plan: Series[str] = category()
    email: Series[str] = ignored(nullable=True)
    phone: Series[str] = ignored(nullable=True)
    select: Series[str] = ignored(nullable=True, alias='a"b')
    change: Series[str] = ignored(nullable=True)
"""

_AGES = {"basic": 20, "family": 45, "senior": 80}

#: Customer -> plan: C00, C03, ... are in the segment of basic.
PLANS = {number: ("basic", "family", "senior")[number % 3] for number in range(90)}

#: The e-mail addresses and phone numbers of some of them; the others have an address of their own and no number.
EMAILS = {0: " Jo@Example.COM ", 3: "jo@example.com", 6: "", 9: "n/a"}
PHONES = {0: "+1 (212) 555-0100", 3: "0049 (0)30 123456", 6: "030/123456", 9: "12"}


def write_day(folder: Path, plans: dict[int, str], emails: dict[int, str] = EMAILS) -> Path:
    lines = ['customer_id,age,plan,email,phone,"a""b",change']
    for number, plan in plans.items():
        email, phone = emails.get(number, f"c{number}@example.com"), PHONES.get(number, "")
        lines.append(f'C{number:02},{_AGES[plan] + number % 5},{plan},"{email}",{phone},=1+{number},x')
    path = folder / "customers.csv"
    path.write_text("\n".join([*lines, ""]))
    return aged(path)


def night(folder: Path, plans: dict[int, str], day: int, emails: dict[int, str] = EMAILS, **order) -> None:
    source = write_day(folder, plans, emails)
    run_night(
        source, folder / "home", dataset=str(folder / "shop.py"), as_of=date(2026, 3, day), accept_volume=True,
        encoding="standard", **{"k": 3, **order},
    )  # fmt: skip


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A folder with a home of one run; copied before anything is done to it."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "shop.py").write_text(SCHEMA.format(customer_id="customer_id: Series[str] = identifier()"))
    night(folder, PLANS, 1)
    return folder


@pytest.fixture
def shop(first, tmp_path):
    return Path(shutil.copytree(first, tmp_path / "shop"))


@pytest.fixture(scope="module")
def basic(first):
    """The segment of the customers on the basic plan."""
    [(segment_id,)] = rows(
        first / "home", "SELECT DISTINCT segment_id FROM customer_segments WHERE customer_id IN ('C00', 'C03', 'C84')"
    )
    return str(segment_id)


def listed(shop, segment, output=None, *, force=True, form="csv", marks=True, **order):
    """The list as rows of text, and what was said of it."""
    target = output or io.BytesIO()
    said = list_audience(
        Home(shop / "home"), ListOrder(segment, **order), TableFormat(form, marks), target, force=force
    )
    text = output.read_text() if output else target.getvalue().decode()
    return [tuple(line.split(",")) for line in text.splitlines()], said


def hashed(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_list_has_the_ids_alone(shop, basic):
    (header, *found), said = listed(shop, basic)
    assert header == ("customer_id",)
    assert found == [(f"C{number:02}",) for number, plan in PLANS.items() if plan == "basic"]
    assert said.n_rows == 30


def test_segment_goes_by_its_name(shop, basic):
    [(name,)] = rows(shop / "home", f"SELECT name FROM segments WHERE segment_id = {basic}")
    assert listed(shop, name.upper())[1].segment_id == int(basic)


def test_ignored_columns_are_listed_when_chosen(shop, basic):
    (header, first, *_), _ = listed(shop, basic, columns="Phone,customer_id,email")
    assert header == ("phone", "customer_id", "email")
    assert first == ("'+1 (212) 555-0100", "C00", "Jo@Example.COM")


def test_formulas_of_a_list_are_marked(shop, basic):
    (header, first, *_), said = listed(shop, basic, columns="select,age")
    assert (header, first, said.n_marked) == (("select", "age"), ("'=1+0", "20"), 30)
    (_, first, *_), said = listed(shop, basic, columns="select", marks=False)
    assert (first, said.n_marked) == (("=1+0",), 0)


@pytest.mark.parametrize("form", ["parquet", "xlsx", "json"])
def test_list_is_written_in_any_format(shop, basic, form):
    path = shop / f"list.{form}"
    list_audience(Home(shop / "home"), ListOrder(basic, "customer_id,age"), TableFormat(form), path)
    if form == "xlsx":
        _, *found = openpyxl.load_workbook(path).active.values
    elif form == "json":
        found = [tuple(row.values()) for row in json.loads(path.read_text())]
    else:
        found = duckdb.sql(f"FROM '{path}'").fetchall()
    assert found[:2] == [("C00", 20), ("C03", 23)]
    assert len(found) == 30


def test_hash_is_of_the_normalized_address(shop, basic):
    (header, *found), _ = listed(shop, basic, hashed="email")
    assert header == ("email_sha256",)
    # printf %s jo@example.com | sha256sum
    assert found[0] == ("f4e19df2e6c609fbd59a42b9063d0fadf44260218531ea21ad8c575f205c0453",)
    assert (hashed("c12@example.com"),) in found


def test_repeated_and_blank_addresses_are_counted(shop, basic):
    found, said = listed(shop, basic, columns="customer_id", hashed="email")
    assert [row[0] for row in found[1:4]] == ["C00", "C12", "C15"]
    assert said.remarks == (
        "email: 1 value is no e-mail address; left blank",
        "2 customers are left out, without a value in email",
        "1 customer is left out, as another one has the same email",
    )


@pytest.mark.parametrize(
    ("code", "numbers"),
    [
        (None, ["+12125550100", "+4930123456"]),
        ("49", ["+12125550100", "+4930123456"]),
        ("+39", ["+12125550100", "+4930123456", "+39030123456"]),
    ],
)
def test_phone_numbers_get_the_country_code(shop, basic, code, numbers):
    (_, *found), said = listed(shop, basic, hashed="phone", country_code=code)
    assert found == [(hashed(number),) for number in numbers]
    lacking = (
        "phone: 1 phone number has no country code and was left blank; give --country-code, as in --country-code 1"
    )
    remarks = [remark for remark in said.remarks if remark.startswith("phone:")]
    assert remarks == [*([] if code else [lacking]), "phone: 1 value is no phone number; left blank"]


#: What is written, its country code and what is hashed; None where it is left blank.
NUMBERS = [
    ("(212) 555-0100", "1", "+12125550100"),
    ("1-212-555-0100", "1", "+12125550100"),
    ("0151 1234567", "49", "+491511234567"),
    ("06 1234567", "39", "+39061234567"),
    ("+49 (0)151 1234567", None, "+491511234567"),
    ("00491511234567", "1", "+491511234567"),
    ("555-0100 ext. 5", "1", None),
    ("+1234", None, None),
    ("+12345678901234567", None, None),
]


@pytest.mark.parametrize(("written", "code", "number"), NUMBERS, ids=[one[0] for one in NUMBERS])
def test_phone_number_is_hashed_as_e164(written, code, number):
    from warehouse.statements.audience_lists import ListColumn, create_members

    database = duckdb.connect()
    database.execute("CREATE TABLE customers (customer_id VARCHAR, phone VARCHAR)")
    database.execute("CREATE TABLE customer_segments AS SELECT 'C' AS customer_id, 1 AS segment_id")
    database.execute("INSERT INTO customers VALUES ('C', $phone)", {"phone": written})
    database.execute(create_members([ListColumn("phone", "phone number", code)]), {"segment_id": 1})
    assert database.execute("FROM members").fetchall() == [(number and hashed(number),)]


def test_changes_follow_over_three_runs(shop, basic):
    output = shop / "changes.csv"
    (header, *found), said = listed(shop, basic, output, hashed="email", delta=True)
    assert header == ("change", "email_sha256")
    assert {change for change, _ in found} == {"added"}
    assert (said.added, said.removed) == (28 - 1, 0)
    assert "no earlier list" in said.remarks[-1]

    # C12 leaves the file, C15 the segment; C18 has another address, and the twin of C00 stays.
    plans = {number: plan for number, plan in PLANS.items() if number not in (0, 12)} | {15: "senior", 90: "basic"}
    night(shop, plans, 2, EMAILS | {18: "new@example.com"})
    (_, *found), said = listed(shop, basic, output, hashed="email", delta=True)
    assert found == [
        *(("removed", hashed(f"c{number}@example.com")) for number in (12, 15, 18)),
        ("added", hashed("new@example.com")), ("added", hashed("c90@example.com")),
    ]  # fmt: skip
    assert any("compared with the list of" in remark for remark in said.remarks)

    night(shop, plans | {12: "basic"}, 3, EMAILS | {18: "new@example.com"})
    assert listed(shop, basic, output, hashed="email", delta=True)[0][1:] == [("added", hashed("c12@example.com"))]
    assert listed(shop, basic, output, hashed="email", delta=True)[0][1:] == []


def test_whole_list_starts_the_changes(shop, basic):
    listed(shop, basic, shop / "all.csv", columns="customer_id,email")
    night(shop, {number: plan for number, plan in PLANS.items() if number != 84}, 2)
    (_, *found), _ = listed(shop, basic, columns="customer_id,email", delta=True)
    assert found == [("removed", "C84", "c84@example.com")]


def test_other_columns_are_a_list_of_their_own(shop, basic):
    listed(shop, basic, shop / "ids.csv", columns="customer_id")
    _, said = listed(shop, basic, hashed="email", delta=True)
    assert said.removed == 0
    assert "no earlier list of this segment with these columns" in said.remarks[-1]


def test_printed_list_is_not_kept(shop, basic):
    listed(shop, basic, delta=True)
    assert not (shop / "home" / "audiences").exists()
    assert listed(shop, basic, delta=True)[1].added == 30


def test_lists_are_their_owners_alone(shop, basic):
    listed(shop, basic, shop / "list.csv")
    [kept] = (shop / "home" / "audiences").iterdir()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (kept, shop / "list.csv")} == {0o600}
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_failed_writing_does_not_advance_the_list(shop, basic, monkeypatch):
    import warehouse.private_files as private_files

    listed(shop, basic, shop / "list.csv", delta=True)
    night(shop, {number: plan for number, plan in PLANS.items() if number != 84}, 2)
    before = (shop / "list.csv").read_text()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_files.os, "replace", full)
    with pytest.raises(UsageError, match="No space left on device"):
        listed(shop, basic, shop / "list.csv", delta=True)
    monkeypatch.undo()
    assert (shop / "list.csv").read_text() == before
    assert [path.name for path in shop.iterdir() if "partial" in path.name] == []
    assert [path for path in (shop / "home" / "audiences").iterdir() if path.suffix != ".parquet"] == []
    assert listed(shop, basic, shop / "list.csv", delta=True)[0][1:] == [("removed", "C84")]


def test_list_that_cannot_be_kept_is_listed_again(shop, basic, monkeypatch):
    import warehouse.private_files as private_files

    replace = private_files.os.replace

    def broken(partial, target):
        if target.parent.name == "audiences":
            raise OSError(5, "Input/output error")
        replace(partial, target)

    monkeypatch.setattr(private_files.os, "replace", broken)
    with pytest.raises(UsageError, match="Input/output error"):
        listed(shop, basic, shop / "list.csv", delta=True)
    monkeypatch.undo()
    assert len((shop / "list.csv").read_text().splitlines()) == 31
    assert listed(shop, basic, shop / "list.csv", delta=True)[1].added == 30


def test_segment_that_ended_is_removed_whole(shop, basic):
    listed(shop, basic, shop / "list.csv")
    night(shop, {number: plan for number, plan in PLANS.items() if plan != "basic"}, 2, k=2)
    assert int(basic) not in [number for (number,) in rows(shop / "home", "SELECT segment_id FROM segments")]
    found, said = listed(shop, basic, shop / "gone.csv", delta=True)
    assert (len(found), said.removed, said.added, said.segment_name) == (31, 30, 0, None)
    assert said.remarks[-1] == f"segment {basic} is no longer published: all of its last list are removed"
    assert listed(shop, basic, delta=True)[1].removed == 0
    assert "expected one that is published: " in refusal(shop, basic)
    assert "no list of it with these columns" in refusal(shop, basic, hashed="email", delta=True)


def refusal(shop, segment, output=None, error=UsageError, *, force=False, **order):
    """What a list that is refused says; whatever is there stays as it is."""
    before = sorted((path, path.stat().st_mtime_ns) for path in shop.rglob("*"))
    with pytest.raises(error) as refused:
        list_audience(Home(shop / "home"), ListOrder(segment, **order), TableFormat("csv"), output or io.BytesIO(),
                      force=force)  # fmt: skip
    assert sorted((path, path.stat().st_mtime_ns) for path in shop.rglob("*")) == before
    return str(refused.value)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"segment": "9"}, "home; expected one that is published: 1 ("),
        ({"segment": "grillers"}, "there is no segment 'grillers'"),
        ({"columns": "e-mail"}, "--columns e-mail: customers have no such column, but customer_id, "),
        ({"hashed": "mail"}, "--hash mail: customers have no such column"),
        ({"hashed": "age"}, "--hash age: 90 values, of which 0 are e-mail addresses and 0 phone numbers"),
        ({"hashed": "plan"}, "--hash plan: 90 values, of which 0 are e-mail addresses and 0 phone numbers"),
        ({"hashed": "phone", "country_code": "DE"}, "--country-code DE cannot be used"),
        ({"columns": "change", "delta": True}, "two columns change"),
    ],
)
def test_impossible_list_is_refused(shop, basic, order, said):
    assert said in refusal(shop, **{"segment": basic, **order})


@pytest.mark.parametrize(
    ("output", "asked", "form"),
    [
        ("list.xlsx", None, "xlsx"),
        ("list.JSON", None, "json"),
        ("list.txt", None, "csv"),
        ("list.txt", "parquet", "parquet"),
        (None, None, "csv"),
    ],
)
def test_format_is_that_of_the_name(output, asked, form):
    assert format_of(output and Path(output), asked) == form


@pytest.mark.parametrize(("output", "asked"), [("list.xlsx", "csv"), (None, "xlsx")])
def test_format_that_cannot_be_is_refused(output, asked):
    with pytest.raises(UsageError, match=r"make them the same|cannot be printed"):
        format_of(output and Path(output), asked)


def test_output_that_cannot_be_written_is_refused(shop, basic):
    (shop / "mine.csv").write_text("mine")
    assert "already exists" in refusal(shop, basic, shop / "mine.csv")
    assert "is a directory" in refusal(shop, basic, shop / "home", force=True)
    assert "there is no directory" in refusal(shop, basic, shop / "missing" / "list.csv")
    assert "where runs keep their own files" in refusal(shop, basic, shop / "home" / "inbox" / "list.csv")
    (shop / "home" / "audiences").write_text("in the way")
    assert "cannot write" in refusal(shop, basic, shop / "list.csv", HomeNotWritable)


def test_changes_need_an_identifier(tmp_path):
    (tmp_path / "shop.py").write_text(SCHEMA.format(customer_id="number: Series[str] = ignored(alias='customer_id')"))
    night(tmp_path, PLANS, 1)
    assert "declares no identifier" in refusal(tmp_path, "1", delta=True)
    found, of_emails = listed(tmp_path, "1", tmp_path / "list.csv", columns="email")
    assert len(found) > 20
    _, of_keys = listed(tmp_path, "1", tmp_path / "keys.csv")
    told = [any("is made from the row" in remark for remark in one.remarks) for one in (of_emails, of_keys)]
    assert told == [False, True]
    assert not (tmp_path / "home" / "audiences").exists()


def test_damaged_list_is_not_taken_for_an_empty_one(shop, basic):
    listed(shop, basic, shop / "list.csv")
    [kept] = (shop / "home" / "audiences").iterdir()
    kept.write_bytes(b"damaged")
    said = refusal(shop, basic, shop / "list.csv", SegmentsError, delta=True, force=True)
    assert str(kept) in said
