"""Rules: which match what, regular expressions and numbers as the core reads them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from tests.sql.scene import value
from tests.support.postgres import Database
from tests.unit.core.test_regex_subset import (
    test_translate_regex_accepts_what_stays_cheap as accepted_while_cheap,
)
from tests.unit.core.test_regex_subset import (
    test_translate_regex_refuses_the_first_thing_outside_the_subset as refused_where,
)
from tests.unit.core.test_regex_subset import (
    test_translate_regex_writes_what_both_engines_read as written_alike,
)

from campaignbase.core.rule_schema import validate_conditions
from campaignbase.core.rules import Facts, rule_matches
from campaignbase.errors import RuleError

FACTS: dict[str, Any] = {
    "text": "Zoë says: we\u2019re hiring!\nApply  now \u2013 50% off, C++ welcome",
    "content_type": "text",
    "campaign_type": "product_launch",
    "platforms": ["LinkedIn", "instagram"],
    "generator": None,
    "language": "en",
    "category": "job_opening",
    "tags": ["job_seekers", "Sale"],
    "sentiment": "positive",
    "target_audience": "job_seekers",
    "quality_score": 0.7,
    "word_count": 11,
    "similarity": None,
}


@pytest.fixture(scope="module")
def asking(module_database: Database) -> Iterator[psycopg.Connection[Any]]:
    with module_database.connect() as connection:
        yield connection


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        ({"contains_keyword": "hiring"}, True),
        ({"contains_keyword": "HIRING"}, True),
        ({"contains_keyword": "hir"}, False),  # inside a word
        ({"contains_keyword": "we're hiring"}, True),  # a curly apostrophe is an apostrophe
        ({"contains_phrase": "apply now"}, True),  # two spaces are one
        ({"contains_keyword": "zoe"}, False),  # an accent counts
        ({"contains_keyword": "ZOË"}, True),
        ({"contains_keyword": "50%"}, True),
        ({"contains_keyword": "c++"}, True),
        ({"contains_keyword": "c+"}, True),  # '+' is no word character
        ({"contains_keyword": ["nothing", "off"]}, True),
        ({"contains_all": ["now", "off"]}, True),
        ({"contains_all": ["now", "nothing"]}, False),
        ({"matches_regex": r"^zoë\b.*welcome$"}, False),  # '.' stops at a line
        ({"matches_regex": r"we're (hiring|looking)"}, True),
        ({"platform": "linkedin"}, True),
        ({"platform": ["tiktok", "Instagram"]}, True),
        ({"generator": "gpt"}, False),
        ({"not": {"generator": "gpt"}}, True),  # unknown is not equal
        ({"tag": "Job-Seeker"}, True),  # tags fold
        ({"tag": "sales"}, True),
        ({"category": "JOB_OPENING"}, True),
        ({"category": "jobopening"}, False),  # categories do not fold
        ({"target_audience": ["students", "Job-Seeker"]}, True),  # an audience is a tag
        ({"target_audience": "seekers"}, False),
        ({"min_quality_score": 0.7, "max_quality_score": 0.7}, True),
        ({"max_quality_score": 0.69}, False),
        ({"min_word_count": 12}, False),
        ({"min_similarity": -1}, False),  # unknown is not a number
        ({"not": {"max_similarity": 1}}, True),
        ({"any": [{"tag": "zzz"}, {"all": [{"language": "EN"}, {"content_type": "Text"}]}]}, True),
        ({"any": [{"tag": "zzz"}], "language": "en"}, False),
    ],
)
def test_rule_matches(asking: psycopg.Connection[Any], conditions: dict[str, Any], holds: bool) -> None:
    assert value(asking, "select private.rule_matches(%s, %s)", [Jsonb(conditions), Jsonb(FACTS)]) is holds


@pytest.mark.parametrize(
    ("text", "term", "found"),
    [
        ("a ab", "a", True),
        ("ab a", "a", True),  # not where it stands first
        ("xa a a", "a a", True),  # the second time overlaps the first
        ("xa ax", "a a", False),
        ("ab.", "ab.", True),
        ("xa.b a*b", "a*b", True),  # no pattern
        ("xa\\b a\\b", "a\\b", True),
        ("x(a a(a", "a(a", True),
        ("été", "t", False),
        ("中a文", "a", True),  # no word is made of these
        ("a_b", "a", False),
        ("a\u0301", "a", False),  # the accent belongs to it
        ("", "a", False),
        ("a", "\u00a0", False),  # nothing but a space
    ],
)
def test_a_term_stands_alone(asking: psycopg.Connection[Any], text: str, term: str, found: bool) -> None:
    facts = {"text": text, "platforms": [], "tags": []}
    assert (
        value(
            asking,
            "select private.rule_matches(%s, %s)",
            [Jsonb({"contains_keyword": term}), Jsonb(facts)],
        )
        is found
    )


def rows_of(test: Any) -> Sequence[Any]:
    """The table that a test of the core goes through."""
    [table] = test.pytestmark
    return list(table.args[1])


def test_regex_translation_passes_the_tests_of_the_core(asking: psycopg.Connection[Any]) -> None:
    expected = [
        *((pattern, written, None, None) for pattern, written in rows_of(written_alike)),
        *((pattern, None, position, code) for pattern, position, code in rows_of(refused_where)),
    ]
    read = "select p, t.* from unnest(%s::text[]) as p cross join lateral private.regex_translation(p) as t"
    assert asking.execute(read, [[row[0] for row in expected]]).fetchall() == expected
    refused = asking.execute(f"{read} where t.translated is null", [rows_of(accepted_while_cheap)])
    assert refused.fetchall() == []


@pytest.mark.parametrize(
    "literal",
    [
        *("0.7", "0.70000000000000000001", "0.7000000000000001", "7e-1", "1e-400", "-1e-400", "-0"),
        *("1.00000000000000000001", "1.0000000000000002", "1e400", "-1e400", "-5e-324", "1e308"),
    ],
)
def test_numbers_are_doubles_to_both(asking: psycopg.Connection[Any], literal: str) -> None:
    document = f'{{"min_quality_score": {literal}}}'
    conditions = json.loads(document)
    try:
        validate_conditions(conditions)
        expected = None
    except RuleError as error:
        expected = str(error)
    assert value(asking, "select private.rule_conditions_error(%s::jsonb)", [document]) == expected
    if expected is None:
        matched = value(asking, "select private.rule_matches(%s::jsonb, %s)", [document, Jsonb(FACTS)])
        assert matched is rule_matches(conditions, Facts(quality_score=0.7))
