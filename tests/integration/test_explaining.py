"""``segments explain``: all that decided on the published segments, read from the published file alone."""

import json
import shutil
from dataclasses import replace

import duckdb
import pytest

from flows.cli.explain import explain, explanation_of, print_explanation
from flows.cli.picture import print_picture
from flows.summary import RunSummary, picture_of
from schemas.errors import UsageError
from schemas.page import ComponentRow, LoadingRow, TriedRow
from warehouse.home.directory import Home

#: A night in which encodings were compared, whatever the night was.
COMPARED = """
    DELETE FROM encodings;
    DELETE FROM components;
    DELETE FROM loadings;
    INSERT INTO encodings
        (encoding, n_columns, n_dimensions, k, silhouette, null_silhouette, silhouette_gain, chosen, reason)
    VALUES ('standard', 3, 9, 2, 0.31, 0.28, 0.03, false, '0.33 less gain than mixed'),
        ('numbers', NULL, NULL, NULL, NULL, NULL, NULL, false, 'there is one number'),
        ('brackets', 3, 2, 3, 0.5, 0.3, 0.2, false, '0.16 less gain than mixed'),
        ('mixed', 3, 1, 2, 0.61, 0.25, 0.36, true, 'its segments stand out most');
    INSERT INTO components VALUES (1, 2.5, 1.2, 'high age against tea');
    INSERT INTO loadings
    SELECT 1, feature, CASE WHEN kind = 'numeric' THEN -0.9 ELSE 0.01 * feature_number END FROM features;
    UPDATE k_scores SET null_silhouette = 0.125, silhouette_gain = 0.0625, ari_seeds = 0.97, ari_bootstrap = 0.88;
    UPDATE segments SET stability = 0.75;
"""


@pytest.fixture
def compared(first_night, tmp_path):
    home = shutil.copytree(first_night / "home", tmp_path / "home")
    with duckdb.connect(str(home / "segments.duckdb")) as database:
        database.execute(COMPARED)
    return Home(home)


@pytest.fixture
def explanation(compared):
    return explanation_of(compared)


def test_selected_encoding_is_first_then_by_gain(explanation):
    assert [row.encoding for row in explanation.encodings] == ["mixed", "brackets", "standard", "numbers"]


def test_loadings_are_ordered_by_size(explanation):
    assert explanation.loadings[0] == LoadingRow(1, "age", -0.9)
    sizes = [abs(row.loading) for row in explanation.loadings]
    assert sizes == sorted(sizes, reverse=True)


def test_every_used_column_has_an_association(explanation):
    assert {row.source_column for row in explanation.column_associations} == {"age", "location", "purchase_history"}


def test_piped_output_begins_with_the_verdict(explanation, capsys):
    print_explanation(explanation)
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "━" not in printed
    assert printed.splitlines()[0] == explanation.verdict
    assert f"run {explanation.run_id}: k={explanation.n_clusters}" in printed
    words = " ".join(printed.split())
    for line in (
        "mixed 3 2 0.6100 0.2500 +0.3600 selected: its segments stand out most",
        "numbers there is one number",
        "0.1250 +0.0625 0.97 0.88",
        "1 2.5 1.2 high age against tea age -0.90, ",
        "id customers stability name 1 3 0.75",
    ):
        assert line in words


def test_on_a_terminal_it_is_tables(explanation, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    print_explanation(explanation)
    printed = capsys.readouterr().out
    assert "\x1b[1m" in printed
    assert "━" in printed


def test_run_shows_gain_where_it_is_known(compared, explanation, capsys):
    picture = picture_of(compared, RunSummary(explanation.run_id, True, ""))
    print_picture(picture)
    printed = capsys.readouterr().out
    assert "  gain  " in printed
    assert "  +0.0625  " in printed
    print_picture(replace(picture, k_scores=[{**row, "silhouette_gain": None} for row in picture.k_scores]))
    assert "  gain  " not in capsys.readouterr().out


def test_json_holds_every_table_it_rests_on(compared, explanation, capsys):
    explain(home=compared.root, json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == explanation.verdict
    assert [row["encoding"] for row in told["encodings"] if row["is_chosen"]] == ["mixed"]
    for name in ("k_scores", "components", "loadings", "column_associations", "segments"):
        assert len(told[name]) == len(getattr(explanation, name)) > 0


def test_run_without_components_is_explicit(explanation, capsys):
    asked = TriedRow("standard", 3, 9, None, None, None, None, None, None, None, None, True, "asked for")
    print_explanation(replace(explanation, encodings=(asked,), components=(), loadings=()))
    printed = capsys.readouterr().out
    assert "no components: the features are used as they are" in printed
    assert "selected: asked for" in printed
    print_explanation(replace(explanation, encodings=()))
    assert "no encoding was compared with another" in capsys.readouterr().out


def test_many_components_are_cut_and_counted(explanation, capsys):
    many = tuple(ComponentRow(number, 9.0, 1.0, f"end {number}") for number in range(1, 31))
    print_explanation(replace(explanation, components=many))
    printed = capsys.readouterr().out
    assert "the 8 strongest of 30" in printed
    assert "end 8" in printed
    assert "end 9" not in printed


def test_markup_in_a_name_is_literal(explanation, capsys):
    marked = replace(explanation.column_associations[0], reason="by [bold]milk[/bold] \\[x]")
    print_explanation(replace(explanation, column_associations=(marked,)))
    assert "by [bold]milk[/bold] \\[x]" in capsys.readouterr().out


def test_unpublished_home_is_the_usual_error(tmp_path):
    with pytest.raises(UsageError, match=r"^nothing is published in .*; run: segments run SOURCE --home "):
        explanation_of(Home(tmp_path))


def test_earlier_version_is_to_be_republished(compared):
    with duckdb.connect(str(compared.published_file)) as database:
        database.execute("UPDATE runs SET software_version = '0.1.0'")
    with pytest.raises(UsageError, match=r"was published by version 0\.1\.0, and this is .*; publish it again: "):
        explanation_of(compared)
