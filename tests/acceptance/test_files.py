"""Public files of every kind, each by a schema of a few lines: every record ends in exactly one place."""

import json

import pytest

from schemas.errors import DataRefused
from tests.acceptance.real_files import (
    BANK,
    CARDS,
    CDNOW,
    MALL,
    MALL_RECODED,
    SCHEMAS,
    SEED,
    SHOPPING,
    TELCO,
    dataset_named,
    records,
)
from tests.nights import assert_invariants, quick_night, rows, value

#: File, dataset, delimiter, rows loaded, rows rejected.
NIGHTS = [
    (SEED, "customers", ",", 6, 0),
    (SHOPPING, "customers", ",", 3900, 0),
    (MALL, "mall_income_score", ",", 200, 0),
    (MALL, "mall_age_income_score", ",", 200, 0),
    (TELCO, "telco_churn", ",", 7032, 11),
    (BANK, "bank_additional", ";", 4119, 0),
    (CARDS, "credit_card", ",", 8950, 0),
    (CDNOW, "cdnow", ",", 2357, 0),
]
EVERY_NIGHT = pytest.mark.parametrize(
    ("file", "dataset", "delimiter", "loaded", "rejected"), NIGHTS, ids=[dataset for _, dataset, *_ in NIGHTS]
)


@EVERY_NIGHT
def test_every_record_is_loaded_or_rejected(customers, read_night, file, dataset, delimiter, loaded, rejected):
    found = rows(read_night(file, dataset), "SELECT rows_read, rows_loaded, rows_rejected FROM runs")
    assert found == [(len(records(customers / file, delimiter)), loaded, rejected)]
    assert loaded + rejected == found[0][0]


@EVERY_NIGHT
def test_published_file_keeps_its_invariants(read_night, file, dataset, delimiter, loaded, rejected):
    assert_invariants(read_night(file, dataset))


@EVERY_NIGHT
def test_manifest_records_the_detected_delimiter(read_night, file, dataset, delimiter, loaded, rejected):
    (manifest,) = read_night(file, dataset).glob("runs/*/manifest.json")
    steps = {step["step"]: step for step in json.loads(manifest.read_text(encoding="utf-8"))["steps"]}
    assert [source["delimiter"] for source in steps["ingest"]["sources"]] == [delimiter]


#: Declared column -> header, of all kinds of number.
NUMBERS = [
    (TELCO, "telco_churn", ",", {"tenure": "tenure", "monthly_charges": "MonthlyCharges"}),
    (BANK, "bank_additional", ";", {"age": "age", "pdays": "pdays", "euribor": "euribor3m", "employed": "nr.employed"}),
    (CARDS, "credit_card", ",", {"balance": "BALANCE", "minimum_payments": "MINIMUM_PAYMENTS", "tenure": "TENURE"}),
    (CDNOW, "cdnow", ",", {"frequency": "frequency", "recency": "recency", "observed": "T"}),
]


@pytest.mark.parametrize(("file", "dataset", "delimiter", "columns"), NUMBERS, ids=[case[1] for case in NUMBERS])
def test_stored_numbers_are_those_of_the_file(customers, read_night, file, dataset, delimiter, columns):
    home = read_night(file, dataset)
    in_file = {
        int(record["line"]): tuple(float(record[header]) if record[header] else None for header in columns.values())
        for record in records(customers / file, delimiter)
    }
    stored = {
        line: tuple(found) for line, *found in rows(home, f"SELECT line_number, {', '.join(columns)} FROM customers")
    }
    refused = {line for (line,) in rows(home, "SELECT line_number FROM rejected_rows")}
    assert stored == {line: found for line, found in in_file.items() if line not in refused}


def blank_total_charges(customers):
    return [int(record["line"]) for record in records(customers / TELCO) if not record["TotalCharges"].strip()]


def test_blanks_in_number_column_are_rejected(customers, read_night):
    blank = blank_total_charges(customers)
    assert len(blank) == 11
    found = rows(
        read_night(TELCO, "telco_churn"),
        "SELECT line_number, column_name, code, value FROM rejected_rows ORDER BY line_number",
    )
    assert found == [(line, "total_charges", "missing_value", None) for line in blank]


def test_rejected_rows_keep_the_delivered_line(customers, read_night):
    lines = (customers / TELCO).read_text(encoding="utf-8").splitlines()
    found = rows(read_night(TELCO, "telco_churn"), "SELECT raw FROM rejected_rows ORDER BY line_number")
    assert found == [(lines[line - 1],) for line in blank_total_charges(customers)]


def test_nullable_number_column_loads_blanks(customers, home, write):
    declared = (SCHEMAS / "telco_churn.py").read_text(encoding="utf-8")
    schema = declared.replace(
        "total_charges: Series[float] = numeric(", "total_charges: Series[float] = numeric(nullable=True, "
    )
    assert schema != declared
    quick_night(customers / TELCO, home, dataset=str(write(schema, "telco_nullable.py")))
    assert rows(home, "SELECT rows_read, rows_loaded, rows_rejected FROM runs") == [(7043, 7043, 0)]
    missing = rows(home, "SELECT line_number FROM customers WHERE total_charges IS NULL ORDER BY 1")
    assert missing == [(line,) for line in blank_total_charges(customers)]
    assert_invariants(home)


def test_missing_numbers_are_null_and_imputed(customers, read_night):
    home = read_night(CARDS, "credit_card")
    missing = sum(not record["MINIMUM_PAYMENTS"] for record in records(customers / CARDS))
    assert missing == 313
    assert value(home, "SELECT count(*) FROM customers WHERE minimum_payments IS NULL") == missing
    imputed = value(home, "SELECT imputed FROM features WHERE feature = 'minimum_payments'")
    shown = "ln(1 + minimum_payments)" if value(home, "SELECT bool_or(is_log) FROM features") else "minimum_payments"
    assert imputed == pytest.approx(value(home, f"SELECT median({shown}) FROM customers"))


def test_recoded_category_is_refused_with_its_line(customers, home):
    with pytest.raises(DataRefused) as refused:
        quick_night(customers / MALL_RECODED, home, dataset=dataset_named("mall_gender"))
    assert refused.value.exit_code == 65
    message = str(refused.value)
    assert f"{MALL_RECODED} line 2: gender '2'" in message
    assert "expected one of ['Male', 'Female']" in message
    assert "200 of 200 rows are rejected" in message
    assert "\n" not in message
    assert not (home / "segments.duckdb").exists()


def test_recoded_column_without_allowed_values_is_noted(customers, home, tmp_path):
    schema = tmp_path / "mall.py"
    schema.write_text((SCHEMAS / "mall_gender.py").read_text().replace('isin=["Male", "Female"]', ""))
    quick_night(customers / MALL, home, dataset=str(schema))
    summary = quick_night(customers / MALL_RECODED, home, dataset=str(schema))
    notes = json.loads((home / "runs" / summary.run_id / "manifest.json").read_text())["notes"]
    assert [note for note in notes if note.startswith("gender")] == [
        "gender: no value of the previous run is left: 2 new ('1', '2'), 2 vanished ('Female', 'Male'); was it recoded?"
    ]


def test_real_delivery_cut_in_half_is_refused(customers, home, write):
    quick_night(customers / SHOPPING, home)
    lines = (customers / SHOPPING).read_text().splitlines(keepends=True)
    with pytest.raises(DataRefused, match=r"1,950 rows, 50\.0% of the 3,900 of the previous run"):
        quick_night(write("".join(lines[:1951])), home)


def test_schema_accepts_the_category_in_words(customers, new_night):
    home = new_night(customers / MALL, "mall_gender")
    assert rows(home, "SELECT gender, count(*) FROM customers GROUP BY ALL ORDER BY 1") == [
        ("Female", 112),
        ("Male", 88),
    ]
    assert_invariants(home)
