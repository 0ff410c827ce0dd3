"""What the edge function `embed` may take and write beside the workers: no lease, and vectors by hash."""

import hashlib
import json
import uuid
from collections.abc import Mapping

import psycopg
import pytest
from tests.sql.scene import MODEL, Row, Scene, answer, axis, failure, rows, value, vector

CONTENT, CAMPAIGN = "categorize_content", "categorize_campaign"


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def pending(scene: Scene, batch: int = 50, hold: int = 60, model: str = MODEL) -> list[Row]:
    return rows(scene.service, "select * from public.pending_embeddings(%s, %s, %s)", [model, batch, hold])


def write(scene: Scene, *items: Mapping[str, object]) -> list[str]:
    """The verdicts, in the order of the items."""
    found = rows(scene.service, "select * from public.write_embeddings(%s)", [json.dumps(items, default=str)])
    verdicts = {row["target_id"]: row["verdict"] for row in found}
    assert len(found) == len(items)
    return [str(verdicts[uuid.UUID(str(item["target_id"]))]) for item in items]


def item(row: Row, **fields: object) -> Row:
    return {
        "kind": row["kind"],
        "target_id": row["target_id"],
        "content_hash": row["content_hash"],
        "embedding": axis(0),
        "embedding_model": MODEL,
        **fields,
    }


def postponed(row: Row, seconds: float | None) -> Row:
    return {key: row[key] for key in ("kind", "target_id", "content_hash")} | {"retry_after": seconds}


def test_pending_names_the_texts_of_content_and_campaigns(scene: Scene) -> None:
    acme = scene.workspace()
    asset, campaign = scene.asset(acme, "hello"), scene.campaign(acme, "Spring", content_style="bold")
    scene.asset(acme, None)  # nothing to read
    scene.insert("categories", workspace_id=acme, name="news")  # a worker's, or claimed under a lease

    found = {row["target_id"]: row for row in pending(scene)}

    assert found == {
        asset: {
            "workspace_id": acme, "kind": CONTENT, "target_id": asset, "content_hash": hash_of("hello"),
            "target_text": "hello",
        },
        campaign: {
            "workspace_id": acme, "kind": CAMPAIGN, "target_id": campaign,
            "content_hash": hash_of("Spring\nbold"), "target_text": "Spring\nbold",
        },
    }  # fmt: skip


def test_pending_takes_no_lease_and_gives_nobody_the_same_text_meanwhile(scene: Scene) -> None:
    asset = scene.asset(scene.workspace())
    before = scene.job(asset)
    assert len(pending(scene)) == 1
    assert pending(scene) == []
    after = scene.job(asset)
    assert {**before, "embedding_until": None} == {**after, "embedding_until": None}
    [job] = scene.claim()  # a worker is not kept waiting
    assert job["target_id"] == asset


def test_pending_gives_a_text_again_when_nobody_answered(scene: Scene) -> None:
    asset = scene.asset(scene.workspace())
    pending(scene)
    scene.owner.execute(
        "update private.jobs set embedding_until = now() - interval '1 second' where target_id = %s", [asset]
    )
    assert [row["target_id"] for row in pending(scene)] == [asset]


def test_pending_leaves_to_a_worker_what_it_has_leased(scene: Scene) -> None:
    scene.asset(scene.workspace())
    [job] = scene.claim()
    assert pending(scene) == []
    scene.complete(failure(job, retry_after=60))
    assert len(pending(scene)) == 1


@pytest.mark.parametrize(("model", "taken"), [(None, True), (MODEL, True), ("another", False)])
def test_pending_leaves_workspaces_of_another_model_alone(
    scene: Scene, model: str | None, taken: bool
) -> None:
    scene.asset(scene.workspace(model=model))
    assert bool(pending(scene)) is taken


def test_pending_passes_over_what_has_its_vector(scene: Scene) -> None:
    acme = scene.workspace(model=MODEL)
    scene.asset(acme, "hello", embedding=axis(0), embedding_model=MODEL, content_hash=hash_of("hello"))
    old = scene.asset(acme, "hello", embedding=axis(0), embedding_model=MODEL, content_hash=hash_of("hi"))
    assert [row["target_id"] for row in pending(scene)] == [old]


def test_pending_spreads_over_workspaces(scene: Scene) -> None:
    crowd, lone = scene.workspace("Crowd"), scene.workspace("Lone")
    for number in range(20):
        scene.asset(crowd, f"text {number}")
    alone = scene.asset(lone)
    assert alone in [row["target_id"] for row in pending(scene, batch=4)]
    assert len(pending(scene, batch=10)) == 10  # what is left of one fills the batch


@pytest.mark.parametrize(("batch", "expected"), [(0, 1), (-5, 1), (2, 2), (9999, 3)])
def test_pending_clamps_its_batch(scene: Scene, batch: int, expected: int) -> None:
    acme = scene.workspace()
    for number in range(3):
        scene.asset(acme, f"text {number}")
    assert len(pending(scene, batch)) == expected


def test_write_puts_the_vector_there_and_leaves_the_rest_to_the_worker(scene: Scene) -> None:
    acme = scene.workspace()
    asset, campaign = scene.asset(acme), scene.campaign(acme)

    assert write(scene, *(item(row) for row in pending(scene))) == ["written", "written"]

    row = scene.asset_row(asset)
    assert (row["embedding"], row["embedding_model"], row["label_state"]) == (axis(0), MODEL, "queued")
    assert row["content_hash"] == hash_of("some words")
    assert (
        value(scene.owner, "select embedding_model from public.campaigns where id = %s", [campaign]) == MODEL
    )
    assert value(scene.owner, "select embedding_model from public.workspaces where id = %s", [acme]) == MODEL
    assert {(job["kind"], job["embedding"]) for job in scene.claim()} == {
        (CONTENT, axis(0)),
        (CAMPAIGN, axis(0)),
    }
    assert pending(scene) == []


def test_a_worker_keeps_the_vector_that_is_there(scene: Scene) -> None:
    asset = scene.asset(scene.workspace())
    write(scene, *(item(row) for row in pending(scene)))
    [job] = scene.claim()
    kept = answer(job, embedding=None, embedding_kept=True, embedding_model=None)
    assert scene.complete(kept) == ["accepted"]
    assert scene.asset_row(asset)["embedding"] == axis(0)


def test_write_is_stale_once_the_text_is_another(scene: Scene) -> None:
    acme = scene.workspace()
    edited, deleted = scene.asset(acme, "one"), scene.asset(acme, "two")
    found = pending(scene)
    scene.owner.execute("update public.content_assets set content = 'new' where id = %s", [edited])
    scene.owner.execute("delete from public.content_assets where id = %s", [deleted])

    assert write(scene, *(item(row) for row in found)) == ["stale", "stale"]

    assert scene.asset_row(edited)["embedding"] is None
    assert value(scene.owner, "select embedding_model from public.workspaces where id = %s", [acme]) is None
    [again] = pending(scene)  # at once: the edit set the hold aside
    assert (again["target_id"], again["target_text"]) == (edited, "new")


def test_write_keeps_a_workers_vector(scene: Scene) -> None:
    asset = scene.asset(scene.workspace())
    [row] = pending(scene)
    [job] = scene.claim()
    scene.complete(answer(job, embedding=axis(3)))
    assert write(scene, item(row)) == ["kept"]
    assert scene.asset_row(asset)["embedding"] == axis(3)


def test_write_refuses_the_vector_of_another_model(scene: Scene) -> None:
    acme = scene.workspace()
    asset = scene.asset(acme)
    [row] = pending(scene)
    scene.owner.execute("update public.workspaces set embedding_model = 'first' where id = %s", [acme])
    assert write(scene, item(row)) == ["other_model"]
    assert scene.asset_row(asset)["embedding"] is None


def test_write_is_no_persons_edit(scene: Scene) -> None:
    acme = scene.workspace()
    scene.category(acme, "news")
    asset = scene.asset(acme, primary_category="news")
    before = scene.asset_row(asset)
    write(scene, *(item(row) for row in pending(scene)))
    after = scene.asset_row(asset)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"embedding", "embedding_model", "content_hash", "updated_at"}
    assert value(scene.service, "select current_setting('campaignbase.actor', true)") in ("", None)


@pytest.mark.parametrize(("seconds", "low", "high"), [(30, 25, 31), (10**9, 86_000, 86_401)])
def test_write_postpones_what_the_provider_put_off(
    scene: Scene, seconds: float, low: float, high: float
) -> None:
    asset = scene.asset(scene.workspace())
    [row] = pending(scene)
    assert write(scene, postponed(row, seconds)) == ["postponed"]
    left = value(
        scene.owner,
        "select extract(epoch from embedding_until - now())::float from private.jobs where target_id = %s",
        [asset],
    )
    assert low < left < high
    assert pending(scene) == []
    assert len(scene.claim()) == 1


def test_write_leaves_to_the_worker_what_is_refused_for_good(scene: Scene) -> None:
    asset = scene.asset(scene.workspace())
    [row] = pending(scene)
    assert write(scene, postponed(row, None)) == ["postponed"]
    assert scene.job(asset)["embedding_until"] is not None
    assert pending(scene) == []
    scene.owner.execute("update public.content_assets set content = 'new' where id = %s", [asset])
    assert len(pending(scene)) == 1


def test_write_wakes_a_job_that_was_put_off_for_want_of_the_vector(scene: Scene) -> None:
    acme = scene.workspace(model=MODEL)
    waits, failed = scene.asset(acme, "one"), scene.asset(acme, "two")
    jobs = {job["target_id"]: job for job in scene.claim()}
    scene.complete(failure(jobs[waits], retry_after=300), failure(jobs[failed]))
    scene.owner.execute("update private.jobs set run_at = now() + interval '1 hour'")

    write(scene, *(item(row) for row in pending(scene)))

    assert [job["target_id"] for job in scene.claim()] == [waits]  # the other one waits for its own mistake


@pytest.mark.parametrize(
    ("embedding", "words"),
    [
        ("[1,0,0]", "has 3 numbers and length 1"),
        (vector(1).replace("[1,", "[2,"), "has 1536 numbers and length 2"),
        (vector(1).replace("[1,", "[0,"), "has 1536 numbers and length 0"),
        ("[1,x]", "invalid input syntax for type vector"),
    ],
)
def test_write_refuses_odd_vectors_and_writes_none(scene: Scene, embedding: str, words: str) -> None:
    acme = scene.workspace()
    good, bad = scene.asset(acme, "one"), scene.asset(acme, "two")
    found = {row["target_id"]: row for row in pending(scene)}
    with pytest.raises(psycopg.Error, match=words) as caught:
        write(scene, item(found[good]), item(found[bad], embedding=embedding))
    assert caught.value.sqlstate in ("22023", "22P02")
    assert scene.asset_row(good)["embedding"] is None


def test_write_refuses_what_is_no_array(scene: Scene) -> None:
    with pytest.raises(psycopg.Error, match="vectors must be an array of rows, not object"):
        scene.service.execute("select public.write_embeddings('{}')")


@pytest.mark.parametrize("role", ["anon", "authenticated"])
@pytest.mark.parametrize(
    "call",
    [
        "public.pending_embeddings('m')",
        "public.write_embeddings('[]')",
        "private.embedding_targets('[]')",
        "public.claim_jobs('w', 1, 1, true)",
    ],
)
def test_only_the_service_may(scene: Scene, role: str, call: str) -> None:
    session = scene.session("anon") if role == "anon" else scene.of(scene.member(scene.workspace()))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
        session.execute(f"select {call}")


def claim_labels(scene: Scene, models: list[str] | None) -> list[uuid.UUID]:
    found = rows(
        scene.service,
        "select * from public.claim_jobs('embed', labels_only => true, models => %s)",
        [models],
    )
    return [row["target_id"] for row in found]


def test_claim_gives_labels_alone_when_asked_to(scene: Scene) -> None:
    acme, other = scene.workspace("Acme"), scene.workspace("Other")
    scene.asset(other)
    assert claim_labels(scene, None) == []
    label = scene.insert("categories", workspace_id=acme, name="news")
    scene.asset(acme)
    assert claim_labels(scene, None) == [label]
    assert scene.job(label)["state"] == "leased"


@pytest.mark.parametrize(
    ("model", "asked", "given"),
    [
        (MODEL, [MODEL], True),
        (None, [MODEL], True),
        ("another", [MODEL], False),
        ("another", [MODEL, "another"], True),
        ("another", None, True),
        ("another", [], False),
        (None, [], True),
    ],
)
def test_claim_leaves_workspaces_of_other_models_alone_when_asked_to(
    scene: Scene, model: str | None, asked: list[str] | None, given: bool
) -> None:
    label = scene.insert("tags", workspace_id=scene.workspace(model=model), name="fresh")
    assert claim_labels(scene, asked) == ([label] if given else [])
