"""How people write numbers: the characters, signs and groups that can mean one thing only, for SQL and Python alike."""

import re
from collections.abc import Collection

_BLANKS = "\t\n\x0b\x0c\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_IGNORED = "\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_DIGITS = "".join(chr(zero + digit) for zero in (0xFF10, 0x0660, 0x06F0) for digit in range(10))
_PAIRS = {
    "\uff0e\uff0c\u066b\u066c": ".,.,",
    "\uff0b\u2212\u2013\ufe63\uff0d": "+----",
    "\u2019\u2018\u02bc\u2032\u00b4": "'" * 5,
    "\uff05\u066a\uffe5\uff04\uffe1\uff08\uff09": "%%\u00a5$\u00a3()",
    _DIGITS: "0123456789" * 3,
    _BLANKS: " " * len(_BLANKS),
}

#: Characters that are read as others, and these others; those beyond them are left out.
OTHER_CHARACTERS, CHARACTERS = "".join(_PAIRS) + _IGNORED, "".join(_PAIRS.values())

_TABLE = str.maketrans(OTHER_CHARACTERS[: len(CHARACTERS)], CHARACTERS, _IGNORED)

#: A number as SQL and most programs write it, for which nothing needs to be done but to tell its marks.
SIMPLE_NUMBER = r"[+-]?(?:[0-9][0-9.,]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"

#: Marks between groups of three digits that can be nothing else.
GROUPING = " '_"

#: Groups of two digits before the last three: 12,34,567.
INDIAN = r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}"

#: Suffix of a number -> the zeros that it stands for.
SUFFIXES = {"k": 3, "m": 6, "mn": 6, "mio": 6, "bn": 9, "mrd": 9, "lakh": 5, "cr": 7, "crore": 7, "万": 4, "億": 8}

#: Sign of a currency -> its code, which stands for the same unit.
CURRENCY_CODES = {
    **{"$": "usd", "us$": "usd", "a$": "aud", "c$": "cad", "nz$": "nzd", "hk$": "hkd", "r$": "brl"},
    **{"€": "eur", "£": "gbp", "¥": "jpy", "円": "jpy", "元": "cny", "₹": "inr", "rs": "inr", "rs.": "inr"},
    **{"₽": "rub", "₩": "krw", "₺": "try", "zł": "pln", "kč": "czk", "kr.": "kr", "fr": "chf", "fr.": "chf"},
}

#: Marks of accounts beside a number, which take the place of its sign.
BOOKED = frozenset({"dr", "cr", "debit", "credit", "soll", "haben"})

#: A cell of a spreadsheet that was too narrow for its number.
TOO_NARROW = r"##+"

#: Errors of spreadsheets in place of a number.
_LOST = r"#(?:#+|(?:DIV/0|REF|NUM|NULL|VALUE)!|NAME\?)"

#: Text that is no number -> what to do about it.
_REASONS = {
    TOO_NARROW: "a spreadsheet's column was too narrow and the number is lost: widen the column and export again",
    _LOST: "it is an error of a spreadsheet in place of a number: mend the formula and export again",
    r"--?": "zero='-' in the schema reads it as 0, sentinels='-' as missing",
}

_UNKNOWN_SIGN = r"[^\W\d_]{1,8}\.?|[^\w\s()+.,'#/:;-]{1,3}"


def as_ascii(text: str) -> str:
    """Return a text with the digits, signs, blanks and apostrophes of ASCII in place of others."""
    return text.translate(_TABLE)


def number_pattern(mark: str | None = None) -> str:
    """Return the pattern of a number without its sign: groups of digits, a decimal mark, an exponent.

    Args:
        mark: another mark between groups than those of ``GROUPING``, a point or a comma.
    """
    own = "" if mark is None or mark in f"{GROUPING}.," else re.escape(mark)
    groups = rf"[1-9][0-9]{{0,2}}(?:[{GROUPING}.,{own}][0-9]{{3}})+|{INDIAN}"
    return rf"(?:{groups}|[0-9]+)?(?:[.,][0-9]*)?(?:[eE][+-]?[0-9]{{1,4}})?"


def amount_pattern(before: str, after: str, mark: str | None = None) -> str:
    """Return the pattern of a number with signs around it; brackets or a minus behind it are a minus.

    Its groups: sign, text before, sign, number, text after, sign, text after.

    Args:
        before: pattern of what may stand before the number, such as a currency.
        after: pattern of what may stand after it.
        mark: another mark between groups of digits than the usual ones.
    """
    number, after = number_pattern(mark), f"((?:{after})?)"
    start = rf"^ *([(+-]?) *((?:{before})?) *([(+-]?)"
    return rf"{start} *({number}) *{after} *(?:([)-]) *{after})? *$"


def is_lost(text: str) -> bool:
    """Return whether a text is what a spreadsheet shows in place of a number that is lost."""
    return re.fullmatch(_LOST, text) is not None


def why_unread(text: str, strip: Collection[str] = ()) -> str | None:
    """Return what to do about a text that is no number though it resembles one; None where nothing is known.

    Args:
        text: the text as it was delivered.
        strip: the texts that are taken off already.
    """
    plain = as_ascii(text)
    found = next((why for pattern, why in _REASONS.items() if re.fullmatch(pattern, plain)), None)
    sign = re.fullmatch(amount_pattern(_UNKNOWN_SIGN, _UNKNOWN_SIGN), plain)
    if found or not sign or not sign[4]:
        return found
    known = {as_ascii(one).strip().lower() for one in strip}
    signs = [sign[group] for group in (2, 5, 7) if sign[group] and sign[group].lower() not in known]
    if signs and signs[0].lower() in BOOKED:
        return f"{signs[0]!r} marks a debit or a credit: deliver the number with a sign"
    if signs:
        return f"strip={signs[0]!r} in the schema takes {signs[0]!r} off"
    if not re.search("[.,]", plain):
        return None
    return "its points and commas are not those of the other numbers, or of decimal= and thousands= in the schema"
