"""The figures of a simulated team on real texts, `make proof DATA=DIR`: learning is worth what it costs.

The short version, on texts of our own, is tests/unit/pipeline/test_team.py.
"""

import asyncio
import json
import os
import random
from pathlib import Path

import numpy as np
import pytest

from campaignbase import wiring
from campaignbase.models import LabeledText
from campaignbase.pipeline.team import Wave, simulate_team

pytestmark = pytest.mark.proof

SEEDS = range(3)
TEXTS = 2000
WAVES = 20
# at the end, the last third of the texts, mean of the seeds: how much more is filed without a person, and how
# much oftener that is right. Seen: see docs/learning.md
MARGINS = {"banking77_train": (0.03, 0.02), "ads_dev": (0.4, 0.1)}


@pytest.mark.parametrize("name", MARGINS)
def test_learning_files_more_and_more_rightly(name: str, tmp_path: Path) -> None:
    folder = os.environ.get("DATA")
    if not folder or not (Path(folder) / f"{name}.jsonl").exists():
        print(f"\n{name}: not run, DATA names no folder that holds it")
        return
    lines = (Path(folder) / f"{name}.jsonl").read_text("utf-8").splitlines()
    rows = [LabeledText(row["text"], row["category"]) for row in map(json.loads, lines)]
    ends: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for seed in SEEDS:
        arriving = rows.copy()
        random.Random(seed).shuffle(arriving)
        for learning, found in ends.items():
            database = tmp_path / f"{seed}-{learning}.db"
            found.append(_end(asyncio.run(_simulate(database, arriving[:TEXTS], seed, learning))))
            print(
                f"\n{name}, seed {seed}, {'with' if learning else 'without'} learning:"
                f" filed {found[-1][0]:.3f}, right {found[-1][1]:.3f}",
                end="",
            )
    (share, right), (share_without, right_without) = (
        np.mean(ends[learning], axis=0) for learning in (True, False)
    )
    print(f"\n  mean: filed {share_without:.3f} -> {share:.3f}, right {right_without:.3f} -> {right:.3f}")
    more, better = MARGINS[name]
    assert share >= share_without + more
    assert right >= right_without + better


def _end(waves: list[Wave]) -> tuple[float, float]:
    """(share filed without a person, how often right) of the last third."""
    last = waves[2 * len(waves) // 3 :]
    applied = sum(one.applied for one in last)
    return applied / sum(one.rows for one in last), sum(one.right for one in last) / max(1, applied)


async def _simulate(database: Path, arriving: list[LabeledText], seed: int, learning: bool) -> list[Wave]:
    store = await wiring.open_store(str(database))
    try:
        home = await wiring.find_workspace(store, "default")
        worker = wiring.worker(store)
        wave = -(-len(arriving) // WAVES)
        return await simulate_team(
            store, home, arriving, worker.run_once, wave=wave, learning=learning, seed=seed
        )
    finally:
        await store.close()
