"""``Order``, what was asked for, and ``Run``, one attempt at it: what every step takes."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import KW_ONLY, asdict, dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from schemas.encodings import EncodingOption
from schemas.errors import UsageError
from schemas.trust import delivered_into
from warehouse.home.directory import DEFAULT_HOME, Home

SOFTWARE_VERSION = version("nightly-segments")

#: What every run id looks like: when the run began, and a random part.
RUN_ID = r"\d{8}T\d{6}Z-[0-9a-f]{6}"


#: Number of segments: one is none, and a retailer has no use for more than a hundred.
Clusters = Annotated[int, Field(strict=True, ge=2, le=100)]
Purpose = Literal["segment", "score", "freeze", "name", "rollback"]
Seed = Annotated[int, Field(strict=True, ge=0, lt=2**32)]


@dataclass(frozen=True)
class Order:
    """What was asked for: the options of the command and the parameters of the flow, with their types and defaults.

    Attributes:
        source: The customers file, or a directory, whose newest file is used; several files make one run together.
        dataset: What declares the file: a name in schemas/, or the path of a Python file.
        home: Directory of the published file and of the runs.
        k: Fixed number of segments; left out, k is chosen by silhouette.
        k_min: Smallest k to try.
        k_max: Largest k to try.
        as_of: Day that the data describes, as 2027-01-31; left out, today in UTC.
        seed: Random seed: the same file and seed give the same segments.
        force: Run although the same file is published with the same settings, a later day is, or identifiers changed.
        accept_volume: Run although the file has far fewer rows than those of previous runs.
        encoding: How customers become numbers; auto selects the encoding whose segments stand out most.
        refit: Form a new model: choose encoding and number of segments anew, whatever previous runs had.
        backfill: Run every file of the directory for the day in its name, the oldest first, from the first day on that
            is not published yet; the published file goes through these days.
    """

    source: str | Sequence[str] = ()
    _: KW_ONLY
    dataset: str = "customers"
    home: str = DEFAULT_HOME
    k: Clusters | None = None
    k_min: Clusters = 2
    k_max: Clusters = 10
    as_of: date | None = None
    seed: Seed = 0
    force: bool = False
    accept_volume: bool = False
    encoding: EncodingOption = "auto"
    refit: bool = False
    backfill: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """Every file that was ordered, in the order given."""
        return (self.source,) if isinstance(self.source, str) else tuple(self.source)

    @property
    def candidates(self) -> tuple[int, ...]:
        """Every k to try, ascending."""
        return (self.k,) if self.k is not None else tuple(range(self.k_min, self.k_max + 1))

    def check(self) -> None:
        """Check every setting against its type and its bounds.

        Raises:
            UsageError: the first one that breaks them, with what was expected.
        """
        try:
            _order_type().validate_python(asdict(self))
        except ValidationError as error:
            fault = error.errors()[0]
            option, expected = str(fault["loc"][0]).replace("_", "-"), fault["msg"].removeprefix("Input should be ")
            expected = expected.replace("greater than or equal to", "at least")
            expected = expected.replace("less than or equal to", "at most")
            raise UsageError(f"--{option} {fault['input']} cannot be used; expected {expected}") from None
        if self.k_min > self.k_max:
            raise UsageError(f"--k-min {self.k_min} is above --k-max {self.k_max}; expected k-min <= k-max")
        self._refuse_delivered_schema()

    def _refuse_delivered_schema(self) -> None:
        """Refuse a schema that came with a delivery, or may have: it would run as Python."""
        folders = [Home(Path(self.home)).inbox, *(Path(source) for source in self.sources if os.path.isdir(source))]
        if folder := delivered_into(self.dataset, folders):
            raise UsageError(
                f"--dataset {self.dataset} lies in {folder}, where files are delivered, and a schema runs as Python; "
                "move it to a directory of your own"
            )


@cache
def _order_type() -> TypeAdapter[Order]:
    return TypeAdapter(Order)


def has_same_names(software_version: str) -> bool:
    """Return whether the tables of a version have the names of this one: only its last number may differ."""
    return software_version.rpartition(".")[0] == SOFTWARE_VERSION.rpartition(".")[0]


@dataclass(frozen=True)
class Run:
    """One attempt at an order: its key, its day and its files.

    Attributes:
        purpose: what for: to segment customers, to score some with the published model, to freeze or to name a segment,
            or to roll back.
        record: what its manifest holds; the steps write into it through ``warehouse.home.ledger`` and read nothing.
    """

    run_id: str
    order: Order
    home: Home
    as_of: date
    started_at: datetime
    purpose: Purpose = "segment"
    record: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def begin(cls, order: Order, purpose: Purpose = "segment") -> "Run":
        """Give an order its run; nothing is written yet."""
        now = datetime.now(UTC)
        run_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        return cls(run_id, order, Home(Path(order.home)), order.as_of or now.date(), now, purpose)

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
        return self.home.report_file(self.run_id)

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
