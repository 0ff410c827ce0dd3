"""Who may do what, per table and role: a first matrix. Refusal is 42501, or no row."""

import uuid
from collections.abc import Callable

import psycopg
import pytest
from psycopg import sql
from tests.sql.scene import MODEL, Scene, axis, rows, value

RULE = {"conditions": '{"contains_keyword": "x"}', "actions": '{"add_tags": ["sale"]}'}
WRITABLE: dict[
    str, tuple[dict[str, object], str]
] = {  # a row that may be inserted, a column that may be updated
    "content_assets": ({"content": "words"}, "prompt"),
    "campaigns": ({"name": "Summer", "campaign_type": "event"}, "name"),
    "categories": ({"name": "fresh"}, "description"),
    "tags": ({"name": "fresh"}, "description"),
    "social_posts": ({"platform": "x"}, "post_text"),
    "automation_rules": ({"name": "fresh", "rule_type": "tagging", **RULE}, "name"),
}
READABLE = [*WRITABLE, "categorizations", "content_asset_tags", "workspaces", "workspace_members"]
MACHINE: dict[str, dict[str, object]] = {
    "content_assets": {
        "embedding": axis(0), "embedding_model": MODEL, "content_hash": "x", "category_source": "model",
        "sentiment_source": "model", "audience_source": "model", "label_state": "labeled",
        "confirmed_at": "2026-01-01", "quality_score": 1, "quality_parts": "{}", "revision_count": 9,
        "language": "en", "approval": "approved", "approval_by": uuid.UUID(int=1),
        "approval_at": "2026-01-01",
        "created_at": "2026-01-01", "updated_at": "2026-01-01",
    },
    "campaigns": {
        "embedding": axis(0), "embedding_model": MODEL, "content_hash": "x", "category_source": "model",
        "label_state": "labeled", "confirmed_at": "2026-01-01", "actual_cost": 9, "created_at": "2026-01-01",
    },
    "categories": {"embedding": axis(0), "embedding_model": MODEL, "content_hash": "x", "usage_count": 9},
    "tags": {
        "embedding": axis(0), "embedding_model": MODEL, "content_hash": "x", "usage_count": 9,
        "related_tags": "{}",
    },
    "social_posts": {
        "posting_cost": 9, "views": 9, "likes": 9, "status": "posted", "approval": "approved",
        "posted_time": "2026-01-01", "post_url": "x",
    },
    "automation_rules": {"execution_count": 9, "success_count": 9, "last_execution": "2026-01-01"},
}  # fmt: skip
PRIVATE = ["jobs", "trained_heads", "trained_head_labels"]
PERSONAS = ["owner", "editor", "viewer", "stranger", "anon"]


class House:
    """A full workspace, everybody who is in it, and a stranger from the next one."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.ours, self.theirs = scene.workspace("Ours"), scene.workspace("Theirs")
        self.rows: dict[tuple[str, uuid.UUID], uuid.UUID] = {}
        for workspace in (self.ours, self.theirs):
            for table, (columns, _) in WRITABLE.items():
                kept = {**columns, **({"name": "kept"} if "name" in columns else {})}
                self.rows[table, workspace] = scene.insert(table, workspace_id=workspace, **kept)
            scene.asset(workspace, primary_category="kept", tags=["kept"])
            scene.owner.execute(
                "insert into public.cache_entries"
                " (cache_key, workspace_id, cache_value, cache_type, expires_at)"
                " values (%s, %s, '{}', 'label', now())",
                [f"{workspace}", workspace],
            )
        self.people: dict[str, uuid.UUID | None] = {
            role: scene.member(self.ours, role=role) for role in ("owner", "editor", "viewer")
        }
        self.people["stranger"] = scene.member(self.theirs, role="owner")

    def session(self, persona: str) -> psycopg.Connection[object]:
        if persona == "anon":
            return self.scene.session("anon")
        return self.scene.session("authenticated", self.people[persona])


@pytest.fixture
def house(scene: Scene) -> House:
    return House(scene)


def attempt(act: Callable[[], int]) -> int | str:
    """How many rows it reached, or the refusal's SQLSTATE."""
    try:
        return act()
    except psycopg.Error as error:
        return str(error.sqlstate)


def run(connection: psycopg.Connection[object], query: str, *values: object) -> int | str:
    return attempt(lambda: connection.execute(query, values or None).rowcount)


@pytest.mark.parametrize("persona", PERSONAS)
def test_reading(house: House, persona: str) -> None:
    connection = house.session(persona)
    mine = house.theirs if persona == "stranger" else house.ours
    for table in READABLE:
        column = "id" if table == "workspaces" else "workspace_id"
        if persona == "anon":
            assert run(connection, f"select from public.{table}") == "42501", table
            continue
        seen = {row[column] for row in rows(connection, f"select {column} from public.{table}")}
        assert seen == {mine}, table
    for table in PRIVATE:
        assert run(connection, f"select from private.{table}") == "42501", table
    assert run(connection, "select from public.cache_entries") == "42501"
    assert run(connection, "select from auth.users") == "42501"


@pytest.mark.parametrize("persona", PERSONAS)
def test_writing(house: House, persona: str) -> None:
    connection = house.session(persona)
    may = persona in ("owner", "editor")
    silent = "42501" if persona == "anon" else 0
    for table, (columns, column) in WRITABLE.items():
        kept = house.rows[table, house.ours]
        before = rows(house.scene.owner, f"select * from public.{table} where id = %s", [kept])
        names = sql.SQL(", ").join(map(sql.Identifier, columns)).as_string(house.scene.owner)
        marks = ", ".join(["%s"] * len(columns))
        insert = f"insert into public.{table} (workspace_id, {names}) values (%s, {marks})"
        assert run(connection, insert, house.ours, *columns.values()) == (1 if may else "42501"), table
        if persona != "stranger":
            assert run(connection, insert, house.theirs, *columns.values()) == "42501", table
        update = f"update public.{table} set {column} = %s where id = %s"
        assert run(connection, update, "changed", kept) == (1 if may else silent), table
        if not may:
            assert run(connection, f"delete from public.{table} where id = %s", kept) == silent, table
            assert rows(house.scene.owner, f"select * from public.{table} where id = %s", [kept]) == before
    if may:  # after all, because some of them point at others
        for table in (
            "social_posts",
            "automation_rules",
            "content_assets",
            "campaigns",
            "tags",
            "categories",
        ):
            assert isinstance(run(connection, f"delete from public.{table}"), int), table
            left = {
                row["workspace_id"]
                for row in rows(house.scene.owner, f"select workspace_id from public.{table}")
            }
            assert left == {house.theirs}, table


@pytest.mark.parametrize("persona", PERSONAS)
def test_machine_columns_are_for_machines(house: House, persona: str) -> None:
    connection = house.session(persona)
    for table, machine in MACHINE.items():
        columns, _ = WRITABLE[table]
        for column, to in {**machine, "workspace_id": house.ours}.items():
            update = f"update public.{table} set {column} = %s"
            assert run(connection, update, to) == "42501", f"{table}.{column}"
            if column == "workspace_id":
                continue
            names = ", ".join([*columns, "workspace_id", column])
            marks = ", ".join(["%s"] * (len(columns) + 2))
            insert = f"insert into public.{table} ({names}) values ({marks})"
            values = [*columns.values(), house.ours, to]
            assert run(connection, insert, *values) == "42501", f"{table}.{column}"


@pytest.mark.parametrize("persona", PERSONAS)
def test_what_only_functions_write(house: House, persona: str) -> None:
    connection = house.session(persona)
    for table in ("categorizations", "content_asset_tags", "cache_entries"):
        assert (
            run(connection, f"insert into public.{table} (workspace_id) values (%s)", house.ours) == "42501"
        )
        assert run(connection, f"update public.{table} set workspace_id = workspace_id") == "42501"
        assert run(connection, f"delete from public.{table}") == "42501"
    for table in PRIVATE:
        assert (
            run(connection, f"insert into private.{table} (workspace_id) values (%s)", house.ours) == "42501"
        )
        assert run(connection, f"update private.{table} set workspace_id = workspace_id") == "42501"
        assert run(connection, f"delete from private.{table}") == "42501"
    assert run(connection, "insert into public.workspaces (name) values ('mine')") == "42501"
    assert run(connection, "delete from public.workspaces") == "42501"
    assert run(connection, "update public.workspaces set embedding_model = 'x'") == "42501"
    renamed = run(connection, "update public.workspaces set name = 'x' where id = %s", house.ours)
    assert renamed == {"owner": 1, "anon": "42501"}.get(persona, 0)


@pytest.mark.parametrize(
    "call",
    [
        "private.queue_job(null, 'categorize_content', null, null)",
        "private.record_human(null, null, null, null, null, null)",
        "private.resolve_tags(%(ours)s, array['x'])",
        "private.sum_campaign_cost('{}')",
        "private.link_tags('[]')",
        "private.vocabulary(%(ours)s)",
        "private.mark_failed('{}')",
    ],
)
@pytest.mark.parametrize("persona", ["owner", "stranger", "anon"])
def test_inner_functions_are_not_for_callers(house: House, persona: str, call: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        house.session(persona).execute(f"select {call}", {"ours": house.ours})


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
    for connection in (house.session("editor"), house.scene.service, house.scene.owner):
        update = f"update public.{table} set {column} = %s where id = %s"
        assert run(connection, update, foreign, house.rows[table, house.ours]) == "23503"


def test_labels_of_another_workspace_cannot_be_named(house: House) -> None:
    house.scene.category(house.theirs, "only_theirs")
    update = "update public.content_assets set primary_category = 'only_theirs' where id = %s"
    assert run(house.session("editor"), update, house.rows["content_assets", house.ours]) == "23503"
    tag = value(
        house.scene.owner, "select id from public.tags where workspace_id = %s limit 1", [house.theirs]
    )
    link = (
        "insert into public.content_asset_tags (workspace_id, content_asset_id, tag_id, source)"
        " values (%s, %s, %s, 'rule')"
    )
    ours = house.rows["content_assets", house.ours]
    assert run(house.scene.service, link, house.ours, ours, tag) == "23503"
    assert run(house.scene.service, link, house.theirs, ours, tag) == "23503"
