"""Recognize columns that tell who or where a person is, such as names and addresses; they are never features."""

import re

from schemas.shown import counted
from tasks.draft.columns.facts import MAX_LISTED, ONE_TYPE, Facts, Kind, ignored
from tasks.draft.text.headers import is_named_like_code, is_named_like_postcode, words_of
from tasks.draft.text.wording import examples

#: Digits from which a number under the name of a telephone is one.
_DIGITS_OF_A_PHONE = 7

#: Type of a cell -> what a column of such cells holds.
_CONTACTS = {
    "link": "links", "mail": "e-mail addresses", "uuid": "keys of another table", "phone": "telephone numbers"
}  # fmt: skip

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


def contact_kind(facts: Facts) -> Kind | None:
    """Return that a column of addresses, telephone numbers or keys of other tables is left out."""
    found = max(_CONTACTS, key=facts.profile.count)
    if facts.profile.count(found) < ONE_TYPE * facts.n_known:
        return None
    return ignored(f"{_CONTACTS[found]}, such as {examples(facts.known, 1)}")


def personal_kind(facts: Facts) -> Kind | None:
    """Return that a column which is named after a person's name, street or telephone is left out."""
    words, example = words_of(facts.header), examples(facts.known, 1)
    if words & _PHONES and _are_phones(facts):
        return ignored(f"telephone numbers, such as {example}: they say who it is, and nothing that is alike")
    if facts.profile.is_numeric:
        return None
    if words & _NAMES and words <= _NAMES | _WHOSE and (words - _ANY_NAMES or facts.n_different > MAX_LISTED):
        return ignored(f"names of people, such as {example}")
    if words & _STREETS and not is_named_like_code(facts.header) and not words & _MAILS:
        return ignored(f"streets and addresses, such as {example}: they say who it is, and nothing that is alike")
    return None


def postcode_kind(facts: Facts) -> Kind | None:
    """Return that a column of many postal codes is left out: digits that are not amounts."""
    if not is_named_like_postcode(facts.header) or facts.n_different <= MAX_LISTED:
        return None
    found = f"{facts.n_different:,} different in {counted(facts.n_known, 'row')}"
    return ignored(f"postal codes, not amounts: {found}, too many to be categories")


def _are_phones(facts: Facts) -> bool:
    long = sum(len(re.findall(r"[0-9]", found.text)) >= _DIGITS_OF_A_PHONE for found in facts.known)
    return bool(facts.known) and long >= ONE_TYPE * len(facts.known)
