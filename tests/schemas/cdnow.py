from pandera.typing import Series

from schemas import Dataset, identifier, numeric


class Cdnow(Dataset):
    """The customers of a record shop: how often, how lately, how long."""

    customer: Series[int] = identifier(alias="ID")
    frequency: Series[int] = numeric(ge=0, log=True, description="Purchases after the first")
    recency: Series[float] = numeric(ge=0, unit="weeks", description="Age at the last purchase")
    observed: Series[float] = numeric(gt=0, unit="weeks", alias="T", description="Weeks since the first purchase")
