"""A simulated team: who looks at what, what is counted, and that learning is worth it."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from campaignbase import wiring
from campaignbase.errors import InputError
from campaignbase.models import LabeledText
from campaignbase.pipeline.team import Looking, Recent, Wave, recently, simulate_team

# names that tell nothing
WORDS = {
    "a1": "soup bread cheese lunch kitchen chef oven recipe dinner pasta",
    "a2": "guitar drums concert stage band singer album ticket festival encore",
    "a3": "bicycle tire helmet trail pedal saddle chain mountain race brake",
}


def texts(count: int, seed: int) -> list[LabeledText]:
    chance = random.Random(seed)
    found = []
    for place in range(count):
        label = chance.choice(list(WORDS))
        words = " ".join(chance.sample(WORDS[label].split(), 3))
        found.append(LabeledText(f"{words} number {place}", label))
    return found


async def team(
    folder: Path, arriving: Sequence[LabeledText], *, learning: bool, looking: Looking, share: float = 0.2
) -> tuple[list[Wave], int, int]:
    """The waves, the rows that count as learned from, and golden ones."""
    store = await wiring.open_store(str(folder / f"{learning}-{looking}.db"))
    try:
        home = await wiring.find_workspace(store, "default")
        worker = wiring.worker(store)
        waves = await simulate_team(
            store,
            home,
            arriving,
            worker.run_once,
            wave=30,
            share=share,
            learning=learning,
            looking=looking,
        )
        return waves, (await store.learning_state(home.id)).confirmed, len(await store.golden(home.id))
    finally:
        await store.close()


@pytest.mark.parametrize("looking", ["random", "queue"])
async def test_a_team_that_is_learned_from_has_more_filed_and_as_rightly(
    tmp_path: Path, looking: Looking
) -> None:
    arriving = texts(180, seed=1)
    waves, learned, golden = await team(tmp_path, arriving, learning=True, looking=looking)
    without, nothing, kept = await team(tmp_path, arriving, learning=False, looking=looking)

    assert [(one.arrived, one.rows, one.looked_at) for one in waves] == [
        (30 * number, 30, 6) for number in range(1, 7)
    ]
    assert (learned, golden, nothing, kept) == (36, 0, 0, 36)
    assert all(set(one.sources) <= {"model"} and one.version is None for one in without)
    assert waves[-1].version is not None
    last, alone = recently(waves, 2)[-1], recently(without, 2)[-1]
    assert last.applied > alone.applied + 0.3
    assert last.right is not None
    assert last.right > 0.9


async def test_texts_that_come_again_arrive_once_and_nobody_looks_where_nobody_should(tmp_path: Path) -> None:
    arriving = texts(20, seed=2)
    waves, learned, _ = await team(tmp_path, [*arriving, *arriving], learning=True, looking="random", share=0)
    assert [(one.rows, one.looked_at, one.version) for one in waves] == [(20, 0, None)]
    assert learned == 0


async def test_nothing_that_arrives_is_no_team(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="got 0 texts, 30 and"):
        await team(tmp_path, [], learning=True, looking="random")


def test_recently_is_of_the_last_waves_together() -> None:
    waves = [Wave(10, 10, 0, 0, {}, 1, None), Wave(20, 10, 4, 3, {}, 1, 1), Wave(25, 5, 5, 3, {}, 1, 1)]
    # 0 of 10; 4 of 20; 9 of 15, 6 of those right
    assert recently(waves, 2) == [
        Recent(10, 0, None),
        Recent(20, 0.2, 0.75),
        Recent(25, 0.6, pytest.approx(6 / 9)),
    ]
