"""No pattern that a rule may have keeps a database or a worker busy: seeded, a sample in each run.

What the subset refuses is refused by both; what it lets through Postgres answers within its time, and
Python answers or gives up by its own clock.
"""

import json
import os
import random

import psycopg
import pytest
from tests.support.hostile_regexes import pattern, text
from tests.support.postgres import Database

from campaignbase.core.regex_subset import RegexRefusal, translate_regex
from campaignbase.core.rules import Facts, rule_matches

SEED = int(os.environ.get("SEED", "20260101"))
MOST = "20s"  # of one pattern on its text, on a machine that does much else


@pytest.mark.parametrize(
    ("count", "longest"), [(40, 2_000), pytest.param(3_000, 20_000, marks=pytest.mark.proof)]
)
def test_hostile_patterns_end(pg_database: Database, count: int, longest: int) -> None:
    dice = random.Random(SEED)
    refused = given_up = matched = 0
    with pg_database.connect() as connection:
        connection.execute(f"set statement_timeout = '{MOST}'".encode())
        for _ in range(count):
            asked, said = pattern(dice), text(dice, longest)
            conditions = json.dumps({"matches_regex": asked})
            refusal = connection.execute(
                "select private.rule_conditions_error(%s::jsonb)", [conditions]
            ).fetchone()
            mine = translate_regex(asked)
            assert (refusal != (None,)) == isinstance(mine, RegexRefusal), asked
            if isinstance(mine, RegexRefusal):
                refused += 1
                continue
            try:
                found = connection.execute(
                    "select private.rule_matches(%s::jsonb, jsonb_build_object('text', %s::text))",
                    [conditions, said],
                ).fetchone()
            except psycopg.errors.QueryCanceled:
                pytest.fail(f"seed {SEED}: Postgres thinks for {MOST} about {asked!r} on {said[:20]!r}...")
            slow: list[str] = []
            answer = rule_matches({"matches_regex": asked}, Facts(text=said), on_timeout=slow.append)
            if slow:
                given_up += 1
            else:
                assert found == (answer,), (asked, said[:50])
                matched += answer
    told = f"{refused} refused, {matched} matched, Python gave {given_up} up"
    print(f"\nhostile: {count} patterns on texts of up to {longest} characters, {told}, seed {SEED}")
    assert 0 < refused < count
