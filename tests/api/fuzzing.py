"""Strangers and members who ask for what the OpenAPI allows, and for what it does not, about rows that exist.

Workspace A has members; nobody ever acts in B; the outsider has one of her own. What belongs to a workspace
bears its marker, which no request ever sends.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MARKER = {"A": "belongs-to-a", "B": "belongs-to-b"}
FEWEST = 3  # rows of each kind that A always has


@dataclass(frozen=True)
class Identity:
    name: str
    home: str  # the workspace she is a member of: A, or another
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    is_key: bool = False  # of a program, which keys are no matter of


class World:
    """The rows of A and B, by what the API calls their ids."""

    def __init__(self, people: Mapping[str, httpx.Client]) -> None:
        """`people`: who may write in A, and in B."""
        self.people = people
        self.rows: dict[str, dict[str, list[str]]] = {"A": {}, "B": {}}
        self.fill("A")
        self.fill("B")
        # of A there is none to be revoked: somebody asks with it
        self.rows["B"]["key_id"] = [self._key(people["B"])]
        self._of_b = self.told_of_b()

    def fill(self, home: str) -> None:
        """Whatever was deleted meanwhile is there again."""
        kinds: dict[str, Callable[[str], tuple[str, dict[str, Any]]]] = {
            "campaign_id": lambda m: ("/campaigns", {"name": m}),
            "content_id": lambda m: ("/content", {"content": f"{m} sale", "source_key": m, "prompt": m}),
            "post_id": lambda m: ("/posts", {"platform": "x", "post_text": m}),
            "rule_id": lambda m: ("/rules", {**_RULE, "name": m}),
            "category": lambda m: ("/categories", {"name": m, "description": m}),
            "tag": lambda m: ("/tags", {"name": m, "aliases": []}),
        }
        client = self.people[home]
        for kind, new in kinds.items():
            listed = [row for row in self._all(client, new("")[0]) if MARKER[home] in str(row)]
            for _ in range(FEWEST - len(listed)):
                self._made += 1
                path, body = new(f"{MARKER[home]}-{self._made}")
                answer = client.post(path, json=body)
                answer.raise_for_status()
                listed.append(answer.json())
            self.rows[home][kind] = [row["name" if kind in ("category", "tag") else "id"] for row in listed]

    _made = 0

    def told_of_b(self) -> list[Any]:
        paths = ("/content", "/campaigns", "/posts", "/rules", "/categories", "/tags", "/api-keys")
        return [self._all(self.people["B"], path) for path in paths]

    def check_b(self) -> None:
        assert self.told_of_b() == self._of_b, "rows of a workspace were changed where nobody acts"

    def _key(self, client: httpx.Client) -> str:
        answer = client.post("/api-keys", json={"name": f"{MARKER['B']} key"})
        answer.raise_for_status()
        return str(answer.json()["id"])

    def _all(self, client: httpx.Client, path: str) -> list[dict[str, Any]]:
        answer = client.get(path)
        answer.raise_for_status()
        return list(answer.json()["items"])

    def ids(self, home: str, kind: str) -> list[str]:
        return self.rows[home].get(kind, [])


_RULE = {
    "rule_type": "categorization",
    "conditions": {"contains_keyword": ["zebra"]},
    "actions": {"add_category": "offer"},
    "enabled": False,
}
# an identity's own, and those of which the server in front of the application says what is wrong with them
_OF_THE_LINE = {
    "authorization",
    "connection",
    "content-length",
    "expect",
    "host",
    "transfer-encoding",
    "upgrade",
}
_ID_KINDS = ("campaign_id", "content_id", "key_id", "post_id", "rule_id")


def ask_all(
    url: str, world: World, identities: Sequence[Identity], examples: int, number: int, every: int = 1
) -> Counter[str]:
    """How many cases each operation got; raises with the first that answers otherwise than it should.

    Args:
        every: 3 asks only each third operation, from the `number`-th on.
    """
    asked: Counter[str] = Counter()
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json").exclude(path="/content/events")
    operations = list(schema.get_all_operations())
    for found in operations[number % every :: every]:
        operation = found.ok()
        world.fill("A")
        for mode in GenerationMode if _can_be_wrong(operation) else (GenerationMode.POSITIVE,):

            @seed(number)
            @settings(
                max_examples=examples,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
            def ask(case: schemathesis.Case, data: st.DataObject) -> None:
                identity = data.draw(st.sampled_from(identities))
                foreign = aim(data, case, world, identity)
                asked[case.operation.label] += 1
                answer = case.call(headers=dict(identity.headers))
                case.validate_response(answer, checks=CHECKS)
                _check_borders(case, identity, foreign, answer.status_code, answer.text)

            ask()
    world.check_b()
    return asked


def _can_be_wrong(operation: APIOperation[Any, Any, Any, Any]) -> bool:
    """Whether it takes anything: to a probe that is open and has no parameter nothing wrong can be said."""
    given = (operation.path_parameters, operation.query, operation.headers, operation.cookies)
    return any(part.items for part in given) or bool(operation.body)


def aim(data: st.DataObject, case: schemathesis.Case, world: World, identity: Identity) -> bool:
    """Let it ask for rows that exist, some of other workspaces. Whether its path names one of those."""
    kept = {name: value for name, value in (case.headers or {}).items() if name.lower() not in _OF_THE_LINE}
    # here too, or a case that leaves a header out would ask as nobody
    case.headers = {**kept, **identity.headers}
    others = [home for home in ("A", "B") if home != identity.home]
    foreign = False

    def chosen(kind: str) -> str | None:
        """None: as it was drawn."""
        nonlocal foreign
        if kind == "key_id" and identity.is_key:
            return None
        place = data.draw(st.sampled_from(("own", "own", "other", "drawn")))
        homes = {"own": [identity.home], "other": others, "drawn": []}[place]
        ids = [key for home in homes if home in world.rows for key in world.ids(home, kind)]
        if not ids:
            return None
        foreign = foreign or place == "other"
        return data.draw(st.sampled_from(ids))

    path = case.path_parameters or {}
    for name in path:
        kind = ("tag" if "/tags" in case.path else "category") if name == "name" else name
        if kind in (*_ID_KINDS, "category", "tag") and (key := chosen(kind)) is not None:
            # a foreign name would be told again by its refusal
            if kind in _ID_KINDS or not foreign:
                path[name] = key
            else:
                foreign = False
    in_path, query = foreign, dict(case.query or {})
    for name in query:
        if name in _ID_KINDS and (key := chosen(name)) is not None:
            query[name] = key
    if "workspace" in query and data.draw(st.integers(0, 3)):
        del query["workspace"]
    case.query = {**query, **identity.query}
    if isinstance(case.body, dict):
        for name, kind in (("campaign_id", "campaign_id"), ("content_asset_id", "content_id")):
            if name in case.body and (key := chosen(kind)) is not None:
                case.body[name] = key
        if "ids" in case.body and (key := chosen("content_id")) is not None:
            case.body["ids"] = [key]
    return in_path


def _check_borders(
    case: schemathesis.Case, identity: Identity, foreign: bool, status: int, text: str
) -> None:
    for home, marker in MARKER.items():
        shown = f"{identity.name} was shown rows of {home}: {text}"
        assert home == identity.home or marker not in text, shown
    if foreign:
        told = f"{identity.name}: {case.method} {case.formatted_path} answered {status}"
        assert status >= 400, f"{told}, and the row is of another workspace"
        assert status != 403, f"{told}: 403 says that it exists"
