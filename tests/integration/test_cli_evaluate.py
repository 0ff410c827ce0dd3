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
    assert all(set(setting) == {"name", "accuracy", "macro_f1", "coverage"} for setting in found["settings"])
    assert found["settings"][0]["accuracy"] == 1.0  # both texts say their label
    assert list(cli.folder.glob("*.db")) == []


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
