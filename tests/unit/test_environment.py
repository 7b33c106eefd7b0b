"""Which Prefect server a run uses is found as Prefect finds it, without importing Prefect."""

import os
import subprocess
import sys

import pytest

from flows.environment import named_server

MINE = """
active = "office"

[profiles.office]
PREFECT_API_URL = "http://10.0.0.7:4200/api"

[profiles.laptop]
PREFECT_LOGGING_LEVEL = "INFO"
"""

#: Profiles and environment -> the server that they name.
NAMED = {
    "nothing": (None, {}, None),
    "the environment": (None, {"PREFECT_API_URL": "http://127.0.0.1:9/api"}, "http://127.0.0.1:9/api"),
    "the active profile": (MINE, {}, "http://10.0.0.7:4200/api"),
    "the environment before the profile": (MINE, {"PREFECT_API_URL": "http://a/api"}, "http://a/api"),
    "a profile without a server": (MINE, {"PREFECT_PROFILE": "laptop"}, None),
    "a profile of Prefect's own": (None, {"PREFECT_PROFILE": "local"}, "http://127.0.0.1:4200/api"),
    "a profile that nobody declared": (MINE, {"PREFECT_PROFILE": "local"}, None),
    "an empty variable before the profile": (MINE, {"PREFECT_API_URL": ""}, None),
}


@pytest.fixture
def set_up(monkeypatch, tmp_path):
    def set_profiles(profiles, environment):
        for name in [name for name in os.environ if name.startswith("PREFECT_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("HOME", str(tmp_path))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        if profiles is not None:
            (tmp_path / ".prefect").mkdir()
            (tmp_path / ".prefect" / "profiles.toml").write_text(profiles)

    return set_profiles


@pytest.mark.parametrize(("profiles", "environment", "server"), NAMED.values(), ids=NAMED)
def test_server_is_found_as_prefect_finds_it(set_up, profiles, environment, server):
    set_up(profiles, environment)
    assert named_server() == server
    script = "from prefect.settings import PREFECT_API_URL; print(PREFECT_API_URL.value())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (server or "None") or (server, done.stdout.strip()) == (None, "")


def test_environment_server_ignores_broken_profiles(set_up, capsys):
    set_up("active = ", {"PREFECT_API_URL": "http://127.0.0.1:9/api"})
    assert named_server() == "http://127.0.0.1:9/api"
    assert capsys.readouterr().err == ""


def test_broken_profiles_are_reported_once(set_up, tmp_path, capsys):
    set_up("active = ", {})
    assert named_server() is None
    said = capsys.readouterr().err
    assert said.startswith(f"segments: {tmp_path}/.prefect/profiles.toml: Prefect's profiles cannot be read (")
    assert said.endswith("); no server is used\n")
