"""Who reaches a Prefect server: whoever does can start its deployments, and so run what they run."""

import ipaddress
import secrets
import shutil
import urllib.request
from collections.abc import Mapping
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from flows.server import PATIENCE, is_heard, opener_for

#: Where a page comes from that is none of the server's.
_STRANGER = "http://stranger.example"

#: Room that Prefect's database needs at least for the next runs.
_PREFECT_BYTES = 50_000_000


def new_auth_string() -> str:
    """Return a user and a password that nobody can guess."""
    return f"segments:{secrets.token_urlsafe(18)}"


def access_settings(auth: str, origin: str) -> dict[str, str]:
    """Return the settings of a server that answers with its auth string alone, to its own pages, and its clients'."""
    return {
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": origin,
    }


def server_faults(url: str) -> list[str]:
    """Ask a server as a stranger does, and return what lets others reach it, each with what to do.

    Args:
        url: its API, as in PREFECT_API_URL.
    """
    if not is_heard(url):
        return [f"nothing answers at {url}; start it, or unset PREFECT_API_URL"]
    faults = []
    if _answer(f"{url}/admin/version") is not None:
        faults.append(
            f"{url} answers without a password; set PREFECT_SERVER_API_AUTH_STRING=user:password where it is started, "
            "and the same as PREFECT_API_AUTH_STRING for worker and commands"
        )
    healthy = _answer(f"{url}/health")
    allowed = healthy and healthy["Access-Control-Allow-Origin"]
    if allowed in ("*", _STRANGER):
        faults.append(
            "pages of any site may call the server from a browser; set "
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS=http://127.0.0.1:4200, the address of its own pages"
        )
    host = urlsplit(url).hostname or ""
    if url.startswith("http://") and not _is_loopback(host):
        faults.append(f"{host} is asked without TLS, and the password can be read on the way; use https or a tunnel")
    return faults


def room_faults(environment: Mapping[str, str]) -> list[str]:
    """Return that there is little room where Prefect keeps its database, whose server then answers errors alone."""
    path = Path(environment.get("PREFECT_HOME") or "~/.prefect").expanduser()
    if not path.is_dir() or (free := shutil.disk_usage(path).free) >= _PREFECT_BYTES:
        return []
    needed = f"expected {_PREFECT_BYTES / 1e6:,.0f} MB: make room, or name another directory as PREFECT_HOME"
    return [f"PREFECT_HOME {path} has {free / 1e6:,.1f} MB free; {needed}"]


def _answer(url: str) -> Message | None:
    """Return the headers of an answer to somebody without a password; None where it is refused."""
    request = urllib.request.Request(url, headers={"Origin": _STRANGER})  # noqa: S310
    try:
        with opener_for(url).open(request, timeout=PATIENCE.health) as answer:
            headers: Message = answer.headers
            return headers
    except (OSError, ValueError, HTTPException):
        return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
