"""The kinds of column a customers file can have: thin wrappers of ``pandera.Field``.

Every kind takes pandera's own arguments (``ge``, ``le``, ``isin``, ``nullable``, ``alias``,
``description``, ...) besides its own. What is ours travels in the field's metadata, so that the
encoding, the tables and the data dictionary are derived from this one declaration.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandera.pandas as pa

from schemas.errors import SchemaError

METADATA_KEY = "segments"


class Role(StrEnum):
    """What a column is for."""

    IDENTIFIER = "identifier"
    NUMERIC = "numeric"
    CATEGORY = "category"
    FLAG = "flag"
    ITEMS = "items"
    IGNORED = "ignored"


@dataclass(frozen=True)
class FieldSettings:
    """What a field kind adds to pandera's own declaration.

    Attributes:
        role: what the column is for.
        weight: factor on the encoded column; 2 makes a difference count twice as far.
        log: encode the logarithm, sign(x) * log(1 + |x|), for skewed amounts.
        clip: lowest and highest value used in the encoding, in the column's unit; the stored
            value stays as delivered.
        unit: the unit of the values, for people.
    """

    role: Role
    weight: float = 1.0
    log: bool = False
    clip: tuple[float, float] | None = None
    unit: str | None = None


def identifier(**pandera_arguments: Any) -> Any:
    """Declare the customer's own key: unique, never a feature."""
    return _field(FieldSettings(Role.IDENTIFIER), pandera_arguments)


def numeric(
    *,
    weight: float = 1.0,
    log: bool = False,
    clip: tuple[float, float] | None = None,
    unit: str | None = None,
    **pandera_arguments: Any,
) -> Any:
    """Declare a number; it is standardised for the fit (see ``FieldSettings`` for the rest)."""
    return _field(FieldSettings(Role.NUMERIC, weight, log, clip, unit), pandera_arguments)


def category(*, weight: float = 1.0, **pandera_arguments: Any) -> Any:
    """Declare a word out of a list, such as a state; one 0/1 feature a value."""
    return _field(FieldSettings(Role.CATEGORY, weight), pandera_arguments)


def flag(*, weight: float = 1.0, **pandera_arguments: Any) -> Any:
    """Declare a yes or no: 1/0, yes/no, true/false, y/n or t/f, in any case."""
    return _field(FieldSettings(Role.FLAG, weight), pandera_arguments)


def items(*, weight: float = 1.0, **pandera_arguments: Any) -> Any:
    """Declare a list of things, such as products bought; one 0/1 feature a thing.

    Checks among the arguments hold for each thing in the list.
    """
    return _field(FieldSettings(Role.ITEMS, weight), pandera_arguments)


def ignored(**pandera_arguments: Any) -> Any:
    """Declare a column that is kept beside the customer and never a feature."""
    pandera_arguments.setdefault("nullable", True)
    return _field(FieldSettings(Role.IGNORED), pandera_arguments)


def _field(settings: FieldSettings, pandera_arguments: dict[str, Any]) -> Any:
    if not settings.weight > 0:
        raise SchemaError(f"weight={settings.weight} should be above 0; use ignored() to leave a column out")
    if settings.clip is not None and not settings.clip[0] < settings.clip[1]:
        raise SchemaError(f"clip={settings.clip} should be (lowest, highest)")
    metadata = {**(pandera_arguments.pop("metadata", None) or {}), METADATA_KEY: settings}
    return pa.Field(metadata=metadata, **pandera_arguments)
