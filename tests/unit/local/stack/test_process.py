"""A process that is told to stop, whatever becomes of it."""

import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from campaignbase.errors import UnreachableError
from campaignbase.local.stack import process as processes
from campaignbase.local.stack.process import Process

DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
)
KEEPS_IT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def deaf() -> Iterator[Process]:
    """Deaf to SIGTERM, and its parent never asks how it ended."""
    parent = subprocess.Popen([sys.executable, "-c", KEEPS_IT, DEAF], stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout is not None
        yield Process.of(int(parent.stdout.readline()))
    finally:
        parent.kill()
        parent.communicate()


def test_stop_believes_that_a_zombie_has_ended(deaf: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.2)
    assert deaf.stop(0.1) is True
    assert not deaf.runs()
    assert deaf.stop() is False


def test_stop_tells_of_one_that_does_not_end(deaf: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.1)
    with monkeypatch.context() as patched:
        patched.setattr(psutil.Process, "kill", lambda _: None)  # as if the kernel held it
        with pytest.raises(UnreachableError, match=f"process {deaf.pid} does not end, not even killed"):
            deaf.stop(0.1)
    deaf.stop(0.1)
