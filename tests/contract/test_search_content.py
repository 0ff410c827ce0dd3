"""search: words, meaning and both fused, the same on every store."""

from math import log
from typing import Any

import numpy as np
import pytest
from tests.contract.subject import Subject, chosen, felt, tagged

from campaignbase.errors import InputError
from campaignbase.models import Correction, NewCampaign, NewContent
from campaignbase.models.library import ContentChanges, FoundContent, SearchQuery
from campaignbase.testing import FAKE_MODEL, hash_vectors


def vector(text: str) -> np.ndarray:
    return hash_vectors([text])[0]


def weight(rows: int, having: int) -> float:
    return log(1 + (rows - having + 0.5) / (having + 0.5))


async def search(subject: Subject, text: str, **asked: Any) -> list[FoundContent]:
    return await subject.store.search(
        SearchQuery(
            subject.workspace.id, text, None if asked.get("mode") == "keyword" else vector(text), **asked
        )
    )


async def texts(subject: Subject, text: str, **asked: Any) -> set[str | None]:
    return {hit.text for hit in await search(subject, text, mode="keyword", **asked)}


async def test_the_rarer_word_weighs_more(subject: Subject):
    both, rare, *common = await subject.add(
        "autumn offer", "autumn party", "offer one", "offer two", "nothing of it"
    )
    hits = await search(subject, "an OFFER for autumn?", mode="keyword")
    # four rows have any of the words: three of them offer, two autumn
    offer, autumn = weight(4, 3), weight(4, 2)
    assert [round(hit.score, 6) for hit in hits] == [
        round(one, 6) for one in (offer + autumn, autumn, offer, offer)
    ]
    assert [hit.id for hit in hits[:2]] == [both, rare]
    newest = [row.id for row in await subject.store.content(subject.workspace.id) if row.id in common]
    assert [hit.id for hit in hits[2:]] == [key for key in newest if key in {hit.id for hit in hits}]
    assert all(hit.rank == hit.score and hit.similarity is None for hit in hits)


@pytest.mark.parametrize(
    ("stored", "asked", "found"),
    [
        ("Größe zählt", "GRÖSSE größe", True),
        ("ΟΔΟΣ", "οδος", True),  # a final sigma is one
        ("don't", "don", True),  # an apostrophe separates
        ("see acme.com/shop", "shop", True),
        ("free_shipping", "shipping", True),
        ("mail@example.com", "example", True),
        ("“quoted”—dash", "quoted dash", True),
        ("SALE🎉now", "sale", True),
        ("1,000 points", "000", True),
        ("m²", "m", True),
        ("résumé", "resume", False),  # accents count
        ("party", "part", False),  # whole words alone
        ("two", 'tw* OR "two', True),  # nothing is an operator
        ("two", "tw* OR NEAR(x)", False),
        ("two", "!?", False),
        ("two", "", False),
        ("two 新しい", "新しい", False),  # no spaces, no words
        ("x" * 70, "x" * 80, True),  # alike as far as words are kept
        ("x" * 63, "x" * 64, False),
    ],
)
async def test_what_a_word_is(subject: Subject, stored: str, asked: str, *, found: bool):
    await subject.add(stored, "something else")
    assert await texts(subject, asked) == ({stored} if found else set())


async def test_words_are_those_of_the_text(subject: Subject):
    rows = [
        NewContent(content=" \n", prompt="draw a kite", alt_text="boat"),
        NewContent(asset_type="image", alt_text="a boat"),
        NewContent(asset_type="image", file_path="kite/big boat.png"),
    ]
    await subject.store.insert_content(subject.workspace.id, rows)
    assert await texts(subject, "kite") == {"draw a kite"}
    assert await texts(subject, "boat") == {"a boat", "big boat.png"}


async def test_words_end_somewhere(subject: Subject):
    await subject.add("y " * 49_999 + "last more", "z" + "\U0001f389" * 99_999 + " late")
    assert len(await search(subject, "y", mode="keyword")) == 1
    assert await texts(subject, "late") == set()
    assert await texts(subject, "more") == set()


async def test_a_million_words_can_be_stored(subject: Subject):
    [key] = await subject.add("one")
    many = " ".join(map(str, range(150_000)))[:999_999]
    await subject.store.update_content(key, ContentChanges(content=many))
    assert len(await search(subject, "17", mode="keyword")) == 1


async def test_words_follow_edits_and_deletions(subject: Subject):
    first, second = await subject.add("two for one", "two kites")
    subject.sql("update content_assets set content = 'three kites' where id = %s", first)
    subject.sql("update content_assets set language = 'en' where id = %s", first)
    assert await texts(subject, "two") == {"two kites"}
    assert await texts(subject, "kites") == {"three kites", "two kites"}
    subject.sql("update content_assets set content = null, prompt = 'a prompt' where id = %s", first)
    assert await texts(subject, "three prompt") == {"a prompt"}
    await subject.store.delete_content(second)
    assert await texts(subject, "kites two") == set()
    other = await subject.store.create_workspace("other")
    await subject.store.insert_content(other.id, [NewContent(content="a prompt of theirs")])
    await subject.store.delete_workspace(other.id)
    [hit] = await search(subject, "prompt", mode="keyword")
    assert (hit.id, hit.rank) == (first, round(weight(1, 1), 6))


async def test_both_lists_are_fused(subject: Subject):
    near = np.zeros((3, 1536), dtype=np.float32)
    near[0, 0], near[1, :2], near[2, 1] = 1, (0.8, 0.6), 1
    [first] = await subject.label("kites", embedding=near[0])
    [second] = await subject.label("autumn offer", embedding=near[1])
    [third] = await subject.label("autumn", embedding=near[2])
    asked = SearchQuery(subject.workspace.id, "autumn offer", near[0])
    hits = await subject.store.search(asked)
    # by meaning first, second, third; by words second, third
    assert [hit.id for hit in hits] == [second, third, first]
    assert [hit.score for hit in hits] == pytest.approx([1 / 62 + 1 / 61, 1 / 63 + 1 / 62, 1 / 61])
    assert [hit.similarity for hit in hits] == pytest.approx([0.8, 0, 1], abs=1e-6)
    assert [hit.rank is None for hit in hits] == [False, False, True]


async def test_meaning_alone_and_the_least_similarity(subject: Subject):
    ids = await subject.label("two for one", "two for the road", "our autumn party")
    hits = await search(subject, "two for one", mode="semantic")
    assert [hit.id for hit in hits] == ids
    assert [round(hit.score, 4) for hit in hits] == [1.0, 0.5774, 0.0]
    hits = await search(subject, "two for one", mode="semantic", min_similarity=0.5)
    assert [hit.id for hit in hits] == ids[:2]
    hits = await search(subject, "party two for one", mode="hybrid", min_similarity=0.9)
    assert {hit.id for hit in hits} == {*ids}  # it has the word
    assert [hit.similarity for hit in hits] == [None] * 3


async def test_equal_ones_come_newest_first(subject: Subject):
    await subject.label(*["two for one"] * 30)
    newest = [row.id for row in await subject.store.content(subject.workspace.id)]
    for mode in ("semantic", "keyword", "hybrid"):
        hits = await search(subject, "two for one", mode=mode, limit=100)
        assert [hit.id for hit in hits] == newest, mode


@pytest.mark.parametrize("mode", ["semantic", "keyword", "hybrid"])
async def test_filters_hold_for_every_mode(subject: Subject, mode: Any):
    [campaign] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("spring")])
    other = await subject.store.create_workspace("other")
    await subject.store.insert_content(other.id, [NewContent(content="two for others")])
    subject.drop_label_jobs()
    await subject.finish()
    [labeled] = await subject.label(
        "two for one",
        category=chosen(await subject.category("offer")),
        sentiment=felt("positive"),
        tags=tagged(await subject.tag("urgency")),
        language="en",
    )
    [moved] = await subject.label("two for the road", category=chosen(await subject.category("event")))
    await subject.store.update_content(moved, ContentChanges(campaign_id=campaign))
    for asked, found in [
        ({}, {labeled, moved}),
        ({"category": "offer"}, {labeled}),
        ({"tag": "urgency"}, {labeled}),
        ({"sentiment": "positive"}, {labeled}),
        ({"language": "en"}, {labeled}),
        ({"campaign_id": campaign}, {moved}),
        ({"campaign_id": campaign, "category": "offer"}, set()),
        ({"category": "no such"}, set()),
    ]:
        hits = await search(subject, "two for", mode=mode, **asked)
        assert {hit.id for hit in hits} == found, asked
    assert (hits := await search(subject, "two for", mode=mode, category="offer"))
    assert (hits[0].text, hits[0].primary_category, hits[0].tags) == ("two for one", "offer", ("urgency",))
    everywhere = await subject.store.search(SearchQuery(None, "two for", vector("two for"), mode=mode))
    assert len(everywhere) == 3


async def test_a_model_of_another_kind_is_no_neighbor(subject: Subject):
    await subject.label("two for one")
    for mode, model, count in [("semantic", FAKE_MODEL, 1), ("semantic", "x", 0), ("hybrid", "x", 1)]:
        assert len(await search(subject, "two", mode=mode, model=model)) == count


@pytest.mark.parametrize(("asked", "found"), [(-1, 1), (1, 1), (7, 7), (1000, 100)])
@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
async def test_the_number_is_clamped(subject: Subject, mode: Any, asked: int, found: int):
    await subject.label(*(f"two {number}" for number in range(101)))
    assert len(await search(subject, "two", mode=mode, limit=asked)) == found


async def test_a_persons_labels_filter_at_once(subject: Subject):
    [key] = await subject.add("two for one")
    assert await texts(subject, "two", category="offer") == set()
    await subject.store.correct(key, Correction(category="offer"))
    assert await texts(subject, "two", category="offer") == {"two for one"}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (SearchQuery(text="x", mode="fuzzy"), "mode 'fuzzy' is not one of semantic, keyword, hybrid"),  # type: ignore[arg-type]
        (SearchQuery(text="x", mode="semantic"), "semantic search needs the vector"),
        (SearchQuery(text="x"), "hybrid search needs the vector"),
        (SearchQuery(vector=vector("x")), "hybrid search needs a text"),
        (SearchQuery(mode="keyword"), "keyword search needs a text"),
        (SearchQuery(mode="keyword", text="x", min_similarity=0.5), "keyword search has no min_similarity"),
        (SearchQuery(text="a\x00", mode="keyword"), "text holds a NUL"),
        (SearchQuery(text="x", vector=np.ones(3, dtype=np.float32)), "1536 numbers, not 3"),
        (SearchQuery(text="x", vector=np.zeros(1536, dtype=np.float32)), "length 1, not 0"),
        (SearchQuery(text="x", mode="keyword", campaign_id="x"), "campaign_id 'x' is no id"),
    ],
)
async def test_what_cannot_be_asked(subject: Subject, query: SearchQuery, told: str):
    with pytest.raises(InputError, match=told):
        await subject.store.search(query)
