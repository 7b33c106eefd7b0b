"""What lets others reach a server is found by asking it as a stranger does, and said with what to do."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from flows.server_access import new_auth_string, room_faults, server_faults


@pytest.fixture
def answering():
    """Start a server that answers everybody with some headers, as Prefect's does without settings; return its API."""
    servers = []

    def start(status, **headers):
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200 if self.path.endswith("/health") else status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-").lower(), value)
                self.end_headers()

            def log_message(self, *_):
                pass

        servers.append(HTTPServer(("127.0.0.1", 0), Answer))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/api"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_auth_strings_cannot_be_guessed():
    assert new_auth_string() != new_auth_string()


def test_server_without_password_is_a_fault(answering):
    (fault,) = server_faults(answering(200))
    assert "answers without a password; set PREFECT_SERVER_API_AUTH_STRING=user:password" in fault


@pytest.mark.parametrize("origin", ["*", "http://stranger.example"])
def test_pages_from_anywhere_are_a_fault(answering, origin):
    (fault,) = server_faults(answering(401, Access_Control_Allow_Origin=origin))
    assert "set PREFECT_SERVER_CORS_ALLOWED_ORIGINS=http" in fault


def test_closed_server_has_no_fault(answering):
    assert server_faults(answering(401, Access_Control_Allow_Origin="http://127.0.0.1:4200")) == []


def test_silent_server_is_a_fault():
    (fault,) = server_faults("http://127.0.0.1:9/api")
    assert fault.startswith("nothing answers at")


def test_full_prefect_home_is_named(tmp_path, monkeypatch):
    assert room_faults({"PREFECT_HOME": str(tmp_path)}) == []
    monkeypatch.setattr("flows.server_access._PREFECT_BYTES", 10**18)
    (fault,) = room_faults({"PREFECT_HOME": str(tmp_path)})
    assert f"PREFECT_HOME {tmp_path} has " in fault
    assert room_faults({"PREFECT_HOME": str(tmp_path / "nowhere")}) == []
