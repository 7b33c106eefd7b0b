"""The kind of a column, which several of the published tables have."""

from typing import Any

import pandera.pandas as pa

from schemas.fields import Role

_KINDS = [Role.NUMERIC.value, Role.CATEGORY.value, Role.FLAG.value, Role.ITEMS.value]


def column_kind() -> Any:
    """Return the declaration of a column ``kind``: one of the kinds that segments are made of."""
    return pa.Field(isin=_KINDS, description=f"{', '.join(_KINDS[:-1])} or {_KINDS[-1]}")
