"""What a header says: whose key, how many, a code, a list, a unit."""

import pytest

from tasks.draft.text.headers import (
    is_bare_key,
    is_named_customer,
    is_named_like_account,
    is_named_like_code,
    is_named_like_count,
    is_named_like_customer,
    is_named_like_identifier,
    is_named_like_list,
    is_named_like_number_of,
    is_named_like_postcode,
    is_named_like_row,
    is_named_list_of_bought,
    is_nameless,
    unit_of,
    word_list,
)

KEYS = ["id", "CUST_ID", "customerID", "Customer No.", "user_key", "Kundennr", "uuid", "CLIENTNUM", "LYLTY_CARD_NBR",
        "Kd.-Nr."]  # fmt: skip
NO_KEYS = [
    "age",
    "Number of visits",
    "idle days",
    "customer",
    "video",
    "paid",
    "Customer Zip Code",
    "customer type code",
]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("CLIENTNUM", ["client", "num"]),
        ("ORDERNUMBER", ["order", "number"]),
        ("POSTALCODE", ["postal", "code"]),
        ("CONTACTFIRSTNAME", ["contact", "first", "name"]),
        ("ADDRESSLINE1", ["address", "line"]),
        ("Hausnummer", ["haus", "nummer"]),
        ("membership", ["membership"]),
        ("d_ymd6", ["d", "ymd"]),
        (None, []),
    ],
)
def test_compounds_of_known_words_are_taken_apart(header, words):
    assert word_list(header) == words


@pytest.mark.parametrize("header", KEYS)
def test_keys_are_known_by_name(header):
    assert is_named_like_identifier(header)


@pytest.mark.parametrize("header", NO_KEYS)
def test_other_names_are_not_keys(header):
    assert not is_named_like_identifier(header)


def test_customer_key_differs_from_other_keys():
    assert is_named_like_customer("ClientID")
    assert is_named_like_customer("card_number")
    assert not is_named_like_customer("store_id")
    assert is_bare_key("ID")
    assert not is_bare_key("Index")
    assert is_named_like_row("Row ID")
    assert is_named_customer("Kunde")
    assert not is_named_customer("customer type")


def test_accounts_may_be_several_per_customer():
    assert is_named_like_account("card_number")
    assert not is_named_like_account("customer_card_id")


@pytest.mark.parametrize(
    ("header", "is_count"),
    [
        ("NumStorePurchases", True),
        ("number_customer_service_calls", True),
        ("Num_Credit_Card", True),
        ("No. of visits", True),
        ("total orders", True),
        ("number", False),
        ("num_client", False),
        ("policy_number", False),
    ],
)
def test_count_begins_with_a_counting_word(header, is_count):
    assert is_named_like_count(header) is is_count


@pytest.mark.parametrize(
    ("header", "is_number"),
    [
        ("policy_number", True),
        ("EmployeeNumber", True),
        ("Invoice No", True),
        ("Hausnummer", True),
        ("number of orders", False),
        ("orders number", False),
        ("address number", True),
        ("week number", False),
        ("numbers", False),
    ],
)
def test_identifying_number_ends_with_its_word(header, is_number):
    assert is_named_like_number_of(header) is is_number


@pytest.mark.parametrize(
    ("header", "is_code"),
    [
        ("Region_Code", True),
        ("Product_Category_1", True),
        ("type of loan", True),
        ("store_nbr", True),
        ("registered_via", True),
        ("distance to store", False),
        ("store size", False),
        ("education-num", False),
        ("num_store", False),
        (None, False),
    ],
)
def test_code_is_named_by_its_main_word(header, is_code):
    assert is_named_like_code(header) is is_code


@pytest.mark.parametrize("header", ["zip", "Customer Zip Code", "POSTALCODE", "Pin code", "Postleitzahl", "CEP", "PLZ"])
def test_postal_codes_are_known_by_name(header):
    assert is_named_like_postcode(header)


@pytest.mark.parametrize(("header", "is_made_up"), [("Unnamed: 0", True), ("unnamed", False), (None, False)])
def test_header_of_an_index_was_made_up(header, is_made_up):
    assert is_nameless(header) is is_made_up


@pytest.mark.parametrize(
    ("header", "is_list", "is_list_of_bought"),
    [
        ("Purchase History", True, True),
        ("products", True, True),
        ("Items Purchased", True, True),
        ("product", False, False),
        ("bought_milk", True, False),
        ("hobbies", True, False),
        ("Frequency of Purchases", False, False),
        ("number of items", False, False),
    ],
)
def test_lists_are_known_by_name(header, is_list, is_list_of_bought):
    assert (is_named_like_list(header), is_named_list_of_bought(header)) == (is_list, is_list_of_bought)


@pytest.mark.parametrize(
    ("header", "unit"), [("Annual Income (k$)", "k$"), ("Weight [kg]", "kg"), ("Score (1-100)", None), ("age", None)]
)
def test_unit_is_in_brackets_at_the_end(header, unit):
    assert unit_of(header) == unit
