"""Prefect's settings as ``segments run`` reads and sets them, before Prefect is imported or instead of that."""

import os
import tomllib
from pathlib import Path
from typing import Any

from schemas.errors import UsageError

#: Nothing is sent to anybody.
_SETTINGS = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}

#: A server that is lost is not waited for: Prefect would try every call six times, each for a minute.
_IMPATIENT = {"PREFECT_CLIENT_MAX_RETRIES": "1", "PREFECT_API_REQUEST_TIMEOUT": "10"}

#: The terminal is ours; a server that is named still gets Prefect's log.
_QUIET = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}


def set_defaults(*, debug: bool) -> None:
    """Set what the environment does not set itself; with debug Prefect's own log stays."""
    for name, value in (_SETTINGS | _IMPATIENT | ({} if debug else _QUIET)).items():
        os.environ.setdefault(name, value)
    # The server is on this machine, whatever proxy leads elsewhere.
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1")))


def named_server() -> str | None:
    """Return the API of the Prefect server that ``PREFECT_API_URL`` or the active profile names; None without one.

    Read here, as importing Prefect takes longer than a small run.

    Raises:
        UsageError: the profiles cannot be read.
    """
    return os.environ.get("PREFECT_API_URL") or _active_profile().get("PREFECT_API_URL") or None


def _active_profile() -> dict[str, Any]:
    home = Path(os.environ.get("PREFECT_HOME") or "~/.prefect")
    path = Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml").expanduser()
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: Prefect's profiles cannot be read ({error}); mend or remove the file") from error
    name = os.environ.get("PREFECT_PROFILE") or declared.get("active")
    profile: dict[str, Any] = declared.get("profiles", {}).get(name, {})
    return profile
