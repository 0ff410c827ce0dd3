"""Rules: which are refused and in which words, what saving one makes, and how they follow renames."""

import uuid
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from tests.sql.scene import Scene, rows, value

from campaignbase.core.regex_subset import REFUSALS
from campaignbase.core.rule_schema import ACTIONS, CONDITIONS

GOOD = {"contains_keyword": "hiring"}
KNOWN_CONDITIONS = ", ".join(CONDITIONS)
KNOWN_ACTIONS = ", ".join(ACTIONS)


def save(scene: Scene, workspace: uuid.UUID, **columns: Any) -> uuid.UUID:
    """A rule; what `columns` leave out is right."""
    given = {
        "name": "x",
        "rule_type": "tagging",
        "conditions": GOOD,
        "actions": {"add_tags": "hiring"},
        **columns,
    }
    given = {key: Jsonb(given[key]) if key in ("conditions", "actions") else given[key] for key in given}
    return scene.insert("automation_rules", workspace_id=workspace, **given)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"rule_type": "labeling"},
            "unknown rule_type 'labeling'; known: approval, categorization, scheduling, tagging",
        ),
        ({"conditions": None}, "conditions: expected an object, got null"),
        ({"conditions": {}}, "conditions: empty, which would match everything; give at least one condition"),
        (
            {"conditions": {"any": [GOOD, {"contain_keyword": "x"}]}},
            f"conditions.any[1]: unknown condition 'contain_keyword'; known: {KNOWN_CONDITIONS}",
        ),
        (
            {"conditions": {"not": {"matches_regex": "(a+)+"}}},
            "conditions.not.matches_regex: regex refused at character 5: " + REFUSALS["nested"],
        ),
        (
            {"conditions": {"min_quality_score": 1.5}},
            "conditions.min_quality_score: expected a number from 0 to 1",
        ),
        (
            {"conditions": {"sentiment": ["Positive", "angry"]}},
            "conditions.sentiment[1]: unknown value 'angry'; known: mixed, negative, neutral, positive",
        ),
        (
            {"actions": {"k" * 70: 1}},
            f"actions: unknown action '{'k' * 60}'; known: {KNOWN_ACTIONS}",
        ),
        ({"actions": []}, "actions: expected an object, got array"),
        (
            {"actions": {"schedule": True}},
            "actions: action 'schedule' needs a rule of type scheduling, not tagging",
        ),
        ({"actions": {"webhook": "nobody"}}, "unknown webhook 'nobody'"),
        (
            {"actions": {"add_category": "offer"}},
            "actions: action 'add_category' needs a rule of type categorization, not tagging",
        ),
        (
            {"rule_type": "categorization", "actions": {"category": "missing"}},
            "unknown category 'missing'",
        ),
    ],
)
def test_a_wrong_rule_is_refused_by_name(scene: Scene, columns: dict[str, Any], message: str) -> None:
    workspace = scene.workspace()
    with pytest.raises(psycopg.errors.InvalidParameterValue) as refused:
        save(scene, workspace, name="my rule", **columns)
    assert refused.value.diag.message_primary == f"rule 'my rule': {message}"
    rule = save(scene, workspace)
    changes = {"conditions": GOOD, "actions": {"add_tags": "x"}, "rule_type": "tagging", **columns}
    with pytest.raises(psycopg.errors.InvalidParameterValue) as refused:
        scene.owner.execute(
            "update public.automation_rules set rule_type = %s, conditions = %s, actions = %s where id = %s",
            [changes["rule_type"], Jsonb(changes["conditions"]), Jsonb(changes["actions"]), rule],
        )
    assert refused.value.diag.message_primary == f"rule 'x': {message}"


def test_a_missing_part_is_refused_by_its_column(scene: Scene) -> None:
    workspace = scene.workspace()
    with pytest.raises(
        psycopg.errors.InvalidParameterValue, match="conditions: expected an object, got null"
    ):
        scene.insert(
            "automation_rules",
            workspace_id=workspace,
            name="x",
            rule_type="tagging",
            actions=Jsonb({"add_tags": "x"}),
        )
    with pytest.raises(psycopg.errors.NotNullViolation, match="rule_type"):
        save(scene, workspace, rule_type=None)


def test_a_category_of_another_workspace_is_unknown(scene: Scene) -> None:
    workspace, other = scene.workspace(), scene.workspace("Other")
    scene.category(other, "offer")
    columns = {"rule_type": "categorization", "actions": {"add_category": "offer"}}
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="unknown category 'offer'"):
        save(scene, workspace, **columns)
    scene.category(workspace, "offer")
    save(scene, workspace, **columns)


def test_a_category_that_went_away_stops_no_other_edit(scene: Scene) -> None:
    workspace = scene.workspace()
    category = scene.category(workspace, "offer")
    actions = {"add_category": "offer"}
    rule = save(scene, workspace, rule_type="categorization", actions=actions)
    scene.owner.execute("delete from public.categories where id = %s", [category])
    change = "update public.automation_rules set conditions = %s, actions = %s where id = %s"
    scene.owner.execute(change, [Jsonb({"tag": "x"}), Jsonb({**actions, "add_tags": "x"}), rule])
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="unknown category 'gone'"):
        scene.owner.execute(change, [Jsonb({"tag": "x"}), Jsonb({"add_category": "gone"}), rule])


def test_every_default_rule_is_accepted_and_names_labels_that_exist(scene: Scene) -> None:
    workspace = scene.insert("workspaces", name="New")
    before = value(scene.owner, "select count(*) from public.tags where workspace_id = %s", [workspace])
    found = rows(
        scene.owner,
        "update public.automation_rules set conditions = conditions, actions = actions"
        " where workspace_id = %s returning name",
        [workspace],
    )
    assert len(found) == 8
    assert (
        value(scene.owner, "select count(*) from public.tags where workspace_id = %s", [workspace]) == before
    )


def test_words_that_a_rule_adds_become_tags(scene: Scene) -> None:
    workspace = scene.workspace()
    scene.tag(workspace, "sale", aliases=["discount"])
    editor = scene.member(workspace)
    scene.insert(
        "automation_rules",
        scene.of(editor),
        workspace_id=workspace,
        name="x",
        rule_type="tagging",
        conditions=Jsonb(GOOD),
        actions=Jsonb(
            {"add_tags": ["Sales", "Discount", "b2b"], "remove_tags": "zzz", "set_audience": "students"}
        ),
    )
    assert rows(
        scene.owner,
        "select name, tag_type from public.tags where workspace_id = %s order by name",
        [workspace],
    ) == [
        {"name": "b2b", "tag_type": None},
        {"name": "sale", "tag_type": None},
        {"name": "students", "tag_type": "audience"},
    ]


def test_only_editors_save_rules_and_a_refusal_tells_strangers_nothing(scene: Scene) -> None:
    workspace, other = scene.workspace(), scene.workspace("Other")
    scene.category(workspace, "offer")
    viewer, stranger = scene.member(workspace, role="viewer"), scene.member(other)
    columns = {
        "workspace_id": workspace,
        "name": "x",
        "rule_type": "categorization",
        "conditions": Jsonb(GOOD),
        "actions": Jsonb({"add_category": "offer", "add_tags": "new"}),
    }
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        scene.insert("automation_rules", scene.of(viewer), **columns)
    # the same answer whether the category exists or not
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="unknown category 'offer'"):
        scene.insert("automation_rules", scene.of(stranger), **columns)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        scene.insert(
            "automation_rules", scene.of(stranger), **{**columns, "actions": Jsonb({"add_tags": "new"})}
        )
    assert value(scene.owner, "select count(*) from public.tags") == 0


def test_rules_follow_a_renamed_category(scene: Scene) -> None:
    workspace, other = scene.workspace(), scene.workspace("Other")
    for place in (workspace, other):
        scene.category(place, "offer")
    conditions = {
        "category": ["offer", "Offer", "event"],
        "contains_keyword": "offer",
        "not": {"any": [{"category": "offer"}, {"tag": "offer"}]},
    }
    columns = {
        "rule_type": "categorization",
        "conditions": conditions,
        "actions": {"add_category": "offer", "add_tags": "offer"},
    }
    ours, theirs = save(scene, workspace, **columns), save(scene, other, **columns)
    alias = save(scene, workspace, **{**columns, "name": "y", "actions": {"category": "offer"}})
    editor = scene.member(workspace)
    scene.of(editor).execute(
        "update public.categories set name = 'promotion' where workspace_id = %s", [workspace]
    )
    read = "select conditions, actions from public.automation_rules where id = %s"
    [row] = rows(scene.owner, read, [ours])
    assert row["conditions"] == {
        "category": ["promotion", "promotion", "event"],  # rules compare whatever the case
        "contains_keyword": "offer",
        "not": {"any": [{"category": "promotion"}, {"tag": "offer"}]},
    }
    assert row["actions"] == {"add_category": "promotion", "add_tags": "offer"}
    assert rows(scene.owner, read, [alias])[0]["actions"] == {"category": "promotion"}
    assert rows(scene.owner, read, [theirs]) == [{"conditions": conditions, "actions": columns["actions"]}]


def test_rules_follow_a_renamed_tag(scene: Scene) -> None:
    workspace = scene.workspace()
    scene.tag(workspace, "job_seekers", tag_type="audience")
    scene.category(workspace, "job_seekers")
    rule = save(
        scene,
        workspace,
        rule_type="categorization",
        conditions={
            "tag": "Job-Seeker",
            "all": [{"target_audience": ["#JobSeekers", "students"]}],
            "category": "job_seekers",
        },
        actions={
            "add_category": "job_seekers",
            "add_tags": ["job seekers", "b2b"],
            "remove_tags": "JOB_SEEKERS",
            "set_audience": "job_seekers",
        },
    )
    scene.owner.execute(
        "update public.tags set name = 'applicants' where workspace_id = %s and name = 'job_seekers'",
        [workspace],
    )
    [row] = rows(scene.owner, "select conditions, actions from public.automation_rules where id = %s", [rule])
    assert row["conditions"] == {
        "tag": "applicants",
        "all": [{"target_audience": ["applicants", "students"]}],
        "category": "job_seekers",
    }
    assert row["actions"] == {
        "add_category": "job_seekers",
        "add_tags": ["applicants", "b2b"],
        "remove_tags": "applicants",
        "set_audience": "applicants",
    }
    # no tag under the old name came back
    assert [row["name"] for row in rows(scene.owner, "select name from public.tags order by name")] == [
        "applicants",
        "b2b",
    ]


def test_a_rename_passes_a_rule_whose_category_went_away(scene: Scene) -> None:
    workspace = scene.workspace()
    gone = scene.category(workspace, "gone")
    scene.category(workspace, "offer")
    save(
        scene,
        workspace,
        rule_type="categorization",
        conditions={"category": "offer"},
        actions={"add_category": "gone"},
    )
    scene.owner.execute("delete from public.categories where id = %s", [gone])
    scene.owner.execute(
        "update public.categories set name = 'promotion' where workspace_id = %s", [workspace]
    )
    assert value(scene.owner, "select conditions from public.automation_rules") == {"category": "promotion"}
