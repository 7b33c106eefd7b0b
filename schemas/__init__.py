"""Declarations: the columns of a customers file, and the published tables."""

import csv
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schemas.dataset import Dataset
    from schemas.fields import category, flag, identifier, ignored, items, numeric

__all__ = ["Dataset", "category", "flag", "identifier", "ignored", "items", "numeric"]

# A field may be as long as a line, 16 MiB, and a record has many lines; the default is 128 KiB.
csv.field_size_limit(2**31 - 1)


def __getattr__(name: str) -> Any:
    """Load pandera and pandas, which take a second, only where a dataset is declared: not for an error or a --help."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("schemas.dataset" if name == "Dataset" else "schemas.fields"), name)
