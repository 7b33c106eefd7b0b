"""The columns of a night: those that the dataset declares, and those that it lets in."""

import re
from collections.abc import Iterable

from schemas.dataset import RESERVED_NAMES, Column, columns_of, normalise_header
from schemas.fields import FieldSettings, Role
from schemas.loading import load_dataset
from warehouse.home.ledger import read_manifest
from warehouse.home.run import Run


def night_columns(run: Run) -> tuple[Column, ...]:
    """Return the declared columns of a run and, once the file is read, those kept although nobody declared them."""
    kept = read_manifest(run.manifest_file).get("kept_columns") or ()
    return columns_of(load_dataset(run.order.dataset)) + tuple(_kept_column(**names) for names in kept)


def kept_columns(headers: Iterable[str], columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return a column of text for each header that nobody declared, under a name of its own."""
    taken = {column.name.casefold() for column in columns} | RESERVED_NAMES
    seen: dict[str, Column] = {}
    for header in headers:
        key = normalise_header(header)
        if key not in seen:
            name = _free_name(header, taken)
            taken.add(name.casefold())
            seen[key] = _kept_column(name, header)
    return tuple(seen.values())


def _kept_column(name: str, header: str) -> Column:
    return Column(
        name=name,
        header=header,
        role=Role.IGNORED,
        value_type=str,
        nullable=True,
        checks=(),
        description=f"{header}: not declared, kept as it was delivered",
        settings=FieldSettings(Role.IGNORED),
    )


def _free_name(header: str, taken: set[str]) -> str:
    wanted = re.sub(r"\W+", "_", header).strip("_").lower() or "column"
    name, number = wanted, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name
