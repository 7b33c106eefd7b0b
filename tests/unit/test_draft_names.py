"""Names of columns and classes, after whatever a file calls them."""

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dataset import RESERVED_NAMES, Dataset, normalize_header
from tasks.draft.python.names import (
    Naming,
    class_name,
    name_columns,
)


@pytest.mark.parametrize(
    ("header", "naming"),
    [
        ("Age", Naming("age", None)),
        ("MonthlyCharges", Naming("monthly_charges", None)),
        ("PRC_FULL_PAYMENT", Naming("prc_full_payment", None)),
        ("Annual Income (k$)", Naming("annual_income", "Annual Income (k$)")),
        ("emp.var.rate", Naming("emp_var_rate", "emp.var.rate")),
        ("Straße", Naming("strasse", None)),
        ("Région", Naming("region", "Région")),
        ("2019", Naming("year_2019", "2019")),
        ("1st visit", Naming("column_1st_visit", "1st visit")),
        ("名前", Naming("column_1", "名前")),
        ("class", Naming("class_", None)),
        ("Category", Naming("category_", None)),
        ("items", Naming("items_", None)),
        ("list", Naming("list_", None)),
        ("segment_id", Naming("segment_id_", None)),
        ("validate", Naming("validate_", None)),
        ("__x__", Naming("x", None)),
        (None, Naming("column_1", None)),
    ],
)
def test_header_becomes_a_name_and_an_alias(header, naming):
    assert name_columns([header]) == (naming,)


def test_key_is_called_customer_id():
    assert name_columns(["CUST_ID", "age"], 0) == (Naming("customer_id", "CUST_ID"), Naming("age", None))
    assert name_columns(["CustomerID"], 0) == (Naming("customer_id", None),)


def test_similar_headers_get_different_names():
    found = name_columns(["a b", "a_b!", "A-B", "ab?"])
    # ab_2 and ab_3 would be found by the same headers as a_b_2 and a_b_3.
    assert [naming.name for naming in found] == ["a_b", "a_b_2", "a_b_3", "ab_4"]


@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=30)),
        min_size=1,
        max_size=12,
        unique_by=lambda h: h and normalize_header(h),
    )
)
def test_names_are_identifiers_that_nothing_else_has(headers):
    names = [naming.name for naming in name_columns(headers)]
    for name in names:
        assert name.isidentifier()
        assert name.isascii()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")
        assert name not in RESERVED_NAMES
        assert not hasattr(Dataset, name)
    assert len(names) == len({name.casefold() for name in names})


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("mall_customers", "MallCustomers"),
        ("2019 mall-customers", "File2019MallCustomers"),
        ("Series", "SeriesFile"),
        ("dataset", "DatasetFile"),
        ("true", "TrueFile"),
        ("名", "File"),
        ("", "File"),
    ],
)
def test_class_is_called_after_the_file(stem, name):
    assert class_name(stem) == name
