"""The commands around the vocabulary and single rows, on a real SQLite file."""

import re
import sqlite3
from contextlib import closing

import pytest
from tests.support.cli import HIRING, SALE, Cli, cli, filled

__all__ = ["cli", "filled"]


def test_search_finds_by_meaning_best_first(cli: Cli, filled: dict[str, str]) -> None:
    document = cli.ok("search", "an evening job in a restaurant kitchen", "--json").json
    assert [hit["id"] for hit in document["hits"]] == [filled["We're"], filled["It"]]
    assert document["hits"][0]["similarity"] > document["hits"][1]["similarity"]
    (row,) = cli.ok("search", "an evening job in a restaurant kitchen", "-n", "1").rows
    assert row[1] == filled["We're"]


def test_search_by_words_and_with_filters(cli: Cli, filled: dict[str, str]) -> None:
    kitchen = ("search", "an evening job in a restaurant kitchen")
    by_words = cli.ok(*kitchen, "--mode", "keyword", "--json").json["hits"]
    assert all(hit["similarity"] is None and hit["rank"] == hit["score"] for hit in by_words)
    both = cli.ok(*kitchen, "--mode", "hybrid", "--json").json["hits"]
    assert {hit["id"] for hit in both} == {*filled.values()}
    assert cli.ok(*kitchen, "--category", "Job Opening").rows == cli.ok(*kitchen, "-n", "1").rows
    assert "nothing found; search without --category" in cli.ok(*kitchen, "--tag", "Urgencies").err
    for option, name, error in (
        ("--category", "job_openin", "no category 'job_openin'; did you mean 'job_opening'?"),
        ("--tag", "zzz", "no tag 'zzz'; see: campaignbase tags"),
    ):
        result = cli(*kitchen, option, name)
        assert (result.code, f"error: {error}\n" in result.err) == (2, True), result.err
    assert "no content has any of these words" in cli.ok("search", "zebra", "--mode", "keyword").err


def test_search_in_an_empty_database_says_why_there_is_nothing(cli: Cli) -> None:
    cli.new()
    result = cli.ok("search", "anything")
    assert "no content has a vector yet" in result.err
    assert cli.ok("search", "anything", "--json").json == {"query": "anything", "hits": []}


def test_show_tells_everything_about_a_row_by_a_prefix_of_its_id(cli: Cli, filled: dict[str, str]) -> None:
    key = filled["We're"]
    text = cli.ok("show", key[:8]).out
    for expected in (
        key,
        HIRING[:40],
        "category",
        "job_opening",
        "a rule",
        "'we're hiring': says 'we're hiring'",
        "sentiment",
        "quality",
        "en",
    ):
        assert expected in text, expected
    assert "history, newest first" in text
    document = cli.ok("show", key, "--json").json
    assert document["asset"]["primary_category"] == "job_opening"
    assert document["asset"]["category_source"] == "rule"
    assert {decision["field"] for decision in document["decisions"]} >= {"category"}
    assert document["job_state"] is None


def test_show_a_campaign(cli: Cli) -> None:
    key = cli.ok("campaigns", "create", "Summer at the lake", "--type", "seasonal_offer").out.strip()
    text = cli.ok("show", key).out
    assert "Summer at the lake" in text
    assert "seasonal_offer" in text


def test_correction_is_kept_when_the_row_is_labeled_again(cli: Cli, filled: dict[str, str]) -> None:
    key = filled["We're"]
    correction = (
        "--category",
        "event",
        "--sentiment",
        "mixed",
        "--audience",
        "students",
        "--add-tag",
        "Pots",
    )
    cli.ok("categorize", key[:6], *correction)
    cli.ok("categorize", key)
    row = cli.ok("show", key, "--json").json
    asset = row["asset"]
    assert (asset["primary_category"], asset["category_source"]) == ("event", "human")
    assert (asset["sentiment"], asset["sentiment_source"]) == ("mixed", "human")
    assert (asset["target_audience"], asset["audience_source"]) == ("students", "human")
    assert "Pots" in asset["tags"]
    assert asset["confirmed_at"] is not None


def test_removed_tag_stays_away_and_is_shown_as_refused(cli: Cli, filled: dict[str, str]) -> None:
    key = filled["We're"]
    cli.ok("categorize", key, "--add-tag", "kitchen crew")
    cli.ok("categorize", key, "--remove-tag", "kitchen crew")
    cli.ok("categorize", key)
    links = {link["name"]: link["state"] for link in cli.ok("show", key, "--json").json["tags"]}
    assert links["kitchen crew"] == "rejected"
    assert "refused" in cli.ok("show", key).out


def test_category_can_be_taken_away(cli: Cli, filled: dict[str, str]) -> None:
    (row,) = cli.ok("categorize", filled["It"], "--category", "", "--json").json["rows"]
    assert row["category"] is None


def test_category_of_a_campaign_is_corrected_like_that_of_an_asset(cli: Cli, filled: dict[str, str]) -> None:
    key = cli.ok("campaigns", "create", "Summer").out.strip()
    document = cli.ok("categorize", key[:8], filled["It"], "--category", "event", "--json").json
    assert document["interrupted"] is False
    assert [(row["id"], row["category"], row["source"]) for row in document["rows"]] == [
        (key, "event", "human"),
        (filled["It"], "event", "human"),
    ]
    again = cli.ok("categorize", key, filled["It"])
    assert "1 asset and 1 campaign labeled, 0 assets left for review" in again.err
    assert cli.ok("show", key, "--json").json["campaign"]["primary_category"] == "event"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--category", "event", "--sentiment", "mixed"], "a campaign has a category, but no sentiment"),
        (["--add-tag", "urgency"], "a campaign has a category, but no sentiment, audience or tags"),
        (["--category", "evnt"], "unknown category 'evnt'; did you mean 'event'?"),
    ],
)
def test_correction_that_a_campaign_may_not_have_changes_no_row(
    cli: Cli, filled: dict[str, str], options: list[str], words: str
) -> None:
    key = cli.ok("campaigns", "create", "Summer").out.strip()
    result = cli("categorize", filled["It"], key, *options)
    assert (result.code, words in result.err) == (2, True), result.err
    assert (
        cli.query("select 1 from content_assets where 'human' in (category_source, sentiment_source)") == []
    )


def test_campaigns_create_and_list(cli: Cli) -> None:
    made = cli.ok(
        "campaigns", "create", "Summer", "--type", "seasonal_offer", "--platform", "email", "--json"
    ).json
    assert (made["name"], made["campaign_type"], made["status"]) == ("Summer", "seasonal_offer", "draft")
    assert [row[1:4] for row in cli.ok("campaigns").rows] == [["Summer", "seasonal_offer", "draft"]]
    again = cli("campaigns", "create", "Summer")
    assert (again.code, "exists already" in again.err) == (2, True)
    assert cli("campaigns", "create", "Other", "--status", "dreaming").code == 2


def test_workspaces_have_their_own_content(cli: Cli, filled: dict[str, str]) -> None:
    made = cli.ok("workspace", "create", "Fernway", "--json").json
    assert [row[1] for row in cli.ok("workspace").rows] == ["default", "Fernway"]
    assert cli.ok("search", "jobs", "--workspace", "Fernway", "--json").json["hits"] == []
    assert cli.ok("categories", "--workspace", made["id"], "--json").json["categories"] != []


def test_row_of_another_workspace_is_not_shown_as_one_of_this(cli: Cli, filled: dict[str, str]) -> None:
    cli.ok("workspace", "create", "Fernway")
    assert cli("show", filled["It"], "--workspace", "default").code == 0
    for arguments in (("show", filled["It"]), ("categorize", filled["It"], "--category", "event")):
        result = cli(*arguments, "--workspace", "Fernway")
        assert (result.code, "is not in workspace 'Fernway'" in result.err) == (2, True)


def test_common_options_may_stand_before_or_after(cli: Cli) -> None:
    cli.new("other.db")
    before = cli.ok("--database", "other.db", "--json", "categories")
    after = cli.ok("categories", "list", "--database", "other.db", "--json")
    assert before.json == after.json
    assert before.err == after.err == "target: SQLite other.db\n"


def test_worker_once_reports_what_it_did(cli: Cli) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": SALE}), "--no-label")
    result = cli.ok("worker", "--once")
    assert "labeled, " in result.err
    assert cli.ok("worker", "--once", "--json").json["claimed"] == 0


def test_dead_jobs_are_told_and_replayed(cli: Cli) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": HIRING}), "--no-label")
    with closing(sqlite3.connect("campaignbase.db")) as connection:
        connection.execute(
            "update jobs set state = 'dead', last_error = 'too odd' where kind like 'categorize%'"
        )
        connection.commit()
    assert cli.ok("worker", "--once", "--json").json["labeled"] == 0
    (queue,) = [check for check in cli.ok("doctor", "--json").json["checks"] if check["name"] == "queue"]
    assert (queue["level"], "1 dead" in queue["detail"], "too odd" in queue["detail"]) == ("warn", True, True)
    result = cli.ok("worker", "--once", "--replay")
    assert "1 dead job waits again" in result.err
    assert cli.query("select primary_category from content_assets") == [("job_opening",)]


def test_plain_insert_by_another_program_is_labeled(cli: Cli) -> None:
    cli.new()
    with closing(sqlite3.connect("campaignbase.db")) as connection:
        connection.execute("insert into content_assets (content) values (?)", (HIRING,))
        connection.commit()
    cli.ok("worker", "--once")
    ((key, category),) = cli.query("select id, primary_category from content_assets")
    assert category == "job_opening"
    assert cli.ok("search", "kitchen job", "--json").json["hits"][0]["id"] == key


def test_show_gives_the_reason_of_the_one_who_decided(cli: Cli) -> None:
    cli.ok(
        "ingest",
        cli.write_lines("a.jsonl", {"text": "We're hiring! Apply now.", "category": "job_opening"}),
        "--category-column",
        "category",
    )
    ((key,),) = cli.query("select id from content_assets")
    cli.ok("categorize", key)  # a machine says the same
    text = cli.ok("show", key).out
    assert re.search(r"category +job_opening +a person +set, \d{4}-", text)
    assert "stays job_opening · a person · a rule says the same: 'we're hiring'" in text


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--sentiment", "happy", "sentiment 'happy' is not one of positive, neutral, negative, mixed"),
        ("--audience", "hospitality", "'hospitality' is no tag of type audience; there is: "),
    ],
)
def test_correction_that_no_row_may_have_changes_nothing(
    cli: Cli, filled: dict[str, str], option: str, value: str, words: str
) -> None:
    before = cli.query("select sentiment, target_audience from content_assets order by id")
    result = cli("categorize", filled["We're"], option, value)
    assert (result.code, words in result.err) == (2, True), result.err
    assert cli.query("select sentiment, target_audience from content_assets order by id") == before


def test_new_tag_of_a_correction_is_said_to_be_new(cli: Cli, filled: dict[str, str]) -> None:
    assert (
        "'kitchen crew' is a new tag"
        in cli.ok("categorize", filled["We're"], "--add-tag", "kitchen crew").err
    )
    assert "new tag" not in cli.ok("categorize", filled["We're"], "--add-tag", "urgency").err
