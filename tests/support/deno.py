"""Deno with the packages of supabase/node_modules, as the stack runs it."""

import subprocess
from pathlib import Path

from deno import find_deno_bin

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "supabase" / "deno.json"
# no network, and no types: tests/edge checks those
RUN = ("--allow-all", "--no-lock", "--no-check", "--cached-only", "--quiet", "--config", str(CONFIG))


def deno(*arguments: str, given: str = "", seconds: float = 120) -> str:
    """What one Deno command, run in the repository, writes to stdout when given this on stdin."""
    done = subprocess.run(
        [find_deno_bin(), *arguments], input=given, cwd=ROOT, capture_output=True, text=True, timeout=seconds
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
