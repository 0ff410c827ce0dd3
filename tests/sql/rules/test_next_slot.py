"""The next slot of the database is that of the core, in random zones, around random days."""

import json
import os
import random
from datetime import UTC, datetime, timedelta

import pytest
from tests.support.postgres import Database

from campaignbase.core.slots import find_zone, next_slot

SEED = int(os.environ.get("SEED", "20260101"))
ZONES = (
    *(
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Africa/Casablanca",
    ),
    *("Pacific/Apia", "America/Sao_Paulo", "Asia/Tehran", "Europe/Dublin", "Pacific/Chatham"),
)
TIMES = (
    "00:00",
    "0:30",
    "01:30",
    "02:00",
    "02:30",
    "3:15",
    "09:00",
    "23:59",
    "sun 2:30",
    "SAT 01:15",
    "noon",
)


@pytest.mark.parametrize("count", [40, pytest.param(2000, marks=pytest.mark.proof)])
def test_next_slot_agrees_with_the_core(pg_database: Database, count: int) -> None:
    dice = random.Random(SEED)
    asked = []
    for _ in range(count):
        after = datetime(2011, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(25 * 365 * 24 * 60))
        zone = dice.choice(ZONES)
        # half of them shortly before the clocks of the zone change
        moments = (after + timedelta(days=day) for day in range(400))
        offset = after.astimezone(find_zone(zone)).utcoffset()
        if dice.random() < 0.5:
            changed = next(
                (at for at in moments if at.astimezone(find_zone(zone)).utcoffset() != offset), after
            )
            after = changed - timedelta(minutes=dice.randrange(3 * 24 * 60))
        until = after + timedelta(hours=dice.randrange(96)) if dice.random() < 0.3 else None
        asked.append((dice.choices(TIMES, k=dice.randrange(4)), zone, after, until))
    expected = [next_slot(times, find_zone(zone), after, until) for times, zone, after, until in asked]
    told = json.dumps(
        [(times, zone, str(after), until and str(until)) for times, zone, after, until in asked]
    )
    with pg_database.connect() as connection:
        found = connection.execute(
            "select private.next_slot(gen_random_uuid(), 'x',"
            " array(select jsonb_array_elements_text(value -> 0)), value ->> 1,"
            " (value ->> 2)::timestamptz, (value ->> 3)::timestamptz)"
            " from jsonb_array_elements(%s) with ordinality as asked (value, place) order by place",
            [told],
        ).fetchall()
    differing = [
        (case, mine, theirs[0])
        for case, mine, theirs in zip(asked, expected, found, strict=True)
        if mine != theirs[0]
    ]
    assert differing == [], f"seed {SEED}"
