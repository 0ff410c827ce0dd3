"""Random operations on two processes with three tiers, against a model: what is told is right, or nothing."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.support.cache import SignedStore
from tests.support.redis import RedisServer

from campaignbase.cache.agreement import Agreement
from campaignbase.cache.keys import Key, make_key
from campaignbase.cache.manager import CacheManager
from campaignbase.cache.memory import Memory
from campaignbase.cache.redis_line import connect
from campaignbase.cache.redis_tier import RedisTier
from campaignbase.cache.table import TableTier
from campaignbase.cache.values import MISSING
from campaignbase.models import DEFAULT_WORKSPACE_ID
from campaignbase.testing import FakeClock

T = TypeVar("T")
KINDS = ("ai_analysis", "api_response", "rules")
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.text("aü\x00", max_size=3), st.lists(st.integers())
)
WHERE = {
    "process": st.integers(0, 1),
    "workspace": st.integers(0, 1),
    "kind": st.sampled_from(KINDS),
    "name": st.sampled_from("abc"),
}
STEPS, EXAMPLES, MANY = 30, 15, 300


class Process:
    """With a memory of four entries, so that the others are asked."""

    def __init__(self, store: SignedStore, clock: FakeClock, url: str) -> None:
        agreement = Agreement(store, clock, lambda scopes: self.cache.drop(scopes))
        self.redis = RedisTier(connect(url), clock, "a signing key")
        agreement.redis = self.redis
        self.agreement = agreement
        self.cache = CacheManager(clock, agreement, [self.redis, TableTier(store, clock)], memory=Memory(4))


class Machine(RuleBasedStateMachine):
    """Without background work: words are passed on by the rule `hear`, and nobody reads before it."""

    server: RedisServer

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = FakeClock()
        self.store = SignedStore(":memory:", clock=self.clock)
        self.model: dict[Key, Any] = {}  # what was said last
        self.said: dict[Key, float] = {}  # when
        self.own: set[tuple[Key, int]] = set()  # who said it

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize()
    def begin(self) -> None:
        with self.server.client() as client:
            client.flushall()
        self.run(self.store.create_workspace("default"))
        self.workspaces = [DEFAULT_WORKSPACE_ID, self.run(self.store.create_workspace("other")).id]
        # redis-py binds to the loop it is first used in
        self.processes = [self.run(self._process()) for _ in range(2)]

    async def _process(self) -> Process:
        return Process(self.store, self.clock, self.server.url)

    def key(self, workspace: int, kind: str, name: str) -> Key:
        return make_key(self.workspaces[workspace], kind, name, asset_id=name)

    def check(self, key: Key, found: Any, process: int) -> None:
        if found is MISSING:
            return
        if key.kind.name == "rules" and (key, process) not in self.own:
            raise AssertionError("rules are a process's own")
        assert key in self.model, f"{found!r} was taken back, or is another workspace's"
        if key.kind.name != "rules":
            assert found == self.model[key]
            assert type(found) is type(self.model[key])
        lives = 30 if found is None else key.kind.seconds
        assert self.clock.monotonic() - self.said[key] <= lives

    @rule(value=VALUES, **WHERE)
    def set(self, process: int, workspace: int, kind: str, name: str, value: Any) -> None:
        key = self.key(workspace, kind, name)
        self.run(self.processes[process].cache.set(key, value))
        self.model[key], self.said[key] = value, self.clock.monotonic()
        if kind != "rules":
            # the other may have an older one in memory, and may say so until it ends: tell it
            self.processes[1 - process].cache.drop([f"key:{key.digest}"])
        self.own.add((key, process))

    @rule(**WHERE)
    def get(self, process: int, workspace: int, kind: str, name: str) -> None:
        key = self.key(workspace, kind, name)
        self.check(key, self.run(self.processes[process].cache.get(key)), process)

    @rule(process=st.integers(0, 1), names=st.lists(st.sampled_from("abc"), max_size=5))
    def get_many(self, process: int, names: list[str]) -> None:
        keys = [self.key(len(name) % 2, "ai_analysis", name) for name in names]
        for key, found in self.run(self.processes[process].cache.get_many(keys)).items():
            self.check(key, found, process)

    @rule(value=VALUES, **WHERE)
    def compute(self, process: int, workspace: int, kind: str, name: str, value: Any) -> None:
        key = self.key(workspace, kind, name)
        asked = []

        async def answer() -> Any:
            asked.append(1)
            return value

        async def both() -> Any:
            found = await self.processes[process].cache.get_or_compute(key, answer)
            await self.processes[process].cache.settle()
            return found

        found = self.run(both())
        if asked:
            assert found == value
            self.model[key], self.said[key] = value, self.clock.monotonic()
            self.own.add((key, process))
            self.processes[1 - process].cache.drop([f"key:{key.digest}"] if kind != "rules" else [])
        else:
            self.check(key, found, process)

    @rule(
        process=st.integers(0, 1),
        workspace=st.integers(0, 1),
        what=st.sampled_from(["*", "kind", "workspace", "both", "asset"]),
        kind=st.sampled_from(KINDS),
        name=st.sampled_from("abc"),
    )
    def invalidate(self, process: int, workspace: int, what: str, kind: str, name: str) -> None:
        home = self.workspaces[workspace]
        tests: dict[str, tuple[str, Callable[[Key], bool]]] = {
            "*": ("*", lambda _: True),
            "kind": (f"kind:{kind}", lambda key: key.kind.name == kind),
            "workspace": (f"workspace:{home}", lambda key: key.workspace_id == home),
            "both": (
                f"workspace:{home}:kind:{kind}",
                lambda key: key.workspace_id == home and key.kind.name == kind,
            ),
            "asset": (f"asset:{name}", lambda key: f"asset:{name}" in key.scopes),
        }
        scope, is_meant = tests[what]
        self.run(self.processes[process].cache.invalidate([scope]))
        self.run(self.processes[1 - process].agreement.load())  # the account, as each reads it
        self.model = {key: value for key, value in self.model.items() if not is_meant(key)}

    @rule(seconds=st.sampled_from([1, 20, 200, 2000, 4000]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule()
    def flush(self) -> None:
        with self.server.client() as client:
            client.flushall()

    @rule(process=st.integers(0, 1))
    def restart(self, process: int) -> None:
        self.run(self.processes[process].redis.aclose())
        self.processes[process] = self.run(self._process())
        self.run(self.processes[process].agreement.load())
        self.own = {(key, owner) for key, owner in self.own if owner != process}

    @rule()
    def purge(self) -> None:
        self.run(self.store.purge_cache())

    @invariant()
    def nothing_fails(self) -> None:
        for process in getattr(self, "processes", []):
            assert not process.redis.is_down
            assert [count.errors for count in process.cache.counters.all()].count(0) == len(
                process.cache.counters.all()
            )

    def teardown(self) -> None:
        for process in getattr(self, "processes", []):
            self.run(process.redis.aclose())
        self.run(self.store.close())
        self.loop.close()


@pytest.mark.parametrize("examples", [EXAMPLES, pytest.param(MANY, marks=pytest.mark.proof)])
def test_three_tiers_and_a_model_agree(
    redis: RedisServer, examples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaignbase.cache.redis_line.ANSWER_SECONDS", 5.0)  # the machine may be busy
    Machine.server = redis
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck)
        ),
    )


async def test_both_workspaces_share_nothing(redis: RedisServer) -> None:
    """The same digest under two workspaces: the second check, in the envelope."""
    clock = FakeClock()
    store = SignedStore(":memory:", clock=clock)
    await store.create_workspace("default")
    other = (await store.create_workspace("other")).id
    process = Process(store, clock, redis.url)
    mine = make_key(DEFAULT_WORKSPACE_ID, "ai_analysis", "h")
    await process.cache.set(mine, "secret")
    stolen = replace(mine, workspace_id=other)
    assert await process.cache.get(stolen) is MISSING
    process.cache.memory.clear()
    assert await process.cache.get(stolen) is MISSING
    with redis.client() as client:
        client.flushall()
    assert await process.cache.get(stolen) is MISSING
    assert await process.cache.get(mine) == "secret"
    await process.redis.aclose()
    await store.close()
