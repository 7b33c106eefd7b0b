"""Real files that nobody declared: what is drafted of them, and a night with the draft as it is."""

import pytest

from schemas.dataset import columns_of, file_settings_of
from schemas.loading import load_dataset
from tests.acceptance.real_files import (
    BANK,
    CARDS,
    CDNOW,
    GROCERIES,
    MALL,
    MALL_RECODED,
    SEED,
    SHOPPING,
    TELCO,
    TRENDS,
)
from tests.nights import assert_invariants, rows, value

#: File -> customers in it, all of which are loaded.
CUSTOMERS = {
    SEED: 6, SHOPPING: 3900, MALL: 200, MALL_RECODED: 200, TRENDS: 3900, GROCERIES: 9835, CARDS: 8950, TELCO: 7043,
    BANK: 4119, CDNOW: 2357,
}  # fmt: skip


@pytest.fixture
def roles(draft_of):
    """Return name -> kind of the columns of a drafted file."""

    def of(file):
        columns = columns_of(load_dataset(str(draft_of(file))))
        return {column.name: column.settings.role.value for column in columns}

    return of


@pytest.mark.parametrize(("file", "n_customers"), CUSTOMERS.items(), ids=CUSTOMERS)
def test_unedited_draft_loads_all_but_lost(read_draft, file, n_customers):
    home = read_draft(file)
    # Of the bank's customers a spreadsheet lost some numbers.
    n_lost = value(home, "SELECT count(*) FROM rejected_rows WHERE value LIKE '##%'")
    assert n_lost == (21 if file == BANK else 0)
    assert rows(home, "SELECT rows_read, rows_loaded, rows_rejected FROM runs") == [
        (n_customers, n_customers - n_lost, n_lost)
    ]
    assert_invariants(home)


@pytest.mark.parametrize("file", CUSTOMERS)
def test_keys_and_constants_are_not_features(read_draft, file):
    home = read_draft(file)
    for name, kind in rows(home, "SELECT DISTINCT source_column, kind FROM features"):
        what = f'unnest("{name}")' if kind == "items" else f'"{name}"'
        n_different = value(home, f"SELECT count(DISTINCT v) FROM (SELECT {what} AS v FROM customers)")
        n_missing = value(home, f'SELECT count(*) FROM customers WHERE "{name}" IS NULL')
        assert n_different + bool(n_missing) > 1, name
        if kind == "category" and CUSTOMERS[file] > 20:
            assert n_different < CUSTOMERS[file] / 2, name


def test_mission_example_is_number_category_list(roles):
    expected = {"age": "numeric", "location": "category", "purchase_history": "items"}
    assert roles(SEED) == roles(SHOPPING) == expected


@pytest.mark.parametrize("file", [MALL, MALL_RECODED])
def test_mall_has_key_category_and_three_numbers(roles, file):
    assert list(roles(file).values()) == ["identifier", "category", "numeric", "numeric", "numeric"]


def test_drafted_words_stop_recoded_gender(draft_of):
    gender = {column.name: column for column in columns_of(load_dataset(str(draft_of(MALL))))}["gender"]
    assert gender.allowed_texts == ("Female", "Male")


def test_baskets_without_header_are_one_list(draft_of, roles):
    assert list(roles(GROCERIES).values()) == ["items"]
    assert file_settings_of(load_dataset(str(draft_of(GROCERIES)))).header is False


def test_products_of_the_baskets_are_all_there(read_draft):
    assert (
        value(read_draft(GROCERIES), "SELECT count(DISTINCT item) FROM (SELECT unnest(basket) AS item FROM customers)")
        == 169
    )


def test_shopping_trends_have_no_header(draft_of, roles):
    assert file_settings_of(load_dataset(str(draft_of(TRENDS)))).header is False
    kinds = list(roles(TRENDS).values())
    assert kinds[:7] == ["identifier", "numeric", "category", "category", "category", "numeric", "category"]
    assert len(kinds) == 19


def test_credit_cards_lose_the_empty_column_alone(read_draft, roles):
    found = roles(CARDS)
    assert found.pop("customer_id") == "identifier"
    assert "testing" not in found
    assert set(found.values()) == {"numeric"}
    missing = "SELECT count(*) - count(minimum_payments) + count(*) - count(credit_limit) FROM customers"
    assert value(read_draft(CARDS), missing) == 314


def test_telco_keeps_customers_with_blank_charges(read_draft, roles):
    found = roles(TELCO)
    assert (found["customer_id"], found["gender"], found["total_charges"], found["churn"]) == (
        "identifier", "category", "numeric", "flag",
    )  # fmt: skip
    assert value(read_draft(TELCO), "SELECT count(*) FROM customers WHERE total_charges IS NULL") == 11


def test_bank_has_sentinels_of_each_kind(draft_of):
    columns = {column.name: column for column in columns_of(load_dataset(str(draft_of(BANK))))}
    assert columns["pdays"].settings.sentinels == ("999",)
    assert columns["emp_var_rate"].settings.sentinels == ()
    assert columns["emp_var_rate"].value_type is float
    assert columns["job"].settings.sentinels == ("unknown",)
    assert columns["age"].settings.sentinels == ()


def test_record_shop_has_key_and_three_numbers(roles):
    assert roles(CDNOW) == {"customer_id": "identifier", "frequency": "numeric", "recency": "numeric", "t": "numeric"}
