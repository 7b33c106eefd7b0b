"""``FileSettings``: the settings of a dataset's files as a whole, given as class keywords."""

from dataclasses import dataclass
from typing import Literal, get_args

from schemas.errors import SchemaError

#: How an undeclared column is treated: kept as text, the file refused, the rows that fill it rejected, or left out.
ColumnsRule = Literal["evolve", "freeze", "discard_row", "discard_value"]

GIBIBYTE = 1 << 30

#: Fewer scored customers give intervals too wide to use.
MIN_SCORED = 200


#: Numbers that need to be so large.
_LEAST = {
    "settle_seconds": 0,
    "wait_seconds": 0,
    "max_record_lines": 1,
    "max_unpacked_bytes": 1,
    "max_unpacked_ratio": 1,
    "exact_rows": 1,
    "min_segment_customers": 1,
    "k_runs": 1,
    "model_runs": 1,
    "history_runs": 1,
    "archived_runs": 1,
    "delivery_days": 0,
    "drift_warn": 0,
    "drift_refuse": 0,
    "max_scored": MIN_SCORED,
}


@dataclass(frozen=True)
class FileSettings:
    """What a dataset says about its files as a whole; what is None is detected in the file and reported.

    Attributes:
        delimiter: the text between fields; found by the declared columns where it is None.
        quote: the character around fields, ``""`` for none; found by the header where it is None.
        escape: the character before a quote within quotes; None where a quote is doubled.
        comment: lines that begin with it are skipped; None where every line counts.
        header: whether the first record names the columns; where it does not, fields are taken in
            the order of the declaration.
        encoding: name of the text encoding, such as ``"cp1252"``; found by the bytes where it is None.
        decimal: ``"."`` or ``","``; found by the numbers where it is None.
        thousands: the character between groups of three digits, ``""`` for none; found where it is None.
        columns: how an undeclared column is treated: ``"evolve"`` keeps it as text
            with the customer, ``"freeze"`` refuses the file, ``"discard_row"`` rejects the rows
            that fill it, ``"discard_value"`` leaves it out and reports it.
        max_rejected_share: share of rejected rows, 0 to 1, above which the file is refused.
        min_volume_share: share of the median rows of the previous runs, below which the delivery is refused;
            0 accepts any number.
        max_record_lines: lines that one record may fill, all but the first within quotes.
        settle_seconds: time for which a file must be stable before it is read.
        wait_seconds: time to wait for a file that is still being written before it is refused.
        deliveries: pattern of the names of the deliveries in a directory, such as ``"customers*.csv*"``; None takes
            all that are finished, of one kind and of no other format.
        done_marker: suffix of the empty file that marks a delivery as complete, such as ``".done"``; None
            needs no marker.
        delivery_days: days within which a new delivery is expected; a run that finds none for longer is refused. None
            accepts any age.
        max_unpacked_bytes: size above which a packed file is refused.
        max_unpacked_ratio: unpacked by packed size above which a packed file is refused.
        exact_rows: different encoded rows up to which every customer's silhouette is computed; the time is
            quadratic in them.
        max_scored: customers in the sample whose silhouettes are computed where there are more.
        min_segment_customers: minimum customers of a segment; of few customers a quarter is enough.
        min_segment_share: minimum share of the customers in a segment, 0 to 1.
        refuse_none: refuse a run whose verdict is none instead of publishing it.
        k_runs: runs in a row in which another k must be ahead of that of the previous run, to replace it; 1 replaces
            it at once.
        model_runs: runs after which the encoding is chosen anew; None keeps it until there is a reason.
        history_runs: earlier runs that the history reaches back; None keeps all.
        archived_runs: published files that are kept for a rollback, the last one among them.
        drift_warn: population stability index above which a note says that a column has drifted from the model's run;
            None never says it.
        drift_refuse: population stability index above which the run is refused; None accepts any.
    """

    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    comment: str | None = None
    header: bool = True
    encoding: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    columns: ColumnsRule = "discard_value"
    max_rejected_share: float = 0.10
    min_volume_share: float = 0.60
    max_record_lines: int = 100
    settle_seconds: float = 1.0
    wait_seconds: float = 60.0
    deliveries: str | None = None
    done_marker: str | None = None
    delivery_days: float | None = None
    max_unpacked_bytes: int = 16 * GIBIBYTE
    max_unpacked_ratio: float = 200.0
    exact_rows: int = 50_000
    max_scored: int = 8_000
    min_segment_customers: int = 5
    min_segment_share: float = 0.01
    refuse_none: bool = False
    k_runs: int = 3
    model_runs: int | None = None
    history_runs: int | None = None
    archived_runs: int = 14
    drift_warn: float | None = 0.25
    drift_refuse: float | None = None

    def __post_init__(self) -> None:
        """Refuse impossible settings."""
        self._check_marks()
        self._check_encoding()
        if self.columns not in get_args(ColumnsRule):
            raise SchemaError(f"columns={self.columns!r} should be one of {', '.join(get_args(ColumnsRule))}")
        for name in ("max_rejected_share", "min_volume_share", "min_segment_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise SchemaError(f"{name}={getattr(self, name)} should be between 0 and 1")
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value is not None and not value >= least:
                raise SchemaError(f"{name}={value} should be {least} or more")

    def _check_marks(self) -> None:
        if self.delimiter is not None and (not self.delimiter or set(self.delimiter) & set('"\r\n\0')):
            raise SchemaError(f"delimiter={self.delimiter!r} should be a text without quotes or line ends")
        single = {"quote": self.quote, "escape": self.escape, "comment": self.comment, "thousands": self.thousands}
        for name, mark in single.items():
            is_none = mark is None or (mark == "" and name in ("quote", "thousands"))
            if not is_none and (len(str(mark)) != 1 or str(mark) in "\r\n\0"):
                raise SchemaError(f"{name}={mark!r} should be one character, not a line end")
        if self.quote and self.delimiter and self.quote in self.delimiter:
            raise SchemaError(f"quote={self.quote!r} is part of delimiter={self.delimiter!r}; they should differ")
        if self.decimal not in (None, ".", ","):
            raise SchemaError(f"decimal={self.decimal!r} should be '.' or ','")
        if self.thousands and (self.thousands.isalnum() or self.thousands == (self.decimal or "")):
            raise SchemaError(f"thousands={self.thousands!r} should be a mark other than the decimal one")
        if self.deliveries is not None and (not self.deliveries.strip() or "/" in self.deliveries):
            raise SchemaError(
                f"deliveries={self.deliveries!r} should be a pattern of file names, such as 'customers*.csv*'"
            )
        if self.done_marker is not None and (not self.done_marker or "/" in self.done_marker):
            raise SchemaError(f"done_marker={self.done_marker!r} should be the ending of a file name, such as '.done'")

    def _check_encoding(self) -> None:
        if self.encoding is None:
            return
        try:
            "".encode(self.encoding)
        except LookupError as error:
            raise SchemaError(
                f"encoding={self.encoding!r} is not known; name one such as 'utf-8', 'utf-16' or 'cp1252'"
            ) from error


#: The settings of a schema that says nothing about its files.
NOTHING_DECLARED = FileSettings()
