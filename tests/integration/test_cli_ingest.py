"""Files become labeled rows on a real SQLite file, once, whatever is run twice."""

import io
import json

import pytest
from tests.support.cli import TARGET, Cli, cli

__all__ = ["cli"]

POSTS = (
    "caption,campaign,likes\n"
    "We're hiring! Two dishwashers for the evening shift. Apply now.,Spring hiring,3\n"
    "Register for the webinar and save your seat: quarterly taxes without tears.,,8\n"
    "Lorem ipsum dolor sit amet,Spring hiring,0\n"
)


def test_csv_is_inserted_labeled_and_explained(cli: Cli) -> None:
    result = cli.ok("ingest", cli.write("posts.csv", POSTS))
    said = result.err.splitlines()
    assert said[:5] == [
        "read 3 rows from posts.csv",
        "kept in parameters: column 'likes'",
        TARGET,
        "created campaign 'Spring hiring'",
        "3 inserted, 0 updated, 0 known already, 0 twice in the files",
    ]
    assert said[5] == "2 assets and 1 campaign labeled, 1 asset left for review"
    by_text = {row[5][:12]: row for row in result.rows}
    hiring = by_text["We're hiring"]
    assert hiring[1:3] == ["labeled", "job_opening"]
    assert hiring[3].startswith("rule 'we're hiring': ")
    assert by_text["Lorem ipsum "][1] == "review"
    assert cli.query("select count(*) from jobs") == [(0,)]
    stored = cli.query("select parameters from content_assets where content like 'We%'")
    assert json.loads(stored[0][0]) == {"likes": "3"}


def test_a_known_row_moves_to_the_campaign_that_is_named(cli: Cli) -> None:
    file = cli.write("shop.csv", "id,text\n1,Rain jackets are 30% off\n")
    for campaign in ("Spring", "Autumn"):
        assert (
            f"created campaign {campaign!r}"
            in cli.ok("ingest", file, "--id-column", "id", "--campaign", campaign).err
        )
    assert "0 updated, 1 known already" in cli.ok("ingest", file, "--id-column", "id").err
    joined = "from content_assets join campaigns on campaigns.id = campaign_id"
    assert cli.query(f"select name {joined}") == [("Autumn",)]


def test_json_document_holds_the_counts_and_the_first_rows(cli: Cli) -> None:
    twice = POSTS + POSTS.partition("\n")[2]
    document = cli.ok("ingest", cli.write("posts.csv", twice), "--json").json
    assert document["target"] == "SQLite ./campaignbase.db"
    assert document["workspace"] == "default"
    assert document["files"] == [{"file": "posts.csv", "rows": 6}]
    counts = {name: document[name] for name in ("inserted", "updated", "skipped", "duplicates", "waiting")}
    assert counts == {"inserted": 3, "updated": 0, "skipped": 0, "duplicates": 3, "waiting": 0}
    assert document["unmapped"] == ["likes"]
    assert document["new_campaigns"] == ["Spring hiring"]
    assert document["labels"] == {
        "labeled": 2,
        "review": 1,
        "campaigns_labeled": 1,
        "campaigns_review": 0,
        "failed": 0,
        "campaigns_failed": 0,
    }
    assert (document["waiting_campaigns"], document["interrupted"]) == (0, False)
    assert len(document["first"]) == 3
    assert document["first"][0].keys() >= {"id", "category", "source", "score", "reasons", "tags", "state"}


def test_second_run_adds_nothing(cli: Cli) -> None:
    name = cli.write("posts.csv", POSTS)
    cli.ok("ingest", name)
    before = cli.query("select id, updated_at from content_assets order by id")
    document = cli.ok("ingest", name, "--json").json
    assert (document["inserted"], document["updated"], document["skipped"]) == (0, 0, 3)
    assert cli.query("select id, updated_at from content_assets order by id") == before


def test_labels_that_are_not_taken_are_told(cli: Cli) -> None:
    twice = cli.write("a.csv", "text,category,tags\nSoup,offer,hot\nSoup,event,\n")
    first = cli.ok("ingest", twice, "--category-column", "category")
    assert "labels not taken:\n  a.csv:3: category 'event', but 'offer' at a.csv:2 for" in first.err
    assert "a known row takes no tags" not in first.err
    again = cli.ok("ingest", twice, "--tags-column", "tags")
    assert "a known row takes no tags, sentiment or audience from a file; to set them: " in again.err


def test_same_id_with_another_text_updates_the_row_and_labels_it_again(cli: Cli) -> None:
    first = cli.write_lines("a.jsonl", {"id": 1, "text": "We're hiring cooks, apply now"})
    cli.ok("ingest", first, "--id-column", "id")
    ((key, category),) = cli.query("select id, primary_category from content_assets")
    second = cli.write_lines("b.jsonl", {"id": 1, "text": "Register for the webinar, save your seat"})
    document = cli.ok("ingest", second, "--id-column", "id", "--json").json
    assert (document["inserted"], document["updated"], document["skipped"]) == (0, 1, 0)
    assert category == "job_opening"
    assert cli.query("select id, primary_category from content_assets") == [(key, "webinar")]


def test_label_column_counts_only_when_named(cli: Cli) -> None:
    result = cli.ok("ingest", cli.write_lines("a.jsonl", {"text": "Soup at noon", "category": "event"}))
    assert "to take 'category' as set by people: --category-column category" in result.err
    assert cli.query("select 1 from content_assets where category_source = 'human'") == []


def test_named_label_columns_are_a_persons(cli: Cli) -> None:
    name = cli.write_lines(
        "a.jsonl",
        {"text": "Soup", "category": "Event", "kinds": ["Warm Soup"], "mood": "mixed", "who": "students"},
        {"text": "Bread", "category": "", "kinds": [], "mood": "", "who": ""},
    )
    columns = {"category": "category", "tags": "kinds", "sentiment": "mood", "audience": "who"}
    cli.ok("ingest", name, *(part for key, value in columns.items() for part in (f"--{key}-column", value)))
    found = cli.query(
        "select primary_category, category_source, sentiment, sentiment_source, target_audience,"
        " audience_source from content_assets where content = 'Soup'"
    )
    assert found == [("event", "human", "mixed", "human", "students", "human")]
    ((tags,),) = cli.query("select tags from content_assets where content = 'Soup'")
    assert "Warm Soup" in json.loads(tags)
    assert (
        cli.query("select 1 from content_assets where content = 'Bread' and category_source = 'human'") == []
    )


def test_unknown_category_is_refused_with_a_near_one_and_nothing_is_written(cli: Cli) -> None:
    rows = ({"text": "Soup", "category": "evnt"}, {"text": "Bread", "category": "offer"})
    result = cli(
        "ingest", cli.write_lines("a.jsonl", *rows), "--category-column", "category", "--campaign", "C"
    )
    assert result.code == 2
    assert "unknown categories: 'evnt' (1 row, did you mean 'event'?)" in result.err
    assert "--create-categories" in result.err
    assert (cli.count(), cli.count("campaigns")) == (0, 0)


def test_unknown_category_is_created_when_asked_for(cli: Cli) -> None:
    rows = ({"text": "Soup", "category": "Soups"}, {"text": "Bread", "category": "soups"})
    name = cli.write_lines("a.jsonl", *rows)
    result = cli.ok("ingest", name, "--category-column", "category", "--create-categories")
    assert "created category 'Soups'" in result.err
    found = cli.query("select distinct primary_category, category_source from content_assets")
    assert found == [("Soups", "human")]


def test_no_label_leaves_rows_to_a_worker(cli: Cli) -> None:
    result = cli.ok("ingest", cli.write("posts.csv", POSTS), "--no-label")
    assert "3 assets and 1 campaign wait to be labeled: campaignbase worker --once" in result.err
    assert cli.query("select distinct label_state from content_assets") == [("queued",)]
    assert cli.ok("worker", "--once", "--json").json["failed"] == 0
    assert cli.query("select count(*) from content_assets where label_state = 'queued'") == [(0,)]


def test_folder_and_stdin(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.write("posts/a.md", "---\ncampaign: Rain\n---\nRain jackets are 30% off until Thursday.\n")
    cli.write("posts/photo.png", b"\x89PNG")
    result = cli.ok("ingest", "posts")
    assert "left out 1 file, neither markdown nor text" in result.err
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"text": "Free shipping this weekend"}')))
    cli.ok("ingest", "-")
    assert cli.query("select content from content_assets order by content") == [
        ("Free shipping this weekend",),
        ("Rain jackets are 30% off until Thursday.",),
    ]


def test_campaign_for_all_rows_and_a_workspace_of_its_own(cli: Cli) -> None:
    cli.ok("workspace", "create", "Fernway")
    cli.ok("ingest", cli.write("posts.csv", POSTS), "--campaign", " Summer ", "--workspace", "Fernway")
    assert cli.ok("campaigns", "--json").json == {"campaigns": []}
    (campaign,) = cli.ok("campaigns", "--workspace", "Fernway", "--json").json["campaigns"]
    assert (campaign["name"], campaign["content_count"]) == ("Summer", 3)


def test_skip_bad_takes_the_rest_and_names_what_it_left_out(cli: Cli) -> None:
    name = cli.write("a.jsonl", '{"text": "Soup"}\n{"text": \n{"text": "Bread"}\n')
    result = cli.ok("ingest", name, "--skip-bad")
    assert "left out 1 bad row:\n  a.jsonl:2: not JSON at character 10: Expecting value" in result.err
    assert cli.count() == 2


def test_human_labels_come_first_so_that_the_others_learn_from_them(cli: Cli) -> None:
    text = "Our pottery class on Friday has two places left"
    rows = ({"text": text}, {"text": text, "campaign": "C", "category": "education"})
    cli.ok("ingest", cli.write_lines("a.jsonl", *rows), "--category-column", "category")
    found = cli.query(
        "select primary_category, category_source from content_assets where campaign_id is null"
    )
    assert found == [("education", "reuse")]


def test_the_same_import_again_leaves_corrections_alone(cli: Cli) -> None:
    file = cli.write("posts.csv", "text,label,words\nBring a friend to the lake,offer,urgency\n")
    again = ("ingest", file, "--category-column", "label", "--tags-column", "words")
    [row] = cli.ok(*again, "--json").json["first"]
    assert (row["category"], row["source"], row["tags"]) == ("offer", "human", ["urgency"])
    cli.ok("categorize", row["id"], "--category", "event", "--remove-tag", "urgency")
    said = cli.ok(*again).err
    assert "0 inserted, 0 updated, 0 known already" in said
    assert "1 known row keeps what a person filed; to change it: campaignbase categorize ID" in said
    document = cli.ok(*again, "--json").json
    assert (document["updated"], document["skipped"], document["kept"]) == (0, 0, 1)
    shown = cli.ok("show", row["id"], "--json").json
    assert (shown["asset"]["primary_category"], shown["asset"]["tags"]) == ("event", [])
    refused = cli("categorize", row["id"], "--add-tag", "trust", "--remove-tag", "Trust")
    assert (refused.code, "both to be added and to be removed" in refused.err) == (2, True)
    refused = cli("categorize", row["id"], "--remove-tag", "urgncy")
    assert refused.code == 2
    assert "unknown tag 'urgncy', so there is nothing to keep away; did you mean 'urgency'?" in refused.err
