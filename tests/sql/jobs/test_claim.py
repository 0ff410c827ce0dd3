"""claim_jobs: what is handed out, in which order, to whom, and for how long."""

import json
import threading
import uuid

import psycopg
import pytest
from tests.sql.scene import MODEL, Scene, answer, axis, rows, value


def test_claim_hands_out_text_hash_and_a_fence(scene: Scene) -> None:
    workspace = scene.workspace()
    asset = scene.asset(workspace, "Hello")
    [job] = scene.claim()
    assert job == {
        "job_id": scene.job(asset)["id"],
        "attempt": 1,
        "kind": "categorize_content",
        "workspace_id": workspace,
        "target_id": asset,
        "content_hash": "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969",
        "target_text": "Hello",
        "embedding_model": None,
        "embedding": None,
    }
    assert scene.claim() == []  # leased


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"content": "a", "prompt": "b", "alt_text": "c", "file_path": "d/e.png"}, "a"),
        ({"content": " \t\r\n", "prompt": "b", "alt_text": "c", "file_path": "d/e.png"}, "b"),
        ({"content": None, "prompt": "", "alt_text": "c", "file_path": "d/e.png"}, "c"),
        ({"content": None, "file_path": "d/e.png"}, "e.png"),
        ({"content": None, "file_path": "d/"}, None),
        ({"content": None}, None),
        ({"content": "\u00a0"}, "\u00a0"),  # no-break space is not blank
    ],
)
def test_claim_reads_the_first_text_that_is_not_blank(
    scene: Scene, columns: dict[str, str | None], text: str | None
) -> None:
    scene.insert("content_assets", workspace_id=scene.workspace(), **columns)
    assert [job["target_text"] for job in scene.claim()] == [text]


@pytest.mark.parametrize("kind", ["embed_category", "embed_tag"])
@pytest.mark.parametrize(
    ("state", "content_comes"),
    [
        ("waiting", False),  # the label itself comes
        ("later", False),  # waits for its next try: content still waits for it
        ("leased", False),
        ("dead", True),
    ],
)
def test_labels_come_first_and_hold_back_their_own_workspace_only(
    scene: Scene, kind: str, state: str, content_comes: bool
) -> None:
    held_back, free = scene.workspace("A"), scene.workspace("B")
    label = scene.insert(
        "categories" if kind == "embed_category" else "tags", workspace_id=held_back, name="news"
    )
    if state == "later":
        scene.rewind(label, -3600)
    elif state == "leased":
        assert [job["kind"] for job in scene.claim()] == [kind]
    elif state == "dead":
        scene.owner.execute("update private.jobs set state = 'dead' where target_id = %s", [label])
    held_asset, free_asset = scene.asset(held_back), scene.asset(free)
    claimed = {job["target_id"] for job in scene.claim()}
    assert (held_asset in claimed) is content_comes
    assert (label in claimed) is (state == "waiting")
    assert free_asset in claimed


def test_oldest_first_within_a_workspace(scene: Scene) -> None:
    workspace = scene.workspace()
    assets = [scene.asset(workspace, f"text {number}") for number in range(4)]
    for asset, age in zip(assets, (10, 40, 20, 30), strict=True):
        scene.rewind(asset, age)
    order = [scene.claim(batch=1)[0]["target_id"] for _ in range(4)]
    assert order == [assets[1], assets[3], assets[2], assets[0]]


def test_a_batch_is_shared_by_the_workspaces_that_have_work(scene: Scene) -> None:
    crowded, other, quiet = scene.workspace("A"), scene.workspace("B"), scene.workspace("C")
    scene.owner.execute(
        "insert into public.content_assets (workspace_id, content)"
        " select id, 'text ' || n from unnest(%s::uuid[]) as id, generate_series(1, 200) as n",
        [[crowded, other]],
    )
    scene.asset(quiet)
    claimed = scene.claim(batch=30)
    counts = {ws: sum(job["workspace_id"] == ws for job in claimed) for ws in (crowded, other, quiet)}
    assert counts == {crowded: 10, other: 10, quiet: 1}


def test_a_small_batch_starts_at_a_random_workspace(scene: Scene) -> None:
    workspaces = [scene.workspace(str(number)) for number in range(3)]
    for workspace in workspaces:
        for number in range(20):
            scene.asset(workspace, f"text {number}")
    first = [scene.claim(batch=1)[0]["workspace_id"] for _ in range(45)]
    assert set(first) == set(workspaces)  # missed by chance once in 10 million runs


@pytest.mark.parametrize(("batch", "count"), [(-5, 1), (0, 1), (2, 2), (1000, 500), (None, 50)])
def test_batch_is_clamped(scene: Scene, batch: int | None, count: int) -> None:
    scene.owner.execute(
        "insert into public.content_assets (workspace_id, content)"
        " select %s, 'x' || n from generate_series(1, 510) as n",
        [scene.workspace()],
    )
    [claimed] = rows(scene.service, "select count(*) as n from public.claim_jobs('w', %s)", [batch])
    assert claimed["n"] == count


@pytest.mark.parametrize(("lease", "seconds"), [(-1, 1), (90, 90), (999999, 3600), (None, 120)])
def test_lease_is_clamped(scene: Scene, lease: int | None, seconds: int) -> None:
    asset = scene.asset(scene.workspace())
    scene.service.execute("select from public.claim_jobs('w', 1, %s)", [lease])
    left = value(
        scene.owner,
        "select extract(epoch from run_at - updated_at) from private.jobs where target_id = %s",
        [asset],
    )
    assert float(left) == seconds


def test_run_at_is_respected(scene: Scene) -> None:
    asset = scene.asset(scene.workspace())
    scene.rewind(asset, -5)
    assert scene.claim() == []
    scene.rewind(asset, 10)
    assert [job["target_id"] for job in scene.claim()] == [asset]


def test_an_expired_lease_is_claimed_again_and_counts_as_a_failure(scene: Scene) -> None:
    asset = scene.asset(scene.workspace())
    scene.claim(worker="w1")
    scene.rewind(asset)
    [again] = scene.claim(worker="w2")
    assert again["attempt"] == 2
    job = scene.job(asset)
    assert (job["failures"], job["leased_by"]) == (1, "w2")
    assert job["last_error"] == "worker w1 took the job and never answered"


@pytest.mark.parametrize("kind", ["content", "campaign", "category"])
def test_what_kills_five_workers_is_buried(scene: Scene, kind: str) -> None:
    workspace = scene.workspace()
    if kind == "content":
        target = scene.asset(workspace)
    elif kind == "campaign":
        target = scene.campaign(workspace)
    else:
        target = scene.insert("categories", workspace_id=workspace, name="news")
    for attempt in range(1, 6):
        assert [job["attempt"] for job in scene.claim()] == [attempt]
        scene.rewind(target)
    assert scene.claim() == []
    job = scene.job(target)
    assert (job["state"], job["failures"], job["leased_by"]) == ("dead", 5, None)
    assert job["last_error"] == "worker w1 took the job and never answered"
    table = {"content": "content_assets", "campaign": "campaigns"}.get(kind)
    if table:
        assert (
            value(scene.owner, f"select label_state from public.{table} where id = %s", [target]) == "failed"
        )


def test_claim_does_not_wait_for_a_person_who_holds_a_row_that_must_be_buried(scene: Scene) -> None:
    workspace = scene.workspace()
    poison = scene.asset(workspace, "poison")
    scene.owner.execute(
        "update private.jobs set state = 'leased', leased_by = 'w', attempt = 5, failures = 4,"
        " run_at = now() - interval '1 hour' where target_id = %s",
        [poison],
    )
    healthy = scene.asset(workspace, "healthy")
    person = scene.as_("authenticated", scene.member(workspace), autocommit=False)
    person.execute("update public.content_assets set alt_text = 'mine' where id = %s", [poison])
    scene.service.execute("set lock_timeout = '500ms'")
    assert [job["target_id"] for job in scene.claim()] == [healthy]
    assert scene.job(poison)["state"] == "leased"  # not yet
    person.commit()
    assert scene.claim() == []
    assert scene.job(poison)["state"] == "dead"
    assert scene.asset_row(poison)["label_state"] == "failed"


@pytest.mark.parametrize(
    ("stored_model", "hash_fits", "given"),
    [(MODEL, True, True), (MODEL, False, False), ("another", True, False)],
)
def test_a_stored_vector_comes_along_while_hash_and_model_match(
    scene: Scene, stored_model: str, hash_fits: bool, given: bool
) -> None:
    workspace = scene.workspace(model=MODEL)
    asset = scene.asset(workspace, "Hello")
    scene.owner.execute(
        "update public.content_assets"
        " set embedding = %s, embedding_model = %s, content_hash = %s where id = %s",
        [axis(3), stored_model, scene.job(asset)["content_hash"] if hash_fits else "old", asset],
    )
    [job] = scene.claim()
    assert (job["embedding"] is not None) is given
    if given:
        assert job["embedding"] == axis(3)


def test_claimers_at_once_never_overlap(scene: Scene) -> None:
    workspaces = [scene.workspace(str(number)) for number in range(4)]
    scene.owner.execute(
        "insert into public.content_assets (workspace_id, content)"
        " select id, 'text ' || n from unnest(%s::uuid[]) as id, generate_series(1, 75) as n",
        [workspaces],
    )
    taken: list[list[int]] = [[] for _ in range(4)]
    sessions = [scene.as_("service_role") for _ in taken]
    start = threading.Barrier(len(taken))

    def work(place: int, connection: psycopg.Connection[object]) -> None:
        start.wait()
        empty = 0
        while empty < 3:  # an empty answer may mean that the others hold what is left
            found = connection.execute(
                "select job_id from public.claim_jobs(%s, 7, 600)", [str(place)]
            ).fetchall()
            taken[place] += [row[0] for row in found]  # type: ignore[index]
            empty = 0 if found else empty + 1

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(sessions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [job for some in taken for job in some]
    assert len(everything) == len(set(everything)) == 300
    assert value(scene.owner, "select max(attempt) from private.jobs") == 1


@pytest.mark.parametrize("role", ["anon", "authenticated"])
@pytest.mark.parametrize(
    "call",
    [
        "claim_jobs('w')",
        "complete_jobs('[]')",
        "release_jobs('[]')",
        "replay_jobs()",
        "categorization_context('[]')",
    ],
)
def test_worker_functions_are_refused_to_callers(scene: Scene, role: str, call: str) -> None:
    user = scene.member(scene.workspace()) if role == "authenticated" else None
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        scene.session(role, user).execute(f"select * from public.{call}")


def test_a_released_job_is_claimed_again_at_once_and_has_not_failed(scene: Scene) -> None:
    asset = scene.asset(scene.workspace())
    [job] = scene.claim()
    stale = {"job_id": job["job_id"], "attempt": job["attempt"] - 1}
    fence = {"job_id": job["job_id"], "attempt": job["attempt"]}
    release = "select public.release_jobs(%s)"
    assert value(scene.service, release, [json.dumps([stale])]) == 0
    assert value(scene.service, release, [json.dumps([fence])]) == 1
    assert value(scene.service, release, [json.dumps([fence])]) == 0
    [again] = scene.claim()
    assert (again["attempt"], scene.job(asset)["failures"]) == (2, 0)
    assert scene.complete(answer(job)) == ["stale"]


def test_an_orphan_job_is_never_handed_out(scene: Scene) -> None:
    scene.owner.execute(
        "insert into private.jobs (workspace_id, kind, target_id) values (%s, 'categorize_content', %s)",
        [scene.workspace(), uuid.uuid4()],
    )
    assert scene.claim() == []
