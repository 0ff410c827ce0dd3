"""What an operator asks: each query runs as postgres and says what is there, counted by hand."""

from typing import Any

import psycopg
import pytest
from tests.sql.scene import MODEL, Row, Scene, answer, axis, failure, label, value

from campaignbase.errors import InputError, NotConfiguredError
from campaignbase.schema import inspections

COLUMNS = {
    "queue": "workspace kind waiting due leased dead oldest_minutes",
    "dead_jobs": "id workspace kind target_id failures died_at last_error replay",
    "expired_leases": ("id workspace kind target_id leased_by attempt failures expired_at overdue_seconds"),
    "vectors": "workspace relation total missing stale of_another_model unqueued",
    "labels": "workspace field source total percent",
    "indexes": "relation index finding covered_by scans scans_since size bytes",
    "sizes": "relation live_rows dead_rows dead_percent total data indexes total_bytes vacuumed_at",
    "grants": "role kind object may",
    "policies": "relation secured command roles policy rows_seen rows_written",
}


def ask(scene: Scene, name: str) -> list[Row]:
    found = inspections.run(inspections.find(name), scene.database.url)
    assert found.columns == tuple(COLUMNS[name].split())
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def only(scene: Scene, name: str) -> Row:
    [row] = ask(scene, name)
    return row


def shown(rows: list[Row], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_every_query_is_tested_here() -> None:
    assert {one.name for one in inspections.inspections()} == COLUMNS.keys()


@pytest.mark.parametrize("name", COLUMNS)
def test_a_query_says_what_it_answers_and_when_to_worry(name: str) -> None:
    found = inspections.find(name)
    assert found.answers.endswith(".")
    assert found.worry.startswith("Worry ")
    assert "Worry" not in found.answers


def test_queue(scene: Scene) -> None:
    acme, beta = scene.workspace("Acme"), scene.workspace("Beta")
    for text in "abcd":
        scene.asset(acme, text)
    dying, waiting, _ = scene.claim(batch=3)
    scene.complete(failure(dying, permanent=True), failure(waiting, retry_after=600))
    scene.insert("tags", workspace_id=beta, name="sale")
    found = shown(ask(scene, "queue"), "workspace", "kind", "waiting", "due", "leased", "dead")
    assert sorted(found) == [("Acme", "categorize_content", 2, 1, 1, 1), ("Beta", "embed_tag", 1, 1, 0, 0)]


def test_queue_says_how_old_the_oldest_is(scene: Scene) -> None:
    workspace = scene.workspace()
    old, dead = scene.asset(workspace, "old"), scene.asset(workspace, "dead")
    for asset, age, state in ((old, 90, "waiting"), (dead, 900, "dead")):
        scene.owner.execute(
            "update private.jobs set created_at = now() - make_interval(mins => %s), state = %s"
            " where target_id = %s",
            [age, state, asset],
        )
    assert only(scene, "queue")["oldest_minutes"] == 90


def test_dead_jobs_come_with_the_call_that_replays_them(scene: Scene) -> None:
    asset = scene.asset(scene.workspace())
    [job] = scene.claim()
    assert ask(scene, "dead_jobs") == []
    scene.complete(failure(job, "no such model", permanent=True))
    row = only(scene, "dead_jobs")
    assert (row["id"], row["target_id"], row["last_error"]) == (job["job_id"], str(asset), "no such model")
    assert value(scene.owner, row["replay"]) == 1
    assert ask(scene, "dead_jobs") == []
    assert scene.job(asset)["state"] == "waiting"


def test_expired_leases(scene: Scene) -> None:
    workspace = scene.workspace()
    late, _ = scene.asset(workspace, "late"), scene.asset(workspace, "in time")
    scene.claim(lease=60, worker="w7")
    scene.rewind(late, 180)
    row = only(scene, "expired_leases")
    assert (row["target_id"], row["leased_by"], row["attempt"]) == (str(late), "w7", 1)
    assert 120 <= row["overdue_seconds"] <= 180


def test_vectors(scene: Scene) -> None:
    workspace = scene.workspace("Acme", model=MODEL)
    scene.category(workspace, "news")  # without a vector, and without a job
    _good, edited, other, lost, _empty = (
        scene.asset(workspace, text) for text in ("good", "edited", "other", "lost", " ")
    )
    scene.owner.execute("delete from private.jobs")
    scene.owner.execute(
        "update public.content_assets set embedding = %s, embedding_model = %s,"
        " content_hash = private.content_hash(content) where content <> ' '",
        [axis(0), MODEL],
    )
    for asset, change in (
        (edited, "content = 'another text'"),  # its job waits
        (other, "embedding_model = 'old-1'"),
        (lost, "embedding = null"),
    ):
        scene.owner.execute(f"update public.content_assets set {change} where id = %s".encode(), [asset])
    scene.insert("tags", workspace_id=workspace, name="sale")  # its job waits
    columns = ("relation", "total", "missing", "stale", "of_another_model", "unqueued")
    assert sorted(shown(ask(scene, "vectors"), *columns)) == [
        ("categories", 1, 1, 0, 0, 1),
        ("content_assets", 5, 1, 1, 1, 2),
        ("tags", 1, 1, 0, 0, 0),
    ]


def test_labels(scene: Scene) -> None:
    workspace = scene.workspace()
    news, sale = scene.category(workspace, "news"), scene.tag(workspace, "sale")
    for text in ("a", "b"):
        scene.asset(workspace, text, primary_category="news")
    machine = scene.asset(workspace, "c")
    scene.asset(workspace, "unsure")
    for job in scene.claim():
        choice = {"category": label(news, "rule"), "tags": [{"id": str(sale), "source": "model", "score": 1}]}
        scene.complete(answer(job, **(choice if job["target_id"] == machine else {"category": {}})))
    scene.asset(workspace, "queued")
    found = {row[:2]: row[2:] for row in shown(ask(scene, "labels"), "field", "source", "total", "percent")}
    assert found == {
        ("category", "human"): (2, 40.0),
        ("category", "rule"): (1, 20.0),
        ("category", "review"): (1, 20.0),
        ("category", "queued"): (1, 20.0),
        ("sentiment", "none"): (4, 80.0),
        ("sentiment", "queued"): (1, 20.0),
        ("audience", "none"): (4, 80.0),
        ("audience", "queued"): (1, 20.0),
        ("tags", "model"): (1, 100.0),
    }


def test_indexes_names_what_another_covers(scene: Scene) -> None:
    create = (
        "create index wide on public.campaigns (workspace_id, created_by, name)",
        "create index narrow on public.campaigns (workspace_id, created_by)",
        "create index twin_a on public.campaigns (posting_frequency)",
        "create index twin_b on public.campaigns (posting_frequency)",
        "create index partly on public.campaigns (posting_frequency) where status = 'active'",
    )
    try:
        for statement in create:
            scene.owner.execute(statement)
        found = {row["index"]: (row["finding"], row["covered_by"]) for row in ask(scene, "indexes")}
        ours = {name: found.get(name) for name in ("wide", "narrow", "twin_a", "twin_b", "partly")}
        assert ours == {
            "wide": ("never_read", None),
            "narrow": ("needless", "wide"),
            "twin_a": ("never_read", None),
            "twin_b": ("needless", "twin_a"),
            "partly": ("never_read", None),
        }
        assert "campaigns_pkey" not in found
        # none of what ships is covered by another
        assert {index for index, (finding, _) in found.items() if finding != "never_read"} == {
            "narrow", "twin_b"
        }  # fmt: skip
    finally:
        scene.owner.execute("drop index wide, narrow, twin_a, twin_b, partly")


def test_sizes(scene: Scene) -> None:
    workspace = scene.workspace()
    for number in range(3):
        scene.asset(workspace, f"text {number}")
    scene.owner.execute("analyze public.content_assets")
    found = {row["relation"]: row for row in ask(scene, "sizes")}
    assert found["public.content_assets"]["live_rows"] == 3
    size = value(scene.owner, "select pg_total_relation_size('public.content_assets')")
    assert found["public.content_assets"]["total_bytes"] == size
    assert "private.jobs" in found


def test_grants(scene: Scene) -> None:
    found = {(row["role"], row["object"]): row["may"] for row in ask(scene, "grants")}
    assert found["authenticated", "public.categorizations"] == "select"
    assert found["service_role", "public.categorizations"] == "delete, insert, select, update"
    assert found["authenticated", "public.review_queue"] == "select"
    assert found["authenticated", "public.workspaces"] == "select, update (name, promote_after, timezone)"
    assert ("authenticated", "private.jobs") not in found
    assert {one for role, one in found if role in ("anon", "public")} == {"public"}
    scene.owner.execute("grant select (name) on public.campaigns to anon")
    try:
        again = {(row["role"], row["object"]): row["may"] for row in ask(scene, "grants")}
        assert again.items() - found.items() == {(("anon", "public.campaigns"), "select (name)")}
    finally:
        scene.owner.execute("revoke select (name) on public.campaigns from anon")


def test_policies(scene: Scene) -> None:
    found = ask(scene, "policies")
    rows = [row for row in found if row["relation"] == "public.categorizations"]
    assert shown(rows, "secured", "command", "roles", "policy", "rows_written") == [
        (True, "select", "authenticated", "members can read decisions of their workspaces", None)
    ]
    assert "caller_workspace_ids" in rows[0]["rows_seen"]
    assert [row["policy"] for row in found if row["relation"] == "private.jobs"] == [None]
    scene.owner.execute("alter table public.campaigns disable row level security")
    try:
        assert {row["relation"] for row in ask(scene, "policies") if not row["secured"]} == {
            "public.campaigns"
        }
    finally:
        scene.owner.execute("alter table public.campaigns enable row level security")


# how they are run


def test_an_inspection_cannot_write(scene: Scene) -> None:
    writing = inspections.Inspection("x", "", "", "delete from public.workspaces returning id")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        inspections.run(writing, scene.database.url)


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(InputError) as caught:
        inspections.find("dead_job")
    assert str(caught.value) == "no inspection 'dead_job'; did you mean 'dead_jobs'?"
    with pytest.raises(InputError, match=r"^no inspection 'xyz'; there is dead_jobs, expired_leases, grants"):
        inspections.find("xyz")


def test_a_database_without_the_schema_is_told_apart(pg_platform: Any) -> None:
    with pytest.raises(NotConfiguredError) as caught:
        inspections.run(inspections.find("queue"), pg_platform.url)
    assert str(caught.value) == (
        'relation "private.jobs" does not exist;'
        " apply the migrations: supabase db push --remote, or campaignbase db start"
    )


def test_a_role_that_may_not_is_told_who_may(scene: Scene) -> None:
    url = scene.database.url.replace("postgres@", "authenticator@")
    assert url != scene.database.url
    with pytest.raises(NotConfiguredError, match=r"^permission denied for .*; connect as postgres$"):
        inspections.run(inspections.find("queue"), url)
