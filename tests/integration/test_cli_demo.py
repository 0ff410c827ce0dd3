"""The demo is the first thing anybody sees: complete, honest about its mistakes, and the same every time."""

import json
from importlib.resources import files

import pytest
from tests.support.cli import Cli, cli

__all__ = ["cli"]

ASSETS = files("campaignbase.data").joinpath("demo", "assets.jsonl").read_text(encoding="utf-8").splitlines()
CONFIRMED = sum(json.loads(line)["confirmed"] for line in ASSETS)
LIVE = len(ASSETS) - CONFIRMED


@pytest.fixture
def shown(cli: Cli) -> str:
    return cli.ok("demo").out


def test_screen_has_every_part_and_fits(shown: str) -> None:
    for heading in (
        "What it decided, and why",
        "Found by meaning",
        "Accuracy, on our own texts",
        "Your turn",
    ):
        assert heading in shown
    assert "rule 'we're hiring'" in shown  # a rule fires
    assert "reuse of a text: same text as" in shown  # a row like it decides
    assert "to review" in shown  # and one is left to a person
    assert shown.count("  search ") == 3
    assert "campaignbase ingest posts.csv" in shown
    assert max(len(line) for line in shown.splitlines()) <= 100


def test_document_holds_the_figures(cli: Cli) -> None:
    document = cli.ok("demo", "--json").json
    assert (document["campaigns"], document["confirmed"]) == (6, CONFIRMED)
    accuracy = document["accuracy"]
    assert accuracy["rows"] == LIVE
    assert accuracy["applied"] + accuracy["abstained"] == LIVE
    assert accuracy["right"] == sum(row["right"] for row in document["rows"])
    assert accuracy["right"] / accuracy["applied"] >= 0.9
    assert accuracy["applied"] >= 60  # of 82; a head of so few rows must not silence what descriptions tell
    sources = {row["row"]["source"] for row in document["rows"]}
    assert {"rule", "reuse", "model"} <= sources
    senseless = [row for row in document["rows"] if row["expected"] is None]
    assert len(senseless) == 4
    assert all(row["row"]["state"] == "review" for row in senseless)
    assert all(row["row"]["reasons"] for row in document["rows"])
    assert [len(search["hits"]) for search in document["searches"]] == [3, 3, 3]


def test_demo_starts_afresh_and_keep_goes_on(cli: Cli) -> None:
    cli.ok("demo")
    database = ("--database", "campaignbase-demo.db")
    (first, *_) = cli.ok("search", "soup", "--json", *database).json["hits"]
    cli.ok("categorize", first["id"], "--category", "giveaway", *database)
    kept = cli.ok("demo", "--keep", "--json").json
    assert kept["confirmed"] == CONFIRMED
    assert cli.ok("show", first["id"], "--json", *database).json["asset"]["primary_category"] == "giveaway"
    cli.ok("demo")
    assert cli("show", first["id"], *database).code == 2


def test_demo_leaves_other_databases_alone(cli: Cli) -> None:
    cli.ok("demo")
    assert [path.name for path in cli.folder.iterdir()] == ["campaignbase-demo.db"]
