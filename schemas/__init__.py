"""schemas declare: what a customers file is, and what the published tables are."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schemas.dataset import Dataset
    from schemas.fields import category, flag, identifier, ignored, items, numeric

__all__ = ["Dataset", "category", "flag", "identifier", "ignored", "items", "numeric"]


def __getattr__(name: str) -> Any:
    """Load pandera and pandas, which take a second, only where a dataset is declared: not for an error or a --help."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("schemas.dataset" if name == "Dataset" else "schemas.fields"), name)
