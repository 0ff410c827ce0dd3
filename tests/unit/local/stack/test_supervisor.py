"""The supervisor beside a small program that stands in for the gateway."""

import http.client
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaignbase.local.cluster import free_port
from campaignbase.local.stack import supervisor as supervisors
from campaignbase.local.stack.supervisor import Supervisor

SECONDS = 20.0
GATEWAY = """
import http.server, json, os, sys, threading
config = json.loads(sys.stdin.readline())
if config["broken"]:
    sys.exit(config["broken"])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"pid": os.getpid(), **config}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
def gone():
    sys.stdin.read()
    os._exit(1)
threading.Thread(target=gone, daemon=True).start()
http.server.HTTPServer(("127.0.0.1", config["port"]), Handler).serve_forever()
"""


class Running:
    def __init__(self, folder: Path, broken: int = 0) -> None:
        self.port = free_port()
        file = folder / "gateway.py"
        file.write_text(GATEWAY)
        self.supervisor = Supervisor([sys.executable, str(file)], {"port": self.port, "broken": broken})
        self.code: int | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.code = self.supervisor.run()

    def ended(self) -> int | None:
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()
        return self.code

    def health(self, starts: int) -> dict[str, Any]:
        """What the one that was started as the so-manieth says, when it does."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            told = self._ask()
            if told is not None and told["starts"] == starts:
                return told
            time.sleep(0.02)
        raise AssertionError(f"start {starts} is not heard of in {SECONDS:.0f} s")

    def _ask(self) -> dict[str, Any] | None:
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=0.5)
        try:
            door.request("GET", "/health")
            told = json.load(door.getresponse())
            return dict(told)
        except (OSError, http.client.HTTPException):
            return None
        finally:
            door.close()


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(supervisors, "PROBE_SECONDS", 0.05)
    monkeypatch.setattr(supervisors, "ANSWER_SECONDS", 0.3)
    made = Running(tmp_path)
    yield made
    made.supervisor.stop()
    made.ended()


@pytest.mark.parametrize(
    ("number", "became"),
    [
        (signal.SIGKILL, "was ended by SIGKILL"),
        (signal.SIGTERM, "was ended by SIGTERM"),  # by somebody else
        (signal.SIGSTOP, "did not answer"),  # it hangs: nothing but SIGKILL ends that
    ],
)
def test_a_gateway_that_ends_or_hangs_is_started_again(
    running: Running, number: signal.Signals, became: str, capfd: pytest.CaptureFixture[str]
) -> None:
    first = running.health(1)
    assert first["ended"] is None
    time.sleep(0.2)  # the supervisor has heard of it too
    os.kill(first["pid"], number)
    second = running.health(2)
    assert second["ended"] == became
    assert second["pid"] != first["pid"]
    with pytest.raises(ProcessLookupError):
        os.kill(first["pid"], 0)
    told = f"supervisor: the gateway (process {first['pid']}) {became}; it is started again in 0.1 s\n"
    assert capfd.readouterr().out.endswith(told)


def test_ends_that_follow_soon_wait_longer_each(running: Running, capfd: pytest.CaptureFixture[str]) -> None:
    for starts in (1, 2, 3):
        pid = running.health(starts)["pid"]
        time.sleep(0.2)
        os.kill(pid, signal.SIGKILL)
    running.health(4)
    delays = [line.rsplit(" in ", 1)[1] for line in capfd.readouterr().out.splitlines()]
    assert delays == ["0.1 s", "0.2 s", "0.4 s"]


def test_a_first_start_that_fails_is_told_and_not_tried_again(tmp_path: Path) -> None:
    assert Running(tmp_path, broken=7).ended() == 7


def test_stop_ends_the_gateway(tmp_path: Path) -> None:
    running = Running(tmp_path)
    pid = running.health(1)["pid"]
    running.supervisor.stop()
    assert running.ended() == 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
