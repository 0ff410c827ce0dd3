"""The rules of the database and those of the core agree on random rules and texts.

A few hundred cases with `make test`, thousands with `make proof`; SEED in the environment chooses others.
"""

import functools
import json
import os
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.support import regex_strategies, rule_strategies
from tests.support.postgres import Database

from campaignbase.core.decide import facts_of
from campaignbase.core.hashing import content_hash
from campaignbase.core.regex_subset import REFUSALS, RegexRefusal, translate_regex
from campaignbase.core.rule_schema import validate_conditions, validate_rule
from campaignbase.core.rules import rule_matches
from campaignbase.core.tags import fold_tag
from campaignbase.core.text import (
    SEPARATORS,
    WORD_CHARACTERS,
    asset_text,
    campaign_text,
    fold,
    is_blank,
    is_word_character,
    label_text,
    search_text,
    word_count,
)
from campaignbase.errors import RuleError

SEED = int(os.environ.get("SEED", "20260101"))
SHORT, FULL = 300, 5000
FACTS_PER_RULE = 4
BATCH = 500  # cases of one round trip

RULES_AND_FACTS = rule_strategies.conditions.flatmap(
    lambda conditions: st.tuples(
        st.just(conditions),
        st.lists(rule_strategies.facts(conditions), min_size=FACTS_PER_RULE, max_size=FACTS_PER_RULE),
    )
)

sizes = pytest.mark.parametrize("count", [SHORT, pytest.param(FULL, marks=pytest.mark.proof)])


@functools.cache  # one drawing for all versions of Postgres
def cases(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """`count` cases drawn with the seed, so that one round trip can ask about many."""
    found: list[Any] = []

    while len(found) < count:  # hypothesis may stop early

        @seed(SEED + len(found))
        @settings(
            max_examples=count,
            phases=[Phase.generate],
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def collect(case: Any) -> None:
            found.append(case)

        collect()
    return found[:count]


def ask(connection: psycopg.Connection[Any], query: str, asked: Sequence[Any]) -> list[Any]:
    """One answer a case; the query reads them as `asked(value jsonb, place bigint)`."""
    answers: list[Any] = []
    with_cases = (
        f"with asked as (select * from jsonb_array_elements(%s) with ordinality as a(value, place)) {query}"
    )
    for start in range(0, len(asked), BATCH):
        rows = connection.execute(with_cases, [json.dumps(asked[start : start + BATCH])]).fetchall()
        answers += [row[0] for row in rows]
    assert len(answers) == len(asked)
    return answers


def compare(asked: Sequence[Any], python: Sequence[Any], database: Sequence[Any]) -> None:
    """Fail with the shortest case on which the two differ."""
    differing = [n for n, (one, other) in enumerate(zip(python, database, strict=True)) if one != other]
    if differing:
        n = min(differing, key=lambda n: len(json.dumps(asked[n])))
        pytest.fail(
            f"{len(differing)} of {len(asked)} cases differ, seed {SEED}; the shortest:\n"
            f"{asked[n]!r}\npython   {python[n]!r}\ndatabase {database[n]!r}",
            pytrace=False,
        )


@sizes
def test_rule_matches_agrees_with_the_core(pg_database: Database, count: int) -> None:
    drawn = cases(RULES_AND_FACTS, count)
    slow: set[str] = set()

    def python(conditions: Any, facts: dict[str, Any]) -> bool | None:
        before = len(slow)
        answer = rule_matches(conditions, facts_of(facts), on_timeout=slow.add)
        return None if len(slow) > before else answer

    asked = [[conditions, fact] for conditions, many in drawn for fact in many]
    for conditions, _ in drawn:
        validate_conditions(conditions)
    expected = [python(conditions, facts) for conditions, facts in asked]
    with pg_database.connect() as connection:
        answers = ask(
            connection,
            "select private.rule_matches(value -> 0, (value -> 1) || jsonb_build_object("
            " 'word_count', private.word_count(value -> 1 ->> 'text'))) from asked order by place",
            asked,
        )
    # a pattern that the core gave up on has no answer to compare
    answers = [None if expected[n] is None else answer for n, answer in enumerate(answers)]
    matched = sum(answer is True for answer in expected)
    pairs = f"{len(asked)} pairs, {matched} match, {len(slow)} patterns timed out"
    print(f"\nrules: {len(drawn)} rules, {pairs}, seed {SEED}")
    compare(asked, expected, answers)
    assert 0.15 < matched / len(asked) < 0.85
    assert expected.count(None) < len(asked) / 100


@sizes
def test_rule_error_agrees_with_the_core(pg_database: Database, count: int) -> None:
    def python(rule: Sequence[Any]) -> str | None:
        rule_type, conditions, actions = rule
        try:
            validate_rule(rule_type, conditions, actions, name="été 'x'")
        except RuleError as error:
            return str(error)
        return None

    drawn = cases(rule_strategies.rules, count)
    expected = [python(rule) for rule in drawn]
    with pg_database.connect() as connection:
        answers = ask(
            connection,
            "select private.rule_error(value ->> 0, value -> 1, value -> 2, $$été 'x'$$)"
            " from asked order by place",
            drawn,
        )
    refused = sum(message is not None for message in expected)
    print(f"\nerrors: {len(drawn)} rules, {refused} refused, {len(set(expected))} texts, seed {SEED}")
    compare(drawn, expected, answers)
    assert refused > len(drawn) / 4
    assert refused < len(drawn)


@sizes
def test_regex_translation_agrees_with_the_core(pg_database: Database, count: int) -> None:
    def python(pattern: str) -> list[Any]:
        found = translate_regex(pattern)
        if isinstance(found, RegexRefusal):
            return [None, found.position, found.code, found.reason]
        return [found.pattern, None, None, None]

    drawn = cases(regex_strategies.regex_soup, count)
    expected = [python(pattern) for pattern in drawn]
    with pg_database.connect() as connection:
        answers = ask(
            connection,
            "select array_to_json("
            " array[t.translated, t.refused_at::text, t.refusal, private.regex_refusal(t.refusal)])"
            " from asked cross join lateral private.regex_translation(value #>> '{}') as t order by place",
            drawn,
        )
    answers = [[a, None if b is None else int(b), c, d] for a, b, c, d in answers]
    codes = {answer[2] for answer in answers} - {None}
    print(f"\nregexes: {len(drawn)} patterns, {len(codes)} kinds of refusal, seed {SEED}")
    compare(drawn, expected, answers)
    assert len(codes) > len(REFUSALS) / 2
    if count == FULL:
        assert codes == set(REFUSALS)


def _maybe(values: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), st.sampled_from(["", " ", " \t\r\n", "\u00a0"]), values)


_texts = rule_strategies.texts()
_tags = st.one_of(
    st.builds(
        str.__add__,
        st.text(rule_strategies.characters, max_size=4),
        st.sampled_from(
            ["", "s", "ss", "us", "is", "ies", "sses", "Shes", "ches", "xes", "ZES", "es", "IES"]
        ),
    ),
    st.sampled_from(rule_strategies.VALUES),
)
_paths = st.builds(str.__add__, st.sampled_from(["", "a/", "a\n/b/", "/"]), st.one_of(_texts, st.just(" \t")))


@pytest.mark.parametrize(
    ("python", "sql", "arguments"),
    [
        (is_blank, "private.is_blank(value ->> 0)", st.tuples(_maybe(_texts))),
        (word_count, "private.word_count(value ->> 0)", st.tuples(_texts)),
        (fold, "private.rule_fold(value ->> 0)", st.tuples(_texts)),
        (search_text, "private.rule_search_text(private.rule_fold(value ->> 0))", st.tuples(_texts)),
        (fold_tag, "private.fold_tag(value ->> 0)", st.tuples(_tags)),
        (content_hash, "private.content_hash(value ->> 0)", st.tuples(_texts)),
        (
            asset_text,
            "private.asset_text(value ->> 0, value ->> 1, value ->> 2, value ->> 3)",
            st.tuples(_maybe(_texts), _maybe(_texts), _maybe(_texts), _maybe(_paths)),
        ),
        (
            campaign_text,
            "private.campaign_text(value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4)",
            st.tuples(*[_maybe(_texts)] * 5),
        ),
        (
            label_text,
            "private.label_text(value ->> 0, value ->> 1, array(select jsonb_array_elements_text(value->2)))",
            st.tuples(
                _maybe(_texts),
                _maybe(_texts),
                st.lists(_maybe(_texts).map(lambda text: text or ""), max_size=3),
            ),
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@sizes
def test_texts_agree_with_the_core(
    pg_database: Database, python: Callable[..., Any], sql: str, arguments: st.SearchStrategy[Any], count: int
) -> None:
    drawn = cases(arguments, count)
    expected = [python(*case) for case in drawn]
    with pg_database.connect() as connection:
        answers = ask(connection, f"select {sql} from asked order by place", drawn)
    compare(drawn, expected, answers)


def test_every_character_is_the_same_to_both(pg_database: Database) -> None:
    """Word or separator: each code point. Lower case: those whose case is older than any tables in use."""
    points = [point for point in range(1, 0x110000) if not 0xD800 <= point <= 0xDFFF]
    with pg_database.connect() as connection:
        found = connection.execute(
            "select chr(p), private.rule_fold(chr(p)),"
            " chr(p) ~ ('[' || private.regex_word_characters() || ']'),"
            " chr(p) ~ ('[' || private.regex_separators() || ']') from unnest(%s::integer[]) as p",
            [points],
        ).fetchall()
        assert connection.execute(
            "select private.regex_word_characters(), private.regex_separators()"
        ).fetchone() == (WORD_CHARACTERS, SEPARATORS)
    assert len(found) == len(points)
    assert [
        c for c, _, is_word, is_separator in found if not is_word_character(c) == is_word != is_separator
    ] == []
    old = [*range(1, 0x590), *range(0x1E00, 0x2C00), *range(0x3000, 0x3100), *range(0xFB00, 0xFFFE)]
    stable = {chr(point) for point in old} | set(rule_strategies.LETTERS)
    assert [(c, folded) for c, folded, *_ in found if c in stable and folded != fold(c)] == []
