"""A delivery is compared with the previous runs before anything expensive; what differs is said once, everywhere."""

import json
import logging
import shutil

import pytest

from schemas.errors import DataRefused, SchemaError
from tests.nights import assert_invariants, night_up_to, order_of, quick_night, value
from warehouse.home.ledger import read_manifest

HEADER = "Age,Location,Purchase History\n"

INCOME = """
from pandera.typing import Series
from schemas import Dataset, category, numeric


class Shop(Dataset{keywords}):
    income: Series[float] = numeric(ge=0)
    gender: Series[str] = category(nullable=True)
"""


def customers(count, locations=("Ohio", "Texas"), items=("apples", "juice, steak")):
    lines = [f"{20 + n % 50},{locations[n % len(locations)]},{items[n % len(items)]}" for n in range(count)]
    return HEADER + "\n".join(lines) + "\n"


def manifest(home, run_id=None):
    run_id = run_id or value(home, "SELECT arg_max(run_id, started_at) FROM runs")
    return json.loads((home / "runs" / run_id / "manifest.json").read_text())


def delivery_notes(home, run_id=None):
    """The sentences of a run about its delivery; those about its segments aside."""
    return [note for note in manifest(home, run_id)["notes"] if not note.startswith("these segments duplicate")]


@pytest.fixture
def night(home, write):
    """Run the seed's kind of file in one home, one night after the other; return its notes."""

    def run(text, **order):
        summary = quick_night(write(text), home, **order)
        return delivery_notes(home, summary.run_id)

    return run


@pytest.fixture
def notes_of(home, write):
    """Read and compare one more night in that home; return its notes."""

    def run(text, **order):
        found = night_up_to("compare_nights", order_of(write(text), home, **order)).manifest["notes"]
        return [note for note in found if not note.startswith("these segments duplicate")]

    return run


@pytest.fixture
def shop(tmp_path):
    def write_schema(keywords=""):
        path = tmp_path / "shop.py"
        path.write_text(INCOME.format(keywords=keywords))
        return str(path)

    return write_schema


def test_halved_delivery_keeps_the_previous_run(home, night):
    night(customers(100))
    before = (home / "segments.duckdb").read_bytes()
    with pytest.raises(DataRefused) as refused:
        night(customers(50))
    message = str(refused.value)
    assert message.startswith(f"{home.parent}/customers.csv: 50 rows, 50.0% of the 100 of the previous run; expected")
    assert "at least 60%" in message
    assert "--accept-volume" in message
    assert (home / "segments.duckdb").read_bytes() == before


def test_volume_is_refused_before_checking_rows(home, night):
    night(customers(100))
    with pytest.raises(DataRefused):
        night(customers(50))
    manifests = [json.loads(path.read_text()) for path in home.glob("runs/*/manifest.json")]
    (refused,) = [manifest for manifest in manifests if manifest["status"] == "refused"]
    assert [step["step"] for step in refused["steps"]] == ["deliver", "ingest"]
    assert (refused["rows_read"], refused["rows_loaded"]) == (50, None)


def test_empty_rows_are_no_volume(night):
    night(customers(100))
    with pytest.raises(DataRefused, match=r"50 rows, 50\.0% of the 100 of the previous run"):
        night(customers(50) + ",,\n" * 60)


def test_accepted_volume_is_published_and_said(home, night):
    night(customers(100))
    notes = night(customers(50), accept_volume=True)
    assert "50 rows, 50.0% of the 100 of the previous run; accepted (--accept-volume)" in notes
    assert_invariants(home)


def test_volume_is_compared_with_the_recent_median(night, notes_of):
    for count in (1000, 100, 101, 102, 103, 104, 105, 106):
        night(customers(count), accept_volume=True)
    assert "90 rows, 87.4% of 103, the median of the last 7 runs" in notes_of(customers(90))


def test_minimum_volume_is_a_dataset_setting(home, write, shop):
    lines = ["income,gender", *(f"{n},{'FM'[n % 2]}" for n in range(40))]
    quick_night(write("\n".join(lines)), home, dataset=shop(", min_volume_share=0.3"))
    quick_night(write("\n".join(lines[:15])), home, dataset=shop(", min_volume_share=0.3"))
    with pytest.raises(DataRefused, match=r"at least 90% \(min_volume_share"):
        quick_night(write("\n".join(lines[:14])), home, dataset=shop(", min_volume_share=0.9"))


def test_minimum_volume_outside_zero_to_one_fails(home, write, shop):
    with pytest.raises(SchemaError, match="min_volume_share=60 should be between 0 and 1"):
        quick_night(write("income,gender\n1,F\n"), home, dataset=shop(", min_volume_share=60"))


def test_each_dataset_has_its_own_volume_history(night, home, write, shop):
    night(customers(100))
    lines = ["income,gender", *(f"{n},{'FM'[n % 2]}" for n in range(20))]
    summary = quick_night(write("\n".join(lines)), home, dataset=shop())
    notes = delivery_notes(home, summary.run_id)
    other = "the last published one is of customers, which declares other columns"
    assert notes[1:] == [f"20 rows; no previous run of this dataset to compare with: {other}"]


def test_refused_nights_do_not_count_as_usual(night, notes_of):
    night(customers(100))
    with pytest.raises(DataRefused):
        night(customers(50))
    assert "100 rows, 100.0% of the 100 of the previous run" in notes_of(customers(100), force=True)


def test_new_and_vanished_values_are_named(night, notes_of):
    night(customers(60, ("Ohio", "Texas", "Utah"), ("apples", "juice")))
    notes = notes_of(customers(60, ("Ohio", "Texas", "Iowa"), ("apples", "tea")))
    assert "location: 1 new ('Iowa') and 1 vanished ('Utah') values since the previous run" in notes
    assert "purchase_history: 1 new ('tea') and 1 vanished ('juice') values since the previous run" in notes


def shop_nights(home, write, dataset, *deliveries):
    """Run a night on each list of rows, and return the notes of the last one."""
    for rows in deliveries:
        quick_night(write("\n".join(["income,gender", *rows])), home, dataset=dataset)
    return delivery_notes(home)


def test_recoded_column_is_pointed_out(home, write, shop):
    before = [f"{n},{('Male', 'Female')[n % 2]}" for n in range(20)]
    after = [f"{n},{1 + n % 2}" for n in range(20)]
    notes = shop_nights(home, write, shop(), before, after)
    assert (
        "gender: no value of the previous run is left: 2 new ('1', '2'), 2 vanished ('Female', 'Male'); "
        "was it recoded?" in notes
    )


def test_number_in_another_unit_is_pointed_out(home, write, shop):
    before = [f"{15 + n},F" for n in range(100)]
    after = [f"{1000 * (15 + n)},F" for n in range(100)]
    notes = shop_nights(home, write, shop(), before, after)
    assert (
        "income: the median is 64,500, and was 64.5 in the previous run, where 90% were between 19.95 and 109; "
        "did its unit change?" in notes
    )


def test_similar_delivery_reports_only_its_size(night, notes_of):
    night(customers(60))
    notes = notes_of(customers(64))
    assert notes[1:] == ["64 rows, 106.7% of the 60 of the previous run"]


def test_rejected_share_is_shown_with_its_limit(night, notes_of):
    night(customers(38) + "abc,Ohio,tea\n200,Ohio,tea\n")
    notes = notes_of(customers(39) + "abc,Ohio,tea\n")
    assert "1 of 40 rows rejected (2.5%, at most 10% allowed, 5.0% in the previous run)" in notes


def test_long_list_of_new_values_is_cut(night, notes_of):
    night(customers(60, ("Ohio",)))
    notes = notes_of(customers(60, ("Ohio", *(f"Place {n:02}" for n in range(19)))))
    assert (
        "location: 19 new ('Place 00', 'Place 01', 'Place 02', 'Place 03', 'Place 04' and 14 more) values "
        "since the previous run" in notes
    )


def test_omitted_undeclared_column_is_noted(notes_of):
    notes = notes_of(
        "Age,Location,Shoe Size,Purchase History\n" + "25,Ohio,44,tea\n30,Texas,41,juice\n35,Utah,40,tea\n"
    )
    assert "customers.csv: column 'Shoe Size', which the schema does not declare, is left out" in notes


def test_manifest_report_and_log_agree(home, night, caplog):
    night(customers(60, ("Ohio", "<b>Texas</b>")))
    with caplog.at_level(logging.INFO, logger="tasks"):
        notes = night(customers(60, ("Ohio", "Utah")))
    assert len(notes) == 3
    run = home / "runs" / value(home, "SELECT arg_max(run_id, started_at) FROM runs")
    report, manifest = (run / "report.html").read_text(), read_manifest(run / "manifest.json")
    assert "location: 1 new (…) and 1 vanished (…) values since the previous run" in manifest["public_notes"]
    assert len(manifest["notes"]) == len(manifest["public_notes"])
    assert all(f" {public}" in caplog.text for public in manifest["public_notes"])
    assert "Utah" not in caplog.text
    for note in notes:
        assert note.replace("'", "&#39;").replace("<", "&lt;").replace(">", "&gt;") in report


def test_unreadable_published_file_stops_no_run(home, night):
    night(customers(60))
    published = home / "segments.duckdb"
    published.chmod(0o644)
    published.write_bytes(b"damaged")
    shutil.rmtree(home / "archive")  # or the last good one would be put back
    damage, _, volume = night(customers(60))
    assert damage.startswith("the published file is damaged (IO Error: ")
    assert volume == "60 rows, 100.0% of the 60 of the previous run"
