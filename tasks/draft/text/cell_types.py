"""The type of a cell: a number, a date, an address, a word; Python and DuckDB use the same patterns."""

import re
from functools import lru_cache

from schemas.missing_words import MISSING_WORDS
from schemas.written_numbers import BOOKED, SIMPLE_NUMBER, TOO_NARROW, amount_pattern, as_ascii, number_pattern

_MONTH = (
    r"(?:jan(?:uary|uar|vier|v)?|feb(?:ruary|ruar)?|f[eé]vr?(?:ier)?|m[aä]r(?:ch|z|s)?|apr(?:il)?|avr(?:il)?|ma[iy]|"
    r"jun[ei]?|juin|jul[iy]?|juil(?:let)?|aug(?:ust)?|ao[uû]t|sept?(?:emb(?:er|re))?|o[ck]t(?:ob(?:er|re))?|"
    r"nov(?:emb(?:er|re))?|de[cz](?:emb(?:er|re))?|d[eé]c(?:embre)?|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\.?"
)
_WEEKDAY = (
    r"(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?|mo|di|mi|do|fr|sa|so|"
    r"(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
)
_ZONE = r"(?: ?z| ?(?:utc|gmt)| ?[+-]\d{2}(?::?\d{2})?)"
_CLOCK = rf"\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?{_ZONE}?"
_ORACLE_CLOCK = r"\d{1,2}\.\d{2}\.\d{2}(?:\.\d+)? [ap]m"
_YEAR = r"(?:\d{4}|\d{2})"
_DAY = (
    rf"(?:\d{{4}}[-/.] ?\d{{1,2}}[-/.] ?\d{{1,2}}\.?|\d{{1,2}}[-/.] ?\d{{1,2}}[-/.] ?{_YEAR}"
    rf"|\d{{1,2}}\.?[-/ ]?{_MONTH}[-/ ,]{{0,2}}{_YEAR}|\d{{1,2}}\.?[- ]{_MONTH}"
    rf"|{_MONTH} ?[- ]\d{{1,2}},? \d{{4}}|{_MONTH}[-/ ,]{{1,2}}{_YEAR}"
    r"|\d{4}[-/]\d{1,2}|\d{4}年\d{1,2}月(?:\d{1,2}日)?)"
)

#: Weeks, quarters, days without a year, and how long something lasts.
_PERIOD = (
    r"\d{4}[- ]?w\d{1,2}(?:-\d)?|\d{4}[- /]?q[1-4]|q[1-4][- /]\d{4}"
    r"|(?:0[1-9]|1[0-2])/(?:[0-2]\d|3[01])|(?:[0-2]\d|3[01])/(?:0[1-9]|1[0-2])"
    r"|pt(?:\d+(?:\.\d+)?[hms]){1,3}|p(?:\d+[ymwd]){1,3}t(?:\d+[hms]){1,3}"
)

#: Type of a cell -> its pattern, matched against a whole text without regard to case, the first that matches.
_TYPES = {
    "instant": (
        rf"(?:(?:{_WEEKDAY})\.?,? )?{_DAY}(?:[t ,]{{1,2}}(?:{_CLOCK}|{_ORACLE_CLOCK}))?|{_CLOCK}|{_PERIOD}"
        rf"|(?:{_WEEKDAY}) {_MONTH} {{1,2}}\d{{1,2}} {_CLOCK} \d{{4}}|(?:19|20)\d{{6}}t\d{{4}}(?:\d{{2}})?{_ZONE}?"
    ),
    "link": r"(?:https?|ftp)://\S+|www\.\S+\.\S+",
    "mail": r"[^\s@]+@[^\s@]+\.[a-z]{2,}",
    "uuid": r"\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?",
    "phone": (
        r"(?:\+|00)\d{1,3}[ \d()./-]{6,18}|\(\d{2,5}\) ?\d[ \d./-]{4,12}"
        r"|\d{3}[-. ]\d{3}[-. ]\d{4}|0\d{2,4}[-/ ]\d[ \d-]{5,10}"
    ),
}

#: A number in any way of writing it: groups of three digits, a decimal mark, an exponent.
_NUMBER = rf"[+-]?{number_pattern()}"

_UNITS = (
    "y|yr|yrs|years?|months?|mo|weeks?|days?|d|h|hrs?|hours?|min|mins|minutes?|s|sec|secs|seconds?|k|kg|g|mg|lbs?|oz|"
    "km|m|cm|mm|mi|miles?|ft|in|l|ml|pts?|points?|pcs|x|°c|°f|jahre|ans|años|mn|mio|bn|mrd|lakh|crore|万|億|"
    + "|".join(sorted(BOOKED))
)
_CURRENCIES = (
    r"[$€£¥₹₽₩₺₪฿₫]|(?:us|a|c|nz|hk)\$|usd|eur|gbp|chf|jpy|inr|cad|aud|sek|nok|dkk|pln|brl|mxn|r\$|rs\.?"
    r"|kr\.?|zł|kč|[円元원]|fr\.?"
)

#: What may stand before a number, and what after it.
SIGNS = (_CURRENCIES, f"{_CURRENCIES}|%|‰|{_UNITS}")

_AMOUNT = amount_pattern(*SIGNS)

#: The same for DuckDB.
PATTERNS: dict[str, object] = {
    **_TYPES,
    "number": _NUMBER,
    "simple": SIMPLE_NUMBER,
    "too_narrow": TOO_NARROW,
    "missing_words": sorted(MISSING_WORDS),
}

_COMPILED = {
    name: re.compile(pattern, re.IGNORECASE | re.ASCII)
    for name, pattern in {**_TYPES, "number": _NUMBER, "amount": _AMOUNT}.items()
}


@lru_cache(maxsize=1 << 16)
def cell_type_of(text: str) -> str:
    """Return the type of a cell: empty, missing, number, amount, instant, link, mail, uuid, phone, word or text."""
    if not text:
        return "empty"
    if is_missing_word(text):
        return "missing"
    has_digit = re.search(r"[0-9]", text) is not None
    types = ["number"] * has_digit + [*_TYPES]
    found = next((name for name in types if _COMPILED[name].fullmatch(text)), None)
    if found is None and has_digit and _COMPILED["amount"].fullmatch(as_ascii(text)):
        found = "amount"
    return found or ("text" if " " in text else "word")


def is_missing_word(text: str) -> bool:
    """Return whether a text is one that commonly stands for a missing value."""
    return text.lower() in MISSING_WORDS or re.fullmatch(TOO_NARROW, text) is not None
