"""Workers and people at once: no label of a person is lost, counters are exact, only renames deadlock."""

import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from tests.sql.scene import Row, Scene, answer, axis, label, rows, value

SECONDS = 1.5
CATEGORIES = [f"category_{number}" for number in range(6)]
TAGS = [f"word_{number:02}" for number in range(12)]
MISCOUNTED = """
    select 'category ' || name
    from public.categories
    where usage_count <> (
        select count(*)
        from public.content_assets
        where
            content_assets.workspace_id = categories.workspace_id
            and content_assets.primary_category = categories.name
    )
    union all
    select 'tag ' || name
    from public.tags
    where usage_count <> (
        select count(*)
        from public.content_asset_tags
        where content_asset_tags.tag_id = tags.id and content_asset_tags.state = 'applied'
    )
    union all
    select 'campaign ' || name
    from public.campaigns
    where actual_cost <> (
        select coalesce(sum(generation_cost), 0)
        from public.content_assets
        where content_assets.campaign_id = campaigns.id
    )
    union all
    select 'mirror of ' || id
    from public.content_assets
    where
        array(select unnest(tags) order by 1) <> array(
            select tags.name
            from public.content_asset_tags
            inner join public.tags on content_asset_tags.tag_id = tags.id
            where
                content_asset_tags.content_asset_id = content_assets.id
                and content_asset_tags.state = 'applied'
            order by 1
        )
"""


WAITING = """
    select count(*)
    from pg_locks
    inner join pg_stat_activity using (pid)
    where not pg_locks.granted and pg_stat_activity.datname = current_database()
"""


class Crowd:
    """Threads that act until the time is up; what went wrong is counted by its error."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.errors: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self._threads: list[threading.Thread] = []

    def join(
        self, name: str, connection: psycopg.Connection[Any], act: Callable[[psycopg.Connection[Any]], int]
    ) -> None:
        """`act` answers how much it did; a deadlock is counted and the act is begun again."""

        def run() -> None:
            while time.monotonic() < self.end:
                try:
                    self.done[name] += act(connection)
                except psycopg.errors.DeadlockDetected:
                    self.errors["deadlock"] += 1
                except psycopg.Error as error:
                    self.errors[f"{name}: {error}"] += 1
                    return

        self._threads.append(threading.Thread(target=run))

    def run(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join()


class Play:
    """One workspace with content, a category and tags; what people decided is kept beside the database."""

    def __init__(self, scene: Scene, assets: int = 40) -> None:
        self.scene = scene
        self.workspace = scene.workspace()
        self.categories = [scene.category(self.workspace, name) for name in CATEGORIES]
        self.tags = [scene.tag(self.workspace, name) for name in TAGS]
        self.campaigns = [scene.campaign(self.workspace, f"Campaign {n}") for n in range(3)]
        scene.owner.execute("delete from private.jobs")
        self.assets = [
            scene.asset(self.workspace, f"text {n}", campaign_id=self.campaigns[n % 3]) for n in range(assets)
        ]
        self.member = scene.member(self.workspace)
        self.decided: dict[tuple[uuid.UUID, str], str] = {}  # written by one thread an asset

    def worker(self, seed: int) -> Callable[[psycopg.Connection[Any]], int]:
        chance = random.Random(seed)

        def say(job: Row) -> Row:
            return answer(
                job,
                embedding=axis(chance.randrange(9)),
                category=label(chance.choice(self.categories)),
                sentiment={"label": chance.choice(["positive", "negative"]), "source": "rule", "score": 1},
                tags=[label(tag, score=chance.random()) for tag in chance.sample(self.tags, 4)],
            )

        def work(connection: psycopg.Connection[Any]) -> int:
            connection.execute("select public.queue_content(%s)", [chance.sample(self.assets, 6)])
            jobs = rows(connection, "select * from public.claim_jobs(%s, 8, 60)", [str(seed)])
            found = rows(
                connection,
                "select * from public.complete_jobs(%s)",
                [json.dumps([say(j) for j in jobs], default=str)],
            )
            return sum(row["verdict"] == "accepted" for row in found)

        return work

    def person(self, seed: int, people: int) -> Callable[[psycopg.Connection[Any]], int]:
        """Decides only about her own share of the assets, so that she knows what must stand at the end."""
        chance = random.Random(seed)
        mine = self.assets[seed % people :: people]

        def decide(connection: psycopg.Connection[Any]) -> int:
            asset = chance.choice(mine)
            what = chance.choice(["sentiment", "category", "tags", "text", "cost"])
            if what == "sentiment":
                self._decide(connection, asset, "sentiment", "sentiment", chance.choice(["neutral", "mixed"]))
            elif what == "category":
                found = rows(connection, "select name from public.categories order by id")
                name = str(found[chance.randrange(len(found))]["name"])
                self._decide(connection, asset, "category", "primary_category", name)
            elif what == "tags":
                self._write(connection, asset, "tags", chance.sample(TAGS, 3))
            elif what == "text":
                self._write(connection, asset, "content", f"text {chance.random()}")
            else:
                self._write(connection, asset, "generation_cost", chance.randrange(100))
            return 1

        return decide

    def _decide(
        self, connection: psycopg.Connection[Any], asset: uuid.UUID, field: str, column: str, to: str
    ) -> None:
        # a value that stands there already is no decision
        if self._write(connection, asset, column, to):
            self.decided[asset, field] = to

    def _write(self, connection: psycopg.Connection[Any], asset: uuid.UUID, column: str, to: object) -> int:
        return connection.execute(
            f"update public.content_assets set {column} = %s where id = %s and {column} is distinct from %s",
            [to, asset, to],
        ).rowcount

    def lost(self) -> list[str]:
        """Decisions of people that are not there any more. Names may have changed: those are left out."""
        names = {row["name"] for row in rows(self.scene.owner, "select name from public.categories")}
        gone = []
        for (asset, field), chosen in self.decided.items():
            row = self.scene.asset_row(asset)
            stands = row["sentiment" if field == "sentiment" else "primary_category"]
            if row[f"{field}_source"] != "human":
                gone.append(f"{field} of {asset} is {row[f'{field}_source']}")
            elif stands != chosen and (field == "sentiment" or chosen in names):
                gone.append(f"{field} of {asset}: {chosen} became {stands}")
        return gone


def test_workers_and_people_at_once(scene: Scene) -> None:
    play, crowd = Play(scene), Crowd(scene)
    for seed in range(3):
        crowd.join("worker", scene.as_("service_role"), play.worker(seed))
    for seed in range(3):
        crowd.join("person", scene.as_("authenticated", play.member), play.person(seed, 3))
    crowd.run(SECONDS)
    assert crowd.errors == {}
    assert min(crowd.done["worker"], crowd.done["person"]) > 20
    assert play.decided
    assert play.lost() == []
    assert [row["?column?"] for row in rows(scene.owner, MISCOUNTED)] == []


def test_a_tag_that_is_renamed_while_a_person_writes_its_old_name(scene: Scene) -> None:
    """She waits for the rename; then the old name is a new word of hers."""
    workspace = scene.workspace()
    for name in ("old", "other"):
        scene.tag(workspace, name)
    asset, member = scene.asset(workspace, "text"), scene.member(workspace)
    renaming, writing = scene.database.connect(autocommit=False), scene.as_("authenticated", member)
    try:
        renaming.execute("update public.tags set name = 'new' where name = 'old'")
        writer = threading.Thread(
            target=writing.execute,
            args=("update public.content_assets set tags = '{old,other}' where id = %s", [asset]),
        )
        writer.start()
        while not value(scene.owner, WAITING):
            time.sleep(0.01)
        renaming.commit()
        writer.join()
    finally:
        renaming.close()
    [row] = rows(scene.owner, "select tags from public.content_assets where id = %s", [asset])
    assert row["tags"] == ["old", "other"]
    names = rows(
        scene.owner, "select name from public.tags where workspace_id = %s order by name", [workspace]
    )
    assert [one["name"] for one in names] == ["new", "old", "other"]
    assert [row["?column?"] for row in rows(scene.owner, MISCOUNTED)] == []


def test_workers_alone_labeling_the_same_words_again(scene: Scene) -> None:
    """Each batch takes tags away and gives others: two batches must not wait for each other in a circle."""
    play, crowd = Play(scene), Crowd(scene)
    for seed in range(4):
        crowd.join("worker", scene.as_("service_role"), play.worker(seed))
    crowd.run(SECONDS)
    assert crowd.errors == {}
    assert [row["?column?"] for row in rows(scene.owner, MISCOUNTED)] == []


def test_people_alone_editing_tag_arrays(scene: Scene) -> None:
    play, crowd = Play(scene), Crowd(scene)

    def edit(seed: int) -> Callable[[psycopg.Connection[Any]], int]:
        chance = random.Random(seed)

        def act(connection: psycopg.Connection[Any]) -> int:
            asset = chance.choice(play.assets[seed::4])
            connection.execute(
                "update public.content_assets set tags = %s where id = %s", [chance.sample(TAGS, 4), asset]
            )
            return 1

        return act

    for seed in range(4):
        crowd.join("person", scene.as_("authenticated", play.member), edit(seed))
    crowd.run(SECONDS)
    assert crowd.errors == {}
    assert [row["?column?"] for row in rows(scene.owner, MISCOUNTED)] == []


def test_imports_with_labels_while_workers_run(scene: Scene) -> None:
    """An import brings many rows in one statement, each with its own tags, known words and new ones."""
    play, crowd = Play(scene), Crowd(scene)

    def load(seed: int) -> Callable[[psycopg.Connection[Any]], int]:
        chance = random.Random(seed)

        def act(connection: psycopg.Connection[Any]) -> int:
            batch = [
                (f"row {chance.random()}", chance.choice(CATEGORIES), [*chance.sample(TAGS, 2), f"new {n}"])
                for n in chance.sample(range(1000), 10)
            ]
            with connection.cursor() as cursor:
                cursor.execute(
                    "insert into public.content_assets (content, primary_category, tags) values "
                    + ", ".join(["(%s, %s, %s)"] * len(batch)),
                    [field for row in batch for field in row],
                )
            return len(batch)

        return act

    for seed in range(2):
        crowd.join("import", scene.as_("authenticated", play.member), load(seed))
        crowd.join("worker", scene.as_("service_role"), play.worker(seed))
    crowd.run(SECONDS)
    assert crowd.errors == {}
    assert crowd.done["import"] > 20
    assert [row["?column?"] for row in rows(scene.owner, MISCOUNTED)] == []


@pytest.mark.parametrize("table", ["categories", "tags"])
def test_renames_lose_nothing_and_deadlock_at_worst(scene: Scene, table: str) -> None:
    play, crowd = Play(scene), Crowd(scene)
    chance = random.Random(1)

    def rename(connection: psycopg.Connection[Any]) -> int:
        target = chance.choice(play.categories if table == "categories" else play.tags)
        time.sleep(0.05)
        connection.execute(
            f"update public.{table} set name = %s where id = %s", [f"renamed {chance.random()}", target]
        )
        return 1

    for seed in range(2):
        crowd.join("worker", scene.as_("service_role"), play.worker(seed))
    crowd.join("person", scene.as_("authenticated", play.member), play.person(0, 1))
    crowd.join("renamer", scene.as_("authenticated", play.member), rename)
    crowd.run(SECONDS)
    crowd.errors.pop("deadlock", None)  # Postgres ends one of the two, who begins again
    # a name that somebody read is gone before she writes it
    gone = [error for error in crowd.errors if "content_assets_primary_category_fkey" in error]
    for error in gone:
        del crowd.errors[error]
    assert crowd.errors == {}
    assert crowd.done["renamer"] > 0
    assert play.lost() == []
    assert [row["?column?"] for row in rows(scene.owner, MISCOUNTED)] == []
