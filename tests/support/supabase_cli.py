"""The real Supabase command line, as `make setup` installs it, on a copy of supabase/."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "supabase" / "node_modules" / ".bin" / "supabase"


@dataclass(frozen=True)
class SupabaseCli:
    project: Path  # holds a folder `supabase`

    def run(self, *arguments: str, url: str) -> subprocess.CompletedProcess[str]:
        """Run one command against a database; always by URL, never whatever listens on 54322."""
        return subprocess.run(
            [PROGRAM, *arguments, f"--remote={url}", "--workdir", self.project],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={**os.environ, "SUPABASE_TELEMETRY_DISABLED": "1", "DO_NOT_TRACK": "1"},
        )

    def check(self, *arguments: str, url: str) -> str:
        """Run one command that must succeed, and return its stdout."""
        done = self.run(*arguments, url=url)
        assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def push(self, url: str, *options: str) -> str:
        return self.check("db", "push", "--yes", *options, url=url)

    def advice(self, url: str, level: str = "warn") -> list[dict[str, Any]]:
        """What the linters of this command line have to say, from `level` up."""
        said = self.run("db", "advisors", "--level", level, "--output-format", "json", url=url)
        found: list[dict[str, Any]] = json.loads(said.stdout)["results"]
        return found


@pytest.fixture(scope="session")
def supabase_cli(tmp_path_factory: pytest.TempPathFactory) -> SupabaseCli:
    assert PROGRAM.exists(), f"{PROGRAM} is missing; run make setup"
    project = tmp_path_factory.mktemp("project")
    shutil.copytree(
        ROOT / "supabase",
        project / "supabase",
        ignore=shutil.ignore_patterns("node_modules", ".temp", "functions"),
    )
    return SupabaseCli(project)
