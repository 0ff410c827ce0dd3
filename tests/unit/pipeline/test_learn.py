"""When a head is fitted anew by itself, what it is told, and whether it goes live."""

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from unittest.mock import ANY

import pytest
from tests.support.labeling import CLOCK, insert, labeler, store

from campaignbase.core.golden import unseen
from campaignbase.core.head_fitting import Missing
from campaignbase.models import DEFAULT_WORKSPACE_ID as HOME
from campaignbase.models import Correction, NewContent
from campaignbase.models.learning import LearningState
from campaignbase.pipeline.learn import Learner, is_due
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FAKE_MODEL, FakeClock

__all__ = ["store"]

# one word of each text tells its category; the others are its own
TELLING = {"offer": "discount", "event": "doors"}


@pytest.mark.parametrize(
    ("confirmed", "fitted", "corrected", "expected"),
    [
        (19, 0, 0, False),  # too little, whatever was corrected
        (19, 0, 19, False),
        (20, 0, 0, True),
        (23, 20, 0, False),  # 1.2 times the rows
        (24, 20, 0, True),
        (20, 20, 19, False),  # as many rows, but corrected
        (20, 20, 20, True),
        (2000, 2000, 39, False),  # of many rows 2 %
        (2000, 2000, 40, True),
    ],
)
def test_what_is_due(confirmed: int, fitted: int, corrected: int, expected: bool) -> None:
    assert is_due(LearningState(confirmed, fitted, corrected)) is expected


def test_a_head_that_lost_a_label_is_fitted_anew() -> None:
    assert is_due(LearningState(20, 20, 0, lost=1))
    assert not is_due(LearningState(19, 20, 0, lost=1))


async def file(store: SqliteStore, numbers: Sequence[int], *, golden: bool = False) -> list[str]:
    """A row of each category and number that a person filed, with its vector."""
    rows = [
        NewContent(
            content=f"{word} {word}a{number} {word}b{number}", primary_category=category, golden=golden
        )
        for number in numbers
        for category, word in TELLING.items()
    ]
    ids = (await store.insert_content(HOME, rows)).ids
    await labeler(store).drain()
    return list(ids)


async def live(store: SqliteStore) -> list[tuple[int, int, str, bool]]:
    return [(one.version, one.train_rows, one.origin, one.active) for one in await store.heads(HOME)]


async def test_a_head_is_fitted_when_enough_is_filed_and_again_when_it_grew(store: SqliteStore) -> None:
    learner = Learner(store)
    await file(store, range(9))
    assert await learner.learn_all() == 0
    assert await live(store) == []
    await file(store, [9])
    assert await learner.learn_all() == 1
    assert await live(store) == [(1, 20, "automatic", True)]
    await file(store, [10])
    assert await learner.learn_all() == 0  # 22 of 24
    await file(store, [11])
    assert await learner.learn_all() == 1
    assert await live(store) == [(2, 24, "automatic", True), (1, 20, "automatic", False)]


async def test_corrections_alone_are_reason_enough(store: SqliteStore) -> None:
    learner = Learner(store)
    await file(store, range(60))
    assert await learner.learn_all() == 1
    found = await insert(store, *(f"doors doorsx{place}" for place in range(20)))
    await labeler(store).drain()
    CLOCK.advance(1)
    for key in found[:-1]:
        await store.correct(key, Correction(category="recruitment"))
    assert await store.learning_state(HOME) == LearningState(139, 120, 19)
    assert await learner.learn_all() == 0
    await store.correct(found[-1], Correction(category="recruitment"))
    assert await learner.learn_all() == 1
    assert [one.train_rows for one in await store.heads(HOME)] == [140, 120]


async def test_every_label_takes_part_as_far_as_its_name_tells(store: SqliteStore) -> None:
    await file(store, range(12))
    assert await Learner(store).learn(HOME, FAKE_MODEL)
    [head] = await store.heads(HOME)
    rows = {one["category"]: one["rows"] for one in head.measures["labels"]}
    assert set(rows) == {one.name for one in await store.categories(HOME)}
    assert (rows["offer"], rows["event"], sum(rows.values())) == (12, 12, 24)


async def test_it_takes_target_and_margin_of_the_version_before(store: SqliteStore) -> None:
    learner = Learner(store)
    await file(store, range(10))
    await learner.train(HOME, FAKE_MODEL, target_precision=0.9, margin=0.1)
    await file(store, range(10, 13))
    assert await learner.learn(HOME, FAKE_MODEL)
    found = [(one.target_precision, one.margin, one.origin) for one in await store.heads(HOME)]
    assert found == [
        (pytest.approx(0.9), pytest.approx(0.1), "automatic"),
        (pytest.approx(0.9), pytest.approx(0.1), "person"),
    ]


async def test_a_version_that_loses_on_the_golden_set_stays_out_and_that_is_said(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    learner = Learner(store)
    await file(store, range(50, 56), golden=True)
    await file(store, range(10))
    assert await learner.learn(HOME, FAKE_MODEL)
    other = {"offer": "event", "event": "offer"}
    wrong = [
        NewContent(content=f"{word} {word}c{number}", primary_category=other[category])
        for number in range(30)
        for category, word in TELLING.items()
    ]
    await store.insert_content(HOME, wrong)
    await labeler(store).drain()
    with caplog.at_level(logging.WARNING, logger="campaignbase"):
        assert not await learner.learn(HOME, FAKE_MODEL)
    assert await live(store) == [(2, 80, "automatic", False), (1, 20, "automatic", True)]
    [told] = caplog.messages
    assert told.startswith("version 2 of the trained head does not go live: golden set: 12 rows, 1.000 -> ")
    # not again for the same rows
    assert not await learner.learn(HOME, FAKE_MODEL)
    assert len(await store.heads(HOME)) == 2


async def test_rows_that_taught_the_live_version_are_not_asked_about_it(store: SqliteStore) -> None:
    learner = Learner(store)
    taught = await file(store, range(20))
    assert await learner.learn(HOME, FAKE_MODEL)
    await store.set_golden(taught[:24], True)
    found = []
    for numbers in (range(20, 24), range(24, 28)):
        await file(store, numbers)
        trained = await learner.train(HOME, FAKE_MODEL)
        assert not isinstance(trained, Missing)
        found.append(trained.comparison)
    # the first version knows them by heart, the second was fitted beside them
    assert [(one.basis, one.rows) for one in found] == [("cross_validation", 0), ("golden", 24)]
    assert found[0].told.endswith("; version 1 learned from 24 golden rows: not asked")
    [third, second, first] = await store.heads(HOME)
    assert first.measures["golden"] == []
    assert sorted(second.measures["golden"]) == sorted(key[:8] for key in taught[:24])
    # what is filed later and golden at once nobody learned from
    fresh = await file(store, range(60, 62), golden=True)
    CLOCK.advance(1)
    assert {row.id for row in unseen(await store.golden(HOME), third)} == {*taught[:24], *fresh}
    compared = await learner.compare_versions(HOME, first, third, 0.02)
    assert compared is not None
    assert compared.rows == 4


async def test_a_golden_set_that_contradicts_itself_leaves_the_head_that_is_there(
    store: SqliteStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    learner = Learner(store)
    await file(store, range(10))
    assert await learner.learn(HOME, FAKE_MODEL)
    await file(store, range(60, 62), golden=True)
    await file(store, range(20, 24))
    with closing(sqlite3.connect(tmp_path / "labels.db")) as program, program:  # asks nobody
        program.execute("update content_assets set content = 'the same text' where golden")
    with caplog.at_level(logging.WARNING, logger="campaignbase"):
        assert not await learner.learn(HOME, FAKE_MODEL)
    assert "no new head was fitted: golden rows contradict each other" in caplog.messages[0]
    assert await live(store) == [(1, 20, "automatic", True)]


async def test_a_workspace_without_vectors_is_passed_over(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "empty.db", clock=FakeClock())
    try:
        [home] = await store.workspaces()
        assert home.embedding_model is None
        assert await Learner(store).learn_all() == 0
        assert await Learner(store).train(HOME, FAKE_MODEL) == Missing(20, 2, ANY)
    finally:
        await store.close()
