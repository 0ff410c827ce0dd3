"""Many callers reserve and settle at once, as the service role: no budget is exceeded by a millionth."""

import json
import random
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from tests.sql.scene import Scene

MILLIONTH = Decimal("0.000001")
# callers, workspaces, rounds of each caller
SHORT, FULL = (8, 4, 6), (50, 20, 40)
SEED = 20261123


def ask(connection: psycopg.Connection[Any], query: str, *values: object) -> list[tuple[Any, ...]]:
    return connection.execute(query, values or None).fetchall()  # type: ignore[arg-type]


def _caller(
    connection: psycopg.Connection[Any], homes: list[uuid.UUID], rounds: int, chance: random.Random
) -> dict[uuid.UUID, Decimal]:
    """Reserves for some workspaces in a call, in any order, and settles some of what it was granted.

    What its answers really cost, by workspace; unknown or lost: all that was granted.
    """
    spent = dict.fromkeys(homes, Decimal(0))
    for _ in range(rounds):
        wishes = [
            {
                "workspace_id": str(home),
                "kind": "categorize_content",
                "model": f"model-{chance.randrange(2)}",
                "amounts": [
                    str(chance.randrange(1, 30_000) * MILLIONTH) for _ in range(chance.randrange(1, 5))
                ],
            }
            for home in chance.sample(homes, chance.randrange(1, 4))
        ]
        seconds = chance.choice([1, 600])
        grants = ask(
            connection, "select * from reserve_spend(%s, %s) order by place", json.dumps(wishes), seconds
        )
        settlements = []
        for wish, grant in zip(wishes, grants, strict=True):
            granted = sum(map(Decimal, wish["amounts"][: grant[2]]), Decimal(0))
            if grant[1] is None:
                continue
            fate = chance.random()
            cost = (granted * Decimal(str(chance.random()))).quantize(MILLIONTH) if fate > 0.3 else None
            if fate > 0.15 and seconds == 600:
                settlements.append({"id": str(grant[1]), "cost": None if cost is None else str(cost)})
                spent[uuid.UUID(wish["workspace_id"])] += granted if cost is None else cost
            else:  # its worker died
                spent[uuid.UUID(wish["workspace_id"])] += granted
        ask(connection, "select settle_spend(%s)", json.dumps(settlements))
    return spent


@pytest.mark.parametrize("size", [SHORT, pytest.param(FULL, marks=pytest.mark.proof)], ids=["sample", "full"])
def test_no_budget_is_exceeded(scene: Scene, size: tuple[int, int, int]) -> None:
    callers, workspaces, rounds = size
    chance = random.Random(SEED)
    homes = [scene.workspace(f"W{number}") for number in range(workspaces)]
    for home in homes:
        budget = chance.randrange(10_000, 200_000) * MILLIONTH
        ask(scene.owner, "update workspaces set daily_budget = %s where id = %s returning id", budget, home)
    connections = [scene.as_("service_role") for _ in range(callers)]
    with ThreadPoolExecutor(callers) as pool:
        told = list(
            pool.map(
                lambda one: _caller(one[1], homes, rounds, random.Random(SEED + one[0])),
                enumerate(connections),
            )
        )
    ask(scene.owner, "update private.reservations set expires_at = now() returning id")
    # whoever asks next ends what died
    sweep = [{"workspace_id": str(home), "kind": "x", "model": "x", "amounts": []} for home in homes]
    ask(scene.service, "select * from reserve_spend(%s)", json.dumps(sweep))
    found = ask(
        scene.service,
        "select workspaces.id, daily_budget, sum(reserved), sum(settled),"
        " (select sum(cost) from spending where spending.workspace_id = workspaces.id)"
        " from workspaces join daily_spending on workspace_id = workspaces.id group by workspaces.id",
    )
    assert len(found) == workspaces
    for home, budget, reserved, settled, listed in found:
        assert settled <= budget, home
        assert settled == listed == _sum(spent[home] for spent in told), home
        assert reserved == 0
    nearly = [home for home, budget, _, settled, _ in found if settled > budget * Decimal("0.8")]
    assert nearly  # and the budgets were worth fighting for


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def test_who_holds_the_row_decides_alone(scene: Scene) -> None:
    home = scene.workspace()
    ask(scene.owner, "update workspaces set daily_budget = 1 where id = %s returning id", home)
    wish = json.dumps([{"workspace_id": str(home), "kind": "x", "model": "x", "amounts": [0.7]}])
    ask(scene.service, "select * from reserve_spend(%s)", wish.replace("0.7", "0"))  # the row is there
    first, second = scene.as_("service_role", autocommit=False), scene.as_("service_role")
    assert ask(first, "select granted from reserve_spend(%s)", wish) == [(1,)]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask, second, "select granted from reserve_spend(%s)", wish)
        while not ask(scene.owner, "select 1 from pg_stat_activity where wait_event_type = 'Lock'"):
            assert not waiting.done()
        first.commit()
        assert waiting.result() == [(0,)]


def test_owners_alone_set_a_budget_and_members_read_what_was_spent(scene: Scene) -> None:
    home = scene.workspace()
    owner = scene.of(scene.member(home, role="owner"))
    editor = scene.of(scene.member(home))
    ask(owner, "select set_daily_budget(%s, 0.0123456789)", home)
    assert ask(editor, "select daily_budget from workspaces where id = %s", home) == [(Decimal("0.012345"),)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only an owner of workspace"):
        ask(editor, "select set_daily_budget(%s, 5)", home)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table workspaces"):
        ask(owner, "update workspaces set daily_budget = 5 where id = %s returning id", home)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for function"):
        ask(owner, "select * from reserve_spend('[]')")
    wish = json.dumps([{"workspace_id": str(home), "kind": "x", "model": "x", "amounts": [0.01]}])
    [(key,)] = ask(scene.service, "select reservation_id from reserve_spend(%s)", wish)
    assert ask(editor, "select reserved from daily_spending") == [(Decimal("0.01"),)]
    ask(scene.service, "select settle_spend(%s)", json.dumps([{"id": str(key), "cost": 0.002}]))
    assert ask(editor, "select kind, cost from spending") == [("x", Decimal("0.002"))]
