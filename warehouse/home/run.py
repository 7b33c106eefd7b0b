"""``Order``, what was asked for, and ``Run``, one attempt at it: what every step takes."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warehouse.home.directory import Home

SOFTWARE_VERSION = version("nightly-segments")

#: What every run id looks like: when the run began, and a random part.
RUN_ID = r"\d{8}T\d{6}Z-[0-9a-f]{6}"


@dataclass(frozen=True)
class Order:
    """What was asked for; the names are those of the command's options and the flow's parameters.

    Attributes:
        source: the delivered file, or several that make one delivery together.
        k: fixed number of segments; None chooses it between k_min and k_max.
        as_of: the day that the run speaks for; None is today in UTC.
        force: run again although the same file is published with the same settings.
        accept_volume: run although the delivery holds far fewer rows than the previous runs.
        encoding: name of the encoding; ``"auto"`` takes the one whose segments stand out most.
    """

    source: str | tuple[str, ...]
    dataset: str = "customers"
    home: str = "data"
    k: int | None = None
    k_min: int = 2
    k_max: int = 10
    as_of: date | None = None
    seed: int = 0
    force: bool = False
    accept_volume: bool = False
    encoding: str = "auto"

    @property
    def sources(self) -> tuple[str, ...]:
        """Every file that was ordered, in the order given."""
        return (self.source,) if isinstance(self.source, str) else tuple(self.source)

    @property
    def candidates(self) -> tuple[int, ...]:
        """Every k to try, ascending."""
        return (self.k,) if self.k is not None else tuple(range(self.k_min, self.k_max + 1))


@dataclass(frozen=True)
class Run:
    """One attempt at an order: its key, its day and its files.

    Attributes:
        record: what its manifest holds; the steps write into it through ``warehouse.home.ledger`` and read nothing.
    """

    run_id: str
    order: Order
    home: Home
    as_of: date
    started_at: datetime
    record: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def begin(cls, order: Order) -> "Run":
        """Give an order its run; nothing is written yet."""
        now = datetime.now(UTC)
        run_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        return cls(run_id, order, Home(Path(order.home)), order.as_of or now.date(), now)

    @property
    def directory(self) -> Path:
        """The run's own record: manifest and report stay here."""
        return self.home.runs / self.run_id

    @property
    def manifest_file(self) -> Path:
        """What happened in the run, written whatever happens."""
        return self.home.manifest_file(self.run_id)

    @property
    def report_file(self) -> Path:
        """The page for people."""
        return self.directory / "report.html"

    @property
    def rejected_rows_file(self) -> Path:
        """The rejected rows of a run that was refused for them."""
        return self.directory / "rejected_rows.csv"

    @property
    def staging(self) -> Path:
        """The run's directory under construction; gone once it is published."""
        return self.home.staging / self.run_id

    def source_copy(self, number: int) -> Path:
        """The delivered file of that number, from 1, as this run reads it; nothing can change under it."""
        return self.staging / f"source-{number}.csv"

    def undecodable_file(self, number: int) -> Path:
        """The lines of that copy that hold bytes which are not text; absent where there are none."""
        return self.staging / f"source-{number}.undecodable.csv"

    @property
    def night_file(self) -> Path:
        """The file that will be published."""
        return self.staging / "segments.duckdb"

    @property
    def work_file(self) -> Path:
        """Tables of the run that are not published."""
        return self.staging / "work.duckdb"

    @property
    def rows_file(self) -> Path:
        """The encoded customers, in their canonical order."""
        return self.staging / "encoded.npz"
