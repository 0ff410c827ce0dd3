"""The figures on real texts, `make proof DATA=DIR`: accuracy of the labels, and both engines alike.

DIR holds ads_dev.jsonl and banking77_train.jsonl, lines of {"text", "category"}. Without it nothing is
measured, and that is said.
"""

import asyncio
import json
import os
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from tests.support.postgres import Database

from campaignbase import wiring
from campaignbase.models import DEFAULT_WORKSPACE_ID, Category, ContentAsset, LabeledText, NewContent
from campaignbase.pipeline.evaluate import Evaluation, evaluate
from campaignbase.providers import minilm

pytestmark = pytest.mark.proof

SPLITS = 5
TEST_SHARE = 0.1
FILED = 200  # ads that come with a person's label
APPLIED = 0.97  # how right labels must be that no person sees
# the best method without a network of layers, tested on other rows; source: the notes beside the data
STATIC = {
    "ads_dev": {"names_only": 0.351, "shots_10": 0.851, "all": 0.924},
    "banking77_train": {"names_only": 0.481, "shots_10": 0.788, "all": 0.910},
}


def rows_of(name: str) -> list[LabeledText] | None:
    folder = os.environ.get("DATA")
    if not folder or not (Path(folder) / f"{name}.jsonl").exists():
        print(f"\n{name}: not run, DATA names no folder that holds it")
        return None
    lines = (Path(folder) / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [LabeledText(row["text"], row["category"]) for row in map(json.loads, lines)]


def split(rows: list[LabeledText], seed: int) -> tuple[list[LabeledText], list[LabeledText]]:
    """Stratified: a tenth of each label, at least one row, is held out."""
    chance = random.Random(seed)
    by_label: dict[str, list[LabeledText]] = defaultdict(list)
    for row in rows:
        by_label[row.category].append(row)
    train: list[LabeledText] = []
    test: list[LabeledText] = []
    for label in sorted(by_label):
        found = by_label[label]
        chance.shuffle(found)
        held = max(1, round(len(found) * TEST_SHARE))
        test += found[:held]
        train += found[held:]
    chance.shuffle(train)
    return train, test


# of logistic regression on the same vectors, tested on other rows; names only: the nearest
MINILM = {
    "ads_dev": {"names_only": 0.470, "shots_10": 0.861, "all": 0.942},
    "banking77_train": {"names_only": 0.622, "shots_10": 0.863, "all": 0.932},
}


@pytest.mark.parametrize("name", MINILM)
def test_accuracy_with_minilm(name: str) -> None:
    rows = rows_of(name)
    if rows is None or not minilm.installed():
        print(f"{name} with MiniLM: not run, it needs the extra minilm")
        return
    train, test = split(rows, 0)
    found = asyncio.run(evaluate(wiring.local_embedder("minilm"), train, test))
    for setting in found.settings:
        row = MINILM[name][setting.name]
        print(f"  {setting.name:<11} accuracy {setting.accuracy:.3f} (row {row:.3f})")
        assert setting.accuracy >= row - 0.08, setting.name  # one split


@pytest.mark.parametrize("name", STATIC)
def test_accuracy_is_that_of_the_static_row_or_better(name: str) -> None:
    rows = rows_of(name)
    if rows is None:
        return
    found: list[Evaluation] = []
    for seed in range(SPLITS):
        train, test = split(rows, seed)
        found.append(asyncio.run(evaluate(wiring.shipped_embedder(), train, test)))
    print(f"\n{name}, {len(rows):,} rows, {SPLITS} splits, seeds 0 to {SPLITS - 1}")
    for place, setting in enumerate(found[0].settings):
        accuracy = np.array([one.settings[place].accuracy for one in found])
        f1 = np.mean([one.settings[place].macro_f1 for one in found])
        coverage = np.mean([one.settings[place].coverage for one in found])
        row = STATIC[name][setting.name]
        applied = np.mean([one.settings[place].applied_accuracy or 1.0 for one in found])
        print(
            f"  {setting.name:<11} accuracy {accuracy.mean():.3f} +- {accuracy.std():.3f} (row {row:.3f}),"
            f" macro F1 {f1:.3f}, coverage {coverage:.3f}"
            f" of which right {applied:.3f}"
        )
        if setting.name != "names_only":  # nothing was learned from which a threshold would follow
            assert applied >= APPLIED, setting.name
        if name == "ads_dev":
            assert accuracy.mean() + accuracy.std() >= row, setting.name
        else:
            assert accuracy.mean() >= row - 0.01, setting.name


def test_both_engines_label_ads_alike(tmp_path: Path, pg_database: Database) -> None:
    rows = rows_of("ads_dev")
    if rows is None:
        return
    random.Random(0).shuffle(rows)
    sqlite = asyncio.run(_label(str(tmp_path / "ads.db"), rows))
    postgres = asyncio.run(_label(pg_database.url, rows))

    assert sqlite.keys() == postgres.keys()
    differing = [place for place, row in sqlite.items() if _labels(row) != _labels(postgres[place])]
    applied = [place for place in range(FILED, len(rows)) if sqlite[place].primary_category is not None]
    right = sum(1 for place in applied if sqlite[place].primary_category == rows[place].category)
    print(
        f"\nads: {FILED} filed by people, {len(rows) - FILED} labeled: {len(applied)} applied, {right} right,"
        f" {len(differing)} differ between SQLite and {pg_database}"
    )
    for place in differing:
        print(f"  {place}: {_labels(sqlite[place])} and {_labels(postgres[place])}")
    assert differing == []


def _labels(row: ContentAsset) -> tuple[object, ...]:
    return (
        row.primary_category,
        row.category_source,
        row.tags,
        row.sentiment,
        row.target_audience,
        row.label_state,
    )


async def _label(database: str, rows: list[LabeledText]) -> dict[int, ContentAsset]:
    store = await wiring.open_store(database)
    try:
        workspace = await wiring.find_workspace(store, "default")
        assert workspace.id == DEFAULT_WORKSPACE_ID
        await store.add_categories(
            workspace.id, [Category("", name) for name in sorted({row.category for row in rows})]
        )
        for start, end in ((0, FILED), (FILED, len(rows))):
            await store.insert_content(
                workspace.id,
                [
                    NewContent(
                        content=rows[place].text,
                        source_key=str(place),  # texts occur twice
                        primary_category=rows[place].category if place < FILED else None,
                    )
                    for place in range(start, end)
                ],
            )
            await wiring.worker(store, 50).run_once()
        return {int(row.source_key or 0): row for row in await store.content(workspace.id, limit=1000)}
    finally:
        await store.close()
