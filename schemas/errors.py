"""Every error that a user can see, in one class hierarchy; the class decides the exit code.

SegmentsError                       1   unexpected failure
├── AuditFailed                     1   the finished tables break an invariant
├── UsageError                      2   wrong usage or settings
│   └── SchemaError                 2   a schema file cannot be used
├── DataRefused                     65  the data was refused, nothing published
├── HomeNotWritable                 73  the home cannot be written
└── AnotherRunUnderWay              75  another run holds the home

A message is one line: what, where (file, line, column), what was expected, what to do.
None of these passes by itself, so none is retried.
"""

import errno
import os

from schemas.private import with_values, without_values
from schemas.shown import shown

#: There is no room: on the disk, for this account, for a file of this process.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class SegmentsError(Exception):
    """Base of all failures; the user sees each as one line.

    Attributes:
        run_id: the run that it ended; None where it came before a run began.
        hides_values: whether it says nothing of delivered rows when it is asked for its text, as Prefect asks.
    """

    exit_code = 1
    status = "failed"
    run_id: str | None = None
    hides_values = False

    def __str__(self) -> str:
        """Return the message on one line, whatever the names in it."""
        return shown(" ".join(without_values(super().__str__()).split())) if self.hides_values else self.in_full

    def __repr__(self) -> str:
        """Return the class and the message: Prefect logs it."""
        return f"{type(self).__name__}({str(self)!r})"

    @property
    def in_full(self) -> str:
        """The message on one line, with the values that it quotes."""
        return shown(" ".join(with_values(super().__str__()).split()))


class AuditFailed(SegmentsError):
    """The tables of the run break an invariant; nothing was published."""


class UsageError(SegmentsError):
    """The command, the flow's parameters or a setting cannot be used as given."""

    exit_code = 2


class SchemaError(UsageError):
    """A schema file cannot be loaded, or declares something impossible."""


class DataRefused(SegmentsError):
    """The delivered data cannot be segmented; nothing was published."""

    exit_code = 65
    status = "refused"


class HomeNotWritable(SegmentsError):
    """The home directory cannot be created or written."""

    exit_code = 73


class AnotherRunUnderWay(SegmentsError):
    """Another run holds the lock of the home."""

    exit_code = 75


class Unforeseen(Exception):
    """Stands for an error that is none of these, whose text may quote a row: it says its type and the step alone.

    Attributes:
        original: the error itself.
    """

    def __init__(self, original: Exception, step: str) -> None:
        super().__init__(f"unexpected {type(original).__name__} in {step}; segments runs prints what it says")
        self.original = original


def in_full(error: Exception) -> str:
    """Return the type and the text of an error that is none of these, on one line; for the home's own record."""
    original = _original(error)
    return f"{type(original).__name__}: {' '.join(str(original).split())}"


def no_room(error: Exception) -> str:
    """Return what the system says where there is no room, also where DuckDB says it; empty where else it failed."""
    original = _original(error)
    said = f"{original} {os.strerror(getattr(original, 'errno', None) or 0)}"
    return next((os.strerror(number) for number in _FULL if os.strerror(number) in said), "")


def _original(error: Exception) -> Exception:
    return error.original if isinstance(error, Unforeseen) else error
