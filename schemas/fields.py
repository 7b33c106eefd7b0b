"""The kinds of column that a schema can declare: thin wrappers around ``pandera.Field``.

Every kind takes pandera's own arguments (``ge``, ``le``, ``isin``, ``nullable``, ``alias``,
``description``, ...) besides its own. What is ours travels in the field's metadata, so that the
encoding, the tables and the data dictionary are derived from this one declaration.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal

import pandera.pandas as pa

from schemas.errors import SchemaError
from schemas.missing_words import MISSING_WORDS

METADATA_KEY = "segments"


class Role(StrEnum):
    """What a column is for."""

    IDENTIFIER = "identifier"
    NUMERIC = "numeric"
    CATEGORY = "category"
    FLAG = "flag"
    ITEMS = "items"
    IGNORED = "ignored"


#: How a missing value is treated: the row is rejected, the median or the most frequent value is imputed, missing is a
#: category of its own, or a flag that is not set.
MissingRule = Literal["reject", "median", "most_frequent", "category", "no"]

#: The category of the missing values, with the rule "category".
MISSING_CATEGORY = "(missing)"

#: The value of the one feature of all infrequent categories of a column.
OTHER_VALUES = "(other)"

#: What the customers count as who have no item in a list, and those whose value the model does not know.
NO_ITEMS, UNKNOWN_VALUES = "(none)", "(unknown)"

#: The first is the default of a nullable field.
_MISSING_RULES: dict[Role, tuple[MissingRule, ...]] = {
    Role.NUMERIC: ("median", "most_frequent"),
    Role.CATEGORY: ("category", "most_frequent"),
    Role.FLAG: ("most_frequent", "no"),
}


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
        strip: texts removed from either end of a number, such as ``$``.
        sentinels: texts that mean a missing value, such as ``999``, in any case.
        zero: texts that mean 0, such as the ``-`` of accounts.
        units: texts after a number and what they multiply it by, a power of ten: ``("K", 1_000)``.
        missing: how a missing value is treated.
        separator: the character or HTML entity between the items of a list within one field; None finds it.
        case_sensitive: whether spellings that differ by case alone are different values.
        keep: which of several rows with one identifier is kept, ``"first"`` or ``"last"``.
        min_frequency: share of the customers below which categories are infrequent; they share one feature,
            ``(other)``. The table customers keeps them as delivered. 0 gives each category a feature.
        profile: whether segments are compared by an ignored column, too.
    """

    role: Role
    weight: float = 1.0
    log: bool = False
    clip: tuple[float, float] | None = None
    unit: str | None = None
    strip: tuple[str, ...] = ()
    sentinels: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()
    units: tuple[tuple[str, int], ...] = ()
    missing: MissingRule = "reject"
    separator: str | None = None
    case_sensitive: bool = False
    keep: Literal["first", "last"] = "first"
    min_frequency: float = 0.001
    profile: bool = False


def identifier(
    *,
    keep: Literal["first", "last"] = "first",
    sentinels: str | Sequence[str] = MISSING_WORDS,
    **pandera_arguments: Any,
) -> Any:
    """Declare the customer's own key: unique, never a feature; ``keep`` says which of two rows stays."""
    if keep not in ("first", "last"):
        raise SchemaError(f"keep={keep!r} should be 'first' or 'last'")
    return _field(FieldSettings(Role.IDENTIFIER, sentinels=_texts(sentinels), keep=keep), pandera_arguments)


def numeric(
    *,
    weight: float = 1.0,
    log: bool = False,
    clip: tuple[float, float] | None = None,
    unit: str | None = None,
    strip: str | Sequence[str] = (),
    sentinels: str | Sequence[str] = (),
    zero: str | Sequence[str] = (),
    units: Mapping[str, int] | None = None,
    missing: MissingRule | None = None,
    **pandera_arguments: Any,
) -> Any:
    """Declare a number; it is standardized for the fit (see ``FieldSettings`` for the rest)."""
    settings = FieldSettings(
        Role.NUMERIC, weight, log, clip, unit, _texts(strip), _texts(sentinels), _texts(zero), _powers(units or {})
    )
    return _field(settings, pandera_arguments, missing)


def category(
    *,
    weight: float = 1.0,
    sentinels: str | Sequence[str] = (),
    missing: MissingRule | None = None,
    case_sensitive: bool = False,
    min_frequency: float = FieldSettings.min_frequency,
    **pandera_arguments: Any,
) -> Any:
    """Declare a word out of a list, such as a state; one binary feature per value, infrequent ones together."""
    settings = FieldSettings(
        Role.CATEGORY,
        weight,
        sentinels=_texts(sentinels),
        case_sensitive=case_sensitive,
        min_frequency=_share(min_frequency),
    )
    return _field(settings, pandera_arguments, missing)


def flag(
    *,
    weight: float = 1.0,
    sentinels: str | Sequence[str] = (),
    missing: MissingRule | None = None,
    **pandera_arguments: Any,
) -> Any:
    """Declare a yes or no, in words of ``schemas.yes_no`` and any case; ``missing="no"`` where a blank means no."""
    return _field(FieldSettings(Role.FLAG, weight, sentinels=_texts(sentinels)), pandera_arguments, missing)


def items(
    *,
    weight: float = 1.0,
    separator: str | None = None,
    case_sensitive: bool = False,
    min_frequency: float = FieldSettings.min_frequency,
    **pandera_arguments: Any,
) -> Any:
    """Declare a list of items, such as products bought; one binary feature per item, infrequent ones together.

    Checks among the arguments apply to each item of the list.
    """
    if separator is not None and not re.fullmatch(r"[^\r\0]|&#?\w+;", separator):
        raise SchemaError(f"separator={separator!r} should be one character, such as ';' or the line end '\\n'")
    settings = FieldSettings(
        Role.ITEMS,
        weight,
        separator=separator,
        case_sensitive=case_sensitive,
        min_frequency=_share(min_frequency),
    )
    return _field(settings, pandera_arguments)


def ignored(*, profile: bool = False, **pandera_arguments: Any) -> Any:
    """Declare a column that is kept with the customer and is never a feature; ``profile`` compares segments by it."""
    pandera_arguments.setdefault("nullable", True)
    return _field(FieldSettings(Role.IGNORED, profile=profile), pandera_arguments)


def _texts(given: str | Sequence[str]) -> tuple[str, ...]:
    texts = (given,) if isinstance(given, str) else tuple(given)
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise SchemaError(f"{given!r} should be non-empty texts, such as '999' in quotes")
    return texts


def _powers(units: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    _texts(list(units))
    for unit, factor in units.items():
        if not isinstance(factor, int) or not re.fullmatch("10+", str(factor)):
            raise SchemaError(f"units={{{unit!r}: {factor!r}}} should be 10, 100, 1_000 or another power of ten")
    return tuple(units.items())


def _share(min_frequency: float) -> float:
    if not isinstance(min_frequency, int | float) or not 0 <= min_frequency < 1:
        raise SchemaError(f"min_frequency={min_frequency!r} should be a share of the customers, from 0 to below 1")
    return float(min_frequency)


def _field(settings: FieldSettings, pandera_arguments: dict[str, Any], missing: MissingRule | None = None) -> Any:
    if not settings.weight > 0:
        raise SchemaError(f"weight={settings.weight} should be above 0; use ignored() to leave a column out")
    if settings.clip is not None and not settings.clip[0] < settings.clip[1]:
        raise SchemaError(f"clip={settings.clip} should be (lowest, highest)")
    rule = _missing_rule(settings.role, missing, is_nullable=bool(pandera_arguments.get("nullable")))
    if settings.role in _MISSING_RULES:
        pandera_arguments["nullable"] = rule != "reject"
    settings = replace(settings, missing=rule)
    metadata = {**(pandera_arguments.pop("metadata", None) or {}), METADATA_KEY: settings}
    return pa.Field(metadata=metadata, **pandera_arguments)


def _missing_rule(role: Role, missing: MissingRule | None, *, is_nullable: bool) -> MissingRule:
    """Return the declared rule for missing values, else the default by whether the field is nullable."""
    allowed = _MISSING_RULES.get(role, ())
    if missing is None:
        return allowed[0] if is_nullable and allowed else "reject"
    if missing != "reject" and missing not in allowed:
        raise SchemaError(f"missing={missing!r} should be one of reject, {', '.join(allowed)} in {role.value}()")
    return missing
