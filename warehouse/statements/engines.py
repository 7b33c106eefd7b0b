"""The SQL engines that can score customers, as far as their dialects differ."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from warehouse.statements.quoting import quote_identifier, quote_text


@dataclass(frozen=True)
class Engine:
    """How one engine writes what the others write otherwise.

    Attributes:
        double: name of its 64-bit floating-point type.
        varchar: name of its type of texts.
        name: returns an identifier, quoted.
        text: returns a text literal.
        array: returns an array of numbers.
        element: returns the number at a place of an array, from 0.
        contains: returns whether a list holds a text literal.
        count_different: returns how many different items a list holds.
    """

    double: str
    varchar: str
    name: Callable[[str], str]
    text: Callable[[str], str]
    array: Callable[[Sequence[str]], str]
    element: Callable[[str, int], str]
    contains: Callable[[str, str], str]
    count_different: Callable[[str], str]


def _backticked(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"


def _spark_name(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _folded_name(name: str) -> str:
    """Return a simple name in capitals, as Snowflake folds it when a table is created without quotes."""
    return quote_identifier(name.upper() if re.fullmatch("[a-z_][a-z0-9_]*", name) else name)


def _escaped_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


EngineName = Literal["duckdb", "spark", "snowflake", "bigquery"]

ENGINES: Final[dict[EngineName, Engine]] = {
    "duckdb": Engine(
        double="DOUBLE",
        varchar="VARCHAR",
        name=quote_identifier,
        text=quote_text,
        array=lambda numbers: f"[{', '.join(numbers)}]",
        element=lambda array, place: f"{array}[{place + 1}]",
        contains=lambda items, text: f"list_contains({items}, {text})",
        count_different=lambda items: f"len(list_distinct({items}))",
    ),
    "spark": Engine(
        double="DOUBLE",
        varchar="STRING",
        name=_spark_name,
        text=_escaped_text,
        array=lambda numbers: f"array({', '.join(numbers)})",
        element=lambda array, place: f"{array}[{place}]",
        contains=lambda items, text: f"array_contains({items}, {text})",
        count_different=lambda items: f"size(array_distinct({items}))",
    ),
    "snowflake": Engine(
        double="FLOAT",
        varchar="VARCHAR",
        name=_folded_name,
        text=_escaped_text,
        array=lambda numbers: f"ARRAY_CONSTRUCT({', '.join(numbers)})",
        element=lambda array, place: f"{array}[{place}]::FLOAT",
        contains=lambda items, text: f"ARRAY_CONTAINS({text}::VARIANT, {items})",
        count_different=lambda items: f"ARRAY_SIZE(ARRAY_DISTINCT({items}))",
    ),
    "bigquery": Engine(
        double="FLOAT64",
        varchar="STRING",
        name=_backticked,
        text=_escaped_text,
        array=lambda numbers: f"[{', '.join(numbers)}]",
        element=lambda array, place: f"{array}[OFFSET({place})]",
        contains=lambda items, text: f"{text} IN UNNEST({items})",
        count_different=lambda items: f"(SELECT COUNT(DISTINCT item) FROM UNNEST({items}) AS item)",
    ),
}
