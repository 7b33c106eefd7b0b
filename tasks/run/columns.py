"""The columns of a run: those that the dataset declares, and undeclared ones that it keeps."""

import hashlib
import inspect
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from schemas.dataset import RESERVED_NAMES, Column, columns_of, identifier_of, normalize_header
from schemas.fields import FieldSettings, Role
from schemas.loading import load_dataset
from warehouse.home.run import Run


@dataclass(frozen=True)
class KeptColumn:
    """An undeclared column that is kept, under its name in the tables."""

    name: str
    header: str


def run_columns(run: Run, kept: Iterable[KeptColumn] = ()) -> tuple[Column, ...]:
    """Return the declared columns of a run, then those that are kept."""
    return columns_of(load_dataset(run.order.dataset)) + tuple(map(_kept_column, kept))


def has_identifier(run: Run) -> bool:
    """Return whether the dataset says who a customer is; else there is no history of customers."""
    return identifier_of(columns_of(load_dataset(run.order.dataset))) is not None


def declaration_of(columns: Sequence[Column]) -> str:
    """Return a hash of what the declaration says of the features."""
    usual = asdict(FieldSettings(Role.IGNORED))  # a setting that is new changes nothing for those who do not use it
    facts = [
        (
            column.name,
            {name: value for name, value in asdict(column.settings).items() if value != usual[name]},
            column.nullable,
            column.value_type.__name__,
        )
        for column in columns
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()[:16]


def declared_by(dataset_name: str) -> dict[str, Any]:
    """Return what a dataset is known by in the records of runs, whatever text it was named by."""
    dataset = load_dataset(dataset_name)
    file, headers = Path(inspect.getfile(dataset)).resolve(), [column.header for column in columns_of(dataset)]
    declared = {"file": str(file), "class": dataset.__name__, "headers": sorted(map(normalize_header, headers))}
    return {"dataset": dataset_name, "declared": declared}


def kept_columns(headers: Iterable[str], columns: tuple[Column, ...]) -> tuple[KeptColumn, ...]:
    """Return a column for each undeclared header, under a name of its own."""
    taken = {column.name.casefold() for column in columns} | RESERVED_NAMES
    seen: dict[str, KeptColumn] = {}
    for header in headers:
        key = normalize_header(header)
        if key not in seen:
            name = _free_name(header, taken)
            taken.add(name.casefold())
            seen[key] = KeptColumn(name, header)
    return tuple(seen.values())


def _kept_column(kept: KeptColumn) -> Column:
    return Column(
        name=kept.name,
        header=kept.header,
        role=Role.IGNORED,
        value_type=str,
        nullable=True,
        checks=(),
        description=f"{kept.header}: not declared, kept as it was delivered",
        settings=FieldSettings(Role.IGNORED),
    )


def _free_name(header: str, taken: set[str]) -> str:
    wanted = re.sub(r"\W+", "_", header).strip("_").lower() or "column"
    name, number = wanted, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name
