"""Vectors by another model beside those in use, on every store: made, switched to, and back again."""

from dataclasses import replace
from typing import Any

import pytest
from tests.contract.subject import Subject, answer, asked
from tests.contract.test_backfills import OTHER, begin, run_of

from campaignbase.errors import InputError
from campaignbase.models import ContextRequest, TrainedHead
from campaignbase.models.backfills import NewBackfill, SpareVector
from campaignbase.testing import FAKE_MODEL, hash_vectors


async def embedded(subject: Subject, *texts: str) -> list[str]:
    """Ids of content that is labeled; labels have vectors too."""
    ids = await subject.add(*texts)
    await subject.finish()
    return ids


def other_vectors(texts: list[str]) -> Any:
    """By a model that sees the same words otherwise."""
    return hash_vectors([f"{text} otherwise" for text in texts])


async def fill(subject: Subject, key: str, most: int = 30) -> None:
    """To the end, as workers do."""
    for _ in range(200):
        part = await subject.store.claim_vectors(key, most)
        if part is None or part.state != "running":
            return
        vectors = other_vectors([text.text for text in part.texts])
        told = [
            SpareVector(text.kind, text.target_id, text.content_hash, vector)
            for text, vector in zip(part.texts, vectors, strict=True)
        ]
        assert await subject.store.write_vectors(key, told) == len(told)
    raise AssertionError("it does not end")


async def best(subject: Subject, query: str, *, other: bool) -> str:
    [vector] = other_vectors([query]) if other else hash_vectors([query])
    [hit] = await subject.store.semantic_search(vector, 1, subject.workspace.id)
    assert hit.similarity == pytest.approx(1, abs=1e-3)
    return hit.id


async def test_vectors_are_made_beside_those_in_use_and_switched_at_once(subject: Subject) -> None:
    store = subject.store
    ids = await embedded(subject, "one", "two", "three")
    key = await begin(subject, NewBackfill("vectors", embedding_model=OTHER))
    with pytest.raises(InputError, match="not complete"):
        await store.switch_vectors(key)
    await fill(subject, key, 30)
    assert (await run_of(subject, key)).state == "ready"
    assert await best(subject, "two", other=False) == ids[1]  # everybody still searches by the old ones
    assert (await store.workspaces())[0].embedding_model == FAKE_MODEL

    # meanwhile one row is edited and labeled, and one is new: both have vectors by the old model
    subject.sql("update content_assets set content = 'edited' where id = %s", ids[2])
    [new] = await subject.add("new")
    await subject.finish()

    done = await store.switch_vectors(key)
    labels = len(await store.categories(subject.workspace.id)) + len(await store.tags(subject.workspace.id))
    assert (done.switched, done.queued) == (2 + labels, 2)
    assert (await store.workspaces())[0].embedding_model == OTHER
    assert await best(subject, "two", other=True) == ids[1]
    jobs = await subject.claim()
    assert sorted((job.text, job.embedding_model) for job in jobs) == [("edited", OTHER), ("new", OTHER)]
    vectors = other_vectors([job.text or "" for job in jobs])
    for job, vector in zip(jobs, vectors, strict=True):
        await subject.complete(answer(job, embedding=vector, embedding_model=OTHER))
    assert await best(subject, "new", other=True) == new
    context = await store.categorization_context(asked([replace(jobs[0], kind="categorize_content")]))
    assert len(next(iter(context.items.values())).categories) == 12  # labels have vectors too

    back = await store.switch_vectors(key, back=True)
    assert (await run_of(subject, key)).state == "rolled_back"
    assert (await store.workspaces())[0].embedding_model == FAKE_MODEL
    assert await best(subject, "one", other=False) == ids[0]
    # both were labeled before the switch
    assert (back.switched, back.queued) == (4 + labels, 0)
    assert await best(subject, "edited", other=False) == ids[2]
    with pytest.raises(InputError, match="no switch of vectors to take back"):
        await store.switch_vectors(key, back=True)


async def test_a_row_that_came_after_the_switch_is_embedded_again_on_the_way_back(subject: Subject) -> None:
    store = subject.store
    [old] = await embedded(subject, "one")
    key = await begin(subject, NewBackfill("vectors", embedding_model=OTHER))
    await fill(subject, key)
    await store.switch_vectors(key)
    [new] = await subject.add("new")
    subject.sql("update content_assets set content = 'edited' where id = %s", old)
    while jobs := await subject.claim():
        vectors = other_vectors([job.text or "" for job in jobs])
        told = [
            answer(job, embedding=vector, embedding_model=OTHER)
            for job, vector in zip(jobs, vectors, strict=True)
        ]
        await subject.complete(*told)
    assert (await store.switch_vectors(key, back=True)).queued == 2
    await subject.finish()
    assert await best(subject, "new", other=False) == new
    assert await best(subject, "edited", other=False) == old


async def test_a_head_decides_of_vectors_by_its_own_model_alone(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    [key_of_row] = await embedded(subject, "one")
    categories = [one.id for one in await store.categories(home)][:2]
    vectors = hash_vectors(["one", "two"])
    await store.save_head(home, TrainedHead(FAKE_MODEL, 9, 0.5, categories, vectors, vectors[:, 0]))

    async def trained() -> int:
        request = ContextRequest("categorize_content", key_of_row, vectors[0], None)
        context = await store.categorization_context([request])
        assert (context.workspaces[home].head is None) == (not context.items[key_of_row].trained)
        return len(context.items[key_of_row].trained)

    assert (await trained(), (await store.learning_state(home)).fitted) == (2, 9)
    key = await begin(subject, NewBackfill("vectors", embedding_model=OTHER))
    await fill(subject, key)
    await store.switch_vectors(key)
    assert (await trained(), (await store.learning_state(home)).fitted) == (0, 0)
    await store.switch_vectors(key, back=True)
    assert (await trained(), (await store.learning_state(home)).fitted) == (2, 9)


async def test_an_answer_by_the_old_model_is_stale_after_the_switch(subject: Subject) -> None:
    await embedded(subject, "one")
    key = await begin(subject, NewBackfill("vectors", embedding_model=OTHER))
    await fill(subject, key)
    await subject.add("late")
    job = await subject.claim_one()
    await subject.store.switch_vectors(key)
    assert await subject.complete(answer(job)) == ["stale"]
    assert (await subject.claim_one()).embedding_model == OTHER


async def test_many_rows_are_made_from_the_beginning_until_few_are_missing(subject: Subject) -> None:
    await embedded(subject, "one")
    key = await begin(subject, NewBackfill("vectors", embedding_model=OTHER))
    lost = await subject.store.claim_vectors(key, 500)  # by a worker that dies
    assert lost is not None
    assert {text.kind for text in lost.texts} == {"embed_category"}
    await fill(subject, key, 500)
    run = await run_of(subject, key)
    assert (run.state, run.switches) == ("ready", True)
    assert (await subject.store.switch_vectors(key)).queued == 0


async def test_a_canceled_run_leaves_no_vectors(subject: Subject) -> None:
    await embedded(subject, "one")
    key = await begin(subject, NewBackfill("vectors", embedding_model=OTHER))
    await fill(subject, key)
    assert subject.sql("select count(*) > 0 from {private}spare_vectors") in ([(True,)], [(1,)])
    assert await subject.store.stop_backfill(key, "canceled")
    assert subject.sql("select count(*) from {private}spare_vectors") == [(0,)]
    assert await subject.store.write_vectors(key, []) == 0
    assert await subject.store.claim_vectors(key) is None
