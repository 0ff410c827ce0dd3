"""What the queue and the search read: by index, and no more when there is more."""

import json
import random
from typing import Any

import numpy as np
import psycopg
import pytest
from tests.sql.scene import MODEL, WIDTH, Scene, axis, rows, text_of


def pages(connection: psycopg.Connection[Any], query: str, values: list[object]) -> int:
    """Pages touched, the planner's own not counted. The second of two runs, as the first one fills caches."""
    for _ in range(2):
        [(plan,)] = connection.execute(f"explain (analyze, buffers, format json) {query}", values).fetchall()
    top = plan[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def fill(scene: Scene, jobs: int, workspaces: int) -> None:
    with psycopg.connect(scene.database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(
            "insert into public.workspaces (name) select 'w' || n from generate_series(1, %s) as n",
            [workspaces],
        )
        admin.execute(
            "with kept as (insert into public.content_assets (workspace_id, content)"
            " select workspaces.id, 'text ' || n from public.workspaces, generate_series(1, %s) as n"
            " returning workspace_id, id)"
            " insert into private.jobs (workspace_id, kind, target_id)"
            " select workspace_id, 'categorize_content', id from kept",
            [jobs // workspaces],
        )
        admin.execute("vacuum analyze private.jobs")
        admin.execute("analyze public.content_assets")


def test_a_claim_reads_no_more_from_a_long_queue(scene: Scene) -> None:
    touched = []
    for jobs in (1_000, 20_000):
        scene.clear_rows()
        fill(scene, jobs, 200)
        touched.append(
            min(pages(scene.service, "select * from public.claim_jobs('w', %s)", [50]) for _ in range(3))
        )
    short, long = touched
    assert long < short * 1.5, touched
    assert long < 4_000, touched  # a look at each of 20,000 jobs would be 20,000


@pytest.fixture
def library(scene: Scene) -> Scene:
    """600 rows of two workspaces, a third of them confirmed."""
    generator = np.random.default_rng(2)
    workspaces = [scene.workspace(name, model=MODEL) for name in ("A", "B")]
    for workspace in workspaces:
        scene.category(workspace, "news")
    with psycopg.connect(scene.database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        with admin.cursor().copy(
            "copy public.content_assets (workspace_id, content, primary_category, confirmed_at, embedding,"
            " embedding_model, content_hash) from stdin"
        ) as copy:
            for number in range(600):
                vector = np.zeros(WIDTH)
                vector[:16] = generator.normal(size=16)
                sure = number % 3 == 0
                label = ("news", "2026-01-01") if sure else (None, None)
                unit = text_of(vector / np.linalg.norm(vector))
                copy.write_row((workspaces[number % 2], f"text {number}", *label, unit, MODEL, str(number)))
        admin.execute("analyze public.content_assets")
    return scene


def bound(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """Of so few rows the planner would rightly read all; shown is that an index fits what is asked."""
    connection.execute("set enable_seqscan = off")
    connection.execute("set enable_sort = off")
    return connection


def scanned(connection: psycopg.Connection[Any], call: str, values: list[object]) -> dict[str, int]:
    """Scans of content_assets that one call adds, by index; under the table's own name, of all of it."""

    def count() -> dict[str, int]:
        found = rows(
            connection,
            "select relname as name, pg_stat_get_xact_numscans(oid) as scans from pg_class"
            " where oid = 'public.content_assets'::regclass"
            " or oid in (select indexrelid from pg_index where indrelid = 'public.content_assets'::regclass)",
        )
        return {row["name"]: row["scans"] for row in found}

    with connection.transaction():
        before = count()
        connection.execute(call, values)
        return {name: scans - before[name] for name, scans in count().items() if scans > before[name]}


def test_confirmed_neighbors_come_from_their_own_index(library: Scene) -> None:
    [row] = rows(library.owner, "select id from public.content_assets where confirmed_at is null limit 1")
    sent = {"kind": "categorize_content", "target_id": row["id"], "embedding": axis(3), "content_hash": "x"}
    call = "select public.categorization_context(%s)"
    used = scanned(bound(library.service), call, [json.dumps([sent], default=str)])
    assert used.get("idx_content_assets_confirmed_embedding") == 1, used
    assert not {"content_assets", "idx_content_assets_embedding"} & set(used)


def test_search_walks_the_vector_index(library: Scene) -> None:
    [workspace] = rows(library.owner, "select id from public.workspaces where name = 'A'")
    member = bound(library.of(library.member(workspace["id"])))
    used = scanned(member, "select * from public.semantic_search_content(%s::extensions.vector)", [axis(3)])
    assert used.pop("idx_content_assets_embedding") == 1
    assert len(used) == 1, used  # the count of what they have, from an index alone
    assert "content_assets" not in used


def test_search_among_few_compares_them_all(library: Scene) -> None:
    workspace = library.workspace("C", model=MODEL)
    with psycopg.connect(library.database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(
            "insert into public.content_assets (workspace_id, content, embedding, embedding_model)"
            " select %s, content, embedding, embedding_model from public.content_assets limit 5",
            [workspace],
        )
    member = bound(library.of(library.member(workspace)))
    used = scanned(member, "select * from public.semantic_search_content(%s::extensions.vector)", [axis(3)])
    assert not {"content_assets", "idx_content_assets_embedding"} & set(used), used
    assert (
        len(rows(member, "select * from public.semantic_search_content(%s::extensions.vector)", [axis(3)]))
        == 5
    )


def test_the_nearest_of_a_workspace_are_found_as_exactly_as_by_reading_all(library: Scene) -> None:
    [row] = rows(library.owner, "select id from public.workspaces order by name limit 1")
    generator = random.Random(4)
    exact = found = 0
    bound(library.service)
    for _ in range(10):
        numbers = np.zeros(WIDTH)
        numbers[:16] = [generator.gauss(0, 1) for _ in range(16)]
        query = text_of(numbers / np.linalg.norm(numbers))
        best = rows(
            library.owner,
            "select id from public.content_assets where workspace_id = %s"
            " order by (embedding operator(extensions.<=>) %s::extensions.vector) + 0 limit 10",
            [row["id"], query],
        )
        answer = rows(
            library.service,
            "select id from public.semantic_search_content(%s::extensions.vector, 10, null, %s)",
            [query, row["id"]],
        )
        exact += 10
        found += len({r["id"] for r in best} & {r["id"] for r in answer})
    assert found >= exact * 0.9


def stock(scene: Scene, count: int) -> str:
    """The id of a run over so many rows of one workspace, each with a decision that is old."""
    with psycopg.connect(scene.database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        home = scene.workspace(f"of {count}", model=MODEL)
        admin.execute(
            "with kept as (insert into public.content_assets (workspace_id, content)"
            " select %s, 'text ' || n from generate_series(1, %s) as n returning workspace_id, id)"
            " insert into public.categorizations"
            " (workspace_id, content_asset_id, field, outcome, vocabulary_version)"
            " select workspace_id, id, 'category', 'abstained', 1 from kept",
            [home, count],
        )
        admin.execute("vacuum analyze public.content_assets")
        admin.execute("vacuum analyze public.categorizations")
        [(key,)] = admin.execute(
            "insert into public.backfills (workspace_id, kind, selection, total) values (%s, 'labels',"
            ' \'{"older": {"by": "vocabulary", "than": "2"}, "content_only": true}\', %s) returning id::text',
            [home, count],
        ).fetchall()
        admin.execute(
            "insert into public.backfills (workspace_id, kind, embedding_model, total)"
            " values (%s, 'vectors', 'next', %s)",
            [home, count],
        )
    return str(key)


def test_a_backfill_reads_no_more_from_a_large_workspace(scene: Scene) -> None:
    """However far it is: in the middle of the ids too."""
    calls = {
        "labels": "select public.claim_backfill(id, 'w', 40) from public.backfills where kind = 'labels'",
        "vectors": "select public.claim_vectors(id, 40) from public.backfills where kind = 'vectors'",
    }
    touched: dict[str, list[int]] = {kind: [] for kind in calls}
    for count in (2_000, 20_000):
        scene.clear_rows()
        stock(scene, count)
        scene.service.execute(
            "update public.backfills set place = 'categorize_content/80000000-0000-4000-8000-000000000000'"
        )
        for kind, call in calls.items():
            touched[kind].append(min(pages(scene.service, call, []) for _ in range(3)))
    for short, long in touched.values():
        assert long < short * 1.5, touched
        assert long < 8_000, touched  # all of 20,000 rows and their decisions would be more than 60,000
