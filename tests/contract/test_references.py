"""No row may point nowhere, whoever writes it: on SQLite also for programs that leave foreign keys off."""

import sqlite3

import psycopg
import pytest
from tests.contract.subject import Subject

NOBODY = "00000000-0000-0000-0000-00000000dead"
POINTS_NOWHERE = (sqlite3.IntegrityError, psycopg.errors.ForeignKeyViolation)
NOWHERE = "is not a|foreign key"
LINK = "content_asset_tags (workspace_id, content_asset_id, tag_id, source) values ('{home}', "
RULE = (
    "automation_rules (name, rule_type, conditions, actions, workspace_id) values"
    """ ('x', 'tagging', '{{"contains_keyword": "x"}}', '{{"add_tags": ["x"]}}', """
)


@pytest.mark.parametrize(
    "insert",
    [
        "content_assets (content, workspace_id) values ('x', '{nobody}')",
        "content_assets (content, campaign_id) values ('x', '{nobody}')",
        "campaigns (name, campaign_type, workspace_id) values ('x', 'launch', '{nobody}')",
        "categories (name, workspace_id) values ('x', '{nobody}')",
        "categories (name, parent_id) values ('x', '{nobody}')",
        "tags (name, workspace_id) values ('x', '{nobody}')",
        RULE + "'{nobody}')",
        "social_posts (content_asset_id, platform, workspace_id) values ('{asset}', 'x', '{nobody}')",
        "social_posts (content_asset_id, platform) values ('{nobody}', 'x')",
        "social_posts (content_asset_id, platform, campaign_id) values ('{asset}', 'x', '{nobody}')",
        LINK + "'{nobody}', '{tag}', 'human')",
        LINK + "'{asset}', '{nobody}', 'human')",
        "webhook_endpoints (name, url, workspace_id) values ('x', 'https://example.com', '{nobody}')",
    ],
)
async def test_a_row_cannot_point_nowhere(subject: Subject, insert: str):
    [asset_id] = await subject.add("Two for one")
    tag = (await subject.store.tags(subject.workspace.id))[0].id
    table = insert.split()[0]
    before = subject.sql(f"select count(*) from {table}")
    statement = f"insert into {insert}".format(
        nobody=NOBODY, asset=asset_id, tag=tag, home=subject.workspace.id
    )
    with pytest.raises(POINTS_NOWHERE, match=NOWHERE):
        subject.sql(statement.replace("{", "{{").replace("}", "}}"))
    assert subject.sql(f"select count(*) from {table}") == before


@pytest.mark.parametrize(
    ("table", "update"),
    [
        ("content_assets", "campaign_id = %s"),
        ("categories", "parent_id = %s where parent_id is not null"),
        ("content_asset_tags", "tag_id = %s"),
        ("content_asset_tags", "content_asset_id = %s"),
    ],
)
async def test_a_row_cannot_be_made_to_point_nowhere(subject: Subject, table: str, update: str):
    [asset_id] = await subject.add("Two for one")
    tag = (await subject.store.tags(subject.workspace.id))[0].id
    subject.sql(
        "insert into content_asset_tags (workspace_id, content_asset_id, tag_id, source)"
        " values (%s, %s, %s, 'human')",
        subject.workspace.id,
        asset_id,
        tag,
    )
    with pytest.raises(POINTS_NOWHERE, match=NOWHERE):
        subject.sql(f"update {table} set {update}", NOBODY)
