"""Name columns and classes after the file's headers: valid, unique Python identifiers that are not reserved."""

import keyword
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from schemas.dataset import RESERVED_NAMES, Dataset, normalize_header
from tasks.draft.text.headers import snake_case, to_ascii

#: Names of a schema file that a column or a class must not hide.
_IN_USE = (
    {"Dataset", "Series", "category", "flag", "identifier", "ignored", "items", "numeric"}
    | set(keyword.kwlist)
    | set(dir(Dataset))
    | {"bool", "float", "int", "list", "str"}
)

_LONGEST_NAME = 60


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
        customer_key: index of the column that is the customer's key, from 0; it is called customer_id.
        lists: indexes of lists that no header names.
    """
    taken = {normalize_header(header): index for index, header in enumerate(headers) if header}
    namings = []
    for index, header in enumerate(headers):
        wanted = _usable(snake_case(header or ""), index)
        wanted = "customer_id" if index == customer_key else "basket" if index in lists else wanted
        name = _unique(wanted, index, taken)
        taken[name.casefold()] = taken[normalize_header(name)] = index
        is_found = header is None or normalize_header(header) == normalize_header(name)
        namings.append(Naming(name, None if is_found else header))
    return tuple(namings)


def class_name(stem: str) -> str:
    """Return the name of the schema's class, after the name of the file without its ending."""
    words = re.findall(r"[A-Za-z0-9]+", to_ascii(stem))
    name = "".join(word[:1].upper() + word[1:] for word in words)[:_LONGEST_NAME]
    name = f"File{name}" if not name or name[0].isdigit() else name
    return f"{name}File" if name in _IN_USE else name


def _usable(name: str, index: int) -> str:
    """Return the name, or one like it that Python and the published tables leave free."""
    if not name:
        return f"column_{index + 1}"
    if re.fullmatch(r"(?:19|20)\d\d", name):
        return f"year_{name}"
    if name[0].isdigit():
        return f"column_{name}"
    # A header is found whatever its underscores, so one at the end needs no alias.
    return f"{name}_" if name in _IN_USE or name in RESERVED_NAMES else name


def _unique(wanted: str, index: int, taken: dict[str, int]) -> str:
    """Return the name, numbered if another column has it or is found by it."""
    name, number = wanted, 1
    while any(taken.get(key, index) != index for key in (name.casefold(), normalize_header(name))):
        number += 1
        name = f"{wanted}_{number}"
    return name
