"""Tell from the words of a header alone, never from its cells, what a column is about."""

import re
import unicodedata

#: Words of a header that may name a key; a longer one is a sentence.
_MAX_KEY_WORDS = 4

#: Letters that Unicode does not take apart.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
                          "đ": "d", "ð": "d", "þ": "th", "&": " and ", "%": " percent ", "#": " number "})  # fmt: skip
_LONGEST_NAME = 60

#: Compounds in one case, CLIENTNUM or Hausnummer, are taken apart where all their parts are known.
_COMPOUND = re.compile(
    r"(account|address|card|client|contact|customer|employee|invoice|member|order|phone|policy|postal|product|user|"
    r"first|last|geburts|handy|haus|kunden|mobil|rechnungs|telefon|vertrags)(first|last)?"
    r"(code|date|datum|id|line|name|nbr|no|nr|num|number|nummer|segment)"
)

_BARE_KEYS = frozenset({"id", "ids", "uuid", "guid", "key", "pk"})
_ROW_KEYS = frozenset({"row", "rowid", "index", "idx"})
_ID_WORDS = _BARE_KEYS | {"rowid", "index", "idx"}
_THING_NUMBERS = frozenset({"no", "nr", "nbr", "num", "number", "nummer", "ref", "reference"})
_NUMBER_WORDS = _THING_NUMBERS | {"numero"}
_COUNTS = frozenset({"num", "number", "count", "total", "nb", "n", "anzahl"})
_CUSTOMERS = frozenset(
    {"customer", "cust", "client", "cliente", "kunde", "kunden", "kd", "user", "member", "household", "person",
     "subscriber", "buyer", "shopper", "loyalty", "visitor", "crm"}
)  # fmt: skip
_CUSTOMER_WORDS = _CUSTOMERS | {"account", "card"}
_BOUGHT = frozenset(
    {"purchases", "products", "items", "basket", "baskets", "cart", "skus", "articles", "bought", "list", "wishlist"}
)  # fmt: skip
_LIKED = frozenset({"tags", "categories", "interests", "hobbies", "services", "genres", "brands"})
_HOW_OFTEN = frozenset({"frequency", "freq", "number", "num", "count", "total", "n", "nb"})
_CODES = frozenset(
    {"code", "type", "class", "kind", "category", "cat", "group", "status", "region", "channel", "zone", "area",
     "segment", "cluster", "branch", "store", "shop", "plan", "gender", "sex", "marital", "marriage", "education",
     "department", "dept", "sector", "team", "model", "weekday", "zip", "zipcode", "postcode", "postal", "plz",
     "district", "county", "country", "state", "city", "occupation", "job", "product", "brand", "color", "colour",
     "cohort", "tier", "franchise", "agency", "ward", "agent", "company", "seller", "vendor", "browser", "filiale",
     "via"}
)  # fmt: skip
_POSTCODES = frozenset({"zip", "zipcode", "postcode", "postal", "plz", "postleitzahl", "pin", "pincode", "cep"})
_MONTHS = frozenset({"month", "monat", "mois", "mes", "mese", "maand"})
_BETWEEN = frozenset({"of", "to", "from", "per", "in", "at", "on", "by", "since", "for"})
_NAMELESS = re.compile(r"unnamed: ?\d+", re.IGNORECASE)


def snake_case(header: str) -> str:
    """Return the words of a header in small ASCII letters, joined by underscores; empty if it has none."""
    text = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", header)
    text = to_ascii(text if re.search(r"\w", text) else header)
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    text = re.sub(r"([A-Z])([A-Z][a-z])", r"\1_\2", text)
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:_LONGEST_NAME].strip("_")


def to_ascii(text: str) -> str:
    """Return a text in ASCII letters, without accents; what has none is a question mark."""
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(mark for mark in apart if not unicodedata.combining(mark)).encode("ascii", "replace").decode()


def unit_of(header: str) -> str | None:
    """Return the unit that a header ends in, as in ``Annual Income (k$)``."""
    found = re.search(r"[(\[]([^()\[\]]{1,12})[)\]]\s*$", header)
    return found[1].strip() if found and found[1].strip() and not re.search(r"\d", found[1]) else None


def word_list(header: str | None) -> list[str]:
    """Return the words of a header in their order, in small letters, without digits at their ends."""
    words: list[str] = []
    for word in snake_case(header or "").split("_"):
        stem = word.rstrip("0123456789")
        found = _COMPOUND.fullmatch(stem)
        words += [part for part in found.groups() if part] if found else [stem] if stem else []
    return words


def words_of(header: str | None) -> frozenset[str]:
    """Return the words of a header, in small letters."""
    return frozenset(word_list(header))


def is_nameless(header: str | None) -> bool:
    """Return whether a program generated a header, as pandas does for an index: ``Unnamed: 0``."""
    return _NAMELESS.fullmatch(header or "") is not None


def is_named_like_identifier(header: str | None) -> bool:
    """Return whether a header names a key: ``CUST_ID``, ``Customer No.``, ``id``."""
    words = words_of(header)
    if len(words) > _MAX_KEY_WORDS:
        return False
    is_customers = bool(words & _CUSTOMER_WORDS)
    is_code = "code" in words and words <= _CUSTOMER_WORDS | {"code"}  # a customer has other codes too
    return bool(words & _ID_WORDS) or (is_customers and (is_code or bool(words & _NUMBER_WORDS)))


def is_named_like_customer(header: str | None) -> bool:
    """Return whether a header speaks of the customer: ``customerID``, ``LYLTY_CARD_NBR``."""
    return bool(words_of(header) & _CUSTOMER_WORDS)


def is_named_like_account(header: str | None) -> bool:
    """Return whether a header speaks of what a customer may have several of: ``card_number``."""
    return is_named_like_customer(header) and not words_of(header) & _CUSTOMERS


def is_named_customer(header: str | None) -> bool:
    """Return whether a header is the word for a customer and no more: ``Kunde``."""
    return set() < words_of(header) <= _CUSTOMERS


def is_bare_key(header: str | None) -> bool:
    """Return whether a header names a key and not whose: ``ID``."""
    return set() < words_of(header) <= _BARE_KEYS


def is_named_like_row(header: str | None) -> bool:
    """Return whether a header numbers the rows: ``Index``, ``Row ID``."""
    return bool(words_of(header) & _ROW_KEYS)


def is_named_like_count(header: str | None) -> bool:
    """Return whether a header says how many there are of something: ``NumStorePurchases``, ``No. of visits``."""
    words = word_list(header)
    if len(words) < 2 or set(words[1:]) <= _CUSTOMER_WORDS:  # num_client is the number that a client has
        return False
    return words[0] in _COUNTS or words[:2] == ["no", "of"]


def is_named_like_number_of(header: str | None) -> bool:
    """Return whether a header ends in a word for a number that identifies; a week's number says when, as a day does."""
    words = word_list(header)
    if not words or words[-1] not in _THING_NUMBERS or "of" in words or words[-2:-1] == ["week"]:
        return False
    # orders number: of how many
    return len(words) == 1 or words[-1] in ("nr", "nummer", "ref", "reference") or not re.search("[^s]s$", words[-2])


def is_named_like_code(header: str | None) -> bool:
    """Return whether what a header names stands for something else: ``Region_Code``, not ``distance to store``."""
    words = word_list(header)
    while len(words) > 1 and words[-1] in {"no", "nr", "nbr", "number", "id"}:
        words.pop()
    end = next((index for index, word in enumerate(words) if word in _BETWEEN and index), len(words))
    return bool(words) and words[end - 1] in _CODES and not is_named_like_count(header)


def is_named_like_month(header: str | None) -> bool:
    """Return whether a header names a month of the year: ``Card Exp Month``, not ``visits per month``."""
    words = word_list(header)
    return bool(words) and words[-1] in _MONTHS and not words_of(header) & _BETWEEN


def is_named_like_postcode(header: str | None) -> bool:
    """Return whether a header names a postal code: ``Customer Zip Code``, ``CEP``."""
    return bool(words_of(header) & _POSTCODES)


def is_named_like_list(header: str | None) -> bool:
    """Return whether a header names several items: ``Purchase History``, ``products``; how many is not a list."""
    words = words_of(header)
    is_list = bool(words & (_BOUGHT | _LIKED)) or {"purchase", "history"} <= words
    return is_list and not words & _HOW_OFTEN


def is_named_list_of_bought(header: str | None) -> bool:
    """Return whether what a header names is what a customer bought: ``Past Purchases``, not ``bought_milk``."""
    words = word_list(header)
    if words[-1:] == ["purchased"]:
        words.pop()
    return is_named_like_list(header) and (words[-1] in _BOUGHT or words[-2:] == ["purchase", "history"])


def is_named_list_of_liked(header: str | None) -> bool:
    """Return whether what a header names is of several kinds: ``hobbies``, ``favorite_categories``."""
    return is_named_like_list(header) and word_list(header)[-1] in _LIKED
