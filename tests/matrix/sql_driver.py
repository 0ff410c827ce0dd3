"""Asks by SQL: one connection, a savepoint an ask, everything rolled back.

The session is a superuser's, so that a mutant can be made in the same transaction; each ask is made as the
Data API makes it: session of `authenticator`, role and claims set for the transaction.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from tests.matrix import state
from tests.matrix.ask import Answer, Ask
from tests.matrix.catalogue import Catalogue
from tests.matrix.people import Identity

_NOTHING = sql.SQL("")
_END = sql.SQL("rollback to savepoint cell; release savepoint cell")


class SqlDriver:
    def __init__(self, connection: psycopg.Connection[Any], catalogue: Catalogue) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._state = state.query(catalogue)
        self._connection.execute(b"set local statement_timeout = '10s'")
        self._before = self._fingerprints()

    def ask(self, person: Identity, ask: Ask) -> Answer:
        if not ask.before:
            return self._asked(person, ask, self._before)
        with self.mutated(ask.before):
            return self._asked(person, ask, self._fingerprints())

    def _asked(self, person: Identity, ask: Ask, before: Mapping[str, object]) -> Answer:
        self._connection.execute(_begin(person, self._unlock(ask)))
        try:
            cursor = self._connection.execute(self._statement(ask))
            text = repr(cursor.fetchall()) if cursor.description else ""
            written = ask.verb == "call" or (ask.verb != "select" and cursor.rowcount > 0)
            return Answer(
                text=text, changed=self._changed(before) if written and not ask.dry else frozenset()
            )
        except psycopg.Error as error:
            if error.sqlstate is None:
                raise
            return Answer(error.sqlstate, error.diag.message_primary or "")
        finally:
            self._connection.execute(_END)

    @contextmanager
    def mutated(self, statement: str) -> Iterator[None]:
        self._connection.execute(b"savepoint mutant")
        try:
            self._connection.execute(statement.encode())
            yield
        finally:
            self._connection.execute(b"rollback to savepoint mutant; release savepoint mutant")

    def _statement(self, ask: Ask) -> sql.Composed:
        name = _name(ask.name)
        match ask.verb:
            case "select" if ask.dry:
                return sql.SQL("select {} from {} where false").format(_list("{}", ask.values), name)
            case "select":
                return sql.SQL("select * from {}").format(name)
            case "insert":
                return _insert(ask, _NOTHING, returning=not ask.dry)
            case "upsert":
                clause = sql.SQL(" on conflict ({}) do update set {}").format(
                    _list("{}", ask.conflict), _list("{0} = excluded.{0}", ask.values)
                )
                return _insert(ask, clause, returning=True)
            case "update":
                return sql.SQL(
                    "update {table} as target set {changes}"
                    " from jsonb_populate_record(null::{table}, {row}) as given{where}{returning}"
                ).format(
                    table=name,
                    changes=_list("{0} = given.{0}", ask.values),
                    row=_json(ask.values),
                    where=_where(ask),
                    returning=_returning(bool(ask.match)),
                )
            case "delete":
                return sql.SQL("delete from {} as target{}{}").format(
                    name, _where(ask), _returning(bool(ask.match))
                )
            case "truncate":
                return sql.SQL("truncate {}").format(name)
            case "call":
                return self._call(ask)
            case "enter":
                return self._enter(ask)
            case "use":
                return sql.SQL("select {}::regclass").format(sql.Literal(ask.values["relation"]))
            case "create":
                return sql.SQL("create table {} ()").format(sql.Identifier(ask.name, "intruder"))

    def _call(self, ask: Ask) -> sql.Composed:
        types = dict(self._catalogue.functions[ask.name].arguments)
        if not ask.values:
            return sql.SQL("select * from {}()").format(_name(ask.name))
        given = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(types[name])) for name in ask.values
        )
        return sql.SQL(
            "select answer.* from jsonb_to_record({}) as given ({}) cross join lateral {}({}) as answer"
        ).format(_json(ask.values), given, _name(ask.name), _list("{0} => given.{0}", ask.values))

    def _enter(self, ask: Ask) -> sql.Composed:
        types = [type_ for _, type_ in self._catalogue.functions[ask.name].arguments]
        if not types:
            return sql.SQL("select {}() where false").format(_name(ask.name))
        # the executor looks for the right to execute before it finds that there is no row to do it for
        names = [f"a{place}" for place in range(len(types))]
        nulls = sql.SQL(", ").join(
            sql.SQL("null::{} as {}").format(sql.SQL(type_), sql.Identifier(name))
            for name, type_ in zip(names, types, strict=True)
        )
        return sql.SQL("select {}({}) from (select {} offset 0) as given where false").format(
            _name(ask.name), _list("given.{}", names), nulls
        )

    def _unlock(self, ask: Ask) -> sql.Composed | sql.SQL:
        schema, name = sql.Identifier(ask.name.split(".")[0]), _name(ask.name)
        if ask.unlock == "select":
            return sql.SQL(
                "grant usage on schema {} to anon; grant select on {} to anon, authenticated;"
            ).format(schema, name)
        if ask.unlock == "move":
            return sql.SQL(
                "set local session_replication_role = replica; grant update ({}) on {} to authenticated;"
            ).format(_list("{}", ask.values), name)
        if ask.unlock == "views":
            views = sql.SQL(", ").join(map(_name, self._catalogue.relations[ask.name].views))
            return sql.SQL("revoke select on {} from authenticated, service_role;").format(views)
        return _NOTHING

    def _changed(self, before: Mapping[str, object]) -> frozenset[str]:
        self._connection.execute(b"set local session authorization default")
        return state.changed(before, self._fingerprints())

    def _fingerprints(self) -> Mapping[str, object]:
        return state.read(self._connection, self._state)


def _begin(person: Identity, unlock: sql.Composed | sql.SQL) -> sql.Composed:
    return sql.SQL(
        "savepoint cell; {} set local session authorization authenticator; set local role {};"
        " select set_config('request.jwt.claims', {}, true)"
    ).format(
        unlock,
        sql.Identifier(person.role),
        sql.Literal(json.dumps(person.claims) if person.claims else ""),
    )


def _name(qualified: str) -> sql.Identifier:
    return sql.Identifier(*qualified.split("."))


def _json(values: Mapping[str, Any]) -> sql.Literal:
    return sql.Literal(json.dumps(values))


def _list(form: str, names: Any) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL(form).format(sql.Identifier(name)) for name in names)


def _insert(ask: Ask, clause: sql.SQL | sql.Composed, *, returning: bool) -> sql.Composed:
    return sql.SQL(
        "insert into {table} ({columns}) select {columns} from jsonb_populate_record(null::{table}, {row})"
        "{dry}{clause}{returning}"
    ).format(
        table=_name(ask.name),
        columns=_list("{}", ask.values),
        row=_json(ask.values),
        dry=sql.SQL(" where false") if ask.dry else _NOTHING,
        clause=clause,
        returning=sql.SQL(" returning *") if returning else _NOTHING,
    )


def _where(ask: Ask) -> sql.Composed | sql.SQL:
    if ask.dry:
        return sql.SQL(" where false")
    if not ask.match:
        return _NOTHING
    return sql.SQL(" where {}").format(
        sql.SQL(" and ").join(
            sql.SQL("target.{} = {}").format(sql.Identifier(name), sql.Literal(value))
            for name, value in ask.match.items()
        )
    )


def _returning(wanted: bool) -> sql.SQL:
    return sql.SQL(" returning target.*") if wanted else _NOTHING
