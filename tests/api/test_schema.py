"""What the OpenAPI allows, and what it does not: no server error, answers as it says, no border crossed."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from tests.api.conftest import opened as opened_app
from tests.api.conftest import settings as settings_of
from tests.api.fuzzing import Identity, World, ask_all
from tests.api.serving import serving
from tests.support.stack import Stack

from campaignbase import wiring
from campaignbase.api import limits, scopes
from campaignbase.api.app import create_app, open_backend
from campaignbase.stores.sqlite import SqliteStore

PROBES = {f"{method} {path}" for method, path in scopes.OPEN}
ENDLESS = "10000000/minute"
# of the sample: cases an operation and mode, and of how many operations one is asked
SAMPLE = {"sqlite": (1, 1), "supabase": (2, 4)}
FULL = {"sqlite": 14_000, "supabase": 7_000}


async def two_workspaces(file: Path) -> None:
    store = SqliteStore(file, clock=wiring.SystemClock())
    for name in ("default", "other"):
        await store.create_workspace(name)
    await store.close()


@contextmanager
def on_sqlite(folder: Path) -> Iterator[tuple[str, World, list[Identity]]]:
    asyncio.run(two_workspaces(folder / "a.db"))
    app = create_app(open_backend(settings_of(), str(folder / "a.db")), rate=ENDLESS)
    with serving(app) as url, ExitStack() as held:
        home, other = (
            held.enter_context(httpx.Client(base_url=url, params={"workspace": name}, timeout=60))
            for name in ("default", "other")
        )
        user = Identity("the user", "A", query={"workspace": "default"})
        program = Identity("a key", "A", bearing(key_of(home)), is_key=True)
        yield url, World({"A": home, "B": other}), [user, program]


def key_of(owner: httpx.Client) -> str:
    """With every scope: what it is refused, it is refused for another reason."""
    made = owner.post("/api-keys", json={"name": "fuzz", "role": "editor"})
    assert made.status_code == 201, made.text
    return str(made.json()["key"])


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def on_supabase(stack: Stack) -> Iterator[tuple[str, World, list[Identity]]]:
    loaded = settings_of(
        supabase_url=stack.url,
        supabase_publishable_key=SecretStr(stack.publishable_key),
        supabase_secret_key=SecretStr(stack.secret_key),
        development_jwt_secret=SecretStr(stack.jwt_secret),
    )
    people = {name: stack.sign_up() for name in ("owner", "editor", "viewer", "outsider", "b")}
    with stack.connect() as connection:
        homes = "select workspace_id from public.workspace_members where user_id = %s"
        [[home]] = connection.execute(homes, [people["owner"].id]).fetchall()
        for role in ("editor", "viewer"):
            connection.execute(f"delete from public.workspaces where id in ({homes})", [people[role].id])
            connection.execute(
                "insert into public.workspace_members (workspace_id, user_id, role) values (%s, %s, %s)",
                [home, people[role].id, role],
            )

    app = create_app(open_backend(loaded), rate=ENDLESS)
    with serving(app) as url, ExitStack() as held:
        writers = {
            place: held.enter_context(
                httpx.Client(base_url=url, headers=bearing(people[name].token), timeout=60)
            )
            for place, name in (("A", "owner"), ("B", "b"))
        }
        identities = [
            *(Identity(role, "A", bearing(people[role].token)) for role in ("owner", "editor", "viewer")),
            Identity("a key", "A", bearing(key_of(writers["A"])), is_key=True),
            Identity("outsider", "C", bearing(people["outsider"].token)),
            Identity("signed in anonymously", "none", bearing(stack.token(is_anonymous=True))),
            Identity("nobody", "none"),
            Identity("garbage", "none", bearing("a.b.c")),
            Identity("expired", "none", bearing(stack.token(people["owner"].id, expires_in=-60))),
        ]
        yield url, World(writers), identities


@pytest.fixture(autouse=True)
def refused_tokens_are_not_slowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REFUSED_RATE", ENDLESS)


@pytest.mark.parametrize("backend", SAMPLE)
def test_a_sample_of_what_the_openapi_allows(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    examples, every = SAMPLE[backend]
    asked = sample(backend, tmp_path, request, examples, 4, every)
    assert len(asked) >= 40 // every
    # good and bad cases of each; of probes, which take nothing, good ones alone
    assert all(count >= examples * (1 if label in PROBES else 2) for label, count in asked.items()), asked


@pytest.mark.proof
@pytest.mark.parametrize("backend", SAMPLE)
def test_many_thousand_cases(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    number = int(os.environ.get("SEED", "0")) or int.from_bytes(os.urandom(4))
    asked: Counter[str] = Counter()
    round_ = 0
    while asked.total() < FULL[backend]:
        (folder := tmp_path / str(round_)).mkdir()
        asked += sample(backend, folder, request, 100, number + round_)
        round_ += 1
    cases = f"{asked.total():,} cases over {len(asked)} operations"
    print(f"SEED={number}: {cases} on {backend}, 0 server errors, 0 rows shown or changed across a border")


def sample(
    backend: str, folder: Path, request: pytest.FixtureRequest, examples: int, number: int, every: int = 1
) -> Counter[str]:
    opened = on_sqlite(folder) if backend == "sqlite" else on_supabase(request.getfixturevalue("stack"))
    with opened as (url, world, identities):
        return ask_all(url, world, identities, examples, number, every)


@pytest.mark.parametrize("token", [False, True])
async def test_the_openapi_says_where_nobody_need_sign_in(tmp_path: Path, token: bool) -> None:
    async with AsyncExitStack() as holder:
        app = await opened_app(holder, settings_of(), str(tmp_path / "a.db"), token=token)
        document = app.openapi()
    assert document["security"] == [{"bearer": []}, *([] if token else [{}])]
    said = {
        path for path, of in document["paths"].items() for one in of.values() if one.get("security") == []
    }
    assert said == {"/health/live", "/health/ready", "/metrics"}
