"""The gate for models from the command line on: who lost decides nothing, who passed does."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support import model_answers
from tests.support.cli import Cli, cli
from tests.support.fake_models import KEY, FakeModels
from tests.support.model_answers import Asked
from tests.support.postgres import Database, pg_database, pg_server

from campaignbase.core.prompt import PROMPT_VERSION

__all__ = ["cli", "pg_database", "pg_server"]

GOOD, POOR, OFFLINE = "claude-haiku-5-5", "claude-haiku-4-5", "campaignbase-offline-1"
WORDS = ["hot", "tomato", "leek", "onion", "pea"]
GOLDEN = [
    {"text": f"{way} {word} {thing}", "category": thing}
    for thing in ("soup", "shoes")
    for word in WORDS
    for way in ("new", "our best", "once more")
]
COMMAND = f"campaignbase train gate --analysis anthropic --model {POOR} --workspace default"


@pytest.fixture
def models(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeModels]:
    with FakeModels() as server:
        server.say = lambda asked: said(asked, server.calls[-1].body["model"])
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url("anthropic"))
        yield server


def said(asked: Asked, model: str) -> dict[str, Any]:
    """The one names what the text names, the other one the opposite."""
    right = "soup" if "soup" in asked.content else "shoes"
    named = right if model == GOOD else {"soup": "shoes", "shoes": "soup"}[right]
    slot = re.search(rf"^(c\d+) {named}\b", asked.text, re.MULTILINE)
    return {**model_answers.labels(asked), "category": slot and slot[1]}


def decided(cli: Cli, key: str) -> tuple[str, str | None]:
    """(model, fallback) of its newest category decision."""
    told = cli.ok("show", key, "--json").json["decisions"]
    newest = next(one for one in told if one["field"] == "category")
    return newest["model"], newest["fallback"]


def add(cli: Cli, text: str) -> tuple[str, str]:
    """(its id, what was said while it was labeled)"""
    added = cli.ok("ingest", cli.write_lines("a.jsonl", {"text": text}))
    return added.rows[0][0], added.err + cli.ok("worker", "--once").err


def test_who_lost_decides_nothing_and_who_passed_does(
    cli: Cli, models: FakeModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk(cli, models, monkeypatch)


@pytest.mark.proof
def test_on_postgres(
    cli: Cli, models: FakeModels, pg_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGNBASE_DATABASE", pg_database.url)
    walk(cli, models, monkeypatch)


def walk(cli: Cli, models: FakeModels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGNBASE_ANALYSIS", "offline")
    options = ("--category-column", "category", "--create-categories", "--golden")
    cli.ok("ingest", cli.write_lines("golden.jsonl", *GOLDEN), *options)
    cli.ok("worker", "--once")

    monkeypatch.delenv("CAMPAIGNBASE_ANALYSIS")
    monkeypatch.setenv("CAMPAIGNBASE_MODEL", POOR)
    first, err = add(cli, "A quiet evening by the canal")
    assert (decided(cli, first), models.calls) == ((OFFLINE, "gate"), [])
    why = f"{POOR} with prompt {PROMPT_VERSION} was not measured on the golden set of workspace 'default'"
    assert [COMMAND in line for line in err.splitlines() if why in line] == [True]  # once
    assert f"{COMMAND}; decided offline" in " ".join(cli.ok("show", first).out.split())

    lost = cli("train", "gate", "--analysis", "anthropic", "--model", POOR, "--json")
    assert (lost.code, lost.json["verdict"], len(models.calls)) == (1, "lost", 30)
    by_label = {one["category"]: one["after"] for one in lost.json["comparison"]["labels"]}
    assert (by_label, lost.json["comparison"]["after"]) == ({"soup": 0, "shoes": 0}, 0.0)
    second, err = add(cli, "The kettle has a new lid")
    assert (decided(cli, second), len(models.calls)) == ((OFFLINE, "gate"), 30)
    assert f"{POOR} with prompt {PROMPT_VERSION} lost on the golden set" in err

    monkeypatch.delenv("CAMPAIGNBASE_MODEL")
    passed = cli.ok("train", "gate", "--analysis", "anthropic", "--json").json
    assert (passed["verdict"], passed["comparison"]["after"], len(models.calls)) == ("passed", 1.0, 60)
    cli.ok("categorize", "--decided-offline")
    cli.ok("worker", "--once")
    assert [decided(cli, key) for key in (first, second)] == [(GOOD, None)] * 2

    monkeypatch.setenv("CAMPAIGNBASE_MODEL", POOR)
    third, _ = add(cli, "Somebody left an umbrella here")
    assert decided(cli, third) == (OFFLINE, "gate")
    kept = cli.ok("train", "gate", "--model", POOR, "--force", "--json").json
    assert (kept["verdict"], kept["comparison"]["passed"]) == ("forced", False)
    assert f"right, {GOOD} with prompt {PROMPT_VERSION} was 1.000: loses 1.000" in kept["comparison"]["told"]
    fourth, _ = add(cli, "Bread is bread")
    assert decided(cli, fourth) == (POOR, None)
    verdicts = cli.ok("train", "gate", "list", "--json").json["verdicts"]
    assert [(one["model"], one["passed"], one["forced"]) for one in verdicts] == [
        (POOR, True, True),
        (GOOD, True, False),
        (POOR, False, False),
    ]


def test_what_was_not_answered_is_no_verdict(cli: Cli, models: FakeModels) -> None:
    cli.ok("workspace", "budget", "--set", "0.01")
    cli.ok(
        "ingest", cli.write_lines("golden.jsonl", *GOLDEN),
        "--category-column", "category", "--create-categories", "--golden",
    )  # fmt: skip
    (check,) = [one for one in cli("doctor", "--no-speed", "--json").json["checks"] if one["name"] == "model"]
    hint = "campaignbase train gate --analysis anthropic --workspace default"
    assert (check["level"], check["hint"]) == ("warn", hint)
    found = cli("train", "gate", "--analysis", "anthropic")
    assert (found.code, f"no verdict: {GOOD} did not answer every golden row" in found.err) == (4, True)
    assert cli.ok("train", "gate", "list", "--json").json == {"verdicts": []}

    # the page of something between here and the provider is nothing that the model said
    cli.ok("workspace", "budget", "--set", "1")
    models.script("none", "html")
    found = cli("train", "gate", "--analysis", "anthropic")
    why = f"every golden row: {GOOD}: Anthropic answered what is no JSON object; remove what is in its way"
    assert (found.code, why in found.err) == (4, True), found.err
    assert cli.ok("train", "gate", "list", "--json").json == {"verdicts": []}


def test_of_few_golden_rows_no_verdict_is_kept(cli: Cli, models: FakeModels) -> None:
    cli.ok(
        "ingest", cli.write_lines("golden.jsonl", *GOLDEN[:2], *GOLDEN[-2:]),
        "--category-column", "category", "--create-categories", "--golden",
    )  # fmt: skip
    found = cli("train", "gate", "--model", POOR)
    assert (found.code, "4 golden rows: a verdict is kept from 30 on" in found.err) == (1, True)
    key, _ = add(cli, "Bread is bread")
    assert decided(cli, key) == (GOOD, None)
    [kept] = cli.ok("train", "gate", "list", "--json").json["verdicts"]
    assert (kept["model"], kept["basis"], kept["origin"]) == (GOOD, "none", "automatic")
    assert cli("train", "gate", "list", "--workspace", "nowhere").code == 2
    refused = cli("train", "gate", "--model", POOR, "--vocabulary", "x.jsonl")
    assert (refused.code, "a verdict is about one thing" in refused.err) == (2, True)
