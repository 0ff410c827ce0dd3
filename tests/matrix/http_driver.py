"""Asks over HTTP: tables, views and RPCs under /rest/v1, the bucket under /storage/v1, with keys and tokens.

What an ask changed is really committed; the rows as they were are then put back.
"""

from typing import Any

import httpx
import psycopg
from psycopg import sql
from tests.matrix import state, world
from tests.matrix.ask import Answer, Ask
from tests.matrix.catalogue import Catalogue
from tests.matrix.cells import Line
from tests.matrix.people import LETTERS, Identity
from tests.support.stack import Stack

BUCKET = "media"
PICTURE = b"\x89PNG\r\n\x1a\n"

# What HTTP cannot ask, by verb, with the reason.
UNASKED = {
    "use": "a schema is reached by its tables and functions",
    "create": "no door makes tables",
    "truncate": "no door truncates",
    "select if granted": "grants given away by mistake: by SQL, in a transaction that is rolled back",
    "select if views denied": "the same, of grants taken away by mistake",
    "move if granted": "the same, and with triggers off",
}
# What the service of the bucket answers in its own way: it takes one object by name, and says of one that the
# caller may see but not write what it says of a new one. By SQL all files are moved, to one name.
STORAGE = {
    "update A": "!! !! !11 ! 1",
    "update B": "!! !! !!! 1 1",
    "move A to B": "00 00 !!! 0 1",
}
STORAGE_UNASKED = {
    "update all A": "one object by name", "update all B": "one object by name",
    "delete all A": "one object by name", "delete all B": "one object by name",
}  # fmt: skip


def reason_unasked(line: Line) -> str | None:
    """Why HTTP cannot ask this; None: it can."""
    if line.name == "storage.objects" and line.verb in STORAGE_UNASKED:
        return STORAGE_UNASKED[line.verb]
    return UNASKED.get(line.verb)


def expected(line: Line, by_sql: str) -> str:
    """The marks over HTTP, a letter a person, where by SQL they are these."""
    if line.name.split(".")[0] == "private":
        return "-" * len(LETTERS)  # the schema is not exposed: PGRST106, whoever asks
    if line.name == "storage.objects":
        return STORAGE[line.verb].replace(" ", "") if line.verb in STORAGE else by_sql
    return "-" + by_sql[1:]  # without any key the gateway answers, 401


class HttpDriver:
    def __init__(self, stack: Stack, connection: psycopg.Connection[Any], catalogue: Catalogue) -> None:
        """`connection`: a superuser's, autocommit; `stack`: before its database, with the world in it."""
        self._stack = stack
        self._connection = connection
        self._catalogue = catalogue
        self._http = httpx.Client(base_url=stack.url, timeout=30)
        self._state = state.query(catalogue)
        self._kept = _Kept(connection, catalogue)
        self._tokens: dict[str, str] = {}
        self.requests = 0
        self._put_back(files=True)

    def close(self) -> None:
        self._http.close()

    def ask(self, person: Identity, ask: Ask) -> Answer:
        storage = ask.name == "storage.objects"
        if ask.before:
            self._connection.execute(ask.before.encode())
            self._before = state.read(self._connection, self._state)
        try:
            return self._asked(person, ask, storage)
        finally:
            if ask.before:
                self._put_back(files=False)

    def _asked(self, person: Identity, ask: Ask, storage: bool) -> Answer:
        answers = self._storage(person, ask) if storage else [self._rest(person, ask)]
        refused = next((answer for answer in answers if answer.is_error), None)
        if refused is not None:
            return _refusal(ask, refused)
        text = "".join(answer.text for answer in answers)
        if ask.verb == "select":
            return Answer(text=text)
        after = state.read(self._connection, self._state)
        changed = state.changed(self._before, after)
        if changed:
            self._put_back(files=storage)
        return Answer(text=text, changed=changed)

    def _rest(self, person: Identity, ask: Ask) -> httpx.Response:
        schema, _, name = ask.name.rpartition(".")
        profile = {"Accept-Profile": schema, "Content-Profile": schema} if schema != "public" else {}
        filters = {column: f"eq.{value}" for column, value in ask.match.items()}
        prefer = (
            "return=representation" if ask.match or ask.verb in ("insert", "upsert") else "return=minimal"
        )
        path, body, query = f"/rest/v1/{name}", None, filters
        match ask.verb:
            case "select":
                method = "GET"
                query = {"select": next(iter(ask.values)), "limit": "0"} if ask.dry else {}
            case "insert":
                method, body = "POST", ask.values
                prefer = "return=minimal" if ask.dry else prefer
            case "upsert":
                method, body, query = "POST", ask.values, {"on_conflict": ",".join(ask.conflict)}
                prefer = f"resolution=merge-duplicates,{prefer}"
            case "update":
                method, body = "PATCH", ask.values
                # for no row at all: no key is null; a view has none, and none can be updated
                key = (*self._catalogue.relations[ask.name].key, *ask.values)[0]
                query = {key: "is.null"} if ask.dry else filters
            case "delete":
                method = "DELETE"
            case "call" | "enter":
                method, path, body = "POST", f"/rest/v1/rpc/{name}", ask.values
            case _:
                raise AssertionError(f"no request for {ask.verb}")
        return self._send(
            person, method, path, params=query, json=body, headers={"Prefer": prefer, **profile}
        )

    def _storage(self, person: Identity, ask: Ask) -> list[httpx.Response]:
        here = f"/storage/v1/object/{BUCKET}"
        match ask.verb:
            case "select":
                return [
                    self._send(
                        person, "POST", f"/storage/v1/object/list/{BUCKET}", json={"prefix": _folder(w)}
                    )
                    for w in ("A", "B")
                ]
            case "insert" | "upsert":
                upsert = {"x-upsert": "true"} if ask.verb == "upsert" else {}
                return [self._upload(person, "POST", str(ask.values["name"]), upsert)]
            case "update" if "name" in ask.values:  # a move
                names = {"sourceKey": _file("A"), "destinationKey": ask.values["name"]}
                return [
                    self._send(person, "POST", "/storage/v1/object/move", json={"bucketId": BUCKET, **names})
                ]
            case "update":
                return [self._upload(person, "PUT", _file_of(ask))]
            case "delete":
                return [self._send(person, "DELETE", here, json={"prefixes": [_file_of(ask)]})]
            case _:
                raise AssertionError(f"no request for {ask.verb} of files")

    def _upload(
        self, person: Identity | None, method: str, name: str, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        sent = {"Content-Type": "image/png", **(headers or {})}
        return self._send(
            person, method, f"/storage/v1/object/{BUCKET}/{name}", content=PICTURE, headers=sent
        )

    def _send(
        self,
        person: Identity | None,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        **body: Any,
    ) -> httpx.Response:
        """`None` is the service, for what prepares the world."""
        self.requests += 1
        sent = {**self._signed(person), **(headers or {})}
        if body.get("json", 0) is None:
            del body["json"]
        return self._http.request(method, path, headers=sent, **body)

    def _signed(self, person: Identity | None) -> dict[str, str]:
        if person is None or person.role == "service_role":
            return {"apikey": self._stack.secret_key}
        if not person.claims:
            return {}
        key = {"apikey": self._stack.publishable_key}
        if "sub" not in person.claims:
            return key
        if person.letter not in self._tokens:
            self._tokens[person.letter] = self._stack.token(**person.claims)
        return {**key, "Authorization": f"Bearer {self._tokens[person.letter]}"}

    def _put_back(self, *, files: bool) -> None:
        self._kept.put_back()
        if files:
            for w in ("A", "B"):
                self._upload(None, "POST", _file(w), {"x-upsert": "true"}).raise_for_status()
        self._before = state.read(self._connection, self._state)


class _Kept:
    """A copy of every row, outside of the schemas that are asked about."""

    def __init__(self, connection: psycopg.Connection[Any], catalogue: Catalogue) -> None:
        self._connection = connection
        parts = [sql.SQL("set session_replication_role = replica")]
        for relation in catalogue.relations.values():
            if relation.kind != "r":
                continue
            table = sql.Identifier(*relation.name.split("."))
            copy = sql.Identifier(relation.name.replace(".", "_"))
            connection.execute(sql.SQL("create temp table {} as table {}").format(copy, table))
            columns = sql.SQL(", ").join(
                sql.Identifier(name) for (name,) in connection.execute(_COLUMNS, [relation.name])
            )
            parts.append(sql.SQL("delete from {}").format(table))
            parts.append(
                sql.SQL("insert into {} ({}) overriding system value select {} from {}").format(
                    table, columns, columns, copy
                )
            )
        parts.append(sql.SQL("set session_replication_role = origin"))
        self._all = sql.SQL("; ").join(parts)

    def put_back(self) -> None:
        with self._connection.transaction():
            self._connection.execute(self._all)


_COLUMNS = """
select attname from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''
order by attnum
"""


def _refusal(ask: Ask, answer: httpx.Response) -> Answer:
    told = answer.json()
    message, code = str(told.get("message")), told.get("code")
    if ask.name == "storage.objects" and "row-level security" in message:
        return Answer("42501", message)
    if ask.name == "storage.objects" and message == "Object not found":
        return Answer()
    if code == "PGRST106" or (answer.status_code == 401 and code is None):
        return Answer("42501", f"permission denied for schema {ask.name.split('.')[0]}")
    return Answer(code or f"HTTP {answer.status_code}", message)


def _file(w: str) -> str:
    return str(world.kept(w)["storage.objects"][0]["name"])


def _folder(w: str) -> str:
    return _file(w).rpartition("/")[0]


def _file_of(ask: Ask) -> str:
    return next(_file(w) for w in ("A", "B") if world.kept(w)["storage.objects"][0]["id"] == ask.match["id"])
