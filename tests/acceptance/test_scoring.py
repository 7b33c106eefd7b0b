"""An analyst scores customers in plain SQL: the tables features and centroids are all it takes."""

import pytest

from tests.acceptance.real_files import CARDS, MALL
from tests.nights import rows

#: The stored numbers, encoded as features says, and the nearest of the centroids.
SCORED = """
    WITH stored AS (
        UNPIVOT (SELECT customer_id, {values} FROM customers)
        ON COLUMNS(* EXCLUDE customer_id) INTO NAME source_column VALUE v
    ), shaped AS (
        SELECT customer_id, feature, if(v IS NULL, NULL, greatest(least(v, clip_high), clip_low)) AS v
        FROM stored JOIN features USING (source_column)
    ), encoded AS (
        SELECT
            customers.customer_id,
            features.feature,
            coalesce(if(is_log, sign(v) * ln(1 + abs(v)), v), imputed) AS x,
            weight * (x - center) / scale AS encoded
        FROM customers
        CROSS JOIN features
        LEFT JOIN shaped ON shaped.customer_id = customers.customer_id AND shaped.feature = features.feature
    ), distances AS (
        SELECT customer_id, segment_id, sqrt(sum((encoded - value) ** 2)) AS distance
        FROM encoded JOIN centroids USING (feature)
        GROUP BY customer_id, segment_id
    )
    SELECT customer_id, arg_min(segment_id, distance), min(distance) FROM distances GROUP BY customer_id ORDER BY 1
"""


@pytest.mark.parametrize(
    ("file", "dataset"), [(MALL, "mall_income_score"), (MALL, "mall_age_income_score"), (CARDS, "credit_card")]
)
def test_plain_sql_scoring_reproduces_published_segments(night, file, dataset):
    home = night(file, dataset)
    columns = [name for (name,) in rows(home, "SELECT source_column FROM features ORDER BY feature_number")]
    scored = rows(home, SCORED.format(values=", ".join(f"CAST({name} AS DOUBLE) AS {name}" for name in columns)))
    published = rows(home, "SELECT customer_id, segment_id, distance FROM customer_segments ORDER BY 1")
    assert [row[:2] for row in scored] == [row[:2] for row in published]
    if not rows(home, "FROM components"):  # along components a distance leaves out what no component holds
        assert [row[2] for row in scored] == pytest.approx([row[2] for row in published], abs=1e-5)
