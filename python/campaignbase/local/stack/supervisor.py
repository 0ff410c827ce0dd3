"""Keeps the gateway's process running: it is started again when it ends, or when it does not answer any more.

`python -m campaignbase.local.stack.supervisor`, told {"command": [...], "config": {...}} on stdin. It speaks
to the gateway's log. SIGTERM ends both; the gateway ends by itself when this process is gone.
"""

import contextlib
import http.client
import json
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any

READY_SECONDS = 30.0  # from its start to its first answer
PROBE_SECONDS = 1.0
ANSWER_SECONDS = 4.0
MISSES = 2  # in a row, then it hangs
FIRST_DELAY = 0.1  # seconds; doubles with each end that follows soon
LONGEST_DELAY = 5.0
STEADY_SECONDS = 30.0  # so long up, and the next delay is the first one
STOP_SECONDS = 4.0


class Supervisor:
    def __init__(self, command: list[str], config: dict[str, Any]) -> None:
        self._command = command
        self._config = config
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        self._stopping.set()
        if self._child is not None:
            self._child.terminate()

    def run(self) -> int:
        """Until stop(), or until the first start fails; the exit code."""
        ended: str | None = None
        delay = FIRST_DELAY
        starts = 0
        while True:
            starts += 1
            begun = time.monotonic()
            with self._start({"starts": starts, "ended": ended}) as child:  # its pipe is closed behind it
                answered, ended = self._watch(child)
                if self._stopping.is_set():
                    _end(child)
                    return 0
                child.kill()
                code = child.wait()
            if starts == 1 and not answered:
                return code if code > 0 else 1
            delay = FIRST_DELAY if time.monotonic() - begun > STEADY_SECONDS else delay
            _tell(f"the gateway (process {child.pid}) {ended}; it is started again in {delay:.1f} s")
            if self._stopping.wait(delay):
                return 0
            delay = min(LONGEST_DELAY, delay * 2)

    def _start(self, history: dict[str, Any]) -> "subprocess.Popen[bytes]":
        child = subprocess.Popen(self._command, stdin=subprocess.PIPE, bufsize=0)
        self._child = child
        if child.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # it died: its log says of what
                # a line, and the pipe stays open: its end tells the gateway that nobody is here any more
                child.stdin.write(json.dumps({**self._config, **history}).encode() + b"\n")
        return child

    def _watch(self, child: "subprocess.Popen[bytes]") -> tuple[bool, str]:
        """Until it ends or hangs, or stop(): whether it ever answered, and what became of it."""
        answered, missed, late = False, 0, time.monotonic() + READY_SECONDS
        while not self._stopping.is_set():
            try:
                return answered, _ending(child.wait(PROBE_SECONDS if answered else 0.05))
            except subprocess.TimeoutExpired:
                pass
            if self._answers(child.pid):
                answered, missed = True, 0
            elif answered:
                missed += 1
            if missed >= MISSES or (not answered and time.monotonic() > late):
                return answered, "did not answer"
        return answered, "was stopped"

    def _answers(self, pid: int) -> bool:
        door = http.client.HTTPConnection("127.0.0.1", self._config["port"], timeout=ANSWER_SECONDS)
        try:
            door.request("GET", "/health")
            return bool(json.load(door.getresponse())["pid"] == pid)
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
            return False
        finally:
            door.close()


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _ending(code: int) -> str:
    return f"ended with {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"


def _tell(line: str) -> None:
    sys.stdout.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} supervisor: {line}\n")
    sys.stdout.flush()


def main() -> int:
    supervisor = Supervisor(**json.load(sys.stdin))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.stop())
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
