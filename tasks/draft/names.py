"""Name columns and classes after what a file calls them: identifiers of Python, unique, and never a word in use."""

import keyword
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from schemas.dataset import RESERVED_NAMES, Dataset, normalise_header

#: Names of a schema file that a column or a class must not hide.
_IN_USE = (
    {"Dataset", "Series", "category", "flag", "identifier", "ignored", "items", "numeric"}
    | set(keyword.kwlist)
    | set(dir(Dataset))
    | {"bool", "float", "int", "list", "str"}
)

_LONGEST_NAME = 60

#: Words of a header that may name a key; a longer one is a sentence.
_WORDS_OF_A_KEY = 4

#: Letters that Unicode does not take apart.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
                          "đ": "d", "ð": "d", "þ": "th", "&": " and ", "%": " percent ", "#": " number "})  # fmt: skip

_ID_WORDS = frozenset({"id", "ids", "uuid", "guid", "key", "idx", "index", "rowid", "pk", "kundennummer", "kundennr"})
_NUMBER_WORDS = frozenset({"no", "nr", "num", "number", "code", "nummer", "numero", "ref", "reference"})
_THING_NUMBERS = frozenset({"no", "nr", "nbr", "ref", "reference", "nummer"})
_CUSTOMER_WORDS = frozenset(
    {"customer", "cust", "client", "cliente", "kunde", "kunden", "user", "member", "account", "card", "household",
     "person", "subscriber", "buyer", "shopper", "loyalty", "visitor", "crm"}
)  # fmt: skip
_LIST_WORDS = frozenset(
    {"purchases", "products", "items", "basket", "baskets", "cart", "tags", "categories", "interests", "hobbies",
     "skus", "articles", "bought", "services", "genres", "brands", "list", "wishlist"}
)  # fmt: skip


@dataclass(frozen=True)
class Naming:
    """The name of a column in the schema, and the alias that it needs to be found by its header."""

    name: str
    alias: str | None


def name_columns(
    headers: Sequence[str | None], customer_key: int | None = None, lists: Collection[int] = ()
) -> tuple[Naming, ...]:
    """Return a name for every column: snake_case, unique as the schema counts it.

    Args:
        headers: the headers as delivered; None for a column of a file that has none.
        customer_key: place of the column that is the customer's key, from 0; it is called customer_id.
        lists: places of lists that no header names.
    """
    taken = {normalise_header(header): place for place, header in enumerate(headers) if header}
    namings = []
    for place, header in enumerate(headers):
        wanted = _usable(snake_case(header or ""), place)
        wanted = "customer_id" if place == customer_key else "basket" if place in lists else wanted
        name = _unique(wanted, place, taken)
        taken[name.casefold()] = taken[normalise_header(name)] = place
        is_found = header is None or normalise_header(header) == normalise_header(name)
        namings.append(Naming(name, None if is_found else header))
    return tuple(namings)


def class_name(stem: str) -> str:
    """Return the name of the schema's class, after the name of the file without its ending."""
    words = re.findall(r"[A-Za-z0-9]+", _ascii(stem))
    name = "".join(word[:1].upper() + word[1:] for word in words)[:_LONGEST_NAME]
    name = f"File{name}" if not name or name[0].isdigit() else name
    return f"{name}File" if name in _IN_USE else name


def snake_case(header: str) -> str:
    """Return the words of a header in small ASCII letters, joined by underscores; empty if it has none."""
    text = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", header)
    text = _ascii(text if re.search(r"\w", text) else header)
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    text = re.sub(r"([A-Z])([A-Z][a-z])", r"\1_\2", text)
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:_LONGEST_NAME].strip("_")


def unit_of(header: str) -> str | None:
    """Return the unit that a header ends in, as in ``Annual Income (k$)``."""
    found = re.search(r"[(\[]([^()\[\]]{1,12})[)\]]\s*$", header)
    return found[1].strip() if found and found[1].strip() and not re.search(r"\d", found[1]) else None


def words_of(header: str | None) -> frozenset[str]:
    """Return the words of a header, in small letters."""
    return frozenset(snake_case(header or "").split("_")) - {""}


def is_named_like_identifier(header: str | None) -> bool:
    """Return whether a header names a key: ``CUST_ID``, ``Customer No.``, ``id``."""
    words = words_of(header)
    if len(words) > _WORDS_OF_A_KEY:
        return False
    return bool(words & _ID_WORDS) or bool(words & _CUSTOMER_WORDS and words & _NUMBER_WORDS)


def is_named_like_customer(header: str | None) -> bool:
    """Return whether a header speaks of the customer, or of nobody: ``customerID``, ``ID``."""
    words = words_of(header)
    return bool(words & _CUSTOMER_WORDS) or words <= _ID_WORDS


def is_named_like_number_of(header: str | None) -> bool:
    """Return whether a header ends in a word for the number that a thing has, not for how many there are."""
    return snake_case(header or "").rpartition("_")[2] in _THING_NUMBERS


def is_named_like_list(header: str | None) -> bool:
    """Return whether a header names several things: ``Purchase History``, ``products``."""
    words = words_of(header)
    return bool(words & _LIST_WORDS) or {"purchase", "history"} <= words


def _ascii(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(mark for mark in apart if not unicodedata.combining(mark)).encode("ascii", "replace").decode()


def _usable(name: str, place: int) -> str:
    """Return the name, or one like it that Python and the published tables leave free."""
    if not name:
        return f"column_{place + 1}"
    if re.fullmatch(r"(?:19|20)\d\d", name):
        return f"year_{name}"
    if name[0].isdigit():
        return f"column_{name}"
    # A header is found whatever its underscores, so one at the end needs no alias.
    return f"{name}_" if name in _IN_USE or name in RESERVED_NAMES else name


def _unique(wanted: str, place: int, taken: dict[str, int]) -> str:
    """Return the name, numbered if another column has it or is found by it."""
    name, number = wanted, 1
    while any(taken.get(key, place) != place for key in (name.casefold(), normalise_header(name))):
        number += 1
        name = f"{wanted}_{number}"
    return name
