"""A row of one workspace cannot name a row of another, whoever writes it. Who may write: tests/matrix."""

import uuid

import psycopg
import pytest
from tests.sql.scene import Scene, value

RULE = {"conditions": '{"contains_keyword": "x"}', "actions": '{"add_tags": ["sale"]}'}
ROWS: dict[str, dict[str, object]] = {
    "content_assets": {"content": "words"},
    "campaigns": {"name": "kept", "campaign_type": "event"},
    "categories": {"name": "kept"},
    "tags": {"name": "kept"},
    "social_posts": {"platform": "x"},
    "automation_rules": {"name": "kept", "rule_type": "tagging", **RULE},
}


class House:
    """A full workspace, its editor, and the workspace next door."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.ours, self.theirs = scene.workspace("Ours"), scene.workspace("Theirs")
        self.rows = {
            (table, workspace): scene.insert(table, workspace_id=workspace, **columns)
            for workspace in (self.ours, self.theirs)
            for table, columns in ROWS.items()
        }
        self.editor = scene.of(scene.member(self.ours))


@pytest.fixture
def house(scene: Scene) -> House:
    return House(scene)


def refusal(connection: psycopg.Connection[object], query: str, *values: object) -> str | None:
    with pytest.raises(psycopg.Error) as refused:
        connection.execute(query, values)
    return refused.value.sqlstate


@pytest.mark.parametrize(
    ("table", "column", "target"),
    [
        ("content_assets", "campaign_id", "campaigns"),
        ("social_posts", "campaign_id", "campaigns"),
        ("social_posts", "content_asset_id", "content_assets"),
        ("categories", "parent_id", "categories"),
    ],
)
def test_a_foreign_key_does_not_reach_into_another_workspace(
    house: House, table: str, column: str, target: str
) -> None:
    foreign = house.rows[target, house.theirs]
    for connection in (house.editor, house.scene.service, house.scene.owner):
        update = f"update public.{table} set {column} = %s where id = %s"
        assert refusal(connection, update, foreign, house.rows[table, house.ours]) == "23503"


def test_labels_of_another_workspace_cannot_be_named(house: House) -> None:
    house.scene.category(house.theirs, "only_theirs")
    update = "update public.content_assets set primary_category = 'only_theirs' where id = %s"
    ours: uuid.UUID = house.rows["content_assets", house.ours]
    assert refusal(house.editor, update, ours) == "23503"
    tag = value(
        house.scene.owner,
        "select id from public.tags where name = 'kept' and workspace_id = %s",
        [house.theirs],
    )
    link = (
        "insert into public.content_asset_tags (workspace_id, content_asset_id, tag_id, source)"
        " values (%s, %s, %s, 'rule')"
    )
    assert refusal(house.scene.service, link, house.ours, ours, tag) == "23503"
    assert refusal(house.scene.service, link, house.theirs, ours, tag) == "23503"


def test_accounts_are_not_for_callers(house: House) -> None:
    for connection in (house.editor, house.scene.session("anon"), house.scene.service):
        assert refusal(connection, "select from auth.users") == "42501"
