"""Bounds for the numbers of later files: natural limits, such as 0 to 120 for an age, not those of the first file."""

import re
from dataclasses import dataclass

from tasks.draft.text.headers import snake_case, words_of
from warehouse.draft import Numbers

_AGES = frozenset({"age", "ages", "alter", "edad", "idade", "leeftijd"})
_YEARS = frozenset({"year", "yr", "birth", "born", "yob", "jahr", "geburtsjahr", "annee", "ano"})
_SCORES = frozenset({"score", "scores", "percent", "percentage", "pct", "perc", "satisfaction"})
_SHARES = _SCORES | {"share", "rate", "ratio", "probability", "prob", "frequency", "freq", "discount"}
_MONEY = frozenset(
    {"amount", "amounts", "balance", "price", "cost", "costs", "income", "salary", "wage", "revenue", "sales", "spend",
     "spending", "spent", "payment", "payments", "purchases", "purchase", "charges", "charge", "value", "monetary",
     "limit", "advance", "turnover", "fee", "fees", "budget", "total", "usd", "eur", "gbp", "debt", "loan", "cash",
     "deposit", "credit", "profit", "bill", "expenses", "umsatz", "preis", "einkommen", "ventas", "precio", "ingresos",
     "premium", "capital", "renta", "gehalt", "betrag", "montant", "importe"}
)  # fmt: skip
_SIGNED = frozenset(
    {"latitude", "lat", "longitude", "lon", "lng", "profit", "growth", "margin", "temperature", "temp", "balance",
     "change", "difference", "delta", "saldo", "gewinn"}
)  # fmt: skip
_COUNTS = frozenset(
    {"count", "counts", "number", "num", "n", "no", "times", "trx", "freq", "frequency", "days", "months", "years",
     "visits", "orders", "score", "rate", "ratio", "share"}
)  # fmt: skip
#: The words of a count that no number of a thing has: number of transactions, but transaction number.
_SURE_COUNTS = (_COUNTS - {"number", "num", "no", "n", "score"}) | {"recency", "duration", "seconds", "distance"}


@dataclass(frozen=True)
class RangeSettings:
    """Where natural ranges end.

    Attributes:
        years: the first and the last year that a calendar year may be.
        max_age: in years.
        min_score: highest score from which a score ends at 100; one that never gets so far may end at 10.
        skewed: skewness from which the logarithm separates amounts better than the amount itself.
    """

    years: tuple[int, int] = (1900, 2100)
    max_age: int = 120
    min_score: int = 50
    skewed: float = 2.0


_SETTINGS = RangeSettings()


@dataclass(frozen=True)
class Bounds:
    """Lowest and highest value that a file may hold; None where there is no natural bound."""

    low: int | None = None
    high: int | None = None
    reason: str = ""


def natural_bounds(header: str | None, numbers: Numbers) -> Bounds:
    """Return the bounds that a column's name and numbers suggest.

    An amount that is never negative may not become so, unless it is a balance or the like; only ages, scores and
    shares end somewhere.
    """
    stated = _stated(header or "", numbers)
    if stated is not None:
        return stated
    words = words_of(header)
    if numbers.lowest < 0:
        return Bounds()
    if words & _YEARS and _SETTINGS.years[0] <= numbers.lowest <= numbers.highest <= _SETTINGS.years[1]:
        return Bounds(*_SETTINGS.years, "a year")
    if words & _AGES and numbers.mean <= _SETTINGS.max_age and numbers.highest > 1:
        return Bounds(0, _SETTINGS.max_age, "an age in years")
    if numbers.highest <= 1 and numbers.has_fractions and (words & _SHARES or numbers.highest == 1):
        return Bounds(0, 1, "a share")
    if _SETTINGS.min_score <= numbers.highest <= 100 and words & _SCORES:
        return Bounds(0, 100, "a score or a percentage")
    return Bounds() if words & _SIGNED else Bounds(0)


def takes_logarithm(header: str | None, numbers: Numbers, *, has_currency: bool) -> bool:
    """Return whether a column holds amounts of money, a few of them very large."""
    words = words_of(header)
    is_money = has_currency or bool(words & _MONEY and not words & _COUNTS)
    return is_money and is_skewed(numbers)


def is_skewed(numbers: Numbers) -> bool:
    """Return whether a few numbers are far above all others, and none is negative."""
    return numbers.lowest >= 0 and numbers.skewness > _SETTINGS.skewed and numbers.n_different > 10


def is_money(header: str | None) -> bool:
    """Return whether a header speaks of money."""
    return bool(words_of(header) & _MONEY)


def is_measure(header: str | None) -> bool:
    """Return whether a header speaks of money, of an age or of how many there are."""
    return bool(words_of(header) & (_MONEY | _SURE_COUNTS | _AGES))


def is_age(header: str | None) -> bool:
    """Return whether a header speaks of an age."""
    return bool(words_of(header) & _AGES) or snake_case(header or "") in _AGES


def _stated(header: str, numbers: Numbers) -> Bounds | None:
    """Return the bounds that a header states itself, as in ``Spending Score (1-100)``."""
    found = re.search(r"[(\[](\d{1,6}) ?(?:-|to|\.\.) ?(\d{1,6})[)\]]", header)
    if not found:
        return None
    low, high = int(found[1]), int(found[2])
    fits = low <= numbers.lowest and numbers.highest <= high
    return Bounds(low, high, "as its header says") if fits else None
