"""An analyst scores customers in plain SQL: the macro in the published file is all it takes."""

import pytest

from schemas.dataset import columns_of
from schemas.loading import load_dataset
from tests.acceptance.real_files import BANK, CARDS, MALL, TELCO, dataset_named
from tests.nights import rows

#: The segments of all customers, scored by the macro, beside the published ones.
SCORED = """
    SELECT
        count(*) FILTER (s.segment_id <> own.segment_id),
        count(*) FILTER (s.second_segment_id IS DISTINCT FROM own.second_segment_id),
        max(abs(s.distance - own.distance)),
        count(*)
    FROM (SELECT customer_id, score_customer({values}) AS s FROM customers) AS scored
    JOIN customer_segments AS own USING (customer_id)
"""


@pytest.mark.parametrize(
    ("file", "dataset"),
    [
        (MALL, "mall_income_score"),
        (MALL, "mall_age_income_score"),
        (CARDS, "credit_card"),
        (TELCO, "telco_churn"),
        (BANK, "bank_additional"),
    ],
)
def test_macro_reproduces_published_segments(night, file, dataset):
    home = night(file, dataset)
    columns = [column.name for column in columns_of(load_dataset(dataset_named(dataset))) if column.is_feature]
    ((others, other_seconds, difference, n_customers),) = rows(home, SCORED.format(values=", ".join(columns)))
    assert (others, other_seconds) == (0, 0)
    assert n_customers > 0
    assert difference < 1e-6
