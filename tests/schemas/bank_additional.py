from pandera.typing import Series

from schemas import Dataset, category, flag, ignored, numeric


class BankAdditional(Dataset):
    """The people whom a bank called; 999 days since the last call means never."""

    age: Series[int] = numeric(ge=16, le=120, unit="years")
    job: Series[str] = category()
    marital: Series[str] = category(isin=["single", "married", "divorced", "unknown"])
    education: Series[str] = category()
    housing: Series[str] = category()
    duration: Series[int] = numeric(ge=0, log=True, unit="s")
    campaign: Series[int] = numeric(ge=1, log=True, description="Calls in this campaign")
    pdays: Series[int] = numeric(ge=0, le=999, clip=(0, 30), description="Days since the last call")
    euribor: Series[float] = numeric(alias="euribor3m", unit="%")
    employed: Series[float] = numeric(alias="nr.employed", unit="thousands")
    variation: Series[str] = ignored(alias="emp.var.rate")
    subscribed: Series[bool] = flag(alias="y", weight=0.5)
