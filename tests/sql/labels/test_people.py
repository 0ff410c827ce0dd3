"""What a person writes is hers: sources, history, links, and the words of the workspace."""

import random
import uuid
from typing import Any

import psycopg
import pytest
from tests.sql.jobs.test_concurrency import MISCOUNTED
from tests.sql.scene import Row, Scene, answer, label, rows, value


def history(scene: Scene) -> list[tuple[Any, ...]]:
    found = rows(
        scene.owner,
        "select field, label, previous_label, source, outcome, reasons ->> 0 as reason, decided_by"
        " from public.categorizations order by created_at, field",
    )
    return [tuple(row.values()) for row in found]


def links(scene: Scene) -> dict[str, tuple[str, str]]:
    found = rows(
        scene.owner,
        "select tags.name, content_asset_tags.source, content_asset_tags.state from public.content_asset_tags"
        " inner join public.tags on tags.id = tag_id",
    )
    return {row["name"]: (row["source"], row["state"]) for row in found}


class Desk:
    """A workspace with a little vocabulary and an editor in it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.workspace = scene.workspace()
        self.categories = {name: scene.category(self.workspace, name) for name in ("news", "events")}
        self.tags = {name: scene.tag(self.workspace, name) for name in ("sale", "new_year")}
        self.tags["parents"] = scene.tag(self.workspace, "parents", tag_type="audience")
        self.user = scene.member(self.workspace)
        self.person = scene.of(self.user)

    def insert(self, **columns: object) -> uuid.UUID:
        return self.scene.insert("content_assets", self.person, **{"content": "words", **columns})

    def edit(self, asset: uuid.UUID, **columns: object) -> Row:
        for column, to in columns.items():
            self.person.execute(f"update public.content_assets set {column} = %s where id = %s", [to, asset])
        return self.scene.asset_row(asset)

    def labeled(self) -> uuid.UUID:
        """A row with every label from a machine."""
        asset = self.insert()
        [job] = self.scene.claim()
        self.scene.complete(
            answer(
                job,
                category=label(self.categories["news"]),
                sentiment={"label": "positive", "source": "rule", "score": 1},
                audience=label(self.tags["parents"]),
                tags=[label(self.tags["sale"])],
            )
        )
        self.scene.owner.execute("delete from public.categorizations")
        return asset


@pytest.fixture
def desk(scene: Scene) -> Desk:
    return Desk(scene)


def test_labels_given_with_the_insert_are_hers(scene: Scene, desk: Desk) -> None:
    asset = desk.insert(
        primary_category="news", sentiment="mixed", target_audience="Parent", tags=["Sales", "brand new"]
    )
    row = scene.asset_row(asset)
    assert [row[f"{field}_source"] for field in ("category", "sentiment", "audience")] == ["human"] * 3
    assert row["confirmed_at"] is not None
    assert (row["tags"], row["target_audience"], row["label_state"]) == (
        ["sale", "brand new"],
        "parents",
        "queued",
    )
    assert links(scene) == {"sale": ("human", "applied"), "brand new": ("human", "applied")}
    by = ("human", "applied", "set by a person", desk.user)
    assert sorted(history(scene)) == [
        ("audience", "parents", None, *by),
        ("category", "news", None, *by),
        ("sentiment", "mixed", None, *by),
        ("tags", "sale, brand new", None, *by),
    ]


def test_an_insert_without_labels_is_nobodys(scene: Scene, desk: Desk) -> None:
    row = scene.asset_row(desk.insert())
    assert [row[f"{field}_source"] for field in ("category", "sentiment", "audience")] == [None] * 3
    assert (row["confirmed_at"], row["tags"], history(scene)) == (None, [], [])


@pytest.mark.parametrize(
    ("column", "field", "to", "was"),
    [
        ("primary_category", "category", "events", "news"),
        ("primary_category", "category", None, "news"),
        ("sentiment", "sentiment", "negative", "positive"),
        ("sentiment", "sentiment", None, "positive"),
        ("target_audience", "audience", "students", "parents"),
        ("target_audience", "audience", None, "parents"),
    ],
)
def test_a_correction_is_hers_and_alone(
    scene: Scene, desk: Desk, column: str, field: str, to: str | None, was: str
) -> None:
    row = desk.edit(desk.labeled(), **{column: to})
    sources = {"category": "model", "sentiment": "rule", "audience": "model", field: "human"}
    assert {name: row[f"{name}_source"] for name in sources} == sources
    assert row[column] == to
    assert (row["confirmed_at"] is not None) is (field == "category" and to is not None)
    assert row["label_state"] == ("review" if (field, to) == ("category", None) else "labeled")
    reason = "cleared by a person" if to is None else "set by a person"
    assert history(scene) == [(field, to, was, "human", "applied", reason, desk.user)]


def test_a_value_that_stands_there_already_is_no_decision(scene: Scene, desk: Desk) -> None:
    asset = desk.labeled()
    row = desk.edit(
        asset,
        primary_category="news",
        sentiment="positive",
        target_audience="parents",
        tags=["sale"],
        content="words",
    )
    assert (row["category_source"], row["sentiment_source"], row["audience_source"]) == (
        "model",
        "rule",
        "model",
    )
    assert (history(scene), links(scene)) == ([], {"sale": ("model", "applied")})


def test_tag_array_edits_become_links(scene: Scene, desk: Desk) -> None:
    asset = desk.labeled()
    row = desk.edit(asset, tags=["new year", "Diwali"])
    assert row["tags"] == ["new_year", "Diwali"]  # ours by our name, hers as she wrote it
    assert links(scene) == {
        "sale": ("human", "rejected"), "new_year": ("human", "applied"), "Diwali": ("human", "applied"),
    }  # fmt: skip
    assert history(scene) == [
        ("tags", "new_year, Diwali", "sale", "human", "applied", "set by a person", desk.user)
    ]
    scene.service.execute("select public.queue_content(%s)", [[asset]])
    diwali = value(scene.owner, "select id from public.tags where name = 'Diwali'")
    scene.owner.execute("delete from private.jobs where kind = 'embed_tag'")
    [job] = scene.claim()
    scene.complete(answer(job, tags=[label(desk.tags["sale"]), label(diwali)]))  # refused for good
    assert scene.asset_row(asset)["tags"] == ["Diwali", "new_year"]
    assert desk.edit(asset, tags=["sale"])["tags"] == ["sale"]  # but a person may change her mind
    assert links(scene)["sale"] == ("human", "applied")


def test_another_order_is_no_decision(scene: Scene, desk: Desk) -> None:
    asset = desk.insert(tags=["sale", "new_year"])
    scene.owner.execute("delete from public.categorizations")
    assert desk.edit(asset, tags=["new_year", "sale"])["tags"] == ["new_year", "sale"]
    assert history(scene) == []


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["sales", "SALE", " #sale "], ["sale"]),  # one tag, in three spellings
        (["New-Year", "newyears"], ["new_year"]),
        (["bargain", "discount"], ["sale"]),  # aliases
        (["sold"], ["sold"]),  # a tag's own name before another's alias
        (["", " ", "#", "_"], []),
        (["b", "a", "b"], ["b", "a"]),  # in the order given
        ([None, "sale"], ["sale"]),
        ([" padded "], ["padded"]),
        (None, []),
    ],
)
def test_words_become_the_workspaces_own(
    scene: Scene, desk: Desk, words: list[str | None] | None, names: list[str]
) -> None:
    scene.owner.execute("update public.tags set aliases = '{Bargains, discount, sold}' where name = 'sale'")
    if words == ["sold"]:
        scene.tag(desk.workspace, "sold")
    known = value(scene.owner, "select count(*) from public.tags")
    asset = desk.insert()
    assert desk.edit(asset, tags=words)["tags"] == names
    assert scene.asset_row(desk.insert(tags=words))["tags"] == names
    fresh = [name for name in names if name in ("a", "b", "padded")]
    assert value(scene.owner, "select count(*) from public.tags") == known + len(fresh)


def test_words_are_resolved_within_the_workspace(scene: Scene, desk: Desk) -> None:
    other = scene.workspace("Other")
    scene.tag(other, "Diwali!", aliases=["festival"])
    desk.insert(tags=["festival"])
    found = rows(scene.owner, "select workspace_id, name from public.tags where name = 'festival'")
    assert found == [{"workspace_id": desk.workspace, "name": "festival"}]


def test_a_new_audience_is_a_tag_of_that_type(scene: Scene, desk: Desk) -> None:
    asset = desk.insert(target_audience="Students")
    assert scene.asset_row(asset)["target_audience"] == "Students"
    assert value(scene.owner, "select tag_type from public.tags where name = 'Students'") == "audience"


@pytest.mark.parametrize("table", ["categories", "tags"])
def test_a_rename_is_no_correction_and_reaches_everything(scene: Scene, desk: Desk, table: str) -> None:
    machine = desk.labeled()
    human = desk.insert(primary_category="news", target_audience="parents", tags=["sale", "new_year"])
    campaign = scene.campaign(desk.workspace, primary_category="news")
    scene.owner.execute("delete from public.categorizations")
    before = links(scene), [scene.asset_row(asset) for asset in (machine, human)]
    if table == "categories":
        desk.person.execute("update public.categories set name = 'bulletin' where name = 'news'")
    else:
        desk.person.execute("update public.tags set name = 'bargain' where name = 'sale'")
        desk.person.execute("update public.tags set name = 'mums' where name = 'parents'")
    new = {"news": "bulletin"} if table == "categories" else {"sale": "bargain", "parents": "mums"}
    for asset, was in zip((machine, human), before[1], strict=True):
        row = scene.asset_row(asset)
        assert row["primary_category"] == new.get("news", "news")
        assert row["target_audience"] == new.get("parents", "parents")
        assert row["tags"] == [new.get(name, name) for name in was["tags"]]
        for same in ("category_source", "audience_source", "confirmed_at", "label_state", "revision_count"):
            assert row[same] == was[same], same
    assert value(scene.owner, "select primary_category from public.campaigns") == new.get("news", "news")
    assert (
        value(scene.owner, "select category_source from public.campaigns where id = %s", [campaign])
        == "human"
    )
    assert links(scene) == {new.get(name, name): link for name, link in before[0].items()}
    assert history(scene) == []
    assert rows(scene.owner, MISCOUNTED) == []


def test_a_used_category_cannot_be_deleted(scene: Scene, desk: Desk) -> None:
    asset = desk.insert(primary_category="news")
    scene.campaign(desk.workspace, primary_category="events")
    for name in ("news", "events"):
        with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
            desk.person.execute("delete from public.categories where name = %s", [name])
        assert refused.value.diag.message_primary == f"category {name} is in use and cannot be deleted"
        assert (
            refused.value.diag.message_hint == "File its content and campaigns under another category first."
        )
    desk.edit(asset, primary_category="events")
    assert desk.person.execute("delete from public.categories where name = 'news'").rowcount == 1


def test_a_used_audience_cannot_be_deleted_but_a_used_tag_can(scene: Scene, desk: Desk) -> None:
    asset = desk.insert(target_audience="parents", tags=["sale", "new_year"])
    with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
        desk.person.execute("delete from public.tags where name = 'parents'")
    assert refused.value.diag.message_primary == (
        "tag parents is the target audience of content and cannot be deleted"
    )
    assert refused.value.diag.message_hint == "Give that content another target audience first."
    assert desk.person.execute("delete from public.tags where name = 'sale'").rowcount == 1
    assert scene.asset_row(asset)["tags"] == ["new_year"]
    assert links(scene) == {"new_year": ("human", "applied")}


def test_the_mirror_follows_links_that_change_directly(scene: Scene, desk: Desk) -> None:
    asset = desk.insert(tags=["sale"])
    link = "insert into public.content_asset_tags (workspace_id, content_asset_id, tag_id, source, score)"
    scene.service.execute(
        f"{link} values (%s, %s, %s, 'model', 0.5)", [desk.workspace, asset, desk.tags["new_year"]]
    )
    assert scene.asset_row(asset)["tags"] == ["sale", "new_year"]
    scene.service.execute(
        "update public.content_asset_tags set state = 'rejected' where tag_id = %s", [desk.tags["sale"]]
    )
    assert scene.asset_row(asset)["tags"] == ["new_year"]
    scene.service.execute("delete from public.content_asset_tags")
    assert scene.asset_row(asset)["tags"] == []
    assert rows(scene.owner, MISCOUNTED) == []


def test_a_campaigns_category(scene: Scene, desk: Desk) -> None:
    campaign = scene.insert("campaigns", desk.person, name="Spring", campaign_type="event")
    [job] = scene.claim()
    scene.complete(answer(job, category=label(desk.categories["news"])))
    scene.owner.execute("delete from public.categorizations")
    for to, state, was in (("events", "labeled", "news"), (None, "review", "events")):
        desk.person.execute("update public.campaigns set primary_category = %s", [to])
        [row] = rows(scene.owner, "select * from public.campaigns where id = %s", [campaign])
        assert (row["primary_category"], row["category_source"], row["label_state"]) == (to, "human", state)
        assert (row["confirmed_at"] is not None) is (to is not None)
        assert history(scene)[-1][:4] == ("category", to, was, "human")
    scene.service.execute("select public.queue_content(%s)", [[campaign]])
    [job] = scene.claim()
    scene.complete(answer(job, category=label(desk.categories["news"])))
    assert value(scene.owner, "select primary_category from public.campaigns") is None  # cleared: stays empty


def test_counters_equal_a_recount_after_anything(scene: Scene, desk: Desk) -> None:
    chance = random.Random(11)
    words = ["sale", "new_year", "parents", "fresh", "fresher"]
    campaigns: list[uuid.UUID | None] = [scene.campaign(desk.workspace, f"c{n}") for n in range(3)]
    campaigns.append(None)
    assets: list[uuid.UUID] = []
    spare = 0
    for _ in range(120):
        what = chance.choice(
            ["insert", "insert", "move", "label", "tags", "delete", "machine", "rename", "bulk", "cost"]
        )
        asset = chance.choice(assets) if assets else None
        if what == "insert" or asset is None:
            assets.append(
                desk.insert(
                    primary_category=chance.choice(["news", "events", None]),
                    tags=chance.sample(words, 2),
                    campaign_id=chance.choice(campaigns),
                    generation_cost=chance.choice([None, 0, 1.5, 20]),
                )
            )
        elif what == "move":
            desk.edit(asset, campaign_id=chance.choice(campaigns))
        elif what == "cost":
            desk.edit(asset, generation_cost=chance.choice([None, 0, 2.25]))
        elif what == "label":
            desk.edit(asset, primary_category=chance.choice(["news", "events", None]))
        elif what == "tags":
            desk.edit(asset, tags=chance.sample(words, chance.randrange(4)))
        elif what == "delete":
            desk.person.execute("delete from public.content_assets where id = %s", [asset])
            assets.remove(asset)
        elif what == "bulk":
            desk.person.execute(
                "update public.content_assets set primary_category = 'news', tags = tags || '{sale}'"
            )
        elif what == "rename":
            spare += 1
            desk.person.execute(
                "update public.tags set name = %s where id = %s", [f"sale {spare}x", desk.tags["sale"]]
            )
            words[0] = f"sale {spare}x"
        else:
            scene.owner.execute("delete from private.jobs where kind like 'embed%'")
            tags = rows(scene.owner, "select id from public.tags order by name")
            scene.complete(
                *(
                    answer(
                        job,
                        category=label(chance.choice(list(desk.categories.values()))),
                        tags=[label(row["id"]) for row in chance.sample(tags, 2)]
                        if job["kind"] == "categorize_content"
                        else None,
                    )
                    for job in scene.claim(batch=5)
                )
            )
        assert rows(scene.owner, MISCOUNTED) == [], what


@pytest.mark.parametrize(
    ("feedback", "message"),
    [
        ('"news"', 'feedback: expected an object such as {"category": "offer"}, got "news"'),
        ('{"category": null}', "category: expected a text, got null"),  # neither stays nor clears for sure
        ('{"category": ["news"]}', 'category: expected a text, got ["news"]'),
        ('{"audience": 5}', "audience: expected a text, got 5"),
        ('{"add_tags": "sale"}', 'add_tags: expected a list of texts, got "sale"'),
        ('{"add_tags": ["sale", null]}', 'add_tags: expected a list of texts, got ["sale", null]'),
        ('{"confirm": "category"}', 'confirm: expected a list of texts, got "category"'),
        ('{"category": "nws"}', "unknown category 'nws'"),
    ],
)
def test_feedback_of_another_form_is_refused_by_name(desk: Desk, feedback: str, message: str) -> None:
    asset = desk.labeled()
    with pytest.raises(psycopg.Error) as refused:
        desk.person.execute("select public.record_feedback(%s, %s)", [str(asset), feedback])
    assert refused.value.diag.message_primary == message


def test_what_is_said_in_a_long_transaction_is_of_what_stands_there(scene: Scene, desk: Desk) -> None:
    asset = desk.insert()
    person = scene.as_("authenticated", desk.user, autocommit=False)
    person.execute("select from public.content_assets")  # as a script does that reads before it edits
    [job] = scene.claim()
    scene.complete(answer(job, category=label(desk.categories["news"])))
    person.execute("update public.content_assets set primary_category = 'events' where id = %s", [asset])
    person.commit()
    desk.edit(asset, primary_category="news")
    assert value(scene.owner, "select count(*) from public.categorizations where judged_id is not null") == 1
    assert [said[1] for said in history(scene)] == ["news", "events", "news"]


def test_two_who_move_categories_at_once_make_no_third_level(scene: Scene) -> None:
    workspace = scene.workspace()
    low, middle, high = (scene.category(workspace, name) for name in ("low", "middle", "high"))
    move = "update public.categories set parent_id = %s where id = %s"
    with scene.database.connect(autocommit=False) as one, scene.database.connect() as other:
        one.execute(move, [middle, low])
        other.execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(move, [high, middle])
        one.commit()
        with pytest.raises(psycopg.errors.CheckViolation, match="third level"):
            other.execute(move, [high, middle])
