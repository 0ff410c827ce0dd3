"""A worker beside the stack, run by a command that waits for it; what is left when that command is killed.

FOLDER/attended-PID.json is one such command.
"""

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from campaignbase.local.stack.process import Process

WORKER_STOP_SECONDS = 10.0  # it hands its leases back first


@dataclass(frozen=True)
class Attendance(Process):
    """The command that waits."""

    worker_pid: int
    worker_started: float
    owns: bool  # it stops the stack when it ends

    @property
    def worker(self) -> Process:
        return Process(self.worker_pid, self.worker_started)


def attend(folder: Path, environment: dict[str, str], owns: bool) -> int:
    """Run a worker until it ends; what asks this process to end asks the worker.

    Returns:
        The worker's exit code.
    """
    worker = subprocess.Popen([sys.executable, "-m", "campaignbase", "worker"], env=environment)

    def end(*_: object) -> None:
        worker.terminate()

    # a terminal's Ctrl-C reaches the worker by itself
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, end),
        signal.SIGHUP: signal.signal(signal.SIGHUP, end),
    }
    own, its = Process.of(None), Process.of(worker.pid)
    file = folder / f"attended-{own.pid}.json"
    Attendance(own.pid, own.started, its.pid, its.started, owns).remember(file)
    try:
        return worker.wait()
    finally:
        file.unlink(missing_ok=True)
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_workers(folder: Path, *, orphaned: bool = False) -> list[Attendance]:
    """End the workers that were run here, or those alone whose commands were killed: these commands."""
    found = []
    for file in sorted(folder.glob("attended-*.json")):
        one = Attendance.remembered(file)
        if one is not None and orphaned and one.runs():
            continue
        if one is not None:
            one.worker.stop(WORKER_STOP_SECONDS)
            found.append(one)
        file.unlink(missing_ok=True)
    return found
