"""A model key from the command line on: nothing is asked without a budget, nor more than it pays for."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from tests.support.cli import Cli, cli
from tests.support.fake_models import KEY, FakeModels
from tests.support.postgres import Database

__all__ = ["cli"]

MODEL = "claude-haiku-5-5"
TEXTS = [
    {"text": text}
    for text in (
        "A quiet evening by the canal",
        "The kettle has a new lid",
        "Somebody left an umbrella here",
        "Bread is bread",
    )
]


@pytest.fixture
def models(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeModels]:
    with FakeModels() as server:
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url("anthropic"))
        yield server


def add(cli: Cli) -> list[str]:
    """Ids of new rows; on SQLite they are labeled at once."""
    rows = cli.ok("ingest", cli.write_lines("a.jsonl", *TEXTS)).rows
    cli.ok("worker", "--once")
    return [row[0] for row in rows]


def decisions(cli: Cli, ids: list[str]) -> list[tuple[str, str | None]]:
    """(model, fallback) of the newest category decision of each."""
    found = []
    for key in ids:
        told = cli.ok("show", key, "--json").json["decisions"]
        newest = next(one for one in told if one["field"] == "category")
        found.append((newest["model"], newest["fallback"]))
    return found


def test_a_key_costs_a_dollar_a_day_at_most_until_somebody_says_otherwise(
    cli: Cli, models: FakeModels
) -> None:
    assert decisions(cli, add(cli)) == [(MODEL, None)] * 4
    assert Decimal(cli.ok("workspace", "budget", "--json").json["daily_budget"]) == 1


def test_a_key_without_a_budget_costs_nothing_and_says_so(cli: Cli, models: FakeModels) -> None:
    cli.ok("workspace", "budget", "--set", "0")
    ids = add(cli)
    assert models.calls == []
    assert decisions(cli, ids) == [("campaignbase-offline-1", "budget")] * 4
    told = cli.ok("show", ids[0]).out
    assert f"{MODEL} costs money and no daily budget is set; decided offline" in " ".join(told.split())
    (check,) = [
        one for one in cli("doctor", "--no-speed", "--json").json["checks"] if one["name"] == "budget"
    ]
    assert (check["level"], check["hint"]) == ("warn", "campaignbase workspace budget default --set 2.00")


def test_the_budget_is_kept_shown_and_what_it_cut_off_is_asked_again(cli: Cli, models: FakeModels) -> None:
    kept(cli, models)


def test_the_budget_is_kept_on_postgres(
    cli: Cli, models: FakeModels, pg_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGNBASE_DATABASE", pg_database.url)
    kept(cli, models)


def kept(cli: Cli, models: FakeModels) -> None:
    cap = Decimal("0.0025")  # one answer may cost 0.002 and costs 0.0003: two are asked, one by one
    cli.ok("workspace", "budget", "--set", str(cap))
    ids = add(cli)
    asked = len(models.calls)
    assert 0 < asked < 4, asked
    by = decisions(cli, ids)
    assert sorted(by) == [("campaignbase-offline-1", "budget")] * (4 - asked) + [(MODEL, None)] * asked
    today = cli.ok("workspace", "budget", "--json").json
    assert Decimal(today["reserved"]) == 0
    assert 0 < Decimal(today["settled"]) <= cap
    spent = cli.ok("workspace", "spending", "--json").json
    (line,) = spent["spending"]
    assert (line["kind"], line["model"], line["requests"]) == ("categorize_content", MODEL, asked)
    assert line["cost"] == spent["total"] == today["settled"]
    paid = ids[by.index((MODEL, None))]
    assert f"the model is {MODEL}, vocabulary version" in cli.ok("show", paid).out

    cli.ok("workspace", "budget", "--set", "1")
    cli.ok("categorize", "--decided-offline")
    cli.ok("worker", "--once")
    assert decisions(cli, ids) == [(MODEL, None)] * 4
    assert len(models.calls) == 4
    again = cli("categorize")
    assert (again.code, "--decided-offline" in again.err) == (2, True)


def test_a_provider_without_money_is_asked_once_and_replaced(cli: Cli, models: FakeModels) -> None:
    cli.ok("workspace", "budget", "--set", "1")
    models.script(*["no_money"] * 4)
    ids = add(cli)
    assert decisions(cli, ids) == [("campaignbase-offline-1", "provider")] * 4
    why = f"{MODEL} was not heard, its provider wants money; decided offline"
    assert why in " ".join(cli.ok("show", ids[0]).out.split())
    assert Decimal(cli.ok("workspace", "budget", "--json").json["settled"]) == 0


def test_openai_analyzes_only_where_that_is_asked_for(
    cli: Cli, models: FakeModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setenv("CAMPAIGNBASE_ANALYSIS", "openai")
    cli.ok("workspace", "budget", "--set", "1")
    refused = cli("ingest", cli.write_lines("b.jsonl", *TEXTS))
    assert (refused.code, "OPENAI_API_KEY is not set" in refused.err) == (3, True)


def test_a_model_without_a_price_is_refused(
    cli: Cli, models: FakeModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGNBASE_MODEL", "claude-unheard-of")
    cli.ok("workspace", "budget", "--set", "1")
    refused = cli("worker", "--once")
    assert (refused.code, "the price of model 'claude-unheard-of' is not known" in refused.err) == (3, True)
    assert models.calls == []
