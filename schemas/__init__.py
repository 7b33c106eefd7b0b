"""schemas declare: what a customers file is, and what the published tables are."""

import csv

from schemas.dataset import Dataset
from schemas.fields import category, flag, identifier, ignored, items, numeric

__all__ = ["Dataset", "category", "flag", "identifier", "ignored", "items", "numeric"]

# A field may be as long as a line, 16 MiB, and a record has many lines; the default is 128 KiB.
csv.field_size_limit(2**31 - 1)
