"""preview_rule: which content would these conditions hit?"""

import datetime as dt
import uuid
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from tests.sql.scene import MODEL, Scene, axis, rows, vector

from campaignbase.core.regex_subset import REFUSALS

DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def preview(
    connection: psycopg.Connection[Any], conditions: object, workspace: uuid.UUID | None = None, **more: int
) -> list[dict[str, Any]]:
    if more:
        return rows(
            connection,
            "select * from public.preview_rule(%s, %s, match_count => %s)",
            [Jsonb(conditions), workspace, more["match_count"]],
        )
    return rows(connection, "select * from public.preview_rule(%s, %s)", [Jsonb(conditions), workspace])


def test_it_shows_what_a_rule_would_hit_newest_first(scene: Scene) -> None:
    workspace = scene.workspace()
    older = scene.asset(workspace, "we are hiring", created_at=DAY, tags=["b2b"])
    newer = scene.asset(workspace, "   ", prompt="Hiring!", created_at=DAY + dt.timedelta(days=1))
    scene.asset(workspace, "rehiring", created_at=DAY)
    found = preview(scene.owner, {"contains_keyword": "hiring"})
    shown = ("id", "content", "primary_category", "tags", "created_at")
    assert [{name: row[name] for name in shown} for row in found] == [
        {
            "id": newer,
            "content": "Hiring!",
            "primary_category": None,
            "tags": [],
            "created_at": DAY + dt.timedelta(days=1),
        },
        {
            "id": older,
            "content": "we are hiring",
            "primary_category": None,
            "tags": ["b2b"],
            "created_at": DAY,
        },
    ]


@pytest.mark.parametrize(
    ("match_count", "answers"),
    [(1, 1), (2, 2), (100, 3), (0, 1), (-5, 1), (None, 3), (10**9, 3)],
)
def test_it_keeps_to_the_count(scene: Scene, match_count: int, answers: int) -> None:
    workspace = scene.workspace()
    for _ in range(3):
        scene.asset(workspace, "hiring")
    assert len(preview(scene.owner, {"contains_keyword": "hiring"}, match_count=match_count)) == answers


def test_it_shows_nobody_more_than_she_may_see(scene: Scene) -> None:
    ours, theirs = scene.workspace(), scene.workspace("Other")
    mine, other = scene.asset(ours, "hiring"), scene.asset(theirs, "hiring")
    editor, both = scene.member(ours, role="viewer"), scene.member(ours, theirs)
    conditions = {"contains_keyword": "hiring"}
    assert [row["id"] for row in preview(scene.of(editor), conditions)] == [mine]
    assert preview(scene.of(editor), conditions, theirs) == []
    assert {row["id"] for row in preview(scene.of(both), conditions)} == {mine, other}
    assert [row["id"] for row in preview(scene.of(both), conditions, theirs)] == [other]
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="preview_rule"):
        preview(scene.as_("anon"), conditions)


def test_it_refuses_what_a_rule_may_not_say(scene: Scene) -> None:
    editor = scene.member(scene.workspace())
    for conditions, message in [
        ({"min_word_count": "3"}, "conditions.min_word_count: expected a number, got string"),
        (None, "conditions: expected an object, got null"),
        (
            {"matches_regex": "a**"},
            "conditions.matches_regex: regex refused at character 3: " + REFUSALS["quantifier_twice"],
        ),
    ]:
        with pytest.raises(psycopg.errors.InvalidParameterValue) as refused:
            preview(scene.of(editor), conditions)
        assert refused.value.diag.message_primary == message


def test_it_sees_campaign_labels_and_the_similarity_of_the_nearest_category(scene: Scene) -> None:
    workspace = scene.workspace()
    # cosines to axis 0: 1, 0.6; a manual-only category is never near, nor is another workspace's
    scene.category(workspace, "offer", embedding=vector(3, 4), embedding_model=MODEL)
    scene.category(workspace, "event", embedding=axis(5), embedding_model=MODEL)
    scene.category(workspace, "secret", embedding=axis(0), embedding_model=MODEL, manual_only=True)
    scene.category(scene.workspace("Other"), "near", embedding=axis(0), embedding_model=MODEL)
    campaign = scene.campaign(workspace, target_platforms=["linkedin"])
    near = scene.asset(
        workspace, "one", embedding=axis(0), embedding_model=MODEL, campaign_id=campaign, created_at=DAY
    )
    bare = scene.asset(workspace, "two", created_at=DAY + dt.timedelta(days=1))
    for conditions, expected in [
        ({"min_similarity": 0.59}, [near]),
        ({"min_similarity": 0.61}, []),
        ({"not": {"max_similarity": 0.61}}, [bare]),
        ({"any": [{"min_similarity": 0.61}, {"max_word_count": 1}]}, [bare, near]),
        ({"platform": "LinkedIn", "campaign_type": "product_launch"}, [near]),
    ]:
        assert [row["id"] for row in preview(scene.owner, conditions)] == expected, conditions
