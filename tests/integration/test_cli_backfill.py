"""`campaignbase backfill`, from the command line to the rows of a file."""

import re
import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest
from tests.support.cli import DATABASE, Cli, cli
from tests.support.fake_models import KEY, FakeModels

from campaignbase import wiring

__all__ = ["cli"]


@pytest.fixture
def filled(cli: Cli) -> Cli:
    texts = ("We are hiring a cook", "Half price boots until Sunday", "zzz")
    cli.write_lines("rows.jsonl", *({"text": text} for text in texts))
    cli.ok("ingest", "rows.jsonl")
    return cli


def test_a_dry_run_tells_what_would_change_and_a_run_does_it(filled: Cli) -> None:
    cli = filled
    cli.ok("rules", "add", "odd", "--if", '{"contains_keyword": "zzz"}', "--then", '{"category": "offer"}')
    told = cli.ok("backfill", "--where", "state=review,labeled", "--dry-run", "--json").json
    assert (told["scanned"], told["selected"], told["complete"]) == (3, 3, True)
    assert told["changes"] == [{"from": None, "to": "offer", "rows": 1}]
    assert (told["asked"], told["cost"]) == (0, "0")
    assert cli.ok("backfill", "status", "--json").json == []

    done = cli.ok("backfill", "--where", "state=review,labeled", "--json").json
    assert (done["state"], done["done"], done["changed"], done["failed"]) == ("done", 3, 1, 0)
    again = cli.ok("backfill", "--all", "--dry-run", "--json").json
    assert again["would_change"] == 0
    assert "nothing was written" in cli.ok("backfill", "--all", "--dry-run").err


def test_it_is_left_to_workers_paused_resumed_and_canceled(filled: Cli) -> None:
    cli = filled
    key = cli.ok("backfill", "--all", "--detach", "--json").json["id"]
    [run] = cli.ok("backfill", "pause", "--json").json
    assert (run["id"], run["state"], run["done"]) == (key, "paused", 0)
    cli.ok("worker", "--once")
    assert cli.ok("backfill", "status", "--json").json[0]["done"] == 0
    assert "under way in this workspace" in cli("backfill", "--all").err
    assert cli.ok("backfill", "resume", key[:8], "--json").json["state"] == "done"
    assert "no backfill that is running" in cli("backfill", "pause").err
    cli.ok("backfill", "--all", "--detach")
    told = cli.ok("worker", "--once").err  # a worker does it as well
    assert re.search(r"[1-9]\d* steps? of backfills done; see: campaignbase backfill status", told)
    assert cli.ok("backfill", "status", "--json").json[0]["state"] == "done"
    cli.ok("backfill", "--all", "--detach")
    assert cli.ok("backfill", "cancel", "--json").json[0]["state"] == "canceled"
    assert cli.ok("backfill", "status").out.count("\n") == 4


def test_rows_are_chosen_by_any_name_of_a_label_and_by_words_that_are_nearly_there(filled: Cli) -> None:
    cli = filled
    cli.ok("categories", "add", "bargain")
    cli.ok("categories", "merge", "bargain", "offer", "--yes")

    def selected(*where: str) -> int:
        return int(cli.ok("backfill", *where, "--dry-run", "--json").json["selected"])

    assert selected("--where", "category=bargain") == selected("--where", "category=offer") == 1
    assert selected("--where", '{"not": {"category": ["bargain", "event"]}}') == 2
    assert selected("--where", "fuzzy=hirring") == 1


REFUSED = [
    (["--where", "category=ofer"], "--where: no category 'ofer'; see: campaignbase categories"),
    (
        ["--where", '{"not": {"tag": ["urgency", "urgentish"]}}'],
        "--where: no tag 'urgentish'; see: campaignbase tags",
    ),
    ([], "say which rows"),
    (["--where", "colour=red"], "unknown field 'colour'"),
    (["--only-older-than", "yesterday"], "expected vocabulary:NUMBER"),
    (["--embeddings", "m", "--all"], "--embeddings is about all rows"),
    (["--embeddings", "no-such-model"], "--embeddings: no embedder 'no-such-model' is at hand; there is"),
    (["--all", "--batches"], "no model that costs money is asked"),
    (["--all", "status"], "have no effect on `backfill status`"),
    (["--sample", "10", "status"], "have no effect on `backfill status`"),
    (["--detach", "pause"], "put --detach behind `resume`"),
    (["--all", "--sample", "10"], "--sample says how many rows --dry-run labels"),
    (["--all", "--no-switch"], "--no-switch goes with --embeddings"),
    (["--all", "--where", "state=review"], "--all is everything"),
    (["rollback"], "has no backfill that is switched"),
    (["switch"], "has no backfill that is ready"),
]


def test_what_cannot_be_is_refused(filled: Cli) -> None:
    for arguments, told in REFUSED:
        result = filled("backfill", *arguments)
        assert (result.code, told in result.err) == (2, True), (arguments, result.err)


def test_vectors_by_another_model_and_back(filled: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from campaignbase.pipeline.embedders import Embedders
    from campaignbase.testing import HashEmbedder

    shipped = wiring.embedders

    def both(*arguments: object) -> Embedders:
        return Embedders(shipped(*arguments).default, [HashEmbedder("other")])  # type: ignore[arg-type]

    monkeypatch.setattr(wiring, "embedders", both)
    plan = filled.ok("backfill", "--embeddings", "other", "--dry-run", "--json").json
    assert (plan["model"], plan["at_hand"], plan["looked_at"], plan["rows"]) == ("other", True, 3, 3)
    assert filled.ok("backfill", "--embeddings", "other", "--json").json["state"] == "switched"
    assert filled.ok("backfill", "rollback", "--json").json["switched"]["queued"] == 0
    assert filled.ok("backfill", "--embeddings", "other", "--no-switch", "--json").json["state"] == "ready"
    assert filled.ok("backfill", "switch", "--json").json["switched"]["queued"] == 0


QUIET = ("A quiet evening by the canal", "The kettle has a new lid", "Bread is bread")
SOON = "2026-01-01T00:00:00.000000Z"


def test_a_batch_of_real_questions_is_asked_by_one_process_and_collected_by_another(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.ok("ingest", cli.write_lines("rows.jsonl", *({"text": text} for text in QUIET)))
    with FakeModels() as server:
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url("anthropic"))
        plan = cli.ok("backfill", "--where", "state=review", "--dry-run", "--json").json
        half = cli.ok("backfill", "--where", "state=review", "--batches", "--dry-run", "--json").json
        assert (plan["asked"], server.calls) == (3, [])  # nobody is asked for a bill
        assert 0 < Decimal(half["cost"]) < Decimal(plan["cost"]) < Decimal(plan["cost_at_most"])
        assert Decimal(plan["left_for_backfills_today"]) == Decimal("0.5")

        asked = cli.ok("backfill", "--where", "state=review", "--batches")
        assert "3 rows wait for batches of the model" in asked.err
        budget = cli.ok("workspace", "budget", "--json").json
        assert (Decimal(budget["reserved"]) > 0, Decimal(budget["settled"])) == (True, 0)
        server.desk.polls_until_done = 0
        with closing(sqlite3.connect(cli.folder / DATABASE)) as file, file:
            file.execute("update model_batches set look_at = ?", (SOON,))
        cli.ok("worker", "--once")
        [run] = cli.ok("backfill", "status", "--json").json
        assert (run["state"], run["done"], cli.count("model_batches")) == ("done", 3, 0)
        spent = cli.ok("workspace", "spending", "--json").json
        assert Decimal(run["cost"]) == Decimal(spent["total"]) > 0
        assert len(server.desk.batches) == 1
        assert Decimal(cli.ok("workspace", "budget", "--json").json["reserved"]) == 0


def test_a_canceled_batch_is_called_back_and_its_rows_keep_what_they_have(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.ok("ingest", cli.write_lines("rows.jsonl", *({"text": text} for text in QUIET)))
    with FakeModels() as server:
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url("anthropic"))
        cli.ok("backfill", "--all", "--batches")
        [run] = cli.ok("backfill", "status", "--json").json
        assert (run["state"], run["done"]) == ("running", 0)
        told = cli.ok("backfill", "cancel")
        assert "3 rows waited for batches of the model and keep their label" in told.err
        assert server.desk.canceled == list(server.desk.batches)
        server.desk.polls_until_done = 0
        with closing(sqlite3.connect(cli.folder / DATABASE)) as file, file:
            file.execute("update model_batches set look_at = ?", (SOON,))
        cli.ok("worker", "--once")
        [run] = cli.ok("backfill", "status", "--json").json
        assert (run["state"], run["done"], run["failed"]) == ("canceled", 0, 0)
        assert (cli.count("model_batches"), cli.count("jobs"), server.calls) == (0, 0, [])
        assert Decimal(cli.ok("workspace", "budget", "--json").json["reserved"]) == 0
