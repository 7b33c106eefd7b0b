"""Who reaches a Prefect server: whoever does can start its deployments, and so run what they run."""

import ipaddress
import secrets
from collections.abc import Mapping

#: What a server without the setting has.
_HOST, _ORIGINS = "127.0.0.1", "*"


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


def server_faults(environment: Mapping[str, str]) -> list[str]:
    """Return what lets others reach a server that is started with these settings, each with what to do."""
    faults = []
    if not environment.get("PREFECT_SERVER_API_AUTH_STRING"):
        faults.append(
            "the server answers everybody on this machine; set PREFECT_SERVER_API_AUTH_STRING=user:password, and the "
            "same as PREFECT_API_AUTH_STRING for worker and commands"
        )
    origins = _either(environment, "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS", "PREFECT_SERVER_CORS_ALLOWED_ORIGINS")
    if "*" in (origins or _ORIGINS):
        faults.append(
            "pages of any site may call the server from a browser; set "
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS=http://127.0.0.1:4200, the address of its own pages"
        )
    host = environment.get("PREFECT_SERVER_API_HOST") or _HOST
    if not _is_loopback(host):
        faults.append(
            f"other machines reach the server at {host}; set PREFECT_SERVER_API_HOST={_HOST}, and give access through "
            "a proxy with TLS or an SSH tunnel"
        )
    return faults


def _either(environment: Mapping[str, str], *names: str) -> str | None:
    return next((environment[name] for name in names if environment.get(name)), None)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
