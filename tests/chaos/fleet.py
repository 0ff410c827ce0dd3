"""Real worker processes: started, killed, frozen, thawed, stopped, by their pid."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.postgres import lives
from tests.support.stack import Stack

from campaignbase import settings

ROOT = Path(__file__).parents[2]
SECONDS = 60.0  # for a worker to start, or to end when asked


@dataclass(frozen=True)
class WorkerProcess:
    name: str  # what its connections are called
    pid: int
    out: Path
    err: Path

    def said(self) -> str:
        return self.err.read_text() if self.err.exists() else ""

    def wait_for_work(self) -> None:
        """Until it says that it works; then it is somewhere between two batches or inside one."""
        self.until(lambda: "waiting for work" in self.said(), "it waits for work")

    def until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + SECONDS
        while not condition():
            assert lives(self.pid), f"worker {self.name} ended by itself: {self.said()}"
            assert time.monotonic() < end, f"worker {self.name}: not {what} in {SECONDS:.0f} s: {self.said()}"
            time.sleep(0.005)

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def ended(self) -> dict[str, Any]:
        """Its report, when it has ended as asked."""
        self.send(signal.SIGTERM)
        end = time.monotonic() + SECONDS
        while lives(self.pid):
            assert time.monotonic() < end, f"worker {self.name} does not end: {self.said()}"
            time.sleep(0.005)
        assert "Traceback" not in self.said(), self.said()
        report = json.loads(self.out.read_text())
        assert isinstance(report, dict)
        return report


class Fleet:
    def __init__(self, nursery: "subprocess.Popen[str]", folder: Path) -> None:
        self._nursery = nursery
        self._folder = folder
        self._count = 0
        self.workers: list[WorkerProcess] = []

    def start(self, database: str, *options: str, lease: int, batch: int = 10) -> WorkerProcess:
        """`campaignbase worker`."""
        given = ["--json", "--lease", str(lease), "--batch", str(batch), "--database", database, *options]
        return self.be("campaignbase.cli", "run", ["worker", *given])

    def start_on(self, stack: Stack, *, lease: int, batch: int = 10) -> WorkerProcess:
        """The same with the project as its target: by REST, woken by realtime."""
        given = ["--json", "--lease", str(lease), "--batch", str(batch)]
        project = settings.environment_of_project(stack.url, stack.secret_key)
        return self.be("campaignbase.cli", "run", ["worker", *given], **project)

    def be(self, module: str, function: str, arguments: Sequence[str], **variables: str) -> WorkerProcess:
        """A process that calls `function(arguments)`."""
        self._count += 1
        name = f"w{self._nursery.pid}.{self._count}"
        out, err = self._folder / f"{name}.out", self._folder / f"{name}.err"
        told = {
            "module": module,
            "function": function,
            "arguments": list(arguments),
            "environment": {"PGAPPNAME": name, **variables},
            "out": str(out),
            "err": str(err),
        }
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(json.dumps(told) + "\n")
        self._nursery.stdin.flush()
        worker = WorkerProcess(name, int(self._nursery.stdout.readline()), out, err)
        self.workers.append(worker)
        return worker

    def kill(self, worker: WorkerProcess) -> None:
        worker.send(signal.SIGKILL)
        self.workers.remove(worker)

    def ended(self, worker: WorkerProcess) -> dict[str, Any]:
        self.workers.remove(worker)
        return worker.ended()

    def end_all(self) -> list[dict[str, Any]]:
        """Their reports."""
        return [self.ended(worker) for worker in list(self.workers)]


@contextmanager
def fleet(folder: Path) -> Iterator[Fleet]:
    """Those that still run at the end are killed."""
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.nursery"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,  # where no .env is
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'python'}{os.pathsep}{ROOT}", "PYTHONUNBUFFERED": "1"},
    )
    made = Fleet(nursery, folder)
    with nursery:  # closing its input ends it, and with it all it has forked
        yield made
