"""complete_jobs: what of an answer is written, and which verdict it gets."""

import json
import uuid
from typing import Any

import psycopg
import pytest
from tests.sql.scene import MODEL, Row, Scene, answer, axis, failure, label, rows, value


def everything(scene: Scene, workspace: uuid.UUID, job: Row) -> dict[str, Any]:
    """An answer with every field, whose labels exist."""
    return answer(
        job,
        category=label(scene.category(workspace, "news"), reasons=["near"]),
        sentiment={"label": "positive", "source": "rule", "score": 1, "reasons": ["word"]},
        audience=label(scene.tag(workspace, "parents", tag_type="audience"), "neighbor", 0.7, reasons=[]),
        tags=[
            label(scene.tag(workspace, "sale"), "model", 0.5, reason="keyword"),
            label(scene.tag(workspace, "diwali"), "rule", 0.9, reason="rule"),
        ],
        language="en",
        quality_score=0.75,
        quality_parts={"length": 1},
        model="offline",
        prompt_version="p1",
        vocabulary_version=3,
        cost=0.25,
        latency_ms=12,
    )


def test_an_accepted_answer_writes_the_whole_row(scene: Scene) -> None:
    workspace = scene.workspace()
    asset = scene.asset(workspace, "Hello")
    [job] = scene.claim()
    assert scene.complete(everything(scene, workspace, job)) == ["accepted"]
    row = scene.asset_row(asset)
    expected = {
        "primary_category": "news",
        "category_source": "model",
        "sentiment": "positive",
        "sentiment_source": "rule",
        "target_audience": "parents",
        "audience_source": "neighbor",
        "tags": ["diwali", "sale"],  # by score
        "label_state": "labeled",
        "confirmed_at": None,
        "language": "en",
        "quality_parts": {"length": 1},
        "embedding_model": MODEL,
        "content_hash": job["content_hash"],
    }
    assert {key: row[key] for key in expected} == expected
    assert float(row["quality_score"]) == 0.75
    assert row["embedding"] == axis(0)
    assert value(scene.owner, "select count(*) from private.jobs where target_id = %s", [asset]) == 0


def test_history_has_a_row_a_field(scene: Scene) -> None:
    workspace = scene.workspace()
    scene.asset(workspace, "Hello")
    [job] = scene.claim()
    scene.complete(everything(scene, workspace, job))
    found = rows(
        scene.owner,
        "select field, label, labels, source, score::text, outcome, model, prompt_version,"
        " vocabulary_version, cost::text, latency_ms, decided_by from public.categorizations order by field",
    )
    tags = {str(row["id"]): row["name"] for row in rows(scene.owner, "select id, name from public.tags")}
    assert [tags[label.pop("id")] for row in found for label in row["labels"] or ()] == ["sale", "diwali"]
    same = {"outcome": "applied", "model": "offline", "prompt_version": "p1", "vocabulary_version": 3}
    same |= {"labels": None, "decided_by": None, "cost": None, "latency_ms": None}
    assert found == [
        {"field": "audience", "label": "parents", "source": "neighbor", "score": "0.7", **same},
        {
            "field": "category",
            "label": "news",
            "source": "model",
            "score": "0.8",
            **same,
            "cost": "0.250000",
            "latency_ms": 12,
        },
        {"field": "sentiment", "label": "positive", "source": "rule", "score": "1", **same},
        {
            "field": "tags",
            "label": "sale, diwali",
            "source": "model",
            "score": None,
            **same,
            "labels": [
                {"name": "sale", "source": "model", "score": 0.5, "reason": "keyword"},
                {"name": "diwali", "source": "rule", "score": 0.9, "reason": "rule"},
            ],
        },
    ]


def test_nobody_sure_is_review(scene: Scene) -> None:
    workspace = scene.workspace()
    asset = scene.asset(workspace)
    [job] = scene.claim()
    assert scene.complete(answer(job, category={"id": None, "reasons": ["too close"]})) == ["accepted"]
    row = scene.asset_row(asset)
    assert (row["label_state"], row["primary_category"], row["category_source"]) == ("review", None, None)
    [history] = rows(scene.owner, "select field, label, source, outcome, reasons from public.categorizations")
    assert history == {
        "field": "category", "label": None, "source": None, "outcome": "abstained", "reasons": ["too close"],
    }  # fmt: skip


@pytest.mark.parametrize("edit", ["text", "expired", "released", "deleted", "answered", "future"])
def test_an_answer_whose_fence_moved_is_stale_and_writes_nothing(scene: Scene, edit: str) -> None:
    workspace = scene.workspace()
    asset = scene.asset(workspace, "Hello")
    [job] = scene.claim()
    late = everything(scene, workspace, job)
    if edit == "text":
        scene.owner.execute("update public.content_assets set content = 'Bye' where id = %s", [asset])
    elif edit == "expired":
        scene.rewind(asset)
        scene.claim()
    elif edit == "released":
        scene.service.execute("select public.release_jobs(%s)", [json.dumps([late], default=str)])
    elif edit == "deleted":
        scene.owner.execute("delete from public.content_assets where id = %s", [asset])
    elif edit == "answered":
        assert scene.complete(answer(job)) == ["accepted"]
    else:
        late["attempt"] = job["attempt"] + 1
    assert scene.complete(late) == ["stale"]
    assert rows(scene.owner, "select from public.content_asset_tags") == []
    if edit != "deleted":
        assert scene.asset_row(asset)["primary_category"] is None
    if edit in ("text", "released"):
        assert scene.job(asset)["state"] == "waiting"


def test_an_expired_lease_that_nobody_took_is_still_answered(scene: Scene) -> None:
    asset = scene.asset(scene.workspace())
    [job] = scene.claim()
    scene.rewind(asset)
    assert scene.complete(answer(job)) == ["accepted"]


@pytest.mark.parametrize(
    ("field", "set_to"),
    [
        ("primary_category", "events"),
        ("primary_category", None),  # cleared: stays empty
        ("sentiment", "negative"),
        ("target_audience", "students"),
        ("tags", ["diwali"]),
    ],
)
def test_what_a_person_corrects_while_a_job_runs_survives_alone(
    scene: Scene, field: str, set_to: object
) -> None:
    workspace = scene.workspace()
    for name in ("events", "old"):
        scene.category(workspace, name)
    for name in ("students", "elders"):
        scene.tag(workspace, name, tag_type="audience")
    scene.tag(workspace, "mine")
    asset = scene.asset(workspace, "Hello")
    [job] = scene.claim()
    done = everything(scene, workspace, job)
    scene.complete(done)
    person = scene.of(scene.member(workspace))
    scene.service.execute("select public.queue_content(%s)", [[asset]])
    [job] = scene.claim()
    person.execute(f"update public.content_assets set {field} = %s where id = %s", [set_to, asset])
    again = {**done, "attempt": job["attempt"], "job_id": job["job_id"]}
    assert scene.complete(again) == ["accepted"]
    expected: dict[str, object] = {
        "primary_category": "news", "sentiment": "positive", "target_audience": "parents",
        "tags": ["diwali", "sale"],
    }  # fmt: skip
    row = scene.asset_row(asset)
    assert {key: row[key] for key in expected} == {**expected, field: set_to}
    sources = {"primary_category": "category", "sentiment": "sentiment", "target_audience": "audience"}
    if field in sources:
        assert row[f"{sources[field]}_source"] == "human"
        [kept] = rows(
            scene.owner,
            "select field, label from public.categorizations where outcome = 'kept_human'",
        )
        assert kept["field"] == sources[field]
    else:
        [refused] = rows(scene.owner, "select source from public.content_asset_tags where state = 'rejected'")
        assert refused["source"] == "human"
    assert row["label_state"] == ("review" if (field, set_to) == ("primary_category", None) else "labeled")


def test_a_label_renamed_meanwhile_is_written_by_its_new_name(scene: Scene) -> None:
    workspace = scene.workspace()
    asset = scene.asset(workspace)
    [job] = scene.claim()
    done = everything(scene, workspace, job)
    for table, old, new in (
        ("categories", "news", "bulletin"),
        ("tags", "sale", "bargain"),
        ("tags", "parents", "mums"),
    ):
        scene.owner.execute(f"update public.{table} set name = %s where name = %s", [new, old])
    assert scene.complete(done) == ["accepted"]
    row = scene.asset_row(asset)
    assert (row["primary_category"], row["tags"], row["target_audience"]) == (
        "bulletin",
        ["diwali", "bargain"],
        "mums",
    )


@pytest.mark.parametrize("gone", ["category", "audience", "tags"])
@pytest.mark.parametrize("how", ["deleted", "of another workspace"])
def test_an_unknown_label_sends_only_its_own_job_back(scene: Scene, gone: str, how: str) -> None:
    workspace = scene.workspace()
    first, second = scene.asset(workspace, "one"), scene.asset(workspace, "two")
    jobs = {job["target_id"]: job for job in scene.claim()}
    good, bad = everything(scene, workspace, jobs[first]), answer(jobs[second])
    table = "categories" if gone == "category" else "tags"
    owner_workspace = workspace if how == "deleted" else scene.workspace("Other")
    lost = (scene.category if gone == "category" else scene.tag)(owner_workspace, "lost")
    if how == "deleted":
        scene.owner.execute(f"delete from public.{table} where id = %s", [lost])
    bad[gone] = [label(lost)] if gone == "tags" else label(lost)
    assert scene.complete(bad, good) == ["unknown_label", "accepted"]
    assert scene.asset_row(first)["primary_category"] == "news"
    row, job = scene.asset_row(second), scene.job(second)
    assert (row["label_state"], row["embedding"], job["state"], job["failures"]) == (
        "queued",
        None,
        "waiting",
        0,
    )
    assert [again["target_id"] for again in scene.claim()] == [second]


def test_a_failure_does_not_touch_its_neighbors(scene: Scene) -> None:
    workspace = scene.workspace()
    first, second = scene.asset(workspace, "one"), scene.asset(workspace, "two")
    jobs = {job["target_id"]: job for job in scene.claim()}
    assert (
        scene.complete(failure(jobs[first]), everything(scene, workspace, jobs[second])) == ["accepted"] * 2
    )
    assert scene.job(first)["last_error"] == "boom"
    assert scene.asset_row(second)["label_state"] == "labeled"


def test_two_answers_to_one_job_are_refused(scene: Scene) -> None:
    asset = scene.asset(scene.workspace())
    [job] = scene.claim()
    with pytest.raises(psycopg.errors.InvalidParameterValue) as refused:
        scene.complete({**answer(job), "attempt": 0}, answer(job))
    assert refused.value.diag.message_primary == f"job {job['job_id']} is answered twice"
    assert refused.value.diag.message_hint == "Send one answer a job."
    assert scene.job(asset)["state"] == "leased"


def test_the_first_vector_fixes_the_model_and_another_models_waits_again(scene: Scene) -> None:
    workspace = scene.workspace()
    first, second = scene.asset(workspace, "one"), scene.asset(workspace, "two")
    jobs = {job["target_id"]: job for job in scene.claim()}
    assert scene.complete(answer(jobs[first])) == ["accepted"]
    assert value(scene.owner, "select embedding_model from public.workspaces") == MODEL
    assert scene.complete(answer(jobs[second], embedding_model="another")) == ["stale"]
    row, job = scene.asset_row(second), scene.job(second)
    assert (row["embedding"], row["label_state"]) == (None, "queued")
    assert (job["state"], job["failures"]) == ("waiting", 0)
    assert [again["embedding_model"] for again in scene.claim()] == [MODEL]


def test_two_models_in_the_first_batch(scene: Scene) -> None:
    workspace = scene.workspace()
    first, second = scene.asset(workspace, "one"), scene.asset(workspace, "two")
    jobs = {job["target_id"]: job for job in scene.claim()}
    verdicts = scene.complete(
        answer(jobs[first], embedding_model="b"), answer(jobs[second], embedding_model="a")
    )
    assert sorted(verdicts) == ["accepted", "stale"]


def test_a_kept_vector_stays_and_no_text_has_none(scene: Scene) -> None:
    workspace = scene.workspace()
    asset = scene.asset(workspace, "Hello")
    [job] = scene.claim()
    scene.complete(answer(job, embedding=axis(5)))
    scene.service.execute("select public.queue_content(%s)", [[asset]])
    [job] = scene.claim()
    assert job["embedding"] == axis(5)
    assert scene.complete(answer(job, embedding=None, embedding_kept=True)) == ["accepted"]
    assert scene.asset_row(asset)["embedding"] == axis(5)
    scene.owner.execute("update public.content_assets set content = null where id = %s", [asset])
    [job] = scene.claim()
    assert (job["target_text"], job["content_hash"]) == (None, None)
    assert scene.complete(answer(job, embedding=None, embedding_model=None)) == ["accepted"]
    row = scene.asset_row(asset)
    assert (row["embedding"], row["embedding_model"], row["content_hash"]) == (None, None, None)


def test_vectors_of_labels_and_campaigns_are_written(scene: Scene) -> None:
    workspace = scene.workspace()
    category = scene.insert("categories", workspace_id=workspace, name="news")
    tag = scene.insert("tags", workspace_id=workspace, name="sale")
    version = "select vocabulary_version from public.workspaces"
    before = value(scene.owner, version)
    jobs = scene.claim()
    assert {job["target_id"]: job["target_text"] for job in jobs} == {category: "news", tag: "sale"}
    assert scene.complete(*(answer(job, embedding=axis(7)) for job in jobs)) == ["accepted"] * 2
    assert value(scene.owner, version) == before  # a vector is no edit
    campaign = scene.campaign(workspace, "Spring", content_style="warm", cta_pattern=" ")
    [job] = scene.claim()
    assert job["target_text"] == "Spring\nwarm"
    assert scene.complete(answer(job, category=label(category))) == ["accepted"]
    for table, target in (("categories", category), ("tags", tag), ("campaigns", campaign)):
        [row] = rows(scene.owner, f"select * from public.{table} where id = %s", [target])
        assert row["embedding_model"] == MODEL
        assert row["content_hash"] is not None
        assert row["embedding"] == axis(0 if table == "campaigns" else 7)
    assert (row["primary_category"], row["category_source"], row["label_state"]) == (
        "news",
        "model",
        "labeled",
    )


def test_what_a_machine_no_longer_says_goes_and_what_a_person_said_stays(scene: Scene) -> None:
    workspace = scene.workspace()
    one, two, three = (scene.tag(workspace, name) for name in ("one", "two", "three"))
    asset = scene.asset(workspace, tags=["three"])
    [job] = scene.claim()
    scene.complete(answer(job, tags=[label(one), label(two)]))
    assert scene.asset_row(asset)["tags"] == ["three", "one", "two"]  # a person's first, then name
    scene.service.execute("select public.queue_content(%s)", [[asset]])
    [job] = scene.claim()
    scene.complete(answer(job, tags=[label(two), label(three)]))
    assert scene.asset_row(asset)["tags"] == ["three", "two"]
    counts = rows(scene.owner, "select name, usage_count from public.tags order by name")
    assert {row["name"]: row["usage_count"] for row in counts} == {"one": 0, "two": 1, "three": 1}
    source = "select source from public.content_asset_tags where tag_id = %s"
    assert value(scene.owner, source, [three]) == "human"


def test_rules_are_counted(scene: Scene) -> None:
    workspace = scene.workspace()
    rule = scene.insert(
        "automation_rules", workspace_id=workspace, name="r", rule_type="tagging",
        conditions='{"contains_keyword": "x"}', actions='{"add_tags": ["x"]}',
    )  # fmt: skip
    scene.owner.execute("delete from private.jobs")
    scene.asset(workspace, "one")
    scene.asset(workspace, "two")
    jobs = scene.claim()
    scene.complete(
        answer(jobs[0], rules=[{"id": rule, "success": True}]),
        answer(jobs[1], rules=[{"id": rule, "success": False}]),
    )
    found = rows(
        scene.owner, "select execution_count, success_count, last_execution from public.automation_rules"
    )
    assert [(row["execution_count"], row["success_count"]) for row in found] == [(2, 1)]
    assert found[0]["last_execution"] is not None


@pytest.mark.parametrize(
    ("results", "message"),
    [
        ('{"job_id": 1}', "results must be an array of answers, not object"),
        ("null", "results must be an array of answers, not null"),
    ],
)
def test_results_must_be_an_array(scene: Scene, results: str, message: str) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue) as refused:
        scene.service.execute("select public.complete_jobs(%s)", [results])
    assert refused.value.diag.message_primary == message


def test_nothing_to_complete(scene: Scene) -> None:
    assert rows(scene.service, "select * from public.complete_jobs('[]')") == []
