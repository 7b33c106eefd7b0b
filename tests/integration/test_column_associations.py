"""Segments that are one of the columns again are found and said to be."""

import json

import numpy as np
import pytest

from tests.conftest import aged
from tests.nights import night_up_to, rows_of
from warehouse import column_associations
from warehouse.home.run import Order

SCHEMA = """
from pandera.typing import Series
from schemas import Dataset, category, flag, items, numeric

class Shop(Dataset):
    '''A shop.'''
"""

PLACES = np.array(["Ohio", "Texas", "Iowa", "Utah", "Maine", "Nevada"])


@pytest.fixture
def describe_segments_of(tmp_path):
    """Segment a file of some columns, the textbook's way, and return the associations and the notes of the run."""

    def segmented(fields, columns, k):
        (tmp_path / "shop.py").write_text(SCHEMA + "".join(f"    {field}\n" for field in fields))
        lines = [",".join(map(str, row)) for row in zip(*columns.values(), strict=True)]
        (tmp_path / "c.csv").write_text("\n".join([",".join(columns), *lines]) + "\n")
        aged(tmp_path / "c.csv")
        source, dataset, home = (str(tmp_path / name) for name in ("c.csv", "shop.py", "home"))
        run = night_up_to("describe", Order(source, dataset=dataset, home=home, k=k, encoding="standard")).run
        rows = rows_of(
            run.night_file, "SELECT source_column, association, is_redundant, reason FROM column_associations"
        )
        notes = [note for note in json.loads(run.manifest_file.read_text())["notes"] if note.startswith("these segm")]
        return {column: tuple(told) for column, *told in rows}, notes

    return segmented


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_segments_duplicating_a_category_are_noted(describe_segments_of, rng):
    columns = {"age": rng.integers(18, 80, 600), "location": PLACES[rng.integers(0, 6, 600)]}
    fields = ["age: Series[int] = numeric(weight=0.1)", "location: Series[str] = category()"]
    told, notes = describe_segments_of(fields, columns, k=6)
    assert list(told) == ["age", "location"]
    assert told["location"][:2] == (pytest.approx(1), True)
    assert told["age"][0] < 0.2
    assert notes == [
        "these segments duplicate your location column (association 1.00): a plain GROUP BY location gives them"
    ]


def test_segments_cutting_a_number_are_noted(describe_segments_of, rng):
    spent = np.exp(rng.normal(4, 1.2, 900)).round(2).astype(object)
    spent[::50] = ""
    columns = {"spent": spent, "member": rng.integers(0, 2, 900)}
    fields = [
        "spent: Series[float] = numeric(log=True, nullable=True)",
        "member: Series[int] = flag(weight=0.1)",
    ]
    told, notes = describe_segments_of(fields, columns, k=4)
    association, is_redundant, reason = told["spent"]
    assert association > 0.98
    assert is_redundant
    assert reason.startswith("cut at ")
    assert told["member"][0] < 0.2
    (note,) = notes
    assert note.endswith(f"cutting it at {reason.partition('cut at ')[2].partition(', midway')[0]} gives them")


def test_segments_between_two_columns_duplicate_neither(describe_segments_of, rng):
    corner = rng.integers(0, 4, 400)
    columns = {"x": (corner % 2) * 10 + rng.normal(0, 1, 400), "y": (corner // 2) * 10 + rng.normal(0, 1, 400)}
    told, notes = describe_segments_of(["x: Series[float] = numeric()", "y: Series[float] = numeric()"], columns, k=4)
    assert notes == []
    assert [told[name][0] for name in ("x", "y")] == pytest.approx([(1 / 3) ** 0.5] * 2, abs=0.03)
    assert not told["x"][1]


def test_list_of_single_items_is_a_category(describe_segments_of, rng):
    columns = {"age": rng.integers(18, 80, 300), "bought": PLACES[:3][rng.integers(0, 3, 300)]}
    fields = ["age: Series[int] = numeric(weight=0.1)", "bought: Series[list] = items()"]
    told, notes = describe_segments_of(fields, columns, k=3)
    assert notes == [
        "these segments duplicate your bought column (association 1.00): a plain GROUP BY bought gives them"
    ]
    assert told["bought"][2].startswith("by its 3 values, of which each customer has at most one: ")


def test_item_that_predicts_segments_is_named(describe_segments_of, rng):
    has_wine = rng.random(300) < 0.4
    baskets = [f'"{"wine; " if wine else ""}tea{"; milk" if rng.random() < 0.02 else ""}"' for wine in has_wine]
    columns = {"age": rng.integers(18, 80, 300), "bought": baskets}
    fields = ["age: Series[int] = numeric(weight=0.1)", "bought: Series[list] = items(separator=';')"]
    _, notes = describe_segments_of(fields, columns, k=2)
    assert notes == ["these segments duplicate your bought column (association 1.00): whether it holds wine gives them"]


def test_one_segment_has_no_association(describe_segments_of):
    fields = ["age: Series[int] = numeric()", "location: Series[str] = category()"]
    told, notes = describe_segments_of(fields, {"age": [30] * 9, "location": ["Ohio"] * 9}, k=None)
    reason = "there is one segment, so there is nothing to predict"
    assert told == {"age": (None, False, reason), "location": (None, False, reason)}
    assert notes == []


def test_sampled_numbers_give_similar_associations(describe_segments_of, rng, monkeypatch):
    columns = {"age": rng.integers(18, 80, 3_000), "location": PLACES[rng.integers(0, 3, 3_000)]}
    fields = ["age: Series[int] = numeric()", "location: Series[str] = category()"]
    whole, _ = describe_segments_of(fields, columns, k=4)
    monkeypatch.setattr(column_associations, "_CUSTOMERS_SAMPLED", 600)
    sampled, _ = describe_segments_of(fields, columns, k=4)
    assert sampled["age"][0] == pytest.approx(whole["age"][0], abs=0.05)
    assert sampled["age"] != whole["age"]
    assert sampled["location"] == whole["location"]
