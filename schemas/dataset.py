"""``Dataset``: the declaration of one kind of customers file, and what is derived from it."""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, get_origin

import pandera.pandas as pa

from schemas.errors import SchemaError
from schemas.fields import METADATA_KEY, FieldSettings, Role
from schemas.file_settings import NOTHING_DECLARED, FileSettings

#: Names that the published tables use for themselves.
RESERVED_NAMES = frozenset({"source_name", "line_number", "customer_id", "segment_id", "rowid", "_position"})

VALUE_TYPES: dict[Role, tuple[type, ...]] = {
    Role.IDENTIFIER: (str, int),
    Role.NUMERIC: (int, float),
    Role.CATEGORY: (str, int, bool),
    Role.FLAG: (bool, int, str),
    Role.ITEMS: (list,),
    Role.IGNORED: (str, int, float, bool),
}


@dataclass(frozen=True)
class Column:
    """One declared column of a customers file."""

    name: str
    header: str
    role: Role
    value_type: type
    nullable: bool
    checks: tuple[pa.Check, ...]
    description: str
    settings: FieldSettings

    @property
    def allowed_texts(self) -> tuple[str, ...]:
        """The values that the declaration allows, as text; empty where it does not list them."""
        allowed = [(check.statistics or {})["allowed_values"] for check in self.checks if check.name == "isin"]
        return tuple(str(value) for value in allowed[0]) if allowed else ()

    @property
    def as_profiled(self) -> "Column":
        """The column with the role in which segments are compared by it, of one that is ignored otherwise."""
        roles = {bool: Role.FLAG, str: Role.CATEGORY}
        return replace(self, role=roles.get(self.value_type, Role.NUMERIC))

    @property
    def is_feature(self) -> bool:
        """Whether the column takes part in the fit."""
        return self.role not in (Role.IDENTIFIER, Role.IGNORED)


class Dataset(pa.DataFrameModel):
    """Base of every customers file: a pandera model whose fields are the kinds of ``schemas.fields``.

    Settings of the file are class keywords: ``class Bank(Dataset, delimiter=";")``; they are those
    of ``FileSettings``.
    """

    # pandera takes every public attribute for a field, so this one is private; see file_settings_of.
    _file_settings = NOTHING_DECLARED

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Take the settings of the file out of the class keywords, leave the rest to pandera."""
        ours = {name: keywords.pop(name) for name in FileSettings.__dataclass_fields__ if name in keywords}
        super().__init_subclass__(**keywords)  # type: ignore[no-untyped-call]  # pandera has no types here
        cls._file_settings = replace(cls._file_settings, **ours)


def file_settings_of(dataset: type[Dataset]) -> FileSettings:
    """Return what the dataset says about its files as a whole."""
    return dataset._file_settings


def normalize_header(text: str) -> str:
    """Return the form in which headers are compared: no case, spaces or underscores."""
    return re.sub(r"[\s_\u200b-\u200d\u2060\ufeff]+", "", text).casefold()


@cache
def columns_of(dataset: type[Dataset]) -> tuple[Column, ...]:
    """Return the declared columns in their order.

    Raises:
        SchemaError: a field is not one of the kinds, has a type its kind cannot hold, uses a
            reserved name, claims the header of another, or there is nothing to segment by.
    """
    _refuse_same_header(dataset)
    declared = dataset.to_schema().columns
    found = []
    for header, (annotation, field) in dataset.__fields__.items():
        found.append(_column(dataset, field.original_name, header, annotation.arg, declared[header]))
    columns = tuple(found)
    _check_together(dataset, columns)
    return columns


def identifier_of(columns: tuple[Column, ...]) -> Column | None:
    """Return the declared customer key, if there is one."""
    return next((column for column in columns if column.role is Role.IDENTIFIER), None)


def items_of(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return the columns that hold lists."""
    return tuple(column for column in columns if column.role is Role.ITEMS)


def _refuse_same_header(dataset: type[Dataset]) -> None:
    """Refuse two fields of one header: of these pandera keeps the last alone."""
    headers = {field.original_name: header for header, (_, field) in dataset.__fields__.items()}
    owners = {header: name for name, header in headers.items()}
    bases = [base for base in dataset.__mro__ if issubclass(base, Dataset)]
    for name in (name for base in bases for name in vars(base).get("__annotations__", ())):
        header = getattr(dataset, name)
        if name not in headers and header in owners:
            raise SchemaError(
                f"{dataset.__name__}: {name} and {owners[header]} match the same header {header!r}; keep one of them"
            )


def _column(dataset: type[Dataset], name: str, header: str, value_type: Any, declared: pa.Column) -> Column:
    settings = (declared.metadata or {}).get(METADATA_KEY)
    value_type = get_origin(value_type) or value_type
    place = f"{dataset.__name__}.{name}"
    if settings is None:
        kinds = ", ".join(role.value for role in Role)
        raise SchemaError(f"{place} is not declared by one of the kinds {kinds}; import them from schemas")
    allowed = VALUE_TYPES[settings.role]
    if value_type not in allowed:
        expected = " or ".join(f"Series[{kind.__name__}]" for kind in allowed)
        found = getattr(value_type, "__name__", str(value_type))
        raise SchemaError(f"{place} is Series[{found}]; {settings.role}() should be {expected}")
    _refuse_unused(place, settings.role, declared)
    if name != "customer_id" and name.casefold() == "customer_id":
        raise SchemaError(f"{place}: name the identifier customer_id, with its header as alias={header!r}")
    if name.casefold() in RESERVED_NAMES and settings.role is not Role.IDENTIFIER:
        raise SchemaError(f"{place}: the name {name} is used by the published tables; name it otherwise with an alias")
    return Column(
        name=name,
        header=header,
        role=settings.role,
        value_type=value_type,
        nullable=declared.nullable and settings.role is not Role.IDENTIFIER,
        checks=tuple(declared.checks),
        description=(declared.description or header).strip(),
        settings=settings,
    )


def _refuse_unused(place: str, role: Role, declared: pa.Column) -> None:
    """Refuse what pandera takes and this software would not act on."""
    unused = {
        "unique": declared.unique and role is not Role.IDENTIFIER,
        "regex": declared.regex,
        "default": declared.default is not None,
        "a parser": bool(declared.parsers),
    }
    for name, is_declared in unused.items():
        if is_declared:
            raise SchemaError(f"{place}: {name} is not supported; remove it")


def _check_together(dataset: type[Dataset], columns: tuple[Column, ...]) -> None:
    if not any(column.is_feature for column in columns):
        raise SchemaError(f"{dataset.__name__} declares no column to segment by: numeric, category, flag or items")
    schema = dataset.to_schema()
    if schema.checks or schema.parsers or schema.unique:
        what = "check" if schema.checks else "parser" if schema.parsers else "uniqueness"
        raise SchemaError(f"{dataset.__name__} has a {what} of the frame as a whole; declare checks of single columns")
    identifiers = [column.name for column in columns if column.role is Role.IDENTIFIER]
    if len(identifiers) > 1:
        raise SchemaError(
            f"{dataset.__name__} declares {len(identifiers)} identifiers ({', '.join(identifiers)}); keep one"
        )
    seen: dict[str, str] = {}
    for column in columns:
        for key in {normalize_header(column.header), column.name.casefold()}:
            if seen.setdefault(key, column.name) != column.name:
                raise SchemaError(
                    f"{dataset.__name__}: {seen[key]} and {column.name} match the same header {column.header!r}; "
                    "keep one of them"
                )
