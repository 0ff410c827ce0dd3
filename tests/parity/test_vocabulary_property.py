"""Random edits, merges, renames and removals under labeling: counts exact, no dangling label, none back.

A short sample with `make test`, the full count with `make proof`; SEED in the environment chooses another.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contract.subject import PostgresSubject, SqliteSubject, Subject, answer, chosen, tagged
from tests.support.postgres import Servers

from campaignbase.core.tags import fold_tag
from campaignbase.errors import CampaignbaseError, InputError, NotFoundError, UnreachableError
from campaignbase.models import Category, Correction, NewCampaign, Rule, Tag, TagGroup

SEED = os.environ.get("SEED", "20260105")
SHORT, FULL = 60, 1000
ASSETS = 40
WORKERS = 3
ADMINS = 3
WORDS = [f"word{letter}" for letter in "abcdefghijklmnopqrst"]
SHELVES = [f"shelf {letter}" for letter in "abcdefghij"]

# as many as there are: a list of proposals has pages
REMOVED = "select name from label_proposals where state = 'removed'"
# every line it answers is something wrong; the same SQL on both engines but for the arrays
MISCOUNTED = """
    select 'category ' || name from categories where usage_count <> (
        select count(*) from content_assets
        where content_assets.workspace_id = categories.workspace_id
            and content_assets.primary_category = categories.name)
    union all
    select 'tag ' || name from tags where usage_count <> (
        select count(*) from content_asset_tags where tag_id = tags.id and state = 'applied')
    union all
    select 'dangling category of ' || id from content_assets
        where primary_category is not null and not exists (
        select 1 from categories where categories.workspace_id = content_assets.workspace_id
            and categories.name = content_assets.primary_category)
    union all
    select 'dangling category of campaign ' || id from campaigns where primary_category is not null
        and not exists (select 1 from categories where categories.workspace_id = campaigns.workspace_id
            and categories.name = campaigns.primary_category)
    union all
    select 'dangling audience of ' || id from content_assets
        where target_audience is not null and not exists (
        select 1 from tags where tags.workspace_id = content_assets.workspace_id
            and tags.name = content_assets.target_audience)
    union all
    select 'link to nothing of ' || content_asset_id from content_asset_tags where not exists (
        select 1 from tags where tags.id = content_asset_tags.tag_id)
    union all
    select 'a removed word is a tag: ' || label_proposals.name from label_proposals inner join tags
        on label_proposals.workspace_id = tags.workspace_id and label_proposals.folded_name = tags.folded_name
        where label_proposals.kind = 'tag'
"""


class Town:
    """One workspace that admins, people and workers act on at once."""

    def __init__(self, subject: Subject, count: int) -> None:
        self.subject = subject
        self.store = subject.store
        self.home = subject.workspace.id
        self.left = count
        self.ids: list[str] = []
        self.done: Counter[str] = Counter()
        self.refused: set[tuple[str, str]] = set()  # (asset, tag id) that only a merge or a removal ends

    async def begin(self) -> None:
        await self.store.add_tags(self.home, [Tag("", word) for word in WORDS])
        await self.store.add_categories(self.home, [Category("", shelf) for shelf in SHELVES])
        await self.store.save_tag_group(self.home, TagGroup("some", 0, 2, tuple(WORDS[:5])))
        rule = Rule(
            "",
            "mine",
            "categorization",
            {"tag": WORDS[0]},
            {"add_category": SHELVES[0], "add_tags": [WORDS[1]]},
        )
        await self.store.add_rule(self.home, rule)
        self.subject.drop_label_jobs()
        self.ids = await self.subject.add(*(f"Text {number}." for number in range(ASSETS)))
        await self.store.insert_campaigns(
            self.home, [NewCampaign(f"C{number}", primary_category=SHELVES[number]) for number in range(4)]
        )

    async def admin(self, chance: random.Random) -> None:
        while self.left > 0:
            self.left -= 1
            await asyncio.sleep(0)
            name = chance.choice([*("merge_tags", "merge_categories", "rename_tag", "rename_category") * 2,
                                  *("remove_tag", "remove_category", "add", "correct", "import", "regroup"),
                                  *("correct", "correct", "promote")])  # fmt: skip
            try:
                await getattr(self, name)(chance)
                self.done[name] += 1
            except (InputError, NotFoundError):
                self.done["refused"] += 1
            except UnreachableError as error:  # a plain rename met an edit: Postgres ended one of them
                if "deadlock" not in str(error) or "merge" in name:
                    raise
                self.done["deadlock"] += 1

    async def tag(self, chance: random.Random) -> Tag:
        while len(found := await self.store.tags(self.home)) < 8:
            await self.store.add_tags(self.home, [Tag("", word) for word in chance.sample(WORDS, 8)])
        return chance.choice(found)

    async def shelf(self, chance: random.Random) -> Category:
        while len(found := await self.store.categories(self.home)) < 5:
            new = [Category("", shelf) for shelf in chance.sample(SHELVES, 5)]
            await self.store.add_categories(self.home, new)
        return chance.choice(found)

    async def merge_tags(self, chance: random.Random) -> None:
        one, other = await self.tag(chance), await self.tag(chance)
        twice = [self.store.merge_tags(self.home, one.name, other.name) for _ in range(chance.choice((1, 2)))]
        for found in await asyncio.gather(*twice, return_exceptions=True):
            if isinstance(found, BaseException):
                raise found

    async def merge_categories(self, chance: random.Random) -> None:
        one, other = await self.shelf(chance), await self.shelf(chance)
        await self.store.merge_categories(self.home, one.name, other.name)

    async def rename_tag(self, chance: random.Random) -> None:
        tag = await self.tag(chance)
        await self.store.edit_tag(
            self.home, tag.name, replace(tag, name=f"{tag.name[:20]} {chance.random()}")
        )

    async def rename_category(self, chance: random.Random) -> None:
        name = (await self.shelf(chance)).name
        await self.store.rename_category(self.home, name, f"{name[:20]} {chance.random()}")

    async def remove_tag(self, chance: random.Random) -> None:
        await self.store.remove_tag(self.home, (await self.tag(chance)).name)

    async def remove_category(self, chance: random.Random) -> None:
        await self.store.remove_category(self.home, (await self.shelf(chance)).name)

    async def add(self, chance: random.Random) -> None:
        if chance.random() < 0.5:
            await self.store.add_tags(self.home, [Tag("", chance.choice(WORDS))])
        else:
            await self.store.add_categories(self.home, [Category("", chance.choice(SHELVES))])

    async def regroup(self, chance: random.Random) -> None:
        names = [(await self.tag(chance)).name for _ in range(3)]
        await self.store.save_tag_group(self.home, TagGroup("some", 0, 2, tuple(names)))

    async def promote(self, chance: random.Random) -> None:
        for proposal in (await self.store.proposals(self.home))[:1]:
            verb = self.store.promote_proposal if chance.random() < 0.5 else self.store.refuse_proposal
            await verb(proposal.id)

    async def correct(self, chance: random.Random) -> None:
        key, tag = chance.choice(self.ids), await self.tag(chance)
        if chance.random() < 0.6:
            await self.store.correct(key, Correction(remove_tags=(tag.name,)))
            self.refused.add((key, tag.id))
        else:
            fix = Correction(category=(await self.shelf(chance)).name, add_tags=(tag.name,))
            await self.store.correct(key, fix)
            self.refused.discard((key, tag.id))

    async def import_(self, chance: random.Random) -> None:
        """A file that knows no merge and no removal."""
        self.ids += await self.subject.add(
            f"More {chance.random()}.", tags=tuple(chance.sample(WORDS[5:], 2)),
            source_key=f"k{chance.randrange(8)}",
        )  # fmt: skip

    async def worker(self, chance: random.Random, name: str) -> None:
        """Answers with labels as they were when it asked."""
        while self.left > 0:
            try:
                await self.tag(chance), await self.shelf(chance)  # some are there
                tags, shelves = await self.store.tags(self.home), await self.store.categories(self.home)
                jobs = await self.store.claim_jobs(name, 8)
                await asyncio.sleep(chance.random() / 200)
                results = [
                    answer(
                        job,
                        category=chosen(chance.choice(shelves).id),
                        tags=tagged(*(tag.id for tag in chance.sample(tags, min(len(tags), 3)))),
                        proposals=(f"hot{chance.randrange(5)}",),
                    )
                    if job.kind == "categorize_content"
                    else answer(job)
                    for job in jobs
                ]
                if results:
                    self.done.update(await self.store.complete_jobs(results))
                elif self.ids:
                    await self.store.queue_content(chance.sample(self.ids, min(len(self.ids), 10)))
            except CampaignbaseError as error:
                if "deadlock" not in str(error):
                    raise
                self.done["worker deadlock"] += 1

    async def story(self, key: str) -> str:
        """Who changed its tags, the newest first."""
        found = await self.store.explain(key)
        links = [f"{link.name} {link.source} {link.state} {link.reason}" for link in found.tags]
        told = [f"{one.created_at:%T.%f} {one.source} {one.label} {one.reasons}" for one in found.decisions]
        return f"{links}; {told[:40]}"

    async def wrong(self) -> list[str]:
        found = [str(row[0]) for row in self.subject.sql(MISCOUNTED)]
        tags = {tag.id: tag for tag in await self.store.tags(self.home)}
        shelves = {one.name for one in await self.store.categories(self.home)}
        for asset in await self.store.content(self.home, limit=1000):
            links = {link.name: link for link in (await self.store.explain(asset.id)).tags}
            applied = {name for name, link in links.items() if link.state == "applied"}
            if set(asset.tags) != applied or len(asset.tags) != len(applied):
                found.append(f"mirror of {asset.id}: {asset.tags}, not {applied}")
            found += [
                f"{asset.id}: {tags[tag_id].name} is back: {await self.story(asset.id)}"
                for key, tag_id in self.refused
                if key == asset.id and tag_id in tags and tags[tag_id].name in applied
            ]
        for name in {word for tag in tags.values() for word in tag.related} - {
            tag.name for tag in tags.values()
        }:
            found.append(f"related to {name}, which is no tag")
        folds = {fold_tag(tag.name) for tag in tags.values()}
        folds |= {fold_tag(alias) for tag in tags.values() for alias in tag.aliases}
        removed = {fold_tag(str(row[0])) for row in self.subject.sql(REMOVED)}
        for rule in await self.store.rules(self.home):
            category = rule.actions.get("add_category")
            if category is not None and category not in shelves and fold_tag(category) not in removed:
                found.append(f"rule {rule.name}: {category!r} is no category")
            for word in rule.actions.get("add_tags", ()):
                if fold_tag(word) not in folds | removed:
                    found.append(f"rule {rule.name}: {word!r} is no tag")
        return found


setattr(Town, "import", Town.import_)


async def play(subject: Subject, count: int) -> Counter[str]:
    town = Town(subject, count)
    await town.begin()
    acts: list[Any] = [town.admin(random.Random(f"{SEED}/admin{number}")) for number in range(ADMINS)]
    acts += [town.worker(random.Random(f"{SEED}/worker{number}"), f"w{number}") for number in range(WORKERS)]
    await asyncio.gather(*acts)
    while await subject.store.refresh_related_tags():
        pass
    wrong = await town.wrong()
    assert not wrong, f"SEED={SEED}: {wrong[:10]}; {dict(town.done)}"
    return town.done


COUNTS = [pytest.param(SHORT, id="short"), pytest.param(FULL, id="full", marks=pytest.mark.proof)]


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Subject]:
    made = SqliteSubject(tmp_path / "town.db")
    await made.start()
    yield made
    await made.store.close()


@pytest.fixture
async def postgres(pg_servers: Servers) -> AsyncIterator[Subject]:
    made = PostgresSubject(pg_servers.newest.database().url)
    await made.start()
    yield made
    await made.store.close()


@pytest.mark.parametrize("count", COUNTS)
async def test_a_vocabulary_stays_clean_on_sqlite(sqlite: Subject, count: int) -> None:
    done = await play(sqlite, count)
    assert done["accepted"]


@pytest.mark.parametrize("count", COUNTS)
async def test_a_vocabulary_stays_clean_on_postgres(postgres: Subject, count: int) -> None:
    done = await play(postgres, count)
    assert done["accepted"]
