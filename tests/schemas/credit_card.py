from pandera.typing import Series

from schemas import Dataset, identifier, ignored, numeric


class CreditCard(Dataset):
    """The holders of a credit card over half a year; amounts are skewed, so their logarithm counts."""

    customer_id: Series[str] = identifier(alias="CUST_ID")
    balance: Series[float] = numeric(ge=0, log=True, unit="$")
    balance_frequency: Series[float] = numeric(ge=0, le=1)
    purchases: Series[float] = numeric(ge=0, log=True, unit="$")
    cash_advance: Series[float] = numeric(ge=0, log=True, unit="$")
    purchases_frequency: Series[float] = numeric(ge=0, le=1)
    credit_limit: Series[float] = numeric(ge=0, log=True, nullable=True, unit="$")
    payments: Series[float] = numeric(ge=0, log=True, unit="$")
    minimum_payments: Series[float] = numeric(ge=0, log=True, nullable=True, unit="$")
    full_payment: Series[float] = numeric(ge=0, le=1, alias="PRC_FULL_PAYMENT")
    tenure: Series[int] = numeric(clip=(6, 12), unit="months")
    testing: Series[str] = ignored()
