"""The built-in dataset ``customers``: age, location and purchase history, in either of two formats.

Either the last column is a comma list, quoted or not (``30,Illinois,apples, juice``), or the file
has no such column and one 0/1 column per product instead.
"""

from pandera.typing import Series

from schemas.dataset import Dataset
from schemas.fields import category, items, numeric


class Customers(Dataset):
    """The retailer's nightly customers file: one row per customer."""

    age: Series[int] = numeric(ge=0, le=120, unit="years", description="Age at the time of the export")
    location: Series[str] = category(description="State of residence")
    purchase_history: Series[list] = items(description="Products bought")
