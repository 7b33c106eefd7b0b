from pandera.typing import Series

from schemas import Dataset, category, identifier, numeric


class MallGender(Dataset):
    """The members of a shopping mall, whose gender stands in words."""

    customer_id: Series[int] = identifier(alias="CustomerID")
    gender: Series[str] = category(isin=["Male", "Female"])
    income: Series[int] = numeric(ge=0, unit="k$", alias="Annual Income (k$)")
    score: Series[int] = numeric(ge=1, le=100, alias="Spending Score (1-100)")
