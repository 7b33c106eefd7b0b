"""Read and set Prefect's settings for ``segments run``, without importing Prefect."""

import importlib.util
import os
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

#: No usage data leaves this machine.
_PRIVATE = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}

#: A lost server is given up: Prefect would try every call six times, each for a minute.
_IMPATIENT = {"PREFECT_CLIENT_MAX_RETRIES": "0", "PREFECT_API_REQUEST_TIMEOUT": "8"}

#: The terminal shows our own progress; a named server still gets Prefect's log.
_QUIET = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}


def use_server(url: str, *, debug: bool) -> None:
    """Set what a flow run on a server needs, unless environment or profile set it; with debug Prefect's log stays."""
    profile: dict[str, Any] = {}
    with suppress(OSError, ValueError):  # Prefect itself says that it cannot read them
        profile = _active_profile()
    for name, value in (_PRIVATE | _IMPATIENT | ({} if debug else _QUIET)).items():
        if name not in profile:
            os.environ.setdefault(name, value)
    os.environ["PREFECT_API_URL"] = url  # the one that was found, wherever Prefect would look besides
    # The server is on this machine, whatever proxy leads elsewhere.
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1")))


def named_server() -> str | None:
    """Return the API of the Prefect server that ``PREFECT_API_URL`` or the active profile names; None without one.

    Read here, as importing Prefect takes longer than a small run. A variable that is set and empty names none.
    """
    if "PREFECT_API_URL" in os.environ:
        return os.environ["PREFECT_API_URL"] or None
    try:
        return _active_profile().get("PREFECT_API_URL") or None
    except (OSError, ValueError) as error:
        path = _profiles_file()
        print(f"segments: {path}: Prefect's profiles cannot be read ({error}); no server is used", file=sys.stderr)
        return None


def _active_profile() -> dict[str, Any]:
    path = _profiles_file()
    declared = tomllib.loads(path.read_text(encoding="utf-8")) if path and path.is_file() else {}
    name = os.environ.get("PREFECT_PROFILE") or declared.get("active")
    profile: dict[str, Any] = declared.get("profiles", {}).get(name, {})
    return profile


def _profiles_file() -> Path | None:
    """Return where Prefect looks for profiles: its own come with its package."""
    if path := os.environ.get("PREFECT_PROFILES_PATH"):
        return Path(path)
    if home := os.environ.get("PREFECT_HOME"):
        return Path(home) / "profiles.toml"
    path_at_home = Path("~/.prefect/profiles.toml").expanduser()
    if path_at_home.exists():
        return path_at_home
    package = importlib.util.find_spec("prefect")
    folders = package.submodule_search_locations if package else None
    return Path(folders[0]) / "settings" / "profiles.toml" if folders else None
