"""semantic_search, and what a head learns from."""

import numpy as np
import pytest
from tests.contract.subject import Subject, answer, chosen, tagged

from campaignbase.errors import InputError
from campaignbase.models import Correction, NewContent
from campaignbase.models.learning import LearningState
from campaignbase.testing import FAKE_MODEL, hash_vectors


def query(text: str) -> np.ndarray:
    return hash_vectors([text])[0]


async def test_the_nearest_text_comes_first(subject: Subject):
    category, tags = chosen(await subject.category("offer")), tagged(await subject.tag("urgency"))
    ids = await subject.label(
        "two for one", "two for the road", "our autumn party", category=category, tags=tags
    )
    hits = await subject.store.semantic_search(query("two for one"))
    assert [hit.id for hit in hits] == ids
    # shared words 2 of 3 and 4: 2 / sqrt(3 * 4)
    assert [round(hit.similarity, 4) for hit in hits] == [1.0, 0.5774, 0.0]
    assert (hits[0].text, hits[0].primary_category, hits[0].tags) == ("two for one", "offer", ("urgency",))


async def test_rows_without_a_vector_are_not_found(subject: Subject):
    await subject.label("two for one", " ")
    await subject.add("two for one")  # not labeled yet
    assert len(await subject.store.semantic_search(query("two for one"))) == 1


async def test_an_empty_database_has_no_hits(subject: Subject):
    assert await subject.store.semantic_search(query("two")) == []


@pytest.mark.parametrize(("asked", "found"), [(-5, 1), (0, 1), (2, 2), (100, 100), (1000, 100)])
async def test_the_number_of_hits_is_clamped(subject: Subject, asked: int, found: int):
    await subject.label(*(f"two for one {number}" for number in range(105)))
    assert len(await subject.store.semantic_search(query("two for one"), asked)) == found


async def test_search_stays_in_its_workspace_and_model(subject: Subject):
    other = await subject.store.create_workspace("other")
    [mine] = await subject.label("two for one")
    theirs = (await subject.store.insert_content(other.id, [NewContent(content="two for one")])).ids
    await subject.finish(embedding_model="other-1")

    async def found(**limits: str) -> set[str]:
        return {hit.id for hit in await subject.store.semantic_search(query("two for one"), **limits)}

    assert await found() == {mine, *theirs}
    assert await found(workspace_id=other.id) == {*theirs}
    assert await found(model=FAKE_MODEL) == {mine}
    assert await found(model="nobody's") == set()
    assert await found(workspace_id=other.id, model=FAKE_MODEL) == set()


async def test_search_follows_edits_and_deletions(subject: Subject):
    first, second = await subject.label("two for one", "our autumn party")
    assert len(await subject.store.semantic_search(query("party"))) == 2
    subject.sql("update content_assets set content = 'a party for two' where id = %s", first)
    await subject.finish()
    assert [hit.id for hit in await subject.store.semantic_search(query("a party for two"))] == [
        first,
        second,
    ]
    subject.sql("delete from content_assets where id = %s", first)
    assert [hit.id for hit in await subject.store.semantic_search(query("party"))] == [second]


async def test_another_process_is_heard(subject: Subject):
    await subject.label("two for one")
    assert len(await subject.store.semantic_search(query("two"))) == 1
    other = await subject.open()
    [added] = (await other.insert_content(subject.workspace.id, [NewContent(content="two, two, two")])).ids
    await other.complete_jobs([answer(job) for job in await other.claim_jobs("w2")])
    await other.close()
    assert (await subject.store.semantic_search(query("two")))[0].id == added


async def test_every_number_of_a_vector_counts(subject: Subject):
    narrow, wide = np.zeros((2, 1536), dtype=np.float32)
    narrow[0], wide[1535] = 1, 1
    [first] = await subject.label("narrow", embedding=narrow)
    assert len(await subject.store.semantic_search(wide)) == 1
    [second] = await subject.label("wide", embedding=wide)
    hits = await subject.store.semantic_search(wide)
    assert [(hit.id, round(hit.similarity, 6)) for hit in hits] == [(second, 1.0), (first, 0.0)]


@pytest.mark.parametrize(
    ("vector", "told"),
    [
        (np.ones(256, dtype=np.float32) / 16, "1536 numbers, not 256"),
        (np.full(1536, 0.1, dtype=np.float32), "length 1, not 3.91"),  # sqrt(1536) / 10
        (np.zeros(1536, dtype=np.float32), "length 1, not 0"),
    ],
)
async def test_a_query_that_is_no_unit_vector_is_refused(subject: Subject, vector: np.ndarray, told: str):
    with pytest.raises(InputError, match=told):
        await subject.store.semantic_search(vector)


async def test_a_head_learns_from_confirmed_rows_with_a_vector(subject: Subject):
    subject.drop_label_jobs()
    human = await subject.add("two for one", "one for two", primary_category="offer")
    await subject.finish()
    [machine] = await subject.label("three", category=chosen(await subject.category("event")))
    await subject.add("not embedded yet", primary_category="event")
    assert await subject.store.learning_state(subject.workspace.id) == LearningState(2, 0, 0)
    found = await subject.store.confirmed(subject.workspace.id)
    assert found.embeddings.shape == (2, 1536)
    assert found.embeddings.dtype == np.float32
    assert list(found.category_ids) == [await subject.category("offer")] * 2
    expected = {tuple(vector) for vector in hash_vectors(["two for one", "one for two"]).tolist()}
    assert {tuple(vector) for vector in found.embeddings.tolist()} == expected
    await subject.store.correct(machine, Correction(category="offer"))
    await subject.store.correct(human[0], Correction(category=""))
    # the machine's alone
    assert await subject.store.learning_state(subject.workspace.id) == LearningState(2, 0, 1)


async def test_nothing_to_learn_from_is_an_empty_matrix(subject: Subject):
    assert await subject.store.learning_state(subject.workspace.id) == LearningState(0, 0, 0)
    found = await subject.store.confirmed(subject.workspace.id)
    assert (found.embeddings.shape, list(found.category_ids)) == ((0, 1536), [])
