"""What a plain insert, edit or delete does by itself: the workspace, the job, the state of the row."""

import hashlib
import uuid

import psycopg
import pytest
from tests.sql.scene import Scene, answer, failure, rows, value

TENANT_TABLES = {
    "content_assets": {"content": "words"},
    "campaigns": {"name": "Spring", "campaign_type": "event"},
    "categories": {"name": "news"},
    "tags": {"name": "sale"},
    "tag_groups": {"name": "stage"},
    "social_posts": {"platform": "instagram"},
    "automation_rules": {
        "name": "r", "rule_type": "tagging",
        "conditions": '{"contains_keyword": "x"}', "actions": '{"add_tags": ["x"]}',
    },
}  # fmt: skip
each_table = pytest.mark.parametrize("table", TENANT_TABLES)


def queued(scene: Scene) -> set[tuple[str, uuid.UUID, str, int]]:
    found = rows(scene.owner, "select kind, target_id, state, attempt from private.jobs")
    return {(row["kind"], row["target_id"], row["state"], row["attempt"]) for row in found}


@each_table
def test_the_only_workspace_of_a_member_is_filled_in(scene: Scene, table: str) -> None:
    scene.workspace("Theirs")
    mine = scene.workspace("Mine")
    member = scene.of(scene.member(mine))
    new = scene.insert(table, member, **TENANT_TABLES[table])
    assert value(scene.owner, f"select workspace_id from public.{table} where id = %s", [new]) == mine


@each_table
def test_a_member_of_two_must_choose(scene: Scene, table: str) -> None:
    one, two = sorted([scene.workspace("One"), scene.workspace("Two")])
    scene.workspace("Theirs")
    with pytest.raises(psycopg.errors.NotNullViolation) as refused:
        scene.insert(table, scene.of(scene.member(one, two)), **TENANT_TABLES[table])
    said = refused.value.diag
    assert said.message_primary == (
        f"workspace_id of a new row in {table} is missing and cannot be guessed: 2 workspaces to choose from"
    )
    assert (said.message_detail, said.message_hint) == (
        f"workspaces: {one}, {two}",
        "Name one: set workspace_id.",
    )


@pytest.mark.parametrize("role", ["postgres", "service_role"])
def test_without_a_token_the_only_workspace_is_taken(scene: Scene, role: str) -> None:
    connection = scene.owner if role == "postgres" else scene.service
    with pytest.raises(psycopg.errors.NotNullViolation) as refused:
        scene.insert("content_assets", connection, content="words")
    assert refused.value.diag.message_detail == "workspaces: none"
    only = scene.workspace()
    asset = scene.insert("content_assets", connection, content="words")
    assert scene.asset_row(asset)["workspace_id"] == only
    scene.workspace("Second")
    with pytest.raises(psycopg.errors.NotNullViolation):
        scene.insert("content_assets", connection, content="words")


@each_table
def test_a_row_never_changes_its_workspace_or_id(scene: Scene, table: str) -> None:
    one, two = scene.workspace("One"), scene.workspace("Two")
    new = scene.insert(table, workspace_id=one, **TENANT_TABLES[table])
    for column in ("workspace_id", "id"):
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            scene.owner.execute(f"update public.{table} set {column} = %s where id = %s", [two, new])
        assert refused.value.diag.message_primary == f"{column} of a row in {table} cannot be changed"
    scene.owner.execute(f"update public.{table} set workspace_id = %s where id = %s", [one, new])


@pytest.mark.parametrize(
    ("table", "kind", "columns", "text"),
    [
        ("content_assets", "categorize_content", {"content": "h\u00e9llo"}, "h\u00e9llo"),
        (
            "campaigns",
            "categorize_campaign",
            {
                "name": "Spring", "campaign_type": "event", "content_style": "warm", "visual_style": "\t",
                "hashtag_strategy": "#few", "cta_pattern": "Buy",
            },
            "Spring\nwarm\n#few\nBuy",
        ),
        ("categories", "embed_category", {"name": "news", "keywords": ["a", "b"]}, "news\na, b"),
        ("tags", "embed_tag", {"name": "sale", "description": "Cheap", "keywords": ["a"]}, "sale\nCheap\na"),
    ],
)  # fmt: skip
def test_a_new_row_is_one_job_with_the_hash_of_its_text(
    scene: Scene, table: str, kind: str, columns: dict[str, object], text: str
) -> None:
    workspace = scene.workspace()
    new = scene.insert(table, scene.of(scene.member(workspace)), **columns)
    job = scene.job(new)
    assert (job["kind"], job["state"], job["attempt"], job["workspace_id"]) == (kind, "waiting", 0, workspace)
    assert job["content_hash"] == hashlib.sha256(text.encode()).hexdigest()
    scene.owner.execute(f"delete from public.{table} where id = %s", [new])
    assert queued(scene) == set()


@pytest.mark.parametrize("state", ["waiting", "leased", "dead", "finished"])
def test_an_edited_text_waits_again_behind_a_new_fence(scene: Scene, state: str) -> None:
    workspace = scene.workspace()
    person = scene.of(scene.member(workspace))
    asset = scene.insert("content_assets", person, content="one")
    if state != "waiting":
        [job] = scene.claim()
    if state == "dead":
        scene.complete(failure(job, permanent=True))
    elif state == "finished":
        scene.complete(answer(job))
    before = None if state == "finished" else scene.job(asset)
    person.execute("update public.content_assets set content = 'two' where id = %s", [asset])
    job, row = scene.job(asset), scene.asset_row(asset)
    assert (job["state"], job["failures"], job["leased_by"], job["last_error"]) == ("waiting", 0, None, None)
    assert job["content_hash"] == hashlib.sha256(b"two").hexdigest()
    if before:
        assert (job["id"], job["attempt"]) == (before["id"], before["attempt"] + 1)
    assert (row["label_state"], row["revision_count"]) == ("queued", 1)


@pytest.mark.parametrize(
    "edit",
    [
        "content = 'one'",
        "content = content",
        "prompt = 'unread, as there is content'",
        "alt_text = 'x', file_path = 'y'",
        "generation_cost = 3",
    ],
)
def test_an_equal_text_does_nothing(scene: Scene, edit: str) -> None:
    workspace = scene.workspace()
    person = scene.of(scene.member(workspace))
    asset = scene.insert("content_assets", person, content="one")
    [job] = scene.claim()
    scene.complete(answer(job))
    person.execute(f"update public.content_assets set {edit} where id = %s", [asset])
    row = scene.asset_row(asset)
    assert (queued(scene), row["revision_count"], row["label_state"]) == (set(), 0, "review")


def test_a_moved_text_is_the_same_text(scene: Scene) -> None:
    asset = scene.asset(scene.workspace(), None, prompt="one")
    scene.owner.execute(
        "update public.content_assets set content = prompt, prompt = null where id = %s", [asset]
    )
    assert (scene.job(asset)["attempt"], scene.asset_row(asset)["revision_count"]) == (0, 0)


@pytest.mark.parametrize(
    ("edit", "again"),
    [
        ("name = 'spring'", True),
        ("cta_pattern = 'Buy'", True),
        ("name = name", False),
        ("status = 'active'", False),
        ("estimated_cost = 3", False),
    ],
)
def test_a_campaign_waits_again_when_its_text_changes(scene: Scene, edit: str, again: bool) -> None:
    workspace = scene.workspace()
    campaign = scene.campaign(workspace)
    [job] = scene.claim()
    scene.complete(answer(job))
    scene.of(scene.member(workspace)).execute(f"update public.campaigns set {edit} where id = %s", [campaign])
    assert bool(queued(scene)) is again
    state = value(scene.owner, "select label_state from public.campaigns")
    assert state == ("queued" if again else "review")


@pytest.mark.parametrize("table", ["categories", "tags"])
@pytest.mark.parametrize(
    ("edit", "again", "version"),
    [
        ("name = 'bulletin'", True, 1),
        ("description = 'What happened'", True, 1),
        ("keywords = '{today}'", True, 1),
        ("keywords = keywords, name = name", False, 0),
        ("examples = '{One happened.}'", False, 1),
        ("counter_examples = '{None happened.}'", False, 1),
        ("manual_only = true", False, 1),
        ("usage_count = 3", False, 0),
    ],
)
def test_a_label_is_embedded_again_when_its_text_changes(
    scene: Scene, table: str, edit: str, again: bool, version: int
) -> None:
    workspace = scene.workspace()
    new = (scene.category if table == "categories" else scene.tag)(workspace, "news")
    before = value(scene.owner, "select vocabulary_version from public.workspaces")
    scene.owner.execute(f"update public.{table} set {edit} where id = %s", [new])
    kind = "embed_category" if table == "categories" else "embed_tag"
    assert queued(scene) == ({(kind, new, "waiting", 0)} if again else set())
    assert value(scene.owner, "select vocabulary_version from public.workspaces") == before + version


def test_a_bulk_insert_queues_every_row(scene: Scene) -> None:
    scene.workspace()
    scene.owner.execute(
        "insert into public.content_assets (content) select 'x' || n from generate_series(1, 300) as n"
    )
    assert value(scene.owner, "select count(*) from private.jobs where content_hash is not null") == 300


def test_an_import_again_adds_nothing_and_queues_nothing(scene: Scene) -> None:
    scene.workspace()
    load = (
        "insert into public.content_assets (source_key, content) values ('a', 'one'), ('b', 'two')"
        " on conflict (workspace_id, source_key) do nothing"
    )
    scene.owner.execute(load)
    before = queued(scene)
    scene.owner.execute(load)
    assert (len(before), queued(scene)) == (2, before)


def test_a_deleted_workspace_takes_everything_along(scene: Scene) -> None:
    workspace, kept = scene.workspace("Gone"), scene.workspace("Kept")
    for owner in (workspace, kept):
        parent = scene.category(owner, "news")
        scene.category(owner, "local", parent_id=parent)
        scene.tag(owner, "parents", tag_type="audience")
        campaign = scene.campaign(owner, primary_category="local")
        asset = scene.asset(
            owner, campaign_id=campaign, primary_category="news", target_audience="parents", tags=["sale"]
        )
        scene.insert(
            "social_posts", workspace_id=owner, platform="x", campaign_id=campaign, content_asset_id=asset
        )
        scene.insert(
            "automation_rules", workspace_id=owner, name="r", rule_type="tagging",
            conditions='{"contains_keyword": "x"}', actions='{"add_tags": ["sale"]}',
        )  # fmt: skip
        scene.member(owner)
    tables = [
        f"{row['table_schema']}.{row['table_name']}"
        for row in rows(
            scene.owner,
            "select table_schema, table_name from information_schema.columns"
            " where column_name = 'workspace_id' and table_schema in ('public', 'private')",
        )
    ]
    assert len(tables) >= 12
    scene.owner.execute("delete from public.workspaces where id = %s", [workspace])
    for table in tables:
        left = {row["workspace_id"] for row in rows(scene.owner, f"select workspace_id from {table}")}
        assert left <= {kept}, table
    assert value(scene.owner, "select count(*) from public.content_assets") == 1


def test_a_new_workspace_has_the_default_vocabulary_and_its_jobs(scene: Scene) -> None:
    workspace = value(scene.service, "insert into public.workspaces (name) values ('New') returning id")
    counts = rows(
        scene.owner,
        "select (select count(*) from public.categories) as categories,"
        " (select count(*) from public.tags) as tags,"
        " (select count(*) from public.automation_rules) as rules,"
        " (select count(*) from private.jobs where kind = 'embed_category') as embed_category,"
        " (select count(*) from private.jobs where kind = 'embed_tag') as embed_tag",
    )[0]
    assert counts["categories"] == counts["embed_category"] > 10
    assert counts["tags"] == counts["embed_tag"] > 30
    assert counts["rules"] > 3
    asset = scene.asset(workspace)
    assert asset not in {job["target_id"] for job in scene.claim(batch=500)}


def test_a_deleted_campaign_takes_its_content_along(scene: Scene) -> None:
    """And the counters follow."""
    workspace = scene.workspace()
    news = scene.category(workspace, "news")
    sale = scene.tag(workspace, "sale")
    campaign = scene.campaign(workspace)
    scene.asset(workspace, campaign_id=campaign, primary_category="news", tags=["sale"], generation_cost=3)
    kept = scene.asset(workspace, primary_category="news", tags=["sale"])
    scene.owner.execute("delete from public.campaigns where id = %s", [campaign])
    for table, target in (("categories", news), ("tags", sale)):
        assert value(scene.owner, f"select usage_count from public.{table} where id = %s", [target]) == 1
    assert queued(scene) == {("categorize_content", kept, "waiting", 0)}
