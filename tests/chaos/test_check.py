"""The checker finds each fault in a ledger and a database that somebody made up."""

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from tests.chaos import ledger as ledgers
from tests.chaos.check import FAULTS, check
from tests.support.postgres import Database

A, B, C = (str(uuid.UUID(int=number)) for number in (1, 2, 3))
TOLD = {"event": "received", "type": "content.labeled", "target": A}


@pytest.fixture
def database(pg_database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A: labeled once, its job ended by worker `w` of pid 7 whose turn it was; B: still queued."""
    ledgers.watch(pg_database.admin_url)
    with psycopg.connect(pg_database.admin_url, autocommit=True) as connection:
        connection.execute("insert into public.workspaces (id, name) values (%s, 'a')", [C])
        for key in (A, B):
            connection.execute(
                "insert into public.content_assets (id, workspace_id, content) values (%s, %s, 'x')", [key, C]
            )
        connection.execute("update public.content_assets set label_state = 'labeled' where id = %s", [A])
        decide(connection)
        connection.execute("set application_name = 'w'")
        connection.execute(
            "update private.jobs set state = 'leased', attempt = 1, leased_by = 'here:7'"
            " where target_id = %s",
            [A],
        )
        connection.execute("delete from private.jobs where target_id = %s", [A])
        connection.execute("reset application_name")
        yield connection


def decide(connection: psycopg.Connection[Any]) -> None:
    connection.execute(
        "insert into public.categorizations (workspace_id, content_asset_id, field, outcome)"
        " values (%s, %s, 'category', 'abstained')",
        [C, A],
    )


def job(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("select job from chaos.finished").fetchone()
    assert row is not None
    return int(row[0])


def faults(connection: psycopg.Connection[Any], *more: dict[str, object]) -> dict[str, float]:
    """Those that are not zero, where A and B were tried and A was acknowledged, and whatever `more` says."""
    told = [
        {"event": "inserting", "workspace": C, "ids": [A, B]},
        {"event": "inserted", "ids": [A]},
        {"event": "worker", "name": "w", "pid": 7},
    ]
    counts = check([*told, *more], connection)
    return {name: counts[name] for name in FAULTS if counts.get(name)}


def test_a_row_that_was_never_labeled_is_lost(database: psycopg.Connection[Any]) -> None:
    assert faults(database) == {"lost": 1}  # B is there, acknowledged or not
    database.execute("delete from public.content_assets where id = %s", [B])
    assert faults(database) == {}  # nobody had said that B is there
    assert faults(database, {"event": "inserted", "ids": [B]}) == {"lost": 1}


def test_two_decisions_and_unknown_rows_are_found(database: psycopg.Connection[Any]) -> None:
    decide(database)
    assert faults(database) == {"lost": 1, "doubled": 1}
    database.execute("insert into public.content_assets (workspace_id, content) values (%s, 'y')", [C])
    assert faults(database) == {"lost": 1, "doubled": 1, "invented": 1}


def test_late_writes_are_found(database: psycopg.Connection[Any]) -> None:
    slept = {"event": "frozen", "name": "w", "leases": [[job(database), 1]]}
    assert faults(database, slept) == {"lost": 1, "late_written": 1}
    assert faults(database, {**slept, "leases": [[job(database), 2]]}) == {"lost": 1}
    assert faults(database, {"event": "worker", "name": "w", "pid": 8}) == {"lost": 1, "late_written": 1}


def test_undelivered_and_repeated_events_are_found(database: psycopg.Connection[Any]) -> None:
    expected = {"event": "expected", "type": "content.labeled", "ids": [A]}
    again = {**TOLD, "message": "1"}
    assert faults(database, expected) == {"lost": 1, "undelivered": 1}
    assert faults(database, expected, again, again) == {"lost": 1}  # the same message twice is allowed
    assert faults(database, expected, again, {**TOLD, "message": "2"}) == {"lost": 1, "told_twice": 1}
