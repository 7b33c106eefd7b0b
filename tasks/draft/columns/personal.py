"""Columns that tell who somebody is and where to be found: no features, however often a value comes again."""

import re

from tasks.draft.columns.facts import LISTED, Facts, Kind, ignored
from tasks.draft.file.number_marks import is_numeric
from tasks.draft.text.headers import is_named_like_code, is_named_like_count, is_named_like_postcode, words_of
from tasks.draft.text.wording import amount, examples

#: Share of the texts of a column that look alike where it is of one look.
_ONE_LOOK = 0.9

#: Digits from which a number under the name of a telephone is one.
_DIGITS_OF_A_PHONE = 7

_PHONES = frozenset(
    {"phone", "tel", "telephone", "mobile", "fax", "telefon", "handy", "telefono", "phonenumber", "contact", "mobil"}
)
_MAILS = frozenset({"email", "mail"})
_STREETS = frozenset({"address", "street", "strasse", "adresse", "direccion", "addr"})
_WHOSE = frozenset(
    {"customer", "client", "contact", "user", "member", "person", "kunden", "buyer", "cust", "first", "last", "full",
     "family", "given", "middle", "sur"}
)  # fmt: skip
_NAMES = frozenset(
    {"name", "surname", "firstname", "lastname", "fullname", "nachname", "vorname", "nombre", "apellido", "prenom"}
)
_ANY_NAMES = frozenset({"name", "nombre"})


def look_kind(facts: Facts) -> Kind | None:
    """Return that a column of addresses, telephone numbers or keys of other tables is left out."""
    look = facts.look
    found = {
        "links": look.n_links,
        "e-mail addresses": look.n_mails,
        "keys of another table": look.n_uuids,
        "telephone numbers": look.n_phones,
    }
    name, n = max(found.items(), key=lambda pair: pair[1])
    return ignored(f"{name}, such as {examples(facts.known, 1)}") if n >= _ONE_LOOK * facts.n_known else None


def personal_kind(facts: Facts) -> Kind | None:
    """Return that a column which is named after a person's name, street or telephone is left out."""
    if is_named_like_count(facts.header):
        return None
    words, example = words_of(facts.header), examples(facts.known, 1)
    if words & _PHONES and _are_phones(facts):
        return ignored(f"telephone numbers, such as {example}: they say who it is, and nothing that is alike")
    if is_numeric(facts.look):
        return None
    if words & _NAMES and words <= _NAMES | _WHOSE and (words - _ANY_NAMES or facts.look.n_different > LISTED):
        return ignored(f"names of people, such as {example}")
    if words & _STREETS and not is_named_like_code(facts.header) and not words & _MAILS:
        return ignored(f"streets and addresses, such as {example}: they say who it is, and nothing that is alike")
    return None


def postcode_kind(facts: Facts) -> Kind | None:
    """Return that a column of many postal codes is left out: digits that are no amounts."""
    if not is_named_like_postcode(facts.header) or facts.look.n_different <= LISTED:
        return None
    found = f"{facts.look.n_different:,} different in {amount(facts.n_known, 'row')}"
    return ignored(f"postal codes, no amounts: {found}, too many to be categories")


def _are_phones(facts: Facts) -> bool:
    long = sum(len(re.findall(r"[0-9]", found.text)) >= _DIGITS_OF_A_PHONE for found in facts.known)
    return bool(facts.known) and long >= _ONE_LOOK * len(facts.known)
