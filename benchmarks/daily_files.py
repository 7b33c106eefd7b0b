"""A shop's customers day by day: a few leave and come, habits drift, and kinds of customers come and go."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

#: Declares the file, customer id first.
SCHEMA = '''
from pandera.typing import Series
from schemas import Dataset, category, identifier, items, numeric

class Daily(Dataset):
    """Customers of a shop, day by day: one row per customer."""
    customer_id: Series[str] = identifier()
    age: Series[int] = numeric(ge=0, le=120)
    state: Series[str] = category()
    purchase_history: Series[list] = items()
'''

_N_KINDS, _FAVORITES, _N_STATES = 8, 4, 12
_OWN_SHARE, _OTHER_SHARE = 0.8, 0.03


@dataclass
class Shop:
    """The customers of a day; each has one of eight planted kinds, with favorite products and an age of its own.

    Attributes:
        kinds: of the customers who come, equally many of each.
        churn: share of the customers who leave, and of those who come, a day.
        drift: years by which the mean age of those who come grows a day.
        changing: share of the customers who begin or stop to buy a product, a day.
    """

    n_customers: int
    kinds: Sequence[int] = (0, 1, 2, 3, 4)
    churn: float = 0.01
    drift: float = 0.05
    changing: float = 0.01
    seed: int = 0
    ids: Ints = field(init=False)
    kind_of: Ints = field(init=False)
    ages: Ints = field(init=False)
    states: Ints = field(init=False)
    bought: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        """Draw the customers of the first day."""
        self._random, self._day, self._next_id = np.random.default_rng(self.seed), 0, 1
        self.ids = self.kind_of = self.ages = self.states = np.empty(0, dtype=np.int64)
        self.bought = np.empty((0, _N_KINDS * _FAVORITES), dtype=np.bool_)
        self._come(self._random.choice(list(self.kinds), self.n_customers))

    def next_day(self) -> None:
        """Let some customers leave and as many come, and some change what they buy."""
        self._day += 1
        n_leaving = round(self.churn * len(self.ids))
        self._keep(self._random.permutation(len(self.ids))[n_leaving:])
        self._come(self._random.choice(list(self.kinds), n_leaving))
        changing = self._random.permutation(len(self.ids))[: round(self.changing * len(self.ids))]
        self.bought[changing, self._random.integers(0, self.bought.shape[1], len(changing))] ^= True

    def close(self, kind: int) -> None:
        """Let all customers of a kind leave, and no more come."""
        self.kinds = [one for one in self.kinds if one != kind]
        self._keep(np.flatnonzero(self.kind_of != kind))

    def open(self, kind: int, n_customers: int) -> None:
        """Let customers of a kind come, and more of them on later days."""
        self.kinds = [*self.kinds, kind]
        self._come(np.full(n_customers, kind))

    def write(self, path: Path) -> None:
        """Write the day's file, its rows in random order."""
        products = np.array([f"product {number}" for number in range(self.bought.shape[1])])
        lines = ["Customer ID,Age,State,Purchase History"]
        for row in self._random.permutation(len(self.ids)):
            basket = ", ".join(products[self.bought[row]])
            lines.append(f"C{self.ids[row]},{self.ages[row]},State {self.states[row]},{basket}")
        path.write_text("\n".join([*lines, ""]))

    def _come(self, kinds: Ints) -> None:
        n = len(kinds)
        self.ids = np.r_[self.ids, np.arange(self._next_id, self._next_id + n)]
        self._next_id += n
        self.kind_of = np.r_[self.kind_of, kinds]
        ages = np.clip(self._random.normal(22 + 8 * kinds + self.drift * self._day, 3), 16, 99).astype(np.int64)
        self.ages = np.r_[self.ages, ages]
        at_home = self._random.random(n) < 0.5
        self.states = np.r_[self.states, np.where(at_home, kinds, self._random.integers(0, _N_STATES, n))]
        own = np.arange(self.bought.shape[1]) // _FAVORITES == kinds[:, None]
        shares = np.where(own, _OWN_SHARE, _OTHER_SHARE)
        self.bought = np.r_[self.bought, self._random.random(shares.shape) < shares]

    def _keep(self, rows: Ints) -> None:
        self.ids, self.kind_of, self.ages, self.states = (
            column[rows] for column in (self.ids, self.kind_of, self.ages, self.states)
        )
        self.bought = self.bought[rows]
