"""Commands, options, variables, functions and files that the documents name are there."""

import functools
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.support.supabase_cli import PROGRAM

from campaignbase.cli.app import app
from campaignbase.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])
UNIT = ROOT / "docs" / "campaignbase-worker.service"
# read by what stands beside the name
ELSEWHERE = {
    "FUNCTIONS_URL": "supabase/config.toml",
    "FUNCTIONS_KEY": "supabase/config.toml",
    "EMBEDDINGS_URL": "supabase/functions/_shared/env.ts",
    "EMBEDDINGS_KEY": "supabase/functions/_shared/env.ts",
    "EMBEDDINGS_MODEL": "supabase/functions/_shared/env.ts",
    "DB_PASSWORD": None,  # the shell's own
    "DATABASE": None,
    "OLD_DATABASE": None,
    "NEW_DATABASE": None,
    "DATA": None,
    "DIR": None,
}


def blocks(document: Path) -> Iterator[str]:
    """Lines of shell, continued ones joined, comments left out."""
    text = document.read_text(encoding="utf-8")
    for block in re.findall(r"^```(?:sh)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.replace("\\\n", " ").splitlines():
            yield re.sub(r"(^|\s)#.*", "", line)


def commands(program: str, document: Path) -> Iterator[list[str]]:
    """Words after the program's name, up to the end of its command."""
    plain = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    begins = r"(?:^(?:\s*export )?(?:\s*\w+=\S+ )*|&& |\$\(|bin/|npx )"
    for line in [*blocks(document), *re.findall(r"`([^`]+)`", plain)]:
        for found in re.findall(rf"{begins}{program} ([^|;&)]+)", line):
            yield shlex.split(found.replace("...", "x").replace("'", " ").strip().rstrip("."))


OURS = [
    pytest.param(words, id=" ".join(words)[:60])
    for document in DOCUMENTS
    for words in commands("campaignbase", document)
]
NAMED_BY_US = re.compile(r"supabase ((?:db|functions|config|secrets|migration) [a-z]+(?: --[a-z-]+)*)")
THEIRS = sorted(
    {
        *(tuple(words) for document in DOCUMENTS for words in commands("supabase", document)),
        # in the lines that doctor and errors tell
        *(
            tuple(found.split())
            for module in (ROOT / "python" / "campaignbase").rglob("*.py")
            for found in NAMED_BY_US.findall(module.read_text(encoding="utf-8"))
        ),
    }
)
STACK = "SUPABASE_EXPERIMENTAL_STACK"  # what makes `start` know --runtime


@pytest.mark.parametrize("words", OURS)
def test_our_commands_and_options_exist(words: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    known = {name for option in command.params for name in option.opts}
    for word in words:
        if word.startswith("-"):
            known |= {name for option in command.params for name in option.opts}
            assert word.partition("=")[0] in known | {"--help", "--json", "--database", "--workspace"}, words
        elif word in getattr(command, "commands", {}):
            command = command.commands[word]
    assert command is not typer.main.get_command(app)


@functools.cache
def help_of(named: tuple[str, ...], stack: bool) -> str:
    assert PROGRAM.exists(), f"{PROGRAM} is missing; run make setup"
    environment = {**os.environ, **({STACK: "1"} if stack else {})}
    asked = subprocess.run(
        [PROGRAM, *named, "--help"], capture_output=True, text=True, timeout=60, env=environment
    )
    assert asked.returncode == 0, asked.stderr
    return asked.stdout


@pytest.mark.parametrize("words", THEIRS, ids=" ".join)
def test_their_commands_and_options_exist(words: tuple[str, ...]) -> None:
    """By the help of the command line that supabase/package.json pins."""
    named = [word for word in words if not word.startswith("-")][:2]
    if named[0] in ("start", "stop", "status", "link", "login"):
        named = named[:1]
    told = help_of(tuple(named), stack="--runtime" in words)
    assert f"supabase {' '.join(named)} " in told.replace("\n", " \n"), named
    for option in (word.partition("=")[0] for word in words if word.startswith("-")):
        assert re.search(rf"(^|[\s,]){option}(?![\w-])", told), f"{' '.join(named)} has no {option}"


@pytest.mark.parametrize("document", [*DOCUMENTS, UNIT], ids=lambda path: path.name)
def test_variables_are_read_by_something(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = {
        *re.findall(r"\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?==)", text),
        *re.findall(r"\$\{?([A-Z_]{4,})", text),
    }
    ours = {name.upper() for name in Settings.model_fields} | {
        "SUPABASE_SERVICE_ROLE_KEY",
        "SUPABASE_ANON_KEY",
    }
    unknown = {name for name in named - ours if name not in ELSEWHERE and name != STACK}
    assert not unknown
    for name in named & ELSEWHERE.keys():
        place = ELSEWHERE[name]
        assert place is None or name in (ROOT / place).read_text(encoding="utf-8")


def test_functions_that_are_deployed_are_all_of_them() -> None:
    deploys = [words[2:] for words in THEIRS if words[:2] == ("functions", "deploy") and words[2:]]
    there = sorted(path.parent.name for path in (ROOT / "supabase" / "functions").glob("*/index.ts"))
    assert deploys
    assert all(sorted(name for name in words if not name.startswith("-")) == there for words in deploys)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert not [link for link in links if not (document.parent / link).exists()]


def test_the_unit_runs_a_command_that_is_there() -> None:
    [run] = re.findall(r"^ExecStart=/opt/campaignbase/bin/campaignbase (.+)$", UNIT.read_text(), re.MULTILINE)
    test_our_commands_and_options_exist(run.split())
    said = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert "EnvironmentFile=/etc/campaignbase.env" in UNIT.read_text()
    assert "`/etc/campaignbase.env`" in said
    assert "--metrics-port 9464" in run
    assert "127.0.0.1:9464/health" in said


def test_metrics_that_are_named_are_served() -> None:
    served = (ROOT / "python/campaignbase/worker/health.py").read_text(encoding="utf-8")
    named = set(
        re.findall(
            r"`campaignbase_(?!functions)(\w+)", (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
        )
    )
    assert len(named) == 5
    assert not {name for name in named if f'"{name}"' not in served and f"campaignbase_{name}" not in served}
