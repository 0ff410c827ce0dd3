"""Deno with the packages of supabase/node_modules, as the stack runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from deno import find_deno_bin

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "supabase" / "deno.json"
# no network, and no types: tests/edge checks those
RUN = ("--allow-all", "--no-lock", "--no-check", "--cached-only", "--quiet", "--config", str(CONFIG))


def deno(*arguments: str, given: str = "", seconds: float = 120) -> str:
    """What one Deno command, run in the repository, writes to stdout when given this on stdin."""
    # tests of theirs start a Python of ours
    environment = {**os.environ, "NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1", "PYTHON": sys.executable}
    done = subprocess.run(
        [find_deno_bin(), *arguments],
        input=given,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    if done.returncode:
        pytest.fail(f"deno {' '.join(arguments)}\n{done.stdout}\n{done.stderr}", pytrace=False)
    return done.stdout
