"""`train` and `review` from the command line: what is missing, versions, the golden set, the gate."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from tests.support.cli import DATABASE, Cli, Result, cli

__all__ = ["cli"]

SOUP = ["hot", "tomato", "leek", "onion", "pea", "pumpkin", "fish", "potato", "carrot", "bean"]
SHOE = ["running", "trail", "leather", "garden", "tennis", "winter", "summer", "work", "dance", "beach"]
WAYS = ["new {} {} today", "our best {} {}", "{} {} for everybody"]


def texts(first: int = 0, last: int = 10) -> list[dict[str, Any]]:
    return [
        {"text": way.format(word, thing), "category": thing}
        for thing, words in (("soup", SOUP), ("shoes", SHOE))
        for word in words[first:last]
        for way in WAYS
    ]


def filed(cli: Cli, rows: list[dict[str, Any]], *options: str) -> None:
    file = cli.write_lines("filed.jsonl", *rows)
    cli.ok("ingest", file, "--category-column", "category", "--create-categories", *options)


def test_too_little_is_refused_and_what_is_missing_is_told(cli: Cli) -> None:
    filed(cli, texts(0, 1)[:4])
    found = cli("train", "--json")
    assert found.code == 1
    assert (found.json["missing_rows"], found.json["missing_labels"]) == (16, 2)
    assert {"label": "soup", "confirmed": 3, "needs": 2} in found.json["missing"]


def test_versions_pass_the_gate_and_go_back(cli: Cli) -> None:
    filed(cli, texts(8), "--golden")
    assert len(cli.ok("train", "golden", "list", "--json").json["golden"]) == 12
    filed(cli, texts(0, 8))  # a head is fitted by itself
    found = cli.ok("train", "--target", "0.9", "--json").json
    assert found["live"]
    assert found["version"] == 2
    assert (found["train_rows"], found["target_precision"]) == (48, 0.9)
    assert (found["comparison"]["basis"], found["comparison"]["rows"]) == ("golden", 12)
    judged = {one["category"]: one["rows"] for one in found["measures"]["labels"]}
    assert (judged["soup"], judged["shoes"], judged["offer"]) == (24, 24, 0)  # known by its name
    versions = cli.ok("train", "list", "--json").json["versions"]
    assert [(one["version"], one["active"], one["origin"]) for one in versions] == [
        (2, True, "person"),
        (1, False, "automatic"),
    ]
    assert cli.ok("train", "rollback", "--json").json == {"was": 2, "live": 1}
    assert cli("train", "rollback").code == 2
    assert cli.ok("train", "activate", "2", "--json").json["live"]


def test_a_version_that_loses_stays_out(cli: Cli) -> None:
    filed(cli, texts(8), "--golden")
    filed(cli, texts(0, 8))
    with closing(sqlite3.connect(cli.folder / DATABASE)) as program, program:  # any door
        program.execute(
            "update content_assets set primary_category ="
            " case primary_category when 'soup' then 'shoes' else 'soup' end where not golden"
        )
    found = cli("train", "--json")
    assert found.code == 1
    assert not found.json["live"]
    assert not found.json["comparison"]["passed"]
    assert "golden set: 12 rows" in found.json["comparison"]["told"]


def test_contradictions_are_named(cli: Cli) -> None:
    filed(cli, texts(0, 2))
    rows = [{"text": "one text", "category": "soup"}, {"text": "one text", "category": "shoes"}]
    file = cli.write_lines("golden.jsonl", *rows)
    found = cli("ingest", file, "--category-column", "category", "--golden")
    assert found.code == 2
    assert "a golden text has one category: 'soup' at" in found.err
    assert "--golden needs the categories" in cli("ingest", file, "--golden").err


def test_other_descriptions_are_tried_before_they_are_written(cli: Cli) -> None:
    filed(cli, texts(0, 1), "--golden")
    file = cli.write_lines(
        "d.jsonl", {"category": "soup", "description": "something hot to eat with a spoon"}
    )
    found = cli.ok("train", "gate", "--vocabulary", file, "--json").json
    assert (found["comparison"]["rows"], found["written"]) == (6, 0)
    assert found["comparison"]["after"] >= found["comparison"]["before"]
    assert cli.ok("train", "gate", "--vocabulary", file, "--apply", "--json").json["written"] == 1
    soup = next(one for one in cli.ok("categories", "--json").json["categories"] if one["name"] == "soup")
    assert soup["description"] == "something hot to eat with a spoon"
    [kept] = cli.ok("train", "gate", "list", "--json").json["verdicts"]
    assert (kept["subject"], kept["passed"], kept["comparison"]["rows"]) == ("vocabulary", True, 6)
    assert "nothing to compare" in cli("train", "gate").err


def test_descriptions_are_of_the_categories_that_are_meant(cli: Cli) -> None:
    filed(cli, texts(0, 1), "--golden")
    before = cli.ok("categories", "--json").json["categories"]

    def tried(*described: tuple[str, str]) -> Result:
        lines = ({"category": name, "description": said} for name, said in described)
        return cli("train", "gate", "--vocabulary", cli.write_lines("d.jsonl", *lines), "--apply")

    # what no store would take is refused before there is a verdict, and before anything is written
    assert "description of the category 'soup' holds a NUL character" in tried(("soup", "a\0b")).err
    assert "'SOUP' is 'soup', which is described already" in tried(("soup", "a"), ("SOUP", "b")).err
    assert cli.ok("train", "gate", "list", "--json").json["verdicts"] == []
    assert cli.ok("categories", "--json").json["categories"] == before

    found = tried(("SOUP", "something hot to eat with a spoon"), ("stew", "the same, thicker"))
    assert "no category has these names, --apply adds them: 'stew'" in found.err
    after = {one["name"]: one["description"] for one in cli.ok("categories", "--json").json["categories"]}
    assert after.keys() - {one["name"] for one in before} == {"stew"}
    assert after["soup"] == "something hot to eat with a spoon"


@pytest.mark.parametrize("way", ["json", "lines"])
def test_review(cli: Cli, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": "Bread is bread"}))
    if way == "json":
        [row] = cli.ok("review", "--json").json["rows"]
        assert row["text"] == "Bread is bread"
        assert row["shortlist"]
        return
    from io import StringIO

    monkeypatch.setattr("sys.stdin", StringIO("offer\n"))
    assert "1 filed" in cli.ok("review").err
    assert "nothing waits" in cli.ok("review").err
