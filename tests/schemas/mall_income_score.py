from pandera.typing import Series

from schemas import Dataset, identifier, ignored, numeric


class MallIncomeScore(Dataset):
    """The members of a shopping mall, segmented by what they earn and how they spend."""

    customer_id: Series[int] = identifier(alias="CustomerID")
    gender: Series[str] = ignored()
    age: Series[int] = ignored()
    income: Series[int] = numeric(ge=0, unit="k$", alias="Annual Income (k$)", description="Income a year")
    score: Series[int] = numeric(ge=1, le=100, alias="Spending Score (1-100)", description="Score of their spending")
