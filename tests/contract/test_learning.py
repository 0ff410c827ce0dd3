"""Versions of a trained head, and the golden set they are measured with."""

from dataclasses import replace

import numpy as np
import pytest
from tests.contract.subject import Subject, answer, asked, chosen

from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Correction, LabelChoice, NewContent, TrainedHead
from campaignbase.models.learning import LearningState
from campaignbase.models.library import ContentChanges
from campaignbase.testing import FAKE_MODEL, hash_vectors

NOWHERE = "99999999-9999-4999-8999-999999999999"


def head(category_ids: tuple[str, ...], rows: int = 40, texts: tuple[str, ...] = ()) -> TrainedHead:
    """Scores 8 for the text of a label, and about 0 for others."""
    weights = np.zeros((len(category_ids), 1536), dtype=np.float32)
    if texts:
        weights += hash_vectors(texts) * 8
    bias = np.zeros(len(category_ids), dtype=np.float32)
    thresholds = np.linspace(0.9, 0.95, len(category_ids), dtype=np.float32)
    return TrainedHead(
        FAKE_MODEL, rows, 0.5, category_ids, weights, bias, thresholds, measures={"accuracy": 0.75}
    )


async def both(subject: Subject) -> tuple[str, str]:
    return await subject.category("offer"), await subject.category("event")


async def live(subject: Subject) -> list[tuple[int, bool]]:
    return [(one.version, one.active) for one in await subject.store.heads(subject.workspace.id)]


async def test_versions_are_kept_and_one_is_active(subject: Subject):
    store, home = subject.store, subject.workspace.id
    assert await store.save_head(home, head(await both(subject), 40)) == 1
    assert await store.save_head(home, head(await both(subject), 50), activate=False) == 2
    assert await live(subject) == [(2, False), (1, True)]
    [two, one] = await store.heads(home)
    assert (one.train_rows, one.origin, one.measures, one.comparison) == (
        40,
        "person",
        {"accuracy": 0.75},
        None,
    )
    assert (two.activated_at, one.activated_at is None) == (None, False)
    assert (one.threshold, one.target_precision) == (0.5, pytest.approx(0.98))
    # what comes next is compared with the newest, live or not
    assert await store.learning_state(home) == LearningState(0, 50, 0)
    await store.activate_head(home, 2)
    assert await live(subject) == [(2, True), (1, False)]
    await store.activate_head(home, None)
    assert await live(subject) == [(2, False), (1, False)]


async def test_labels_that_a_head_knew_and_that_are_gone_are_counted(subject: Subject):
    store, home = subject.store, subject.workspace.id
    known = tuple([await subject.category(name) for name in ("offer", "webinar", "giveaway")])
    measured = {"labels": [{"category": name} for name in ("offer", "webinar", "giveaway")]}
    await store.save_head(home, replace(head(known), measures=measured))
    assert (await store.learning_state(home)).lost == 0
    await store.merge_categories(home, "giveaway", "offer")
    assert (await store.learning_state(home)).lost == 1
    await store.remove_category(home, "webinar")
    assert (await store.learning_state(home)).lost == 2
    await store.save_head(home, replace(head(known[:1]), measures={"labels": measured["labels"][:1]}))
    assert (await store.learning_state(home)).lost == 0


async def test_what_labels_mean_is_told_by_vectors_of_one_model(subject: Subject):
    store, home = subject.store, subject.workspace.id
    assert await store.label_vectors(home, FAKE_MODEL) == {}
    categories = {job.target_id: job for job in await subject.claim(200) if job.kind == "embed_category"}
    await subject.complete(*(answer(job) for job in categories.values()))
    offer, event = await both(subject)
    assert set(await store.label_vectors(home, FAKE_MODEL)) == set(categories)
    subject.sql("update categories set embedding_model = 'another' where id <> %s", offer)
    found = await store.label_vectors(home, FAKE_MODEL)
    assert set(found) == {offer}
    assert np.array_equal(found[offer], hash_vectors([categories[offer].text or ""])[0])
    assert event in await store.label_vectors(home, "another")
    assert await store.label_vectors(NOWHERE, FAKE_MODEL) == {}


async def test_a_version_that_is_not_there_is_no_loss(subject: Subject):
    await subject.store.save_head(subject.workspace.id, head(await both(subject)))
    with pytest.raises(NotFoundError, match="no version 7 of a trained head"):
        await subject.store.activate_head(subject.workspace.id, 7)
    assert await live(subject) == [(1, True)]


async def test_old_versions_keep_their_measures_and_lose_their_vectors(subject: Subject):
    store, home = subject.store, subject.workspace.id
    for number in range(12):
        await store.save_head(home, head(await both(subject)), activate=number == 0)
    assert [one.version for one in await store.heads(home)] == [*range(12, 0, -1)]
    await store.activate_head(home, 3)
    with pytest.raises(InputError, match="version 2 of the trained head has no labels any more"):
        await store.activate_head(home, 2)
    await store.activate_head(home, 1)  # it was active all the time


async def test_a_label_that_is_gone_takes_no_part(subject: Subject):
    offer, _ = await both(subject)
    await subject.label("two for one")
    await subject.store.save_head(
        subject.workspace.id, head((NOWHERE, offer), texts=("two for one", "something else"))
    )
    [asset] = await subject.store.content(subject.workspace.id)
    [found] = await subject.store.head_predictions(subject.workspace.id, 1, [asset.id])
    assert (found.category_id, found.score) == (offer, 1.0)


async def test_only_the_active_version_decides_by_its_own_thresholds(subject: Subject):
    store, home = subject.store, subject.workspace.id
    offer, event = await both(subject)
    [asset_id] = await subject.label("two for one")
    await store.save_head(home, head((offer, event), texts=("two for one", "see you there")))
    await store.save_head(home, head((offer, event), texts=("see you there", "two for one")), activate=False)
    await store.queue_content([asset_id])
    context = await store.categorization_context(asked(await subject.claim()))
    assert context.items[asset_id].trained[0][0] == offer
    found = context.workspaces[home].head
    assert found.version == 1
    assert (found.threshold_of(offer), found.threshold_of(event)) == (pytest.approx(0.9), pytest.approx(0.95))
    # asked, a version that is not live answers too
    [first] = await store.head_predictions(home, 1, [asset_id])
    [second] = await store.head_predictions(home, 2, [asset_id, NOWHERE])
    assert (first.category_id, second.category_id) == (offer, event)
    # 8 against 0: e^8 / (e^8 + 1), but for words that both texts share
    assert first.score == pytest.approx(second.score, abs=1e-6) == pytest.approx(1, abs=0.01)
    assert (first.threshold, second.threshold) == (pytest.approx(0.9), pytest.approx(0.95))


async def test_the_head_of_other_vectors_says_nothing(subject: Subject):
    offer, event = await both(subject)
    [asset_id] = await subject.label("two for one")
    await subject.store.save_head(
        subject.workspace.id, head((offer, event), texts=("two for one", "see you there"))
    )
    subject.sql("update workspaces set embedding_model = 'another' where id = %s", subject.workspace.id)
    await subject.store.queue_content([asset_id])
    context = await subject.store.categorization_context(asked(await subject.claim()))
    assert context.items[asset_id].trained == ()


async def test_golden_rows_are_measured_with_and_never_learned_from(subject: Subject):
    store, home = subject.store, subject.workspace.id
    subject.drop_label_jobs()
    new = [
        NewContent(content="two for one", primary_category="offer", golden=True),
        NewContent(content="see you there", primary_category="event"),
        NewContent(content="see you there", source_key="copy", primary_category="event"),
    ]
    golden, plain, copy = (await store.insert_content(home, new)).ids
    await subject.finish()
    [row] = await store.golden(home)
    assert (row.id, row.category, row.text, row.embedding_model) == (
        golden,
        "offer",
        "two for one",
        FAKE_MODEL,
    )
    assert row.category_id == await subject.category("offer")
    assert np.array_equal(row.embedding, hash_vectors(["two for one"])[0])
    assert sorted((await store.confirmed(home)).ids) == sorted([plain, copy])
    assert await store.learning_state(home) == LearningState(2, 0, 0)
    # neither an equal text nor a neighbor
    [asked_id] = await subject.label("two for one")
    await store.queue_content([asked_id])
    context = await store.categorization_context(asked(await subject.claim()))
    assert {one.id for one in context.items[asked_id].neighbors} == {plain, copy}
    # what has the text of a golden row would be measured with what it taught
    assert await store.set_golden([plain], True) == 1
    assert list((await store.confirmed(home)).ids) == []
    assert (await store.learning_state(home)).confirmed == 0  # else a worker would fit again for ever
    assert await store.set_golden([plain, golden], False) == 2
    assert await store.golden(home) == []
    assert len((await store.confirmed(home)).ids) == 3


async def test_a_row_that_no_person_filed_cannot_be_golden(subject: Subject):
    [asset_id] = await subject.label("one", category=chosen(await subject.category("offer")))
    with pytest.raises(InputError, match=f"{asset_id} cannot be golden: no person has set its category"):
        await subject.store.set_golden([asset_id], True)
    await subject.store.correct(asset_id, Correction(confirm=("category",)))
    assert await subject.store.set_golden([asset_id], True) == 1
    # it counts while a person's category stands on it
    await subject.store.correct(asset_id, Correction(category=""))
    assert await subject.store.golden(subject.workspace.id) == []


async def test_a_contradiction_is_refused_naming_both(subject: Subject):
    store = subject.store
    one, two, three = [
        *await subject.add("the same", primary_category="offer"),
        *await subject.add("the same", primary_category="event"),
        *await subject.add("the same", primary_category="offer"),
    ]
    assert await store.set_golden([one, three], True) == 2
    with pytest.raises(InputError, match="golden rows contradict each other") as refused:
        await store.set_golden([two], True)
    assert f"{two} is 'event'" in str(refused.value)
    assert "with the same text is 'offer'" in str(refused.value)
    row = NewContent(content="the same", primary_category="event", golden=True)
    with pytest.raises(InputError, match="golden rows contradict each other"):
        await store.insert_content(subject.workspace.id, [row])
    assert len(await store.content(subject.workspace.id)) == 3
    with pytest.raises(InputError, match=f"{three} is 'event'"):
        await store.correct(three, Correction(category="event"))
    # one that no person has filed yet, and then does
    [late] = await subject.label("the same", category=chosen(await subject.category("event")))
    subject.sql("update content_assets set golden = true where id = %s", late)
    with pytest.raises(InputError, match=f"{late} is 'event'"):
        await store.correct(late, Correction(confirm=("category",)))
    assert {row.id for row in await store.golden(subject.workspace.id)} == {one, three}
    # a rename is none
    await store.rename_category(subject.workspace.id, "offer", "deal")
    assert {row.category for row in await store.golden(subject.workspace.id)} == {"deal"}


async def test_another_text_that_contradicts_is_refused_too(subject: Subject):
    store, home = subject.store, subject.workspace.id
    rows = [
        NewContent(content="the same", primary_category="offer", golden=True, source_key="one"),
        NewContent(content="another", primary_category="event", golden=True, source_key="two"),
    ]
    await store.insert_content(home, rows)
    [two] = [row.id for row in await store.golden(home) if row.text == "another"]
    with pytest.raises(InputError, match=f"golden rows contradict each other: {two} is 'event'"):
        await store.update_content(two, ContentChanges(content="the same"))
    # a file that does not say that it is golden
    with pytest.raises(InputError, match=f"golden rows contradict each other: {two} is 'event'"):
        await store.insert_content(home, [NewContent(content="the same", source_key="two")])
    assert [row.text for row in await store.golden(home)].count("another") == 1
    await store.set_golden([two], False)
    assert (await store.update_content(two, ContentChanges(content="the same"))).text == "the same"


async def test_what_nobody_was_sure_of_waits_longest_first(subject: Subject):
    store, home = subject.store, subject.workspace.id
    unsure = LabelChoice(reasons=("unclear",), score=0.25, candidate=await subject.category("event"))
    first, second, third = [
        (await subject.label(text, category=unsure))[0] for text in ("one", "two", "three")
    ]
    await subject.label("four", category=chosen(await subject.category("offer")))
    await store.correct(second, Correction(confirm=("category",)))  # rightly empty
    found = await store.review_rows(home)
    assert [row.id for row in found] == [first, third]
    [row] = await store.review_rows(home, 1)
    assert (row.text, row.candidate, row.score, row.reasons) == ("one", "event", 0.25, ("unclear",))
    assert np.array_equal(row.embedding, hash_vectors(["one"])[0])
    assert row.content_hash is not None
