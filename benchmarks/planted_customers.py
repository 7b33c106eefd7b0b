"""What declares the files of planted customers, as ``--dataset benchmarks/planted_customers.py``."""

from pandera.typing import Series

from schemas import Dataset, category, items, numeric


class PlantedCustomers(Dataset):
    """Planted customers: one row a customer."""

    age: Series[int] = numeric(ge=0, le=120, unit="years", description="Age at the time of the export")
    spend: Series[float] = numeric(ge=0, unit="dollars", description="Spent in a month")
    location: Series[str] = category(description="Place of residence")
    purchase_history: Series[list] = items(description="Products bought")
