"""schemas declare: what a customers file is, and what the published tables are."""

from schemas.dataset import Dataset
from schemas.fields import category, flag, identifier, ignored, items, numeric

__all__ = ["Dataset", "category", "flag", "identifier", "ignored", "items", "numeric"]
