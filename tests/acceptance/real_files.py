"""Read the real files on a way of their own: the csv module and numpy, nothing of the project."""

import csv
import itertools
from pathlib import Path

import numpy as np
import numpy.typing as npt

SCHEMAS = Path(__file__).parent.parent / "schemas"

SEED = "seed_customers.csv"
SHOPPING = "seedformat_shopping_single_item.csv"
MALL = "mall_customers.csv"
MALL_RECODED = "mall_customers_variant_gender12.csv"
TELCO = "telco_churn.csv"
BANK = "bank_additional.csv"
CARDS = "cc_general_variant_extra_empty_col.csv"
CDNOW = "cdnow_customers_summary.csv"
TRENDS = "shopping_trends_clean.csv"
GROCERIES = "groceries_baskets_ragged.csv"

Floats = npt.NDArray[np.float64]


def dataset_named(name: str) -> str:
    """Return what --dataset takes: the project's own dataset, a path, or that of a schema of these tests."""
    return name if name == "customers" or name.endswith(".py") else str(SCHEMAS / f"{name}.py")


def records(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """Return every record by header, and its line number under the header 'line'."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        header = next(reader)
        return [{**dict(zip(header, fields, strict=False)), "line": str(reader.line_num)} for fields in reader]


def numbers(path: Path, *headers: str) -> Floats:
    """Return the columns of a file as an array of shape (n_records, n_headers)."""
    return np.array([[float(record[header]) for header in headers] for record in records(path)])


def standardized(values: Floats) -> Floats:
    """Return every column with mean 0 and population standard deviation 1."""
    return (values - values.mean(axis=0)) / values.std(axis=0)


def seed_form(path: Path) -> list[tuple[float, str, list[str]]]:
    """Return age, location and products of each record: two fields, and all the others are the list."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))[1:]
    return [(float(age), location, [product.strip() for product in products]) for age, location, *products in lines]


def seed_matrix(path: Path) -> Floats:
    """Return the textbook's encoding of a file in the form of the mission's example, rows as in the file."""
    customers = seed_form(path)
    ages = standardized(np.array([[age] for age, _, _ in customers]))
    locations = sorted({location for _, location, _ in customers})
    products = sorted(set(itertools.chain.from_iterable(bought for _, _, bought in customers)))
    one_hot = [[float(location == own) for location in locations] for _, own, _ in customers]
    multi_hot = [[float(product in bought) for product in products] for _, _, bought in customers]
    return np.hstack([ages, np.array(one_hot), np.array(multi_hot)])


def objective_of(matrix: Floats, labels: npt.ArrayLike) -> float:
    """Return J: the mean squared distance of the rows to the mean of the rows with the same label."""
    labels = np.asarray(labels)
    squares = [np.square(matrix[labels == one] - matrix[labels == one].mean(axis=0)).sum() for one in np.unique(labels)]
    return float(sum(squares)) / len(matrix)
