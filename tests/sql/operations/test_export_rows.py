"""export_rows: lines of texts by key, page by page, and what is not there."""

import json

import psycopg
import pytest
from tests.sql.scene import Scene, value

PARENT = "ffffffff-0000-4000-8000-000000000001"
QUERY = "select public.export_rows(%s, %s, %s, %s)"


def test_each_value_is_its_text(scene: Scene) -> None:
    home = scene.workspace("Ours")
    asset = scene.asset(home)
    scene.owner.execute(
        "update public.content_assets set parameters = '{\"n\": 1.50}', generation_cost = 1.5,"
        " created_at = '2026-02-03 04:05:06.7+02' where id = %s",
        [asset],
    )
    columns = ["id", "parameters", "generation_cost", "created_at", "tags", "revision_count", "campaign_id"]
    worker = scene.session("service_role")
    page = value(worker, QUERY, ["content_assets", columns, home, None])
    assert json.loads(page) == [
        str(asset), '{"n": 1.50}', "1.5000", "2026-02-03T02:05:06.700000Z", "[]", "0", None,
    ]  # fmt: skip
    assert value(worker, QUERY, ["content_assets", columns, home, [str(asset)]]) is None


def test_parents_come_first_and_workspaces_are_told_apart(scene: Scene) -> None:
    ours, theirs = scene.workspace("Ours"), scene.workspace("Theirs")
    scene.owner.execute(
        "insert into public.categories (id, workspace_id, name, parent_id) values"
        " (%(parent)s, %(ours)s, 'parent', null),"
        " ('00000000-0000-4000-8000-000000000001', %(ours)s, 'child', %(parent)s),"
        " ('00000000-0000-4000-8000-000000000002', %(theirs)s, 'foreign', null)",
        {"ours": ours, "theirs": theirs, "parent": PARENT},
    )
    worker = scene.session("service_role")
    page = value(worker, QUERY, ["categories", ["name"], ours, None])
    assert page == '["parent"]\n["child"]'
    after = ["false", PARENT]
    assert value(worker, QUERY, ["categories", ["name"], ours, after]) == '["child"]'
    everybody = value(worker, QUERY, ["categories", ["name"], None, None])
    assert everybody.count("\n") == 2


@pytest.mark.parametrize(
    ("table", "column", "code", "told"),
    [
        ("nothing", "id", "PT404", "there is no table 'nothing'"),
        ("pg_class", "oid", "PT404", "there is no table 'pg_class'"),
        ("tags", "nothing", "42703", "column kept.nothing does not exist"),
        ("tags", 'id"; drop table public.tags; --', "42703", "does not exist"),
    ],
)
def test_what_is_not_there_is_told(scene: Scene, table: str, column: str, code: str, told: str) -> None:
    with pytest.raises(psycopg.Error, match=told) as refused:
        value(scene.session("service_role"), QUERY, [table, [column], None, None])
    assert refused.value.sqlstate == code
