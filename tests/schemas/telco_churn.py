from pandera.typing import Series

from schemas import Dataset, category, flag, identifier, ignored, numeric


class TelcoChurn(Dataset):
    """The customers of a telephone company."""

    customer_id: Series[str] = identifier(alias="customerID", str_matches=r"^\d{4}-[A-Z]{5}$")
    gender: Series[str] = category(isin=["Female", "Male"])
    senior_citizen: Series[bool] = flag()
    partner: Series[bool] = flag()
    dependents: Series[bool] = flag()
    tenure: Series[int] = numeric(ge=0, unit="months")
    internet_service: Series[str] = category(isin=["DSL", "Fiber optic", "No"])
    contract: Series[str] = category()
    payment_method: Series[str] = category()
    monthly_charges: Series[float] = numeric(ge=0, unit="$")
    total_charges: Series[float] = numeric(ge=0, log=True, unit="$")
    churn: Series[str] = ignored()
