"""Plain columns, or columns and a list that runs on into more fields."""

import pytest

from schemas.errors import DataRefused
from tasks.draft.file.head import find_head
from tasks.draft.file.shape import Shape, find_shape


def shape_of(text):
    records = [tuple(field.strip() for field in line.split(",")) for line in text.strip().splitlines()]
    return find_shape(records, find_head(records), "x.csv")


SEED = "Age,Location,Bought\n25,Ohio,apples\n30,Texas,apples,juice\n40,Utah,steak,apples\n50,Iowa,juice,steak"


def test_last_list_takes_surplus_fields():
    assert shape_of(SEED) == Shape(("Age", "Location", "Bought"), 3, 2)


def test_list_in_the_middle_leaves_later_columns():
    lists = ["tea,milk", "milk,jam,tea", "jam,milk", "tea,jam,milk", "jam,tea,milk", "milk,tea,jam", "tea"]
    rows = [f"{20 + n},{things},{['Ohio', 'Utah'][n % 2]}" for n, things in enumerate(lists)]
    assert shape_of("\n".join(["Age,Stuff,Location", *rows])) == Shape(("Age", "Stuff", "Location"), 3, 1)


def test_ragged_records_of_words_are_one_list():
    assert shape_of("tea,milk\nmilk\njam,tea,milk\nmilk,jam\ntea") == Shape(None, 1, 0)


def test_columns_before_a_ragged_list_stay_columns():
    text = "T1,tea,milk\nT2,milk\nT3,jam,tea,milk\nT4,milk,jam\nT5,tea"
    assert shape_of(text) == Shape(None, 2, 1)


def test_stray_comma_is_not_a_list():
    rows = "\n".join(f"{n},York,{n % 7}" for n in range(200))
    assert shape_of(f"id,town,n\n{rows}\n500,York,the,3") == Shape(("id", "town", "n"), 3)


def test_surplus_numbers_are_not_a_list():
    with pytest.raises(DataRefused, match=r"x\.csv: the first records hold 3 to 5 fields and the header names 2"):
        shape_of("a,b\n1,2,3\n4,5,6,7\n7,8,9,1,2")


def test_merged_header_of_two_lines_is_refused():
    with pytest.raises(DataRefused, match=r"header 'a_ge' occurs twice, in columns 1 and 3.* fills two lines"):
        shape_of("Online,,Store\nAge,n,a_ge" + "\n1,2,3" * 9)


@pytest.mark.parametrize("title", ["", "Customers\n"])
def test_header_may_occur_twice(title):
    assert shape_of(f"{title}Age,n,a_ge\n1,2,3\n3,4,5") == Shape(("Age", "n", "a_ge"), 3)


def test_trailing_delimiter_is_not_a_column():
    rows = "\n".join(f"{n},York," for n in range(20))
    assert shape_of(f"id,town\n{rows}\n20,Leeds") == Shape(("id", "town"), 2, closes_records=True)
