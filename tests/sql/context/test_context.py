"""categorization_context: what a worker learns about a batch, against the same computed in numpy."""

import json
import uuid
from typing import Any

import numpy as np
import pytest
from tests.sql.scene import MODEL, WIDTH, Scene, rows, text_of, vector

Found = dict[str, Any]


def unit(generator: np.random.Generator) -> Any:
    numbers = generator.normal(size=WIDTH)
    return numbers / np.linalg.norm(numbers)


def ask(scene: Scene, *requests: tuple[uuid.UUID, str | None], kind: str = "categorize_content") -> Found:
    sent = [
        {
            "kind": kind,
            "target_id": str(target),
            "embedding": embedding,
            "content_hash": hash_of(scene, target),
        }
        for target, embedding in requests
    ]
    [found] = rows(scene.service, "select public.categorization_context(%s) as answer", [json.dumps(sent)])
    return dict(found["answer"])


def hash_of(scene: Scene, target: uuid.UUID) -> str | None:
    found = rows(scene.owner, "select content_hash from private.jobs where target_id = %s", [target])
    return found[0]["content_hash"] if found else None


def embed(scene: Scene, table: str, target: uuid.UUID, numbers: str) -> None:
    scene.owner.execute(
        f"update public.{table} set embedding = %s, embedding_model = %s where id = %s",
        [numbers, MODEL, target],
    )


def confirmed(scene: Scene, workspace: uuid.UUID, text: str, category: str, numbers: str) -> uuid.UUID:
    """A row a person filed, embedded from its present text."""
    asset = scene.asset(workspace, text, primary_category=category)
    embed(scene, "content_assets", asset, numbers)
    scene.owner.execute(
        "update public.content_assets set content_hash = (select content_hash from private.jobs"
        " where target_id = content_assets.id) where id = %s",
        [asset],
    )
    return asset


def test_the_shape_without_anything(scene: Scene) -> None:
    workspace = scene.workspace()
    asset = scene.asset(workspace, "Hello big world", file_path="a.png")
    found = ask(scene, (asset, None))
    assert found["workspaces"][str(workspace)].pop("labels_key").startswith("1@")
    assert found == {
        "workspaces": {
            str(workspace): {
                "vocabulary_version": 1,
                "categories": [],
                "tags": [],
                "rules": [],
                "groups": [],
                "head": None,
            }
        },
        "items": {
            str(asset): {
                "workspace_id": str(workspace),
                "facts": {
                    "text": "Hello big world",
                    "content_type": "text",
                    "campaign_type": None,
                    "platforms": [],
                    "generator": None,
                    "language": None,
                    "category": None,
                    "tags": [],
                    "sentiment": None,
                    "target_audience": None,
                    "quality_score": None,
                    "word_count": 3,
                    "similarity": None,
                },
                "category": None,
                "sources": {"category": None, "sentiment": None, "audience": None},
                "rejected_tags": [],
                "human_tags": [],
                "matched_rules": [],
                "categories": [],
                "tags": [],
                "neighbors": [],
                "trained": [],
            }
        },
    }


@pytest.mark.parametrize("sent", ["[]", '[{"kind": "categorize_content"}]'])
def test_nothing_asked_or_nothing_there(scene: Scene, sent: str) -> None:
    [found] = rows(scene.service, "select public.categorization_context(%s) as answer", [sent])
    assert found["answer"] == {"workspaces": {}, "items": {}}


@pytest.mark.parametrize(
    ("table", "field", "limit"), [("categories", "categories", 12), ("tags", "tags", 20)]
)
def test_nearest_labels_equal_numpy(scene: Scene, table: str, field: str, limit: int) -> None:
    generator = np.random.default_rng(5)
    workspace, other = scene.workspace(), scene.workspace("Other")
    make = scene.category if table == "categories" else scene.tag
    vectors: dict[str, Any] = {}
    for number in range(25):
        label_id = make(workspace, f"label {number}", manual_only=number % 6 == 0)
        numbers = unit(generator)
        embed(scene, table, label_id, text_of(numbers))
        if number % 6:
            vectors[str(label_id)] = numbers
    make(workspace, "not embedded yet")
    wanted = unit(generator)
    embed(scene, table, make(other, "theirs"), text_of(wanted))  # the nearest, but not ours
    asset = scene.asset(workspace, "Hello")
    found = ask(scene, (asset, text_of(wanted)))["items"][str(asset)]
    expected = sorted(((float(v @ wanted), key) for key, v in vectors.items()), reverse=True)[:limit]
    assert [key for key, _ in found[field]] == [key for _, key in expected]
    assert np.allclose([score for _, score in found[field]], [score for score, _ in expected], atol=1e-6)
    if table == "categories":
        assert found["facts"]["similarity"] == found["categories"][0][1]
        campaign = scene.campaign(workspace)
        answer = ask(scene, (campaign, text_of(wanted)), kind="categorize_campaign")["items"][str(campaign)]
        assert answer["categories"] == found["categories"]
        assert (answer["facts"], answer["tags"], answer["sources"]) == (None, [], {"category": None})


def test_neighbors_are_confirmed_rows_of_the_workspace_the_equal_text_first(scene: Scene) -> None:
    workspace, other = scene.workspace(), scene.workspace("Other")
    news, events = scene.category(workspace, "news"), scene.category(workspace, "events")
    scene.category(other, "news")
    near = confirmed(scene, workspace, "near", "news", vector(0.9, 0.1))
    far = confirmed(scene, workspace, "far", "events", vector(0.5, 0.5))
    equal = confirmed(scene, workspace, "Hello", "events", vector(0.1, 0.9))
    confirmed(scene, other, "Hello", "news", vector(1))
    unconfirmed = scene.asset(workspace, "a machine's")
    embed(scene, "content_assets", unconfirmed, vector(1))
    cleared = confirmed(scene, workspace, "cleared", "news", vector(1))
    scene.owner.execute("update public.content_assets set primary_category = null where id = %s", [cleared])
    asset = confirmed(scene, workspace, "Hello", "news", vector(1))  # never its own neighbor
    found = ask(scene, (asset, vector(1)))["items"][str(asset)]["neighbors"]
    assert [(n["id"], n["category_id"], n["equal"]) for n in found] == [
        (str(equal), str(events), True),
        (str(near), str(news), False),
        (str(far), str(events), False),
    ]
    cosines = [0.1 / np.hypot(0.1, 0.9), 0.9 / np.hypot(0.9, 0.1), np.sqrt(0.5)]
    assert np.allclose([n["similarity"] for n in found], cosines, atol=1e-6)


def test_at_most_ten_neighbors(scene: Scene) -> None:
    workspace = scene.workspace()
    scene.category(workspace, "news")
    kept = [confirmed(scene, workspace, f"text {n}", "news", vector(1, n / 10)) for n in range(14)]
    asset = scene.asset(workspace, "Hello")
    found = ask(scene, (asset, vector(1)))["items"][str(asset)]["neighbors"]
    assert [n["id"] for n in found] == [str(asset_id) for asset_id in kept[:10]]


def test_a_campaigns_neighbors_are_campaigns(scene: Scene) -> None:
    workspace = scene.workspace()
    news = scene.category(workspace, "news")
    other = scene.campaign(workspace, "Other", primary_category="news")
    embed(scene, "campaigns", other, vector(1))
    campaign = scene.campaign(workspace, "Spring", primary_category="news")
    embed(scene, "campaigns", campaign, vector(1))
    confirmed(scene, workspace, "Hello", "news", vector(1))
    found = ask(scene, (campaign, vector(1)), kind="categorize_campaign")["items"][str(campaign)]["neighbors"]
    assert [(n["id"], n["category_id"], round(n["similarity"], 6)) for n in found] == [
        (str(other), str(news), 1.0)
    ]


def test_trained_scores_are_the_softmax(scene: Scene) -> None:
    generator = np.random.default_rng(6)
    workspace = scene.workspace(model=MODEL)
    head = scene.insert(
        "trained_heads",
        workspace_id=workspace,
        version=1,
        active=True,
        embedding_model=MODEL,
        train_rows=9,
        threshold=0.5,
        target_precision=0.9,
        margin=0.1,
    )
    weights, biases, ids = [], [], []
    for number in range(15):
        ids.append(str(scene.category(workspace, f"label {number}")))
        weights.append(generator.normal(size=WIDTH) * 3)
        biases.append(float(generator.normal()))
        scene.owner.execute(
            "insert into private.trained_head_labels (workspace_id, head_id, category_id, weights, bias)"
            " values (%s, %s, %s, %s, %s)",
            [workspace, head, ids[-1], text_of(weights[-1]), biases[-1]],
        )
    wanted = unit(generator)
    asset = scene.asset(workspace, "Hello")
    answer = ask(scene, (asset, text_of(wanted)))
    logits = np.array(weights) @ wanted + biases
    scores = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    order = np.argsort(-scores)[:12]
    found = answer["items"][str(asset)]["trained"]
    assert [key for key, _ in found] == [ids[place] for place in order]
    assert np.allclose([score for _, score in found], scores[order], atol=1e-5)
    assert answer["workspaces"][str(workspace)]["head"] == {
        "id": str(head), "embedding_model": MODEL, "train_rows": 9, "threshold": 0.5,
        "thresholds": {},
        "version": 1,
    }  # fmt: skip


def test_rules_of_the_workspace_that_match(scene: Scene) -> None:
    workspace, other = scene.workspace(), scene.workspace("Other")
    kept = {}
    for name, owner, rule_type, enabled, word in [
        ("hit", workspace, "categorization", True, "sale"),
        ("off", workspace, "categorization", False, "sale"),
        ("miss", workspace, "categorization", True, "diwali"),
        ("later", workspace, "tagging", True, "sale"),
        ("theirs", other, "categorization", True, "sale"),
    ]:
        scene.category(owner, name)
        kept[name] = scene.insert(
            "automation_rules", workspace_id=owner, name=name, rule_type=rule_type, enabled=enabled,
            conditions=json.dumps({"contains_keyword": word}), actions=json.dumps({"add_category": name})
            if rule_type == "categorization" else json.dumps({"add_tags": ["x"]}),
        )  # fmt: skip
    asset = scene.asset(workspace, "Big SALE today")
    answer = ask(scene, (asset, None))
    assert answer["items"][str(asset)]["matched_rules"] == [str(kept["hit"])]
    assert [rule["name"] for rule in answer["workspaces"][str(workspace)]["rules"]] == [
        "hit",
        "miss",
        "later",
    ]


def test_sources_and_refused_tags_come_along(scene: Scene) -> None:
    workspace = scene.workspace()
    scene.category(workspace, "news")
    sale = scene.tag(workspace, "sale")
    asset = scene.asset(workspace, "Hello", primary_category="news", sentiment="mixed", tags=["sale"])
    scene.owner.execute("update public.content_assets set tags = '{}' where id = %s", [asset])
    found = ask(scene, (asset, None))["items"][str(asset)]
    assert found["sources"] == {"category": "human", "sentiment": "human", "audience": None}
    assert found["rejected_tags"] == [str(sale)]


def test_a_batch_of_two_workspaces_keeps_them_apart(scene: Scene) -> None:
    first, second = scene.workspace("A"), scene.workspace("B")
    labels = {}
    for workspace in (first, second):
        labels[workspace] = scene.category(workspace, "news")
        embed(scene, "categories", labels[workspace], vector(1))
    assets = {workspace: scene.asset(workspace, "Hello") for workspace in (first, second)}
    answer = ask(scene, *((asset, vector(1)) for asset in assets.values()))
    assert set(answer["workspaces"]) == {str(first), str(second)}
    for workspace, asset in assets.items():
        assert [key for key, _ in answer["items"][str(asset)]["categories"]] == [str(labels[workspace])]
