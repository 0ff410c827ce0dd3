import pytest

from campaignbase.core.rule_schema import MESSAGES, validate_conditions, validate_rule
from campaignbase.errors import RuleError

KNOWN_CONDITIONS = (
    "all, any, campaign_type, category, contains_all, contains_keyword, contains_phrase, content_type, "
    "fuzzy, generator, language, matches_regex, max_quality_score, max_similarity, max_word_count, "
    "min_quality_score, min_similarity, min_word_count, not, platform, sentiment, tag, target_audience"
)
KNOWN_ACTIONS = (
    "add_category, add_tags, approve, category, remove_tags, require_approval, schedule, set_audience, "
    "set_sentiment, webhook"
)
GOOD = {"contains_keyword": "hiring"}
DO = {"add_tags": ["hiring"]}


def nested(depth):
    return GOOD if depth == 1 else {"not": nested(depth - 1)}


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ([], "conditions: expected an object, got array"),
        (None, "conditions: expected an object, got null"),
        ("x", "conditions: expected an object, got string"),
        ({}, "conditions: empty, which would match everything; give at least one condition"),
        (
            {"contain_keyword": "x"},
            f"conditions: unknown condition 'contain_keyword'; known: {KNOWN_CONDITIONS}",
        ),
        ({"k" * 70: 1}, f"conditions: unknown condition '{'k' * 60}'; known: {KNOWN_CONDITIONS}"),
        ({"fuzzi": "x"}, f"conditions: unknown condition 'fuzzi'; known: {KNOWN_CONDITIONS}"),
        # byte order: 'Z' before 'a', 'not' before the unknown 'zzz'
        ({"any": 1, "Z": 1}, f"conditions: unknown condition 'Z'; known: {KNOWN_CONDITIONS}"),
        (
            {"zzz": 1, "not": {}},
            "conditions.not: empty, which would match everything; give at least one condition",
        ),
        (
            {"contains_keyword": 3},
            "conditions.contains_keyword: expected a text or a list of texts, got number",
        ),
        (
            {"contains_keyword": True},
            "conditions.contains_keyword: expected a text or a list of texts, got boolean",
        ),
        (
            {"contains_keyword": {}},
            "conditions.contains_keyword: expected a text or a list of texts, got object",
        ),
        ({"contains_keyword": []}, "conditions.contains_keyword: empty list; give at least one value"),
        ({"contains_keyword": ["x"] * 101}, "conditions.contains_keyword: more than 100 values"),
        ({"contains_keyword": ["x", None]}, "conditions.contains_keyword[1]: expected a text, got null"),
        ({"contains_keyword": " \t\n"}, "conditions.contains_keyword: blank text"),
        ({"contains_all": ["x", ""]}, "conditions.contains_all[1]: blank text"),
        ({"contains_phrase": "x" * 201}, "conditions.contains_phrase: longer than 200 characters"),
        ({"tag": "a\0b"}, "conditions.tag: holds a NUL or half a surrogate pair, which no database stores"),
        ({"tag": "\ud83d"}, "conditions.tag: holds a NUL or half a surrogate pair, which no database stores"),
        (
            {"content_type": "audio"},
            "conditions.content_type: unknown value 'audio'; known: image, text, video",
        ),
        (
            {"sentiment": ["positive", "happy"]},
            "conditions.sentiment[1]: unknown value 'happy'; known: mixed, negative, neutral, positive",
        ),
        ({"min_quality_score": "0.5"}, "conditions.min_quality_score: expected a number, got string"),
        ({"min_quality_score": True}, "conditions.min_quality_score: expected a number, got boolean"),
        ({"max_quality_score": 1.01}, "conditions.max_quality_score: expected a number from 0 to 1"),
        ({"min_similarity": -1.5}, "conditions.min_similarity: expected a number from -1 to 1"),
        ({"min_word_count": -1}, "conditions.min_word_count: expected a number from 0 to 1000000000"),
        (
            {"min_word_count": float("nan")},
            "conditions.min_word_count: expected a number from 0 to 1000000000",
        ),
        ({"matches_regex": ["a"]}, "conditions.matches_regex: expected a text, got array"),
        ({"matches_regex": " "}, "conditions.matches_regex: blank text"),
        ({"matches_regex": "a" * 501}, "conditions.matches_regex: longer than 500 characters"),
        (
            {"matches_regex": "(a"},
            "conditions.matches_regex: regex refused at character 1: '(' is never closed",
        ),
        ({"fuzzy": " "}, "conditions.fuzzy: blank text"),
        (
            {"fuzzy": "中文"},
            "conditions.fuzzy: no letter or digit of a script that puts spaces between words",
        ),
        (
            {"fuzzy": ["sale", "!", "?"]},
            "conditions.fuzzy[1]: no letter or digit of a script that puts spaces between words",
        ),
        ({"any": GOOD}, "conditions.any: expected a list of objects, got object"),
        ({"all": []}, "conditions.all: empty list; give at least one value"),
        ({"any": [GOOD] * 101}, "conditions.any: more than 100 values"),
        ({"any": [GOOD, "x"]}, "conditions.any[1]: expected an object, got string"),
        ({"not": [GOOD]}, "conditions.not: expected an object, got array"),
        (
            {"any": [GOOD, {"not": {"tag": [1]}}]},
            "conditions.any[1].not.tag[0]: expected a text, got number",
        ),
        (nested(9), f"conditions{'.not' * 8}: nested deeper than 8 levels"),
        # bounds that no value is between; equal ones hold
        (
            {
                "any": [
                    {"min_word_count": 5, "max_word_count": 5, "min_similarity": 0.5, "max_similarity": 0.4}
                ]
            },
            "conditions.any[0]: max_similarity is below min_similarity, so it can never hold",
        ),
        (
            {"max_word_count": 3, "min_word_count": 4, "max_quality_score": 0, "min_quality_score": 1e-9},
            "conditions: max_quality_score is below min_quality_score, so it can never hold",
        ),
    ],
)
def test_validate_conditions_names_the_first_thing_wrong(conditions, message):
    with pytest.raises(RuleError) as caught:
        validate_conditions(conditions)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "conditions",
    [
        GOOD,
        {"contains_keyword": ["x"] * 100, "contains_all": "x", "contains_phrase": "x" * 200},
        {"content_type": ["Image", "TEXT"], "sentiment": "Mixed"},  # case does not count
        {"campaign_type": "a", "platform": ["a", "b"], "generator": "a", "language": "en", "category": "a"},
        {"tag": "a", "target_audience": "a"},
        {"min_quality_score": 0, "max_quality_score": 1, "min_similarity": -1, "max_similarity": 0.5},
        {"min_word_count": 0, "max_word_count": 80},
        {"matches_regex": r"\bfull[- ]time\b"},
        {"any": [GOOD] * 100, "all": [GOOD], "not": GOOD},
        nested(8),
    ],
)
def test_validate_conditions_accepts(conditions):
    validate_conditions(conditions)


@pytest.mark.parametrize(
    ("rule_type", "actions", "message"),
    [
        ("ranking", DO, "unknown rule_type 'ranking'; known: approval, categorization, scheduling, tagging"),
        ("tagging", [], "actions: expected an object, got array"),
        ("tagging", {}, "actions: empty; give at least one action"),
        ("tagging", {"add_tag": "x"}, f"actions: unknown action 'add_tag'; known: {KNOWN_ACTIONS}"),
        ("approval", {"approve": "yes"}, "actions.approve: expected true; to do nothing, leave it out"),
        (
            "approval",
            {"approve": True, "require_approval": True},
            "actions: 'approve' and 'require_approval' contradict each other; keep one",
        ),
        (
            "tagging",
            {"require_approval": True},
            "actions: action 'require_approval' needs a rule of type approval, not tagging",
        ),
        ("scheduling", {"schedule": {}}, "actions.schedule: expected true; to do nothing, leave it out"),
        (
            "approval",
            {"schedule": True},
            "actions: action 'schedule' needs a rule of type scheduling, not approval",
        ),
        ("tagging", {"webhook": ["crm"]}, "actions.webhook: expected a text, got array"),
        ("tagging", {"webhook": " "}, "actions.webhook: blank text"),
        (
            "tagging",
            {"add_category": "x"},
            "actions: action 'add_category' needs a rule of type categorization, not tagging",
        ),
        ("categorization", {"add_category": ["x"]}, "actions.add_category: expected a text, got array"),
        ("categorization", {"category": ""}, "actions.category: blank text"),
        (
            "categorization",
            {"add_category": "x", "category": "x"},
            "actions: 'add_category' and 'category' mean the same; keep one",
        ),
        ("tagging", {"add_tags": []}, "actions.add_tags: empty list; give at least one value"),
        ("tagging", {"remove_tags": ["x", 1]}, "actions.remove_tags[1]: expected a text, got number"),
        ("tagging", {"set_audience": None}, "actions.set_audience: expected a text, got null"),
        (
            "tagging",
            {"set_sentiment": "great"},
            "actions.set_sentiment: unknown value 'great'; known: mixed, negative, neutral, positive",
        ),
        (
            "tagging",
            {"set_sentiment": "Positive"},  # it is written as it stands
            "actions.set_sentiment: unknown value 'Positive'; known: mixed, negative, neutral, positive",
        ),
        # in order: 'add_tags' before 'webhook'
        (
            "tagging",
            {"webhook": 1, "add_tags": 1},
            "actions.add_tags: expected a text or a list of texts, got number",
        ),
    ],
)
def test_validate_rule_names_what_is_wrong_with_type_or_actions(rule_type, actions, message):
    with pytest.raises(RuleError) as caught:
        validate_rule(rule_type, GOOD, actions)
    assert str(caught.value) == message


def test_validate_rule_looks_at_the_type_then_conditions_then_actions():
    with pytest.raises(RuleError, match=r"^unknown rule_type 'x'"):
        validate_rule("x", {}, {})
    with pytest.raises(RuleError, match=r"^conditions: empty"):
        validate_rule("tagging", {}, {})


def test_validate_rule_starts_with_the_rules_name():
    with pytest.raises(RuleError) as caught:
        validate_rule("tagging", GOOD, {}, name="hiring {posts}")
    assert str(caught.value) == "rule 'hiring {posts}': actions: empty; give at least one action"


@pytest.mark.parametrize(
    ("rule_type", "actions"),
    [
        ("categorization", {"add_category": "x", "add_tags": "y", "set_sentiment": "positive"}),
        ("categorization", {"category": "x"}),
        ("tagging", {"add_tags": ["a", "b"], "remove_tags": "c", "set_audience": "d"}),
        ("scheduling", DO),
        ("approval", DO),
        ("tagging", {"webhook": "crm"}),
    ],
)
def test_validate_rule_accepts(rule_type, actions):
    validate_rule(rule_type, GOOD, actions)


def test_every_message_is_met_by_a_test():
    # each template's fixed beginning after its placeholders, so that a new one cannot go untested
    rows = [
        *(row[-1] for row in test_validate_conditions_names_the_first_thing_wrong.pytestmark[0].args[1]),
        *(
            row[-1]
            for row in test_validate_rule_names_what_is_wrong_with_type_or_actions.pytestmark[0].args[1]
        ),
        "rule 'x': ",
    ]
    for template in MESSAGES.values():
        fixed = max((part.rpartition("}")[2] for part in template.split("{")), key=len)
        assert any(fixed in row for row in rows), template
