"""What separates the items of a list, by how many lists hold it and what it makes of them."""

import pytest

from tasks.reading.lists import ListWriting, evident_writing
from warehouse.records import SeparatedLists


def lists(separated, shared=0, total=100):
    return SeparatedLists(lists=total, separated=separated, parts=2 * separated, shared=shared)


@pytest.mark.parametrize(
    ("found", "delimiter", "expected"),
    [
        ({",": lists(60)}, ",", ListWriting(",")),
        ({",": lists(5), "|": lists(60)}, ",", ListWriting("|")),
        ({",": lists(20), "|": lists(60)}, ",", ListWriting(",")),
        ({"|": lists(60), "·": lists(60)}, ",", ListWriting("|")),
        ({"•": lists(60), "\n": lists(60)}, ",", ListWriting("•")),
        ({"•": lists(60)}, ",", ListWriting("•")),
        ({"|": lists(10, shared=10)}, ",", ListWriting("|")),
        ({"|": lists(10, shared=9)}, ",", ListWriting(",")),
        ({";": lists(60), "|": lists(60)}, ",", ListWriting(",")),
        ({",": lists(10), ";": lists(60)}, ";", ListWriting(";")),
        ({",": lists(60), ";": lists(5)}, ";", ListWriting(",", spills=False)),
        ({",": lists(60), ";": lists(6)}, ";", ListWriting(",", spills=True)),
    ],
)
def test_separator_is_evident_or_the_comma(found, delimiter, expected):
    assert evident_writing(found, ",", delimiter) == expected
