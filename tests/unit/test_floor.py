import pytest

from schemas.file_settings import FileSettings
from tasks.clustering.eligibility import min_customers


@pytest.mark.parametrize(
    ("n_customers", "least"), [(1, 1), (3, 1), (6, 1), (12, 3), (20, 5), (300, 5), (1000, 10), (1_000_000, 10_000)]
)
def test_floor_is_five_hundredth_or_quarter(n_customers, least):
    assert min_customers(n_customers, FileSettings()) == least


def test_the_dataset_may_say_otherwise():
    settings = FileSettings(min_segment_customers=50, min_segment_share=0.1)
    assert [min_customers(n, settings) for n in (300, 2000)] == [50, 200]
