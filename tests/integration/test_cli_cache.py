"""`campaignbase cache`, and what the commands that ask a hosted provider leave in it."""

from collections.abc import Iterator

import pytest
from tests.support.cli import Cli, cli
from tests.support.fake_openai import KEY, FakeOpenAI

__all__ = ["cli"]

SALE = "Spring sale: 20% off everything"


@pytest.fixture
def server(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    cli.ok("workspace", "budget", "--set", "1")
    with FakeOpenAI() as opened:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", opened.url)
        yield opened


def hits(cli: Cli, kind: str = "embedding", tier: str = "table") -> int:
    counts = cli.ok("cache", "stats", "--json").json["counts"]
    return sum(count["hits"] for count in counts if (count["kind"], count["tier"]) == (kind, tier))


def test_a_search_that_was_asked_before_asks_no_provider(cli: Cli, server: FakeOpenAI) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": SALE}))
    first = cli.ok("search", "cheaper things", "--json").json["hits"]
    asked = len(server.calls)
    assert cli.ok("search", "cheaper things", "--json").json["hits"] == first
    assert len(server.calls) == asked
    assert hits(cli) == 1


def test_a_text_that_comes_again_is_embedded_once(cli: Cli, server: FakeOpenAI) -> None:
    for number in range(2):
        row = {"text": SALE, "id": str(number)}
        cli.ok("ingest", cli.write_lines(f"{number}.jsonl", row), "--id-column", "id")
    assert server.texts.count(SALE) == 1
    assert cli.query("select count(*), count(embedding) from content_assets") == [(2, 2)]


@pytest.mark.parametrize(
    ("options", "again"),
    [
        (["--kind", "embedding"], True),
        (["--all"], True),
        (["--workspace", "default"], True),
        (["--workspace", "default", "--kind", "keywords"], False),
        (["--kind", "ai_analysis"], False),
    ],
)
def test_what_was_taken_back_is_asked_again(
    cli: Cli, server: FakeOpenAI, options: list[str], again: bool
) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": SALE}))
    cli.ok("search", "cheaper things")
    asked = len(server.calls)
    assert "taken back" in cli.ok("cache", "clear", *options).err
    cli.ok("search", "cheaper things")
    assert len(server.calls) == asked + again


def test_one_asset_is_taken_back_by_its_text(cli: Cli, server: FakeOpenAI) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": SALE}, {"text": "Meet our new baker"}))
    [(asset,)] = cli.query("select id from content_assets where content like 'Spring%'")
    entries = cli.query("select count(*) from cache_entries")[0][0]
    scopes = cli.ok("cache", "clear", "--asset", asset[:8], "--json").json["invalidated"]
    assert scopes[0] == f"asset:{asset}"
    assert cli.query("select count(*) from cache_entries") == [(entries - 1,)]


def test_a_campaign_is_taken_back_with_its_content(
    cli: Cli, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaignbase.cli.cache.MAX_PAGE", 2)
    campaign = cli.ok("campaigns", "create", "Spring", "--json").json["id"]
    rows = [{"text": f"{SALE} {place}", "campaign": "Spring"} for place in range(5)]
    cli.ok("ingest", cli.write_lines("a.jsonl", *rows, {"text": "Meet our new baker"}))
    monkeypatch.setattr("campaignbase.cli.cache.AT_ONCE", 4)
    before = cli.query("select count(*) from cache_entries")[0][0]
    scopes = cli.ok("cache", "clear", "--campaign", campaign[:8], "--json").json["invalidated"]
    assert (scopes[0], len(scopes)) == (f"campaign:{campaign}", 7)
    assert cli.query("select count(*) from cache_entries") == [(before - 6,)]


def test_stored_vectors_warm_the_cache(cli: Cli, server: FakeOpenAI) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": SALE}))
    cli.ok("cache", "clear", "--all")
    assert "1 vector put into the cache" in cli.ok("cache", "warm").err
    asked = len(server.calls)
    cli.ok("ingest", cli.write_lines("b.jsonl", {"text": SALE, "id": "2"}), "--id-column", "id")
    assert len(server.calls) == asked


def test_without_a_hosted_provider_there_is_nothing_to_keep(cli: Cli) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": SALE}))
    assert "nothing was asked yet" in cli.ok("cache").err
    warmed = cli.ok("cache", "warm", "--json").json
    assert warmed == {"warmed": 0, "left_out": 1}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["cache", "clear"], "say what to take back"),
        (["cache", "clear", "--kind", "horoscope"], "no kind 'horoscope'; there is: embedding"),
        (["cache", "clear", "--all", "--kind", "rules"], "stand alone"),
        (["cache", "clear", "--asset", "abcd", "--campaign", "abcd"], "stand alone"),
        (["cache", "clear", "--workspace", "nowhere"], "no workspace 'nowhere'"),
        (["cache", "clear", "--asset", "ffffffff"], "ffffffff"),
        (["cache", "warm", "--limit", "0"], "greater than or equal to 1"),
    ],
)
def test_bad_usage_is_refused(cli: Cli, arguments: list[str], told: str) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": SALE}))
    result = cli(*arguments)
    assert result.code == 2
    assert told in result.err


def test_redis_is_told_to_be_of_no_use_to_a_file(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": SALE}))
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1")
    assert "REDIS_URL is set and not used" in cli.ok("cache", "warm").err
