"""Prefect as ``segments run`` wants it; apply before Prefect is imported, which reads its settings once."""

import os

#: Nothing is sent to anybody.
_SETTINGS = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}

#: The terminal is ours; a server that is named still gets Prefect's log.
_QUIET = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}


def set_defaults(*, debug: bool) -> None:
    """Set what the environment does not set itself; with debug Prefect's own log stays."""
    for name, value in (_SETTINGS if debug else _SETTINGS | _QUIET).items():
        os.environ.setdefault(name, value)
    # The server is on this machine, whatever proxy leads elsewhere.
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1")))
