"""Text in, labeled: rows a second on both engines, against a bare bulk update of vector and category."""

import asyncio
import tempfile
import time
from pathlib import Path

import psycopg

from campaignbase import wiring
from campaignbase.bench.rows import BenchRow
from campaignbase.bench.texts import posts
from campaignbase.core.vectors import to_pgvector
from campaignbase.models import Category, ContextRequest, NewContent
from campaignbase.providers.static import StaticEmbedder

ROWS = 1_500
BATCH = 50
CONTEXT_ROWS = 10_000
MANY_LABELS = 2_000


def pipeline_rows(url: str) -> list[BenchRow]:
    bare = floor(url)
    with tempfile.TemporaryDirectory() as folder:
        sqlite = asyncio.run(_label(str(Path(folder) / "pipeline.db")))
    postgres = asyncio.run(_label(url))
    return [
        BenchRow(
            "text in -> labeled, Postgres, batch 50",
            "rows/s",
            postgres,
            "bulk update, hnsw",
            bare,
            ">= 0.5 x",
        ),
        BenchRow(
            "text in -> labeled, SQLite, batch 50", "rows/s", sqlite, "bulk update, hnsw", bare, ">= 0.5 x"
        ),
    ]


def floor(url: str, rows: int = ROWS) -> float:
    """Rows a second of the bare write that labeling cannot do without."""
    vectors = [to_pgvector(vector) for vector in StaticEmbedder().encode(posts(rows))]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "create table public.bench_floor"
            " (id integer primary key, content text, category text, embedding extensions.vector(1536))"
        )
        connection.execute("create index on public.bench_floor (category)")
        connection.execute(
            "create index on public.bench_floor using hnsw (embedding extensions.vector_cosine_ops)"
        )
        connection.execute(
            "insert into public.bench_floor (id, content)"
            " select number, 'text' from generate_series(1, %s) as number",
            (rows,),
        )
        started = time.perf_counter()
        for start in range(0, rows, BATCH):
            chunk = vectors[start : start + BATCH]
            connection.execute(
                "update public.bench_floor"
                " set embedding = new.embedding::extensions.vector, category = 'offer'"
                " from unnest(%s::integer[], %s::text[]) as new (id, embedding)"
                " where bench_floor.id = new.id",
                (list(range(start + 1, start + 1 + len(chunk))), chunk),
            )
        taken = time.perf_counter() - started
        connection.execute("drop table public.bench_floor")
    return rows / taken


async def _label(database: str) -> float:
    store = await wiring.open_store(database)
    try:
        workspace = await wiring.find_workspace(store, "default")
        labeler = wiring.labeler(store)
        await labeler.drain(workspace.id)  # the vocabulary's own vectors
        await store.insert_content(workspace.id, [NewContent(content=text) for text in posts(ROWS)])
        started = time.perf_counter()
        report = await labeler.drain(workspace.id, batch=BATCH)
        taken = time.perf_counter() - started
        if report.accepted != ROWS:
            raise RuntimeError(f"{report.accepted} of {ROWS} rows were labeled: {report.errors}")
        return ROWS / taken
    finally:
        await store.close()


def context_rows(url: str) -> list[BenchRow]:
    few = asyncio.run(_context(url))
    name = "categorization_context, 50 assets, "
    rows = [(f"{name}10,000 rows", few), (f"{name}2,000 categories", asyncio.run(_context(url, MANY_LABELS)))]
    return [BenchRow(told, "ms", found, "budget", 100.0, "<= 100 ms") for told, found in rows]


async def _context(url: str, labels: int = 0) -> float:
    """Milliseconds for 50 assets; the table holds 10,000 rows, a fifth of them confirmed.

    Args:
        labels: categories in a workspace of their own, beside those that every workspace has.
    """
    texts = posts(CONTEXT_ROWS)
    vectors = [to_pgvector(vector) for vector in StaticEmbedder().encode(texts)]
    store = await wiring.open_store(url)
    try:
        workspace = await wiring.find_workspace(store, "default")
        if labels:
            workspace = await store.create_workspace("many labels")
            named = zip(range(labels), posts(labels), strict=True)
            await store.add_categories(
                workspace.id, [Category("", f"label {place}", None, text) for place, text in named]
            )
        await wiring.labeler(store).drain(workspace.id)
        with psycopg.connect(url, autocommit=True) as connection:
            _fill_labeled(connection, workspace.id, texts, vectors)
            rows = connection.execute(
                "select id::text, content_hash, embedding::text from public.content_assets"
                " where workspace_id = %s and confirmed_at is null order by id limit 50",
                (workspace.id,),
            ).fetchall()
        from campaignbase.core.vectors import from_pgvector

        requests = [
            ContextRequest("categorize_content", key, from_pgvector(vector), text_hash)
            for key, text_hash, vector in rows
        ]
        await store.categorization_context(requests)
        loop = asyncio.get_running_loop()
        taken = []
        for _ in range(5):
            started = loop.time()
            await store.categorization_context(requests)
            taken.append(loop.time() - started)
        return sorted(taken)[2] * 1000
    finally:
        await store.close()


def _fill_labeled(
    connection: psycopg.Connection[tuple[object, ...]],
    workspace_id: str,
    texts: list[str],
    vectors: list[str],
) -> None:
    with connection.transaction():
        connection.execute("select set_config('campaignbase.actor', 'bench', true)")
        connection.execute(
            "create temporary table filled (place integer, content text, embedding text) on commit drop"
        )
        with connection.cursor().copy("copy filled from stdin") as copy:
            for place, (text, vector) in enumerate(zip(texts, vectors, strict=True)):
                copy.write_row((place, text, vector))
        connection.execute(
            """
            insert into public.content_assets
            (
                workspace_id, content, embedding, embedding_model, content_hash, primary_category,
                category_source, confirmed_at, label_state
            )
            select
                %(workspace)s, filled.content, filled.embedding::extensions.vector, 'bench',
                private.content_hash(filled.content), categories.name,
                case when filled.place %% 5 = 0 then 'human' else 'model' end,
                case when filled.place %% 5 = 0 then now() end, 'labeled'
            from filled
            inner join (
                select name, row_number() over (order by name) - 1 as place, count(*) over () as total
                from public.categories
                where workspace_id = %(workspace)s
            ) as categories on categories.place = filled.place %% categories.total
            """,
            {"workspace": workspace_id},
        )
        connection.execute("delete from private.jobs where workspace_id = %s", (workspace_id,))
    connection.execute("analyze")
