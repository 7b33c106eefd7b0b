"""Write an invented customer file with four planted segments and twelve bad rows.

The file is what a shop's nightly export looks like: a header, then one customer
a row, the purchase history last as an unquoted list with ", " between products.
Everything is drawn from one seed with the standard library only, so the same
arguments give the same bytes whatever libraries are installed.

    python samples/make_customers.py --customers 3000 --seed 7 --output samples/customers.csv
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

HEADER = "Age,Location,Purchase History"
YOUNGEST, OLDEST = 18, 90  # years
LARGEST_BASKET = 6  # products
FEWEST_CUSTOMERS = 50  # below this four segments cannot be told apart
STRAY_PURCHASE = 0.03  # chance of each product from outside the segment's favorites


@dataclass(frozen=True)
class Segment:
    """One planted kind of customer: how many, how old, where, and what they buy.

    share: part of all customers, 0..1; mean_age and age_spread: years;
    home_share: part of the segment living in home_state, the rest anywhere;
    favorites: product -> chance that one customer has bought it, 0..1.
    """

    name: str
    share: float
    mean_age: float
    age_spread: float
    home_state: str
    home_share: float
    favorites: dict[str, float]


@dataclass(frozen=True)
class Customer:
    """One good row, with the planted segment it was drawn from (not written out)."""

    age: int
    location: str
    products: tuple[str, ...]
    segment: str


SEGMENTS: list[Segment] = [
    Segment(
        name="young families",
        share=0.35,
        mean_age=34.0,
        age_spread=4.5,
        home_state="Texas",
        home_share=0.70,
        favorites={"diapers": 0.93, "milk": 0.94, "juice": 0.90, "cereal": 0.85, "apples": 0.15},
    ),
    Segment(
        name="retirees",
        share=0.28,
        mean_age=71.0,
        age_spread=6.0,
        home_state="Florida",
        home_share=0.72,
        favorites={"tea": 0.94, "bread": 0.92, "apples": 0.90, "soup": 0.86, "milk": 0.12},
    ),
    Segment(
        name="city professionals",
        share=0.22,
        mean_age=48.0,
        age_spread=5.5,
        home_state="New York",
        home_share=0.70,
        favorites={"steak": 0.93, "wine": 0.94, "cheese": 0.90, "salad": 0.85, "bread": 0.12},
    ),
    Segment(
        name="students",
        share=0.15,
        mean_age=22.0,
        age_spread=2.5,
        home_state="Massachusetts",
        home_share=0.72,
        favorites={"noodles": 0.95, "soda": 0.92, "chips": 0.90, "pizza": 0.85, "juice": 0.10},
    ),
]

STATES: list[str] = [
    "Arizona",
    "California",
    "Colorado",
    "Florida",
    "Georgia",
    "Illinois",
    "Massachusetts",
    "New York",
    "Ohio",
    "Pennsylvania",
    "Texas",
    "Washington",
]

# Each product once, though some are bought by more than one segment.
PRODUCTS: list[str] = list(dict.fromkeys(product for segment in SEGMENTS for product in segment.favorites))

# How far down the file (0..1) each row goes. Shares rather than row numbers, so
# that a smaller file keeps all of them, just as scattered.
BAD_ROWS: list[tuple[float, str]] = [
    (0.013, "abc,Texas,milk, juice"),
    (0.094, ",Florida,tea, bread, soup"),
    (0.171, "-3,Ohio,cereal, milk"),
    (0.258, "207,New York,wine, cheese"),
    (0.327, "61y,Florida,apples, tea"),
    (0.419, "$53,Illinois,steak, salad"),
    (0.486, "1893,Georgia,bread, soup, apples"),
    (0.573, "28,,diapers, milk, juice"),
    (0.662, "44"),
    (0.748, "30,Texas"),
    (0.857, "N/A,California,chips, soda"),
    (0.969, "nan,Washington,noodles, pizza"),
]

# Odd but good: nothing bought yet, blanks after product names, a product twice.
# Each stands in for the customer drawn at that place, so the total is unchanged.
ODD_GOOD_ROWS: list[tuple[float, str]] = [
    (0.205, "52,Ohio,"),
    (0.530, "36,Texas,milk , juice  , diapers "),
    (0.810, "68,Florida,apples, tea, apples, bread"),
]


def draw_customers(count: int, seed: int) -> list[Customer]:
    """Draw `count` customers from the planted segments, in mixed order."""
    rng = Random(seed)
    shares = [segment.share for segment in SEGMENTS]
    return [_draw_customer(rng, segment) for segment in rng.choices(SEGMENTS, shares, k=count)]


def file_rows(customers: Sequence[Customer]) -> list[str]:
    """Return the data rows, without header: all good rows plus the twelve bad ones."""
    rows = [_row(customer) for customer in customers]
    count = len(rows)
    for depth, row in ODD_GOOD_ROWS:
        rows[int(depth * count)] = row
    # From the bottom up, so that no insertion shifts the place of the next.
    for depth, row in sorted(BAD_ROWS, reverse=True):
        rows.insert(int(depth * count), row)
    return rows


def write_file(path: Path, rows: Sequence[str]) -> None:
    """Write header and rows as UTF-8 with LF line ends on every platform."""
    path.write_bytes("".join(f"{line}\n" for line in (HEADER, *rows)).encode("utf-8"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file the command line asks for and say how many rows it has."""
    options = _command_line().parse_args(arguments)
    rows = file_rows(draw_customers(options.customers, options.seed))
    write_file(options.output, rows)
    good = len(rows) - len(BAD_ROWS)
    print(f"{options.output}: {len(rows)} rows, {good} good, {len(BAD_ROWS)} bad")
    return 0


def _draw_customer(rng: Random, segment: Segment) -> Customer:
    """Draw one customer of the segment."""
    return Customer(
        age=_draw_age(rng, segment),
        location=_draw_location(rng, segment),
        products=_draw_basket(rng, segment),
        segment=segment.name,
    )


def _draw_age(rng: Random, segment: Segment) -> int:
    """Draw an age in whole years, within the allowed range."""
    # Drawing again, not clamping, so that ages do not pile up at 18 or 90.
    while True:
        age = round(rng.gauss(segment.mean_age, segment.age_spread))
        if YOUNGEST <= age <= OLDEST:
            return age


def _draw_location(rng: Random, segment: Segment) -> str:
    """Draw a state: mostly the segment's home, else any state at all."""
    return segment.home_state if rng.random() < segment.home_share else rng.choice(STATES)


def _draw_basket(rng: Random, segment: Segment) -> tuple[str, ...]:
    """Draw 1 to 6 different products in the order they were bought."""
    basket = [product for product in PRODUCTS if rng.random() < segment.favorites.get(product, STRAY_PURCHASE)]
    rng.shuffle(basket)
    # The row must name something: an empty list is one of the planted oddities.
    return tuple(basket[:LARGEST_BASKET]) or (next(iter(segment.favorites)),)


def _row(customer: Customer) -> str:
    """Return the customer as one row of the file, without line end."""
    return f"{customer.age},{customer.location},{', '.join(customer.products)}"


def _customer_count(text: str) -> int:
    """Read a number of customers, refusing one too small to hold the segments."""
    count = int(text)
    if count < FEWEST_CUSTOMERS:
        raise argparse.ArgumentTypeError(f"at least {FEWEST_CUSTOMERS} customers, got {count}")
    return count


def _command_line() -> argparse.ArgumentParser:
    """Return the parser of the three options."""
    parser = argparse.ArgumentParser(description="Write an invented customer file.")
    parser.add_argument("--customers", type=_customer_count, default=3000, help="good rows")
    parser.add_argument("--seed", type=int, default=7, help="same seed, same bytes")
    parser.add_argument("--output", type=Path, default=Path("samples/customers.csv"))
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
