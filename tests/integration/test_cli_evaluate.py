"""`evaluate` measures on labeled files alone: the agreed shape, and what it refuses."""

import pytest
from tests.support.cli import Cli, cli

__all__ = ["cli"]

TEXTS = {
    "soup": ["hot soup at noon", "tomato soup with bread", "a bowl of soup", "soup of the day is leek"],
    "shoes": [
        "running shoes on sale",
        "new shoes for the trail",
        "leather shoes, resoled",
        "shoes for children",
    ],
}


@pytest.fixture
def files(cli: Cli) -> tuple[str, str]:
    rows = [(label, place, text) for label, texts in TEXTS.items() for place, text in enumerate(texts)]
    train = [{"text": text, "category": label} for label, place, text in rows if place < 3]
    test = [{"text": text, "category": label} for label, place, text in rows if place == 3]
    return cli.write_lines("train.jsonl", *train), cli.write_lines("test.jsonl", *test)


def test_json_has_the_agreed_shape(cli: Cli, files: tuple[str, str]) -> None:
    train, test = files
    found = cli.ok("evaluate", "--train", train, "--test", test, "--shots", "2", "--json").json
    assert set(found) == {"embedder", "train_rows", "test_rows", "texts_per_second", "settings"}
    assert (found["train_rows"], found["test_rows"]) == (6, 2)
    assert [setting["name"] for setting in found["settings"]] == ["names_only", "shots_2", "all"]
    measured = {"name", "accuracy", "macro_f1", "coverage", "applied_accuracy"}
    assert all(set(setting) == measured for setting in found["settings"])
    assert found["settings"][0]["accuracy"] == 1.0  # both texts say their label
    assert list(cli.folder.glob("*.db")) == []


def test_descriptions_say_what_names_do_not(cli: Cli) -> None:
    rows = [(label, text) for label, texts in TEXTS.items() for text in texts]
    train = cli.write_lines("train.jsonl", *({"text": text, "category": label[:2]} for label, text in rows))
    described = cli.write_lines(
        "described.jsonl",
        {"category": "so", "description": "hot soup in a bowl"},
        {"category": "sh", "description": "shoes to run in"},
    )
    found = cli.ok("evaluate", "--train", train, "--test", train, "--descriptions", described, "--json").json[
        "settings"
    ]
    assert [setting["name"] for setting in found] == ["names_only", "descriptions", "shots_10", "all"]
    assert found[0]["accuracy"] < found[1]["accuracy"] == 1.0


def test_texts_that_were_learned_from_are_told(cli: Cli, files: tuple[str, str]) -> None:
    told = "2 of 2 texts asked stand in"
    assert told not in cli.ok("evaluate", "--train", files[0], "--test", files[1]).err
    assert told in cli.ok("evaluate", "--train", files[1], "--test", files[1]).err


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([{"category": "hats", "description": "for heads"}], "there is a description of 'hats'"),
        ([{"category": "soup"}], "described.jsonl:1: expected a text in 'description', got None"),
        (
            [{"category": "soup", "description": "hot"}, {"category": "soup", "description": "cold"}],
            "described.jsonl:2: 'soup' is described a second time",
        ),
    ],
)
def test_bad_descriptions_are_named(
    cli: Cli, files: tuple[str, str], lines: list[dict[str, str]], words: str
) -> None:
    described = cli.write_lines("described.jsonl", *lines)
    for asked in (("--train", files[0], "--test", files[1]), ("--simulate-team", files[0])):
        result = cli("evaluate", *asked, "--descriptions", described)
        assert (result.code, words in result.err) == (2, True), result.err


def test_table_is_plain_when_piped(cli: Cli, files: tuple[str, str]) -> None:
    rows = cli.ok("evaluate", "--train", files[0], "--test", files[1]).rows
    assert [row[0] for row in rows] == ["names_only", "shots_10", "all"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "bad.jsonl is empty"),
        ('{"text": "x"}\n', "bad.jsonl:1: expected a text in 'category'"),
        ('{"text": "x", "category": "a"}\n{"text": \n', "bad.jsonl:2: not JSON"),
        ('{"text": "", "category": "a"}\n', "bad.jsonl:1: expected a text in 'text'"),
        (b"caf\xe9", "bad.jsonl: byte 3 (0xe9) is not UTF-8; save the file as UTF-8\n"),
    ],
)
def test_bad_file_is_named_with_its_line(
    cli: Cli, files: tuple[str, str], content: str | bytes, words: str
) -> None:
    result = cli("evaluate", "--train", files[0], "--test", cli.write("bad.jsonl", content))
    assert (result.code, words in result.err) == (2, True), result.err


def test_live_reports_what_people_said(cli: Cli) -> None:
    posts = cli.write_lines("posts.jsonl", *({"content": text} for texts in TEXTS.values() for text in texts))
    cli.ok("ingest", posts)
    picked = cli.ok("evaluate", "--live", "--audit", "3", "--html", "report.html")
    assert "picked " in picked.err
    assert (cli.folder / "report.html").read_text("utf-8").startswith("<!doctype html>")
    found = cli.ok("evaluate", "--live", "--json").json
    assert (found["field"], found["decisions"]) == ("category", 8)
    assert sum(source["decisions"] for source in found["sources"]) == 8


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--simulate-team FILE"),
        (["--live", "--shots", "3"], "--shots does not go with --live"),
        (["--train", "a", "--test", "b", "--audit", "3"], "--audit goes only with --live"),
        (["--live", "--field", "mood"], "--field 'mood': expected one of category, sentiment, audience"),
        (["--live", "--html", "nowhere/report.html"], "there is no folder nowhere"),
    ],
)
def test_options_that_do_not_go_together_are_named(cli: Cli, arguments: list[str], words: str) -> None:
    result = cli("evaluate", *arguments)
    assert (result.code, words in result.err) == (2, True), result.err


def test_a_simulated_team_is_told_with_and_without_learning(cli: Cli) -> None:
    rows = [
        {"text": f"{text} {place}", "category": label}
        for label, found in TEXTS.items()
        for text in found
        for place in range(5)
    ]
    file = cli.write_lines("team.jsonl", *rows)
    picture = cli.folder / "team.svg"
    asked = (
        "evaluate",
        "--simulate-team",
        file,
        "--texts",
        "20",
        "--corrected",
        "0.5",
        "--picture",
        str(picture),
    )
    found = cli.ok(*asked, "--json").json
    assert set(found) == {"seed", "looking", "corrected", "with_learning", "without"}
    assert [wave["arrived"] for wave in found["without"]] == list(range(1, 21))
    assert "right, of those, without" in picture.read_text("utf-8")
    assert list(cli.folder.glob("*.db")) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--simulate-team", "x.jsonl", "--live"), "--live does not go with --simulate-team"),
        (("--simulate-team", "x.jsonl", "--train", "x.jsonl"), "--train does not go with --simulate-team"),
        (("--live", "--seed", "3"), "--seed goes only with --simulate-team"),
        (
            ("--simulate-team", "x.jsonl", "--looking", "twice"),
            "--looking 'twice': expected one of queue, random",
        ),
        (("--simulate-team", "x.jsonl", "--picture", "no/x.svg"), "there is no folder no"),
        (("--simulate-team", "x.jsonl"), "cannot read x.jsonl"),
    ],
)
def test_what_does_not_go_with_a_simulated_team_is_named(
    cli: Cli, options: tuple[str, ...], words: str
) -> None:
    result = cli("evaluate", *options)
    assert (result.code, words in result.err) == (2, True), result.err
