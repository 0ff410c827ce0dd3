"""Vectors of many tenants, for the benchmarks of search: clustered, seeded."""

import struct
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql
from psycopg.adapt import Dumper
from psycopg.pq import Format

SEED = 20260101
WIDTH = 1536
CLUSTERS = 200
CLUSTERS_A_TENANT = 20  # what a team writes about
SPREAD = 0.8  # of a vector around its cluster's middle; the middle's length is 1
SHARES = (0.2, 0.1, 0.05, 0.02, 0.01, 0.005)  # of all rows: these tenants are measured
OTHERS = 44  # share the rest
COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)

Vectors = NDArray[np.float32]


class BinaryVector(Dumper):
    """pgvector's binary format: width and nothing, two bytes each; then the numbers."""

    format = Format.BINARY

    def dump(self, obj: Vectors) -> bytes:
        return struct.pack(">hh", len(obj), 0) + obj.astype(">f4").tobytes()


@dataclass(frozen=True)
class Tenants:
    """`owner[row]` is the number of the tenant a row belongs to; the measured ones come first."""

    vectors: Vectors  # (rows, WIDTH), unit length
    owner: NDArray[np.int32]
    workspaces: Sequence[uuid.UUID]
    users: Sequence[uuid.UUID]  # one member each
    ids: Sequence[uuid.UUID]

    def nearest(self, query: Vectors, count: int, tenant: int | None = None) -> set[uuid.UUID]:
        """By comparing all, of one tenant or of everybody."""
        rows = np.arange(len(self.owner)) if tenant is None else np.flatnonzero(self.owner == tenant)
        scores = self.vectors[rows] @ query
        best = rows[np.argpartition(scores, -count)[-count:]]
        return {self.ids[row] for row in best}


def make(rows: int) -> tuple[Tenants, "Queries"]:
    chance = np.random.default_rng(SEED)
    middles = _unit(chance.standard_normal((CLUSTERS, WIDTH), dtype=np.float32))
    counts = [int(rows * share) for share in SHARES]
    left = rows - sum(counts)
    counts += [left // OTHERS + (number < left % OTHERS) for number in range(OTHERS)]
    owner = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    topics = [chance.choice(CLUSTERS, CLUSTERS_A_TENANT, replace=False) for _ in counts]
    cluster = np.concatenate([chance.choice(topics[tenant], size) for tenant, size in enumerate(counts)])
    ids = [uuid.UUID(bytes=chance.bytes(16), version=4) for _ in range(rows)]
    some = [[uuid.UUID(bytes=chance.bytes(16), version=4) for _ in counts] for _ in range(2)]
    tenants = Tenants(_around(middles[cluster], chance), owner, some[0], some[1], ids)
    return tenants, Queries(middles, topics, chance)


class Queries:
    """Of the same kind as the rows: about what a tenant writes about, and about anything."""

    def __init__(self, middles: Vectors, topics: list[Any], chance: np.random.Generator) -> None:
        self._middles = middles
        self._topics = topics
        self._chance = chance

    def of(self, tenant: int | None, count: int) -> Vectors:
        among = np.arange(CLUSTERS) if tenant is None else self._topics[tenant]
        return _around(self._middles[self._chance.choice(among, count)], self._chance)


def load(admin_url: str, tenants: Tenants) -> None:
    """Rows as if they had been labeled, past the triggers, then the index of vectors anew.

    Args:
        admin_url: as a superuser.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("set maintenance_work_mem = '1500MB'")
        for place, (workspace, user) in enumerate(zip(tenants.workspaces, tenants.users, strict=True)):
            connection.execute(
                "insert into public.workspaces (id, name, embedding_model) values (%s, %s, 'bench')",
                (workspace, f"tenant {place}"),
            )
            connection.execute("insert into auth.users (id) values (%s)", (user,))
            connection.execute(
                "insert into public.workspace_members (workspace_id, user_id, role)"
                " values (%s, %s, 'editor')",
                (workspace, user),
            )
        index = _value(connection, "select pg_get_indexdef('public.idx_content_assets_embedding'::regclass)")
        connection.execute("drop index public.idx_content_assets_embedding")
        with connection.cursor().copy(
            "copy public.content_assets (id, workspace_id, content, label_state, embedding_model, embedding)"
            " from stdin (format binary)"
        ) as copy:
            copy.write(COPY_HEADER)
            for row in _binary_rows(tenants):
                copy.write(row)
            copy.write(struct.pack(">h", -1))
        connection.execute(index.encode())
        connection.execute("vacuum analyze public.content_assets")


def session(url: str, role: str | None = None, user: uuid.UUID | None = None) -> psycopg.Connection[Any]:
    """As the owner of the tables, or as a role and, by her token, a user; vectors travel as bytes."""
    connection = psycopg.connect(url, autocommit=True)
    oid = _value(connection, "select 'extensions.vector'::regtype::oid")
    dumper = type("Known", (BinaryVector,), {"oid": oid})
    connection.adapters.register_dumper(np.ndarray, dumper)
    if role is not None:
        connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
        connection.execute(
            "select set_config('request.jwt.claims', %s, false)",
            (f'{{"role": "{role}", "sub": "{user or uuid.UUID(int=0)}"}}',),
        )
    return connection


def _value(connection: psycopg.Connection[Any], query: LiteralString) -> Any:
    return next(iter(connection.execute(query).fetchone() or ()))


def _binary_rows(tenants: Tenants) -> Iterator[bytes]:
    texts = (f"post {number}".encode() for number in range(len(tenants.ids)))
    for key, tenant, text, vector in zip(tenants.ids, tenants.owner, texts, tenants.vectors, strict=True):
        packed = struct.pack(">hh", WIDTH, 0) + vector.astype(">f4").tobytes()
        fields = (key.bytes, tenants.workspaces[tenant].bytes, text, b"labeled", b"bench", packed)
        yield struct.pack(">h", len(fields)) + b"".join(
            struct.pack(">i", len(field)) + field for field in fields
        )


def _around(middles: Vectors, chance: np.random.Generator) -> Vectors:
    noise = _unit(chance.standard_normal(middles.shape, dtype=np.float32))
    return _unit(middles + SPREAD * noise)


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
