"""Search by SQL with and without row level security, against the bare pgvector query on the same index."""

import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any, LiteralString

import psycopg

from campaignbase.bench import vectors
from campaignbase.bench.rows import BenchRow
from campaignbase.bench.vectors import Queries, Tenants, Vectors

ROWS = 10_000
QUERIES = 100
COUNT = 10
BARE = "select id from public.content_assets order by embedding operator(extensions.<=>) %s limit 10"
OURS = "select id from public.semantic_search_content(%s, 10)"
OF_ONE = "select id from public.semantic_search_content(%s, 10, null, %s)"

Search = Callable[[Vectors], list[uuid.UUID]]


def search_sql_rows(url: str, admin_url: str, rows: int) -> list[BenchRow]:
    """Everybody's rows without policies; then one member each of tenants with different shares of them."""
    tenants, queries = vectors.make(rows)
    vectors.load(admin_url, tenants)
    size = f"{rows:,} rows"
    with vectors.session(url) as owner, vectors.session(url, "service_role") as service:
        asked = queries.of(None, QUERIES)
        bare, ours = _measured([_by(owner, BARE), _by(service, OURS)], asked)
        found = _recall(_by(service, OURS), asked, tenants, None)
        bare_found = _recall(_by(owner, BARE), asked, tenants, None)
    measured = [
        BenchRow(
            f"search by SQL, {size}",
            "ms",
            ours,
            "bare pgvector query",
            bare,
            "<= 1.3 x, recall@10 >= 0.98",
            f"recall@10 {found:.3f}, the bare query's {bare_found:.3f}",
        )
    ]
    return measured + [
        _tenant_row(url, tenants, queries, tenant, share) for tenant, share in enumerate(vectors.SHARES)
    ]


def _tenant_row(url: str, tenants: Tenants, queries: Queries, tenant: int, share: float) -> BenchRow:
    """As a member, against the service role asking for the same workspace."""
    asked = queries.of(tenant, QUERIES)
    with (
        vectors.session(url, "service_role") as service,
        vectors.session(url, "authenticated", tenants.users[tenant]) as member,
        vectors.session(url) as owner,
    ):
        bare, without, ours = _measured(
            [_by(owner, BARE), _by(service, OF_ONE, tenants.workspaces[tenant]), _by(member, OURS)], asked
        )
        found = _recall(_by(member, OURS), asked, tenants, tenant)
    return BenchRow(
        f"the same as a member whose team has {share:.1%} of them",
        "ms",
        ours,
        "without policies",
        without,
        "<= 1.3 x, recall@10 >= 0.95",
        f"recall@10 {found:.3f}; {ours / bare:.2f} x the bare query over all",
    )


def _by(connection: psycopg.Connection[Any], query: LiteralString, *more: object) -> Search:
    def search(vector: Vectors) -> list[uuid.UUID]:
        return [key for (key,) in connection.execute(query, (vector, *more), binary=True).fetchall()]

    return search


def _measured(searches: list[Search], asked: Vectors) -> list[float]:
    """Medians in ms; the searches take turns, so that a busy machine is busy for all of them."""
    for search in searches:
        for vector in asked[:10]:
            search(vector)
    taken: list[list[float]] = [[] for _ in searches]
    for vector in asked:
        for search, times in zip(searches, taken, strict=True):
            started = time.perf_counter()
            search(vector)
            times.append(time.perf_counter() - started)
    return [statistics.median(times) * 1000 for times in taken]


def _recall(search: Search, asked: Vectors, tenants: Tenants, tenant: int | None) -> float:
    shares = [len(tenants.nearest(one, COUNT, tenant) & set(search(one))) / COUNT for one in asked]
    return statistics.mean(shares)
