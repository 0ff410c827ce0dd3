"""The default vocabulary is well formed: unique names, two levels, no colliding tags, known rule words."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.each import each

from campaignbase.core.rule_schema import validate_rule
from campaignbase.core.text import words

FILE = Path(__file__).parents[2] / "sql" / "data" / "default_vocabulary.json"
VOCABULARY: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
CATEGORIES: list[dict[str, Any]] = VOCABULARY["categories"]
TAGS: list[dict[str, Any]] = VOCABULARY["tags"]
RULES: list[dict[str, Any]] = VOCABULARY["rules"]

CATEGORY_NAMES = {category["name"] for category in CATEGORIES}
TAG_NAMES = {tag["name"] for tag in TAGS}
SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def fold(name: str) -> str:
    """The fold of tags written out a second time, so that a slip in one place is seen."""
    folded = re.sub(r"[ \-_]", "", name.lower()).lstrip("#")
    if folded.endswith("ies") and len(folded) > 4:
        return folded[:-3] + "y"
    if folded.endswith(("ss", "us", "is")):
        return folded
    if folded.endswith(("sses", "shes", "ches", "xes", "zes")) and len(folded) > 4:
        return folded[:-2]
    return folded[:-1] if folded.endswith("s") and len(folded) > 3 else folded


def leaves(conditions: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in conditions.items():
        if key in ("any", "all"):
            for part in value:
                yield from leaves(part)
        elif key == "not":
            yield from leaves(value)
        else:
            yield key, value


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_vocabulary_has_the_promised_size() -> None:
    assert VOCABULARY["version"] == 1
    assert set(VOCABULARY) == {"version", "categories", "tags", "rules"}
    assert 18 <= len(CATEGORIES) <= 24
    assert 56 <= len(TAGS) <= 66
    assert len(RULES) == 8
    by_type = Counter(tag["tag_type"] for tag in TAGS)
    assert set(by_type) == {"industry", "audience", "emotion", "format"}
    assert min(by_type.values()) >= 12


@each(CATEGORIES, lambda found: found["name"])
def test_category_is_complete(category: dict[str, Any]) -> None:
    assert set(category) == {"name", "parent", "description", "keywords", "examples", "counter_examples"}
    assert SNAKE_CASE.fullmatch(category["name"])
    assert 40 <= len(category["description"]) <= 300
    assert 8 <= len(category["keywords"]) <= 20
    assert 2 <= len(category["examples"]) <= 4
    assert 1 <= len(category["counter_examples"]) <= 3
    for example in category["counter_examples"]:  # "text -> where it belongs instead"
        belongs = example.rsplit(" -> ", 1)[1]
        assert belongs in CATEGORY_NAMES - {category["name"]}


@each(TAGS, lambda found: found["name"])
def test_tag_is_complete(tag: dict[str, Any]) -> None:
    fields = {"name", "tag_type", "aliases", "description", "keywords", "examples", "counter_examples"}
    assert set(tag) == fields
    assert SNAKE_CASE.fullmatch(tag["name"])
    assert all(SNAKE_CASE.fullmatch(alias) for alias in tag["aliases"])
    assert 20 <= len(tag["description"]) <= 200
    assert 8 <= len(tag["keywords"]) <= 20
    assert tag["examples"]
    assert tag["counter_examples"]
    for example in tag["counter_examples"]:
        assert example.rsplit(" -> ", 1)[1] in TAG_NAMES - {tag["name"]}


@each(CATEGORIES + TAGS, lambda found: found["name"])
def test_keywords_are_lower_case_trimmed_and_unique(label: dict[str, Any]) -> None:
    keywords = label["keywords"]
    assert len(keywords) == len(set(keywords))
    assert [word for word in keywords if word != word.lower().strip() or not word] == []


@each(CATEGORIES + TAGS, lambda found: found["name"])
def test_keywords_can_be_found_and_none_counts_twice(label: dict[str, Any]) -> None:
    spellings = Counter(fold("".join(words(keyword))) for keyword in label["keywords"])
    assert "" not in spellings  # emoji and signs are no words, nothing would ever find them
    assert [spelling for spelling, count in spellings.items() if count > 1] == []  # "trend", "trends"


def test_no_keyword_belongs_to_two_categories() -> None:
    owners = Counter(word for category in CATEGORIES for word in category["keywords"])
    assert [word for word, count in owners.items() if count > 1] == []


def test_category_names_are_unique_and_two_levels_deep() -> None:
    assert len(CATEGORY_NAMES) == len(CATEGORIES)
    parent_of = {category["name"]: category["parent"] for category in CATEGORIES}
    for name, parent in parent_of.items():
        if parent is not None:
            assert parent in parent_of, f"{name}: unknown parent {parent!r}"
            assert parent_of[parent] is None, f"{name}: third level under {parent!r}"
    order = [category["name"] for category in CATEGORIES]  # a loader may insert line by line
    assert all(p is None or order.index(p) < order.index(n) for n, p in parent_of.items())


def test_tags_and_aliases_never_fold_to_the_same_word() -> None:
    words = [word for tag in TAGS for word in (tag["name"], *tag["aliases"])]
    folds = Counter(fold(word) for word in words)
    assert [word for word in words if folds[fold(word)] > 1] == []


@each(RULES, lambda found: found["name"])
def test_rule_can_be_saved_and_names_known_labels(rule: dict[str, Any]) -> None:
    assert set(rule) == {"name", "rule_type", "priority", "conditions", "actions"}
    validate_rule(rule["rule_type"], rule["conditions"], rule["actions"], name=rule["name"])
    conditions = list(leaves(rule["conditions"]))
    if rule["rule_type"] == "categorization":  # runs before anything is decided
        assert not {"category", "tag", "sentiment", "target_audience"} & {key for key, _ in conditions}
    for key, value in conditions:
        if key == "category":
            assert set(as_list(value)) <= CATEGORY_NAMES
    actions = rule["actions"]
    assert set(as_list(actions.get("add_category", []))) <= CATEGORY_NAMES
    assert set(actions.get("add_tags", [])) <= TAG_NAMES
    audiences = {tag["name"] for tag in TAGS if tag["tag_type"] == "audience"}
    assert set(as_list(actions.get("set_audience", []))) <= audiences


def test_rules_have_distinct_names_and_priorities() -> None:
    assert len({rule["name"] for rule in RULES}) == len(RULES)
    assert len({rule["priority"] for rule in RULES}) == len(RULES)
