"""The shipped word lists and demo content are well formed, labeled with known labels and no near copies."""

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from tests.support.each import each

from campaignbase.core.rules import Facts, rule_matches

ROOT = Path(__file__).parents[2]
DATA = ROOT / "python" / "campaignbase" / "data"
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


VOCABULARY = json.loads((ROOT / "sql" / "data" / "default_vocabulary.json").read_text(encoding="utf-8"))
CATEGORY_NAMES = {category["name"] for category in VOCABULARY["categories"]}
CAMPAIGNS: list[dict[str, Any]] = [json.loads(line) for line in lines(DATA / "demo" / "campaigns.jsonl")]
ASSETS: list[dict[str, Any]] = [json.loads(line) for line in lines(DATA / "demo" / "assets.jsonl")]

TEXT_FIELDS = ("content", "prompt", "alt_text")
NEAR = 0.7  # shared words; texts not made from one another have 0.62 at most
SAME_TEXT = {"fw-rain-sale", "rf-stall-rain-sale"}  # under two campaigns, to show the reuse of a label
NEAR_PAIRS = [  # confirmed, and its near copy with another date or place that is labeled live
    ("rf-open-studio-march", "rf-open-studio-april"),
    ("hk-line-cook-pier", "hk-line-cook-mill"),
]


def text_of(asset: dict[str, Any]) -> str:
    (text,) = [asset[field] for field in TEXT_FIELDS if field in asset]
    return str(text)


def shared_words(one: str, other: str) -> float:
    """0..1: the share of both texts' words that are in the other too."""
    left, right = Counter(one.split()), Counter(other.split())
    return 2 * (left & right).total() / (left.total() + right.total())


TEXTS = {asset["key"]: text_of(asset) for asset in ASSETS}
CONFIRMED = {asset["key"]: asset["confirmed"] for asset in ASSETS}


def test_demo_has_the_promised_size() -> None:
    assert len(CAMPAIGNS) == 6
    assert 115 <= len(ASSETS) <= 130
    assert 38 <= sum(CONFIRMED.values()) <= 46
    assert {asset["asset_type"] for asset in ASSETS} == {"text", "image", "video"}


@each(CAMPAIGNS, lambda found: found["name"])
def test_campaign_is_complete(campaign: dict[str, Any]) -> None:
    texts = {"name", "content_style", "visual_style", "hashtag_strategy", "cta_pattern"}
    assert set(campaign) == texts | {"campaign_type", "status", "target_platforms"}
    assert all(campaign[name].strip() for name in texts)
    assert campaign["status"] in {"draft", "active", "paused", "completed"}
    snake_case = re.compile(r"[a-z][a-z0-9_]*")
    assert all(
        snake_case.fullmatch(word) for word in [campaign["campaign_type"], *campaign["target_platforms"]]
    )


@each(ASSETS, lambda found: found["key"])
def test_asset_is_complete(asset: dict[str, Any]) -> None:
    assert len(set(asset) & set(TEXT_FIELDS)) == 1
    assert set(asset) - set(TEXT_FIELDS) == {"key", "campaign", "asset_type", "category", "confirmed"}
    assert asset["campaign"] in {None, *(campaign["name"] for campaign in CAMPAIGNS)}
    assert asset["category"] in {None, *CATEGORY_NAMES}
    assert (asset["asset_type"] == "text") == ("content" in asset)
    words = text_of(asset).split()
    assert 1 <= len(words) <= 90
    assert text_of(asset) == text_of(asset).strip()


def test_keys_are_unique() -> None:
    assert len(TEXTS) == len(ASSETS)


def test_every_category_is_shown_and_asked() -> None:
    shown = Counter(asset["category"] for asset in ASSETS if asset["confirmed"])
    asked = Counter(asset["category"] for asset in ASSETS if not asset["confirmed"])
    assert {name for name in CATEGORY_NAMES if shown[name] < 1} == set()
    assert {name for name in CATEGORY_NAMES if asked[name] < 2} == set()
    assert shown[None] == 0  # nobody confirms a text without a category
    assert 2 <= asked[None] <= 5


def test_only_the_named_texts_are_equal() -> None:
    counts = Counter(TEXTS.values())
    assert {key for key, text in TEXTS.items() if counts[text] > 1} == SAME_TEXT
    assert sorted(CONFIRMED[key] for key in SAME_TEXT) == [False, True]
    assert len({asset["campaign"] for asset in ASSETS if asset["key"] in SAME_TEXT}) == 2


def test_only_the_named_pairs_are_near_copies() -> None:
    near = [
        (one, other)
        for one, other in combinations(TEXTS, 2)
        if shared_words(TEXTS[one], TEXTS[other]) > NEAR and {one, other} != SAME_TEXT
    ]
    assert sorted(near) == sorted(NEAR_PAIRS)
    assert all(CONFIRMED[shown] and not CONFIRMED[asked] for shown, asked in NEAR_PAIRS)


def test_default_rules_file_demo_texts_where_a_person_would() -> None:
    rules = [rule for rule in VOCABULARY["rules"] if rule["rule_type"] == "categorization"]
    fired = [
        (rule["name"], asset["key"], rule["actions"]["add_category"], asset["category"], asset["confirmed"])
        for asset in ASSETS
        for rule in rules
        if rule_matches(rule["conditions"], Facts(text=text_of(asset)))
    ]
    assert [row for row in fired if row[2] != row[3]] == []
    asked = [row for row in fired if not row[4]]
    assert {rule["name"] for rule in rules} == {row[0] for row in asked}  # the demo shows each of them once


def test_no_example_of_the_vocabulary_is_asked_back() -> None:
    examples = [
        example for label in VOCABULARY["categories"] + VOCABULARY["tags"] for example in label["examples"]
    ]
    close = [
        (key, example)
        for key, text in TEXTS.items()
        for example in examples
        if len(example) > 40 and shared_words(text, example) > NEAR
    ]
    assert close == []


def test_lexicon_lines_are_word_tab_score() -> None:
    rows = [line.split("\t") for line in lines(DATA / "sentiment_lexicon.tsv")]
    words = [word for word, _ in rows]
    assert len(words) == len(set(words)) >= 900
    assert {score for _, score in rows} == {"3", "2", "1", "-1", "-2", "-3"}
    assert [word for word in words if word != word.lower().strip() or not word] == []


def test_boosters_are_multipliers_and_no_list_holds_a_word_of_another() -> None:
    boosters = dict(line.split("\t") for line in lines(DATA / "boosters.tsv"))
    assert all(0 < float(factor) < 2 and float(factor) != 1 for factor in boosters.values())
    negators = lines(DATA / "negators.txt")
    lexicon = {line.split("\t")[0] for line in lines(DATA / "sentiment_lexicon.tsv")}
    words = Counter([*boosters, *negators, *lexicon])
    assert [word for word, count in words.items() if count > 1] == []


@pytest.mark.parametrize(
    ("word", "sign"),
    [
        ("love", 1),
        ("delicious", 1),
        ("🎉", 1),
        ("delayed", -1),
        ("scam", -1),
        ("would not recommend", -1),
        ("😡", -1),
    ],
)
def test_lexicon_knows_which_side_a_word_is_on(word: str, sign: int) -> None:
    scores = dict(line.split("\t") for line in lines(DATA / "sentiment_lexicon.tsv"))
    assert int(scores[word]) * sign > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_stopwords_are_distinct_words_of_one_language(language: str) -> None:
    words = lines(DATA / "stopwords" / f"{language}.txt")
    assert 80 <= len(words) <= 150
    assert len(words) == len(set(words))
    assert all(word == word.lower().strip() and word for word in words)
    others = [set(lines(DATA / "stopwords" / f"{other}.txt")) for other in LANGUAGES if other != language]
    own = [word for word in words if not any(word in other for other in others)]
    assert len(own) >= 40  # enough to tell it from its neighbors


def test_stopwords_exist_for_exactly_these_languages() -> None:
    assert sorted(path.stem for path in (DATA / "stopwords").glob("*")) == sorted(LANGUAGES)
