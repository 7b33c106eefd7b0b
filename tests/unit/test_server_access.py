"""What lets others reach a server is said, with what to do."""

import pytest

from flows.server_access import access_settings, new_auth_string, server_faults

OWN = access_settings("segments:secret", "http://127.0.0.1:4200")


def test_server_of_ours_has_no_fault():
    assert server_faults(OWN) == []
    assert new_auth_string() != new_auth_string()


def test_server_as_it_comes_has_two_faults():
    no_auth, any_origin = server_faults({})
    assert "set PREFECT_SERVER_API_AUTH_STRING=user:password" in no_auth
    assert "set PREFECT_SERVER_CORS_ALLOWED_ORIGINS=http" in any_origin


@pytest.mark.parametrize(
    ("setting", "value", "n_faults"),
    [
        ("PREFECT_SERVER_CORS_ALLOWED_ORIGINS", "*", 1),
        ("PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS", "*", 1),
        ("PREFECT_SERVER_API_HOST", "0.0.0.0", 1),
        ("PREFECT_SERVER_API_HOST", "segments.example", 1),
        ("PREFECT_SERVER_API_HOST", "localhost", 0),
        ("PREFECT_SERVER_API_HOST", "127.0.0.2", 0),
        ("PREFECT_SERVER_API_HOST", "::1", 0),
        ("PREFECT_SERVER_API_AUTH_STRING", "", 1),
    ],
)
def test_each_setting_counts(setting, value, n_faults):
    assert len(server_faults(OWN | {setting: value})) == n_faults
