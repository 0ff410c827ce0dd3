"""One drain learns from the rows that people filed before it decides the others."""

import asyncio
from collections.abc import Sequence

from tests.contract.subject import Subject

from campaignbase.models import NewContent
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.labeler import Labeler
from campaignbase.pipeline.learn import Learner
from campaignbase.ports import Store
from campaignbase.testing import FakeClock, HashEmbedder, ScriptedAnalyst

# one word of each text tells its category; the others are its own, so that no text is near another
TELLING = {"offer": "discount", "event": "doors"}


class Reader:
    def language(self, text: str) -> str | None:
        return None

    def quality(self, text: str, language: str | None) -> tuple[float | None, dict[str, float] | None]:
        return None, None


class CountingLearner(Learner):
    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.asked = 0

    async def learn(self, workspace_id: str, embedding_model: str) -> bool:
        self.asked += 1
        await asyncio.sleep(0.01)  # the other batch may go on meanwhile
        return await super().learn(workspace_id, embedding_model)


def rows(numbers: Sequence[int], *, filed: bool) -> list[NewContent]:
    """A text a category and number; those to be decided say it with fewer other words, so more clearly."""
    own = "abcde" if filed else "f"
    return [
        NewContent(
            content=f"{word} {' '.join(f'{word}{letter}{number}' for letter in own)}",
            primary_category=category if filed else None,
        )
        for number in numbers
        for category, word in TELLING.items()
    ]


async def drained(subject: Subject, *imports: Sequence[NewContent], batch: int = 10) -> CountingLearner:
    subject.drop_label_jobs()
    for new in imports:
        await subject.store.insert_content(subject.workspace.id, new)
    learner = CountingLearner(subject.store)
    labeler = Labeler(
        subject.store,
        Embedders(HashEmbedder()),
        ScriptedAnalyst(),
        Reader(),
        FakeClock(),
        learner=learner,
    )
    await labeler.drain(batch=batch)
    return learner


async def test_what_people_filed_is_learned_before_the_rest_is_decided(subject: Subject):
    learner = await drained(subject, rows(range(40), filed=True), rows(range(100, 110), filed=False))
    machines = [
        asset
        for asset in await subject.store.content(subject.workspace.id)
        if asset.category_source != "human"
    ]
    assert len(machines) == 20
    assert {asset.category_source for asset in machines} == {"trained"}
    assert all(TELLING[asset.primary_category or ""] in (asset.text or "") for asset in machines)
    assert learner.asked == 1


async def test_nobody_asks_where_nobody_filed(subject: Subject):
    learner = await drained(subject, rows(range(10), filed=False))
    assert learner.asked == 0


async def test_mixed_rows_are_learned_from_now_and_then(subject: Subject):
    mixed = [
        row
        for number in range(48)
        for row in (*rows([number], filed=True), *rows([1000 + number], filed=False))
    ]
    learner = await drained(subject, mixed, batch=8)
    # 96 filed rows, asked again when they have doubled
    assert 3 <= learner.asked <= 7
    assert (await subject.store.learning_state(subject.workspace.id)).fitted >= 40
