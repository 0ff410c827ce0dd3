"""Categories, tags and rules from the command line, on a real SQLite file."""

import io
import json

import pytest
from tests.support.cli import Cli, cli, filled

__all__ = ["cli", "filled"]


def test_categories_add_rename_remove(cli: Cli, filled: dict[str, str]) -> None:
    added = cli.ok(
        "categories", "add", "podcast", "--description", "A new episode", "--keyword", "episode", "--json"
    )
    assert (added.json["name"], added.json["keywords"]) == ("podcast", ["episode"])
    cli.ok("categories", "rename", "podcast", " audio ")
    names = [category["name"] for category in cli.ok("categories", "--json").json["categories"]]
    assert "audio" in names
    assert "podcast" not in names
    cli.ok("categories", "remove", "audio", "--yes")
    assert "audio" not in [row[0] for row in cli.ok("categories", "list").rows]
    used = cli("categories", "remove", "job_opening", "--yes")
    assert (used.code, "'job_opening' is in use" in used.err) == (2, True)
    assert "File its content and campaigns under another category first" in used.err


def test_category_is_edited(cli: Cli) -> None:
    cli.new()
    edits = ("--description", "Talks.", "--keyword", "doors open", "--keyword", "talk", "--manual-only")
    edited = cli.ok("categories", "edit", "webinar", *edits, "--json").json
    assert (edited["description"], edited["keywords"], edited["manual_only"]) == (
        "Talks.",
        ["doors open", "talk"],
        True,
    )
    cli.ok("categories", "edit", "webinar", "--offered", "--keyword", "", "--parent", "", "--description", "")
    (now,) = [one for one in cli.ok("categories", "--json").json["categories"] if one["name"] == "webinar"]
    assert (now["parent_id"], now["description"], now["keywords"], now["manual_only"]) == (
        None,
        None,
        [],
        False,
    )
    cli.ok("categories", "edit", "webinar", "--parent", "event")
    assert [row[1] for row in cli.ok("categories").rows if row[0] == "webinar"] == ["event"]


def test_tags_add_edit_rename_remove(cli: Cli, filled: dict[str, str]) -> None:
    added = cli.ok("tags", "add", "Open Air", "--type", "format", "--alias", "al_fresco", "--json").json
    assert (added["name"], added["tag_type"], added["aliases"]) == ("Open Air", "format", ["al_fresco"])
    cli.ok("categorize", filled["It"], "--add-tag", "al fresco")
    cli.ok(
        "tags",
        "edit",
        "open-airs",
        "--type",
        "",
        "--keyword",
        "outdoors",
        "--alias",
        "Open-Air",
        "--alias",
        "été",
    )
    cli.ok("tags", "rename", "ÉTÉ", "outside")
    (tag,) = [one for one in cli.ok("tags", "--json").json["tags"] if one["name"] == "outside"]
    assert (tag["tag_type"], tag["keywords"], tag["aliases"]) == (None, ["outdoors"], ["Open-Air", "été"])
    assert "outside" in cli.ok("show", filled["It"], "--json").json["asset"]["tags"]
    removed = cli.ok("tags", "remove", "outsides", "--yes")
    assert "removed tag 'outside' from 1 asset\n" in removed.err
    assert "outside" not in cli.ok("show", filled["It"], "--json").json["asset"]["tags"]
    cli.ok("categorize", filled["It"], "--audience", "students")
    used = cli("tags", "remove", "students", "--yes")
    assert (used.code, "another target audience first" in used.err) == (2, True)


@pytest.mark.parametrize(("answer", "code", "left"), [("y\n", 0, False), ("n\n", 1, True), ("\n", 1, True)])
def test_removal_asks_on_a_terminal(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, left: bool
) -> None:
    cli.new()
    terminal = io.StringIO(answer)
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)
    result = cli("tags", "remove", "urgency")
    assert (result.code, "Remove tag 'urgency'?" in result.err) == (code, True), result.err
    assert ("nothing was deleted" in result.err) is left
    assert ("urgency" in [row[0] for row in cli.ok("tags").rows]) is left


def test_removal_names_the_rules_that_give_what_is_removed(cli: Cli) -> None:
    cli.new()
    removed = cli.ok("categories", "remove", "giveaway", "--yes").err
    assert (
        "rule 'enter to win' gives it and cannot any more: campaignbase rules disable 'enter to win'"
        in removed
    )
    assert "'last chance is urgent' gives it" in cli.ok("tags", "remove", "urgency", "--yes").err
    assert "'vacancies speak to job seekers' gives it" in cli.ok("tags", "remove", "job seeker", "--yes").err
    assert "gives it" not in cli.ok("tags", "remove", "retail", "--yes").err


def test_rules_are_switched_and_removed_by_name_or_id(cli: Cli, filled: dict[str, str]) -> None:
    rules = {rule["name"]: rule["id"] for rule in cli.ok("rules", "--json").json["rules"]}
    assert cli.ok("rules", "disable", "we're hiring", "--json").json["enabled"] is False
    assert {row[1]: row[3] for row in cli.ok("rules").rows}["we're hiring"] == "no"
    (row,) = cli.ok("categorize", filled["We're"], "--json").json["rows"]
    assert row["source"] != "rule"
    cli.ok("rules", "enable", rules["we're hiring"][:8])
    (row,) = cli.ok("categorize", filled["We're"], "--json").json["rows"]
    assert row["source"] == "rule"
    assert cli.ok("rules", "remove", rules["we're hiring"], "--yes", "--json").json == {
        "removed": "we're hiring"
    }
    left = [row[1] for row in cli.ok("rules").rows]
    assert sorted(left) == sorted(set(rules) - {"we're hiring"})
    assert cli.ok("show", filled["We're"], "--json").json["asset"]["category_source"] == "rule"  # stays


def test_renaming_is_no_correction(cli: Cli, filled: dict[str, str]) -> None:
    cli.ok("categories", "rename", "job_opening", "vacancy")
    asset = cli.ok("show", filled["We're"], "--json").json["asset"]
    assert (asset["primary_category"], asset["category_source"]) == ("vacancy", "rule")


def test_tags_are_listed_with_their_use(cli: Cli) -> None:
    cli.new()
    rows = {row[0]: row[1] for row in cli.ok("tags").rows}
    assert rows["students"] == "audience"
    assert {tag["name"] for tag in cli.ok("tags", "list", "--json").json["tags"]} == set(rows)


def test_rules_add_list_preview(cli: Cli, filled: dict[str, str]) -> None:
    conditions = json.dumps({"contains_phrase": "rain jackets"})
    hits = cli.ok("rules", "preview", "--if", conditions, "--json").json["hits"]
    assert [hit["id"] for hit in hits] == [filled["It"]]
    actions = json.dumps({"add_category": "launch"})
    cli.ok("rules", "add", "jackets", "--if", conditions, "--then", actions, "--priority", "500")
    assert cli.ok("rules").rows[0][:4] == ["500", "jackets", "categorization", "yes"]
    saved = cli.ok("rules", "preview", "jackets")
    assert (saved.err.splitlines()[-1], saved.rows[0][0]) == ("1 row hit", filled["It"])
    (row,) = cli.ok("categorize", filled["It"], "--json").json["rows"]
    assert (row["category"], row["source"]) == ("launch", "rule")
    again = cli("rules", "add", "jackets", "--if", conditions, "--then", actions)
    assert (again.code, "exists already" in again.err) == (2, True)


def test_labels_are_merged(cli: Cli, filled: dict[str, str]) -> None:
    cli.ok("categories", "add", "podcast", "--alias", "show notes")
    taken = cli("categories", "add", "Show-Notes")
    assert (taken.code, "another name of the category 'podcast'" in taken.err) == (2, True)
    cli.ok("categorize", filled["We're"], "--category", "show_notes")
    merged = cli.ok("categories", "merge", "podcast", "into", "offer", "--yes", "--json").json
    assert (merged["kept"], merged["assets"]) == ("offer", 1)
    cli.ok("categorize", filled["We're"], "--category", "podcast")
    tree = {use["path"]: use for use in cli.ok("categories", "tree", "--json").json["categories"]}
    assert tree["offer"]["content_with_children"] >= 1
    told = cli("tags", "merge", "urgency", "into", "nonesuch", "--yes")
    assert (told.code, "no tag 'nonesuch'" in told.err) == (2, True)
    assert cli("tags", "merge", "urgency", "--yes").code == 2
    cli.ok("tags", "add", "hurry")
    assert "merged tag 'hurry' into 'urgency'" in cli.ok("tags", "merge", "hurry", "urgency", "--yes").err


def test_words_wait_and_groups_hold(cli: Cli) -> None:
    texts = [{"text": "Stalls and lights. #NightMarket"}, {"text": "More lanterns. #nightmarket #fireworks"}]
    cli.ok("ingest", cli.write_lines("a.jsonl", *texts))
    found = cli.ok("tags", "proposals", "--json").json["proposals"]
    assert [(one["name"], one["uses"]) for one in found] == [("NightMarket", 2), ("fireworks", 1)]
    assert "never" not in cli.ok("tags", "promote-after", "2").err
    cli.ok("tags", "refuse", "fireworks")
    done = cli.ok("worker", "--once")
    assert "'NightMarket' was met often enough" in done.err
    cli.ok("worker", "--once")
    tagged = cli.query("select count(*) from content_assets, json_each(tags) where value = 'NightMarket'")
    assert tagged[0][0] == 2
    assert [
        one["name"] for one in cli.ok("tags", "proposals", "--state", "refused", "--json").json["proposals"]
    ] == ["fireworks"]
    cli.ok("tags", "promote", "fireworks")
    unknown = cli("tags", "promote", "nonesuch")
    assert (unknown.code, "nobody proposed 'nonesuch'" in unknown.err) == (2, True)
    assert cli("tags", "promote-after", "often").code == 2
    cli.ok("tags", "group", "lights", "--of", "NightMarket", "--of", "fireworks", "--max", "1")
    [group] = cli.ok("tags", "groups", "--json").json["groups"]
    assert (group["name"], group["tags"], group["max_tags"]) == ("lights", ["NightMarket", "fireworks"], 1)
    cli.ok("tags", "ungroup", "lights")
    cli.ok("tags", "distinct", "fireworks", "from", "NightMarket")
    cli.ok("tags", "duplicates")
    cli.ok("categories", "duplicates", "--json")
    # what a person removed comes back by no file
    cli.ok("categories", "add", "podcast")
    cli.ok("categories", "remove", "podcast", "--yes")
    cli.write_lines("b.jsonl", {"text": "A new episode.", "category": "podcast"})
    back = cli("ingest", "b.jsonl", "--category-column", "category", "--create-categories")
    assert (back.code, "removed by a person" in back.err) == (2, True)
    cli.ok("tags", "remove", "fireworks", "--yes")
    cli.write_lines("c.jsonl", {"text": "A new night.", "tags": ["Fireworks", "urgency"]})
    told = cli.ok("ingest", "c.jsonl", "--tags-column", "tags", "--json")
    assert told.json["removed_tags"] == ["fireworks"]
    assert "left out tag 'fireworks': removed by a person, and a file does not bring it back" in told.err
    assert "fireworks" not in cli.ok("tags", "list").out
