"""Approvals as the roles see them: who may decide, and that nobody gets around a decision."""

import psycopg
import pytest
from tests.sql.scene import Scene, rows

HELD = "a post cannot be scheduled or posted while its content is not approved"
PLAN = (
    "insert into public.social_posts (workspace_id, content_asset_id, platform, scheduled_time)"
    " values (%s, %s, 'x', '2100-01-01') returning id"
)


def state(scene: Scene, asset: object) -> dict[str, object]:
    [found] = rows(
        scene.owner,
        "select approval, approval_by, approval_rule, approval_note from public.content_assets where id = %s",
        [asset],
    )
    return found


def test_an_editor_decides_and_the_history_names_her(scene: Scene) -> None:
    home = scene.workspace()
    ada, bob = scene.member(home), scene.member(home, role="owner")
    asset = scene.asset(home)
    scene.of(ada).execute("select public.require_approval(%s)", [asset])
    scene.of(bob).execute("select public.approve(%s, 'fine')", [asset])
    assert state(scene, asset) == {
        "approval": "approved", "approval_by": bob, "approval_rule": None, "approval_note": "fine",
    }  # fmt: skip
    told = rows(
        scene.of(ada),
        "select previous_approval, approval, note, decided_by from public.approvals order by created_at",
    )
    assert [tuple(one.values()) for one in told] == [
        ("none", "required", None, ada),
        ("required", "approved", "fine", bob),
    ]


def test_a_viewer_and_a_stranger_decide_nothing(scene: Scene) -> None:
    home, other = scene.workspace(), scene.workspace("Other")
    asset = scene.asset(home)
    for person, code, message in (
        (scene.member(home, role="viewer"), "42501", "may be read but not approved or rejected by you"),
        (scene.member(other, role="owner"), "PT404", "no content or post with id"),
    ):
        for call in ("approve", "reject", "require_approval"):
            with pytest.raises(psycopg.Error, match=message) as refused:
                scene.of(person).execute(f"select public.{call}(%s)".encode(), [asset])
            assert refused.value.sqlstate == code
    assert state(scene, asset)["approval"] == "none"
    # nor by the column, nor by writing history
    editor = scene.of(scene.member(home))
    for statement in (
        "update public.content_assets set approval = 'approved'",
        "insert into public.approvals (approval) values ('approved')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            editor.execute(statement.encode())


@pytest.mark.parametrize("decision", ["require_approval", "reject"])
def test_no_role_schedules_or_posts_what_is_not_approved(scene: Scene, decision: str) -> None:
    home = scene.workspace()
    editor = scene.of(scene.member(home))
    asset = scene.asset(home)
    [before] = rows(editor, PLAN, [home, asset])
    editor.execute(f"select public.{decision}(%s)".encode(), [asset])
    for session in (editor, scene.service, scene.owner):
        with pytest.raises(psycopg.errors.CheckViolation, match=HELD):
            session.execute(PLAN, [home, asset])
    for session in (scene.service, scene.owner):
        for change in ("status = 'posted'", "posted_time = now()", "scheduled_time = '2100-02-02'"):
            with pytest.raises(psycopg.errors.CheckViolation, match=HELD):
                session.execute(
                    f"update public.social_posts set {change} where id = %s".encode(), [before["id"]]
                )
    assert rows(editor, "select id from public.approved_posts") == []
    # it may be called off
    scene.service.execute("update public.social_posts set status = 'deleted' where id = %s", [before["id"]])
    editor.execute("select public.approve(%s)", [asset])
    [after] = rows(editor, PLAN, [home, asset])
    assert rows(editor, "select id from public.approved_posts") == [after]
