"""End the process: its exit code, a one-line error on stderr, and the signals that stop it."""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from cyclopts import CycloptsError

from schemas.errors import SegmentsError
from schemas.shown import shown

_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_Answer = Callable[[int, FrameType | None], None] | signal.Handlers


class _Stopped(BaseException):
    """A signal came; not an Exception, so that nothing takes it for a failure."""


@contextmanager
def exit_codes() -> Iterator[None]:
    """Leave this process with the exit code of whatever the block ends with; a failure is one line on stderr."""
    signals: list[int] = []
    # What is ignored stays so, as nohup and a shell's background jobs want it.
    heard = [number for number in _STOPS if signal.getsignal(number) is not signal.SIG_IGN]
    _answer(heard, _listener(signals))
    try:
        yield
        sys.stdout.flush()
        _answer(heard, signal.SIG_DFL)  # all is said; what Python still does on its way out may simply end
        _end(0)
    except BrokenPipeError:
        # The reader of a pipe has seen enough; pointing stdout elsewhere keeps Python from complaining at exit.
        _answer(heard, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _end(0)
    except SystemExit:
        raise
    except BaseException as error:
        _answer(heard, signal.SIG_IGN)
        # DuckDB turns what a signal raises within a statement into an error of its own, Prefect into one of its own.
        if signals or not isinstance(error, Exception):
            number = signals[0] if signals else signal.SIGTERM
            said = _publication(error) or ("nothing was published" if sys.argv[1:2] == ["run"] else "")
            _leave(128 + number, f"stopped; {said}" if said else "stopped")
        _leave_failed(error)


def _answer(numbers: list[signal.Signals], answer: _Answer) -> None:
    for number in numbers:
        signal.signal(number, answer)


def _listener(signals: list[int]) -> _Answer:
    """Return a listener that notes the first signal and raises; while that one is answered, others change nothing."""

    def stop(number: int, frame: FrameType | None) -> None:
        if not signals:
            signals.append(number)
            raise _Stopped(number)

    return stop


def _leave_failed(error: BaseException) -> NoReturn:
    if isinstance(error, CycloptsError):
        _leave(2, f"{' '.join(str(error).split())} (see: segments --help)")
    published = f"; {_publication(error)}" if _publication(error) else ""
    if isinstance(error, SegmentsError):
        _leave(error.exit_code, f"{error.in_full}{published}")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        _leave(1, f"the output cannot be written ({error.strerror}); make room and try again{published}")
    if isinstance(error, PermissionError) and error.filename:
        _leave(73, f"{error.filename}: {error.strerror}; run as the account that owns it{published}")
    if "--debug" in sys.argv:
        traceback.print_exception(error)
    what = " ".join(f"unexpected {type(error).__name__}: {error}".split())
    _leave(1, f"{what} (--debug shows where){published}")


def _publication(error: BaseException) -> str:
    """Return that the run was published before it ended so; empty where it was not."""
    return next(iter(getattr(error, "__notes__", [])), "")


def _leave(code: int, message: str) -> NoReturn:
    with suppress(OSError):  # the terminal may be gone
        print(f"segments: {shown(message)}", file=sys.__stderr__, flush=True)
    _end(code)


def _end(code: int) -> NoReturn:
    if "prefect" in sys.modules:
        from flows.server_run import leave_lost_server  # what imports Prefect is loaded where a server is named

        leave_lost_server(code)
    sys.exit(code)
