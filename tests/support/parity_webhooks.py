"""What is done with webhooks: drawn at random, and carried out on either engine.

Endpoints and deliveries are told by what they are called and hold; ids are each database's own.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support import parity_operations as ops
from tests.support.parity_operations import (
    HOME,
    OTHER,
    Deliver,
    Hook,
    Log,
    Operation,
    Pick,
    Replay,
    Write,
    endpoint_id,
)

from campaignbase.models.webhooks import DeliveryResult

if TYPE_CHECKING:
    from tests.support.parity_engines import Engine

NOT_THERE = "e0000000-0000-4000-8000-000000000000"
NAMES = ("crm", "cms", "wiki")
# what the store reads, on SQLite alone; plain SQL gets the good ones
URLS = ("https://hooks.example.com/in", "https://hooks.example.com/in?a=1", "https://x.example.org/%C3%A9")
BAD_URLS = (
    "http://hooks.example.com",
    "https://localhost/x",
    "https://10.0.0.1/",
    "ftp://x.example.com",
    "",
    "https://x.example.org/é",
    "https://x.example.org:8443/",
)
EVENTS: tuple[list[str], ...] = ([], ["content.labeled"], ["content.labeled", "content.review"])
BAD_EVENTS = (["content.lost"], ["content.labeled", ""])
STATES = ("waiting", "leased", "delivered", "dead", None)


def draws(chance: random.Random) -> dict[Callable[[], list[Operation]], int]:
    """Ways to draw one operation, or a few, with their weights."""
    numbers = iter(range(10, 10_000))
    # a story of its own now and then, or little of it would be told to its end
    often = 12 if chance.random() < 0.3 else 1

    def workspace() -> str:
        return HOME if chance.random() < 0.8 else OTHER

    def name() -> str:
        return chance.choice((*NAMES, "crm"))

    def add() -> list[Operation]:
        bad = chance.random() < 0.15
        url, events = chance.choice(BAD_URLS if bad else URLS), chance.choice((*EVENTS, *BAD_EVENTS))
        return [
            ops.Call("add_webhook", (workspace(), chance.choice((*NAMES, "", " ", "x" * 101)), url, events))
        ]

    def insert() -> list[Operation]:
        query = (
            "insert into webhook_endpoints (id, workspace_id, name, url, events) values (%s, %s, %s, %s, %s)"
        )
        row = (endpoint_id(next(numbers)), workspace(), name(), chance.choice(URLS), chance.choice(EVENTS))
        return [Write(query, row)]

    def edit() -> list[Operation]:
        which = " where workspace_id = %s and name = %s"
        if chance.random() < 0.15:
            return [Write(f"delete from webhook_endpoints{which}", (workspace(), name()))]
        column, value = chance.choice(
            (("url", chance.choice(URLS)), ("events", chance.choice(EVENTS)),
             ("enabled", chance.random() < 0.5),
             ("name", name()), ("workspace_id", workspace()))
        )  # fmt: skip
        return [Write(f"update webhook_endpoints set {column} = %s{which}", (value, workspace(), name()))]

    def act() -> list[Operation]:
        method, *args = chance.choice(
            (("enable_webhook", True), ("enable_webhook", False), ("remove_webhook",),
             ("test_webhook",), ("test_webhook",), ("test_webhook",), ("test_webhook",),
             ("rotate_webhook_secret", 0), ("rotate_webhook_secret", 24), ("rotate_webhook_secret", 10**5))
        )  # fmt: skip
        return [Hook(method, workspace(), name(), tuple(args))]

    def deliver() -> list[Operation]:
        return [Pick(), Deliver(chance.randrange(10**6))]

    def log() -> list[Operation]:
        return [Log(workspace(), name() if chance.random() < 0.5 else None, chance.choice(STATES))]

    def replay() -> list[Operation]:
        which = name() if chance.random() < 0.4 else None
        told = [Hook("test_webhook", HOME, one, ()) for one in ("crm", "cms")]
        return [*told, *deliver(), Replay(chance.randrange(10**6), workspace(), which)]

    def suffer() -> list[Operation]:
        """An endpoint that fails on and on."""
        return [one for _ in range(chance.randint(2, 5)) for one in (*act(), *deliver(), ops.Pass())]

    def label() -> list[Operation]:
        """What there is to tell of."""
        return [one for _ in range(2) for one in (ops.Claim(), ops.Complete(chance.randrange(10**6)))]

    weights = {add: 2, insert: 2, edit: 2, act: 6, deliver: 7, log: 2, replay: 4, suffer: 1, label: 3}
    return {draw: weight * often for draw, weight in {**weights, lambda: [Pick()]: 2}.items()}


@dataclass(frozen=True)
class HeldDelivery:
    """A delivery as a sender got it."""

    name: str
    id: str
    attempt: int


DELIVERIES = (
    "select deliveries.*, endpoints.name as endpoint from webhook_deliveries as deliveries"
    " inner join webhook_endpoints as endpoints on deliveries.endpoint_id = endpoints.id"
)


class Post:
    """Senders and readers of one engine's deliveries."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._held: list[HeldDelivery] = []

    async def do(self, operation: Hook | Pick | Deliver | Log | Replay) -> Any:
        store = self._engine.store
        match operation:
            case Hook(method, workspace, name, args):
                return await self._engine.called(
                    getattr(store, method)(await self._id(workspace, name), *args)
                )
            case Pick():
                return await self._pick()
            case Deliver(seed):
                return await self._deliver(seed)
            case Log(workspace, name, state):
                of = None if name is None else await self._id(workspace, name)
                found = await store.webhook_deliveries(workspace, of, state, 1000)
                return sorted(
                    repr((one.endpoint_name, one.event_type, one.state, one.attempt, one.failures,
                          one.last_status, one.last_error, one.last_response, one.duration_ms,
                          one.delivered_at is None))
                    for one in found
                )  # fmt: skip
            case Replay(seed, workspace, name):
                endpoint = None if name is None else await self._id(workspace, name)
                chosen = [
                    row["id"]
                    for told, row in await self._all()
                    if random.Random(f"{seed} {told}").random() < 0.5
                ]
                return await self._engine.called(
                    store.replay_deliveries(chosen if seed % 2 else None, endpoint)
                )

    async def _id(self, workspace: str, name: str) -> str:
        query = "select id from webhook_endpoints where workspace_id = %s and name = %s"
        found = await self._engine.ask(query, (workspace, name))
        return str(found[0]["id"]) if found else NOT_THERE

    async def _all(self) -> list[tuple[str, dict[str, Any]]]:
        """Every delivery with what it is told by: all of it that both engines say alike."""
        rows = [{**row, "id": str(row["id"])} for row in await self._engine.ask(DELIVERIES, ())]
        names = await self._engine.names()
        said = (
            "endpoint",
            "workspace_id",
            "event_type",
            "state",
            "attempt",
            "failures",
            "last_status",
            "last_error",
        )
        told = [
            (json.dumps([[str(row[column]) for column in said], message(row["payload"], names)]), row)
            for row in rows
        ]
        return sorted(told, key=lambda pair: pair[0])

    async def _pick(self) -> Any:
        # which of several that are due at one moment are taken first is left open
        await self._engine.line_up([row["id"] for _, row in await self._all()])
        claimed = await self._engine.store.claim_deliveries("sender", 200)
        names = await self._engine.names()
        endpoints = {
            str(row["id"]): f"{row['workspace_id']} {row['name']}"
            for row in await self._engine.ask("select id, workspace_id, name from webhook_endpoints", ())
        }
        found = [
            (
                f"{endpoints[one.endpoint_id]} {json.dumps(message(one.body, names))}",
                one.attempt, one.url, one.event_type, len(one.secrets), len(set(one.secrets)),
            )
            for one in claimed
        ]  # fmt: skip
        self._held += [
            HeldDelivery(said[0], one.id, one.attempt) for said, one in zip(found, claimed, strict=True)
        ]
        return sorted(found)

    async def _deliver(self, seed: int) -> Any:
        """Most of what is held, some of it a second time."""
        self._held.sort(key=lambda one: (one.name, one.attempt))
        chosen: dict[str, HeldDelivery] = {}
        for one in self._held:
            if _chance(seed, one).random() < 0.85:
                chosen[one.id] = one
        results = [_answer(one, _chance(seed, one)) for one in chosen.values()]
        verdicts = await self._engine.store.complete_deliveries(results)
        await self._engine.postpone_deliveries([result.delivery_id for result in results])
        gone = [one for one in chosen.values() if _chance(seed, one).random() < 0.9]
        self._held = [one for one in self._held if one not in gone]
        return sorted((one.name, verdict) for one, verdict in zip(chosen.values(), verdicts, strict=True))


def _chance(seed: int, held: HeldDelivery) -> random.Random:
    return random.Random(f"{seed} {held.name} {held.attempt}")


def _answer(held: HeldDelivery, chance: random.Random) -> DeliveryResult:
    outcome: dict[str, Any] = chance.choice(
        ({"status": 200}, {"status": 204, "response": "ok\x00 then"}, {"status": 500, "response": "é" * 1001},
         {"status": 503, "retry_after": 7200.0}, {"status": 410}, {"status": 302, "duration_ms": None},
         {"status": None, "error": "no answer\x00 in 15 seconds"}, {"status": 200, "error": "e" * 501},
         {"status": None}, {"status": 500}, {"status": 500}, {"status": 429, "retry_after": 10.0**7})
    )  # fmt: skip
    return DeliveryResult(held.id, held.attempt, **{"duration_ms": 12, **outcome})


def message(payload: Any, names: dict[str, str]) -> Any:
    """A payload as both engines write it, with names for ids and no time."""
    found = json.loads(payload) if isinstance(payload, str) else payload
    return _named({**found, "timestamp": "a time"}, names)


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _named(value[key], names) for key in sorted(value)}
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value
