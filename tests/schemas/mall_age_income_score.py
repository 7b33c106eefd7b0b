from pandera.typing import Series

from schemas import Dataset, identifier, numeric


class MallAgeIncomeScore(Dataset):
    """The members of a shopping mall, segmented by all their numbers."""

    customer_id: Series[int] = identifier(alias="CustomerID")
    age: Series[int] = numeric(ge=0, le=120, unit="years")
    income: Series[int] = numeric(ge=0, unit="k$", alias="Annual Income (k$)", description="Income a year")
    score: Series[int] = numeric(ge=1, le=100, alias="Spending Score (1-100)", description="Score of their spending")
