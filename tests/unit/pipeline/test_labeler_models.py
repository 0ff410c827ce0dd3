"""Rows labeled by a model that fails in every way: what is written is in the vocabulary, or nothing is."""

import random
from collections import Counter

import pytest
from tests.support.fake_models import FakeModels
from tests.support.injections import injections
from tests.support.labeling import CLOCK, asset, insert, labeler, store
from tests.support.model_answers import FAULTS, MONEY, Api, Fault
from tests.support.models import APIS, hosted, running, server

from campaignbase.models import DEFAULT_WORKSPACE_ID
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock

__all__ = ["running", "server", "store"]

SEED = 20261123
TRIES = 12


async def run(store: SqliteStore, server: FakeModels, api: Api, rows: int) -> Counter[str]:
    """How rows ended, by state and by what the model's answer was refused for."""
    draw = random.Random(SEED)
    # out of money ends it for all rows at once: see tests/unit/providers/test_hosted.py
    met = sorted(FAULTS - MONEY - {"unauthorized", "no_model", "hang", "drip"})
    server.choose = lambda: Fault(draw.choice(["none"] * len(met) + met))
    texts = [order.content for order in injections(rows, SEED)]
    keys = await insert(store, *texts)
    clock = FakeClock()
    analyst = hosted(api, server, clock=clock)
    for _ in range(TRIES):
        await labeler(store, analyst=analyst).drain()  # type: ignore[arg-type]
        clock.advance(3600)
        CLOCK.advance(3600)
    await analyst.close()
    known = {category.name for category in await store.categories(DEFAULT_WORKSPACE_ID)}
    ended: Counter[str] = Counter()
    for key in keys:
        row = await asset(store, key)
        explained = await store.explain(key)
        assert row.primary_category is None or row.primary_category in known
        categories = [decision for decision in explained.decisions if decision.field == "category"]
        if row.label_state == "labeled":
            assert (categories[0].model, categories[0].prompt_version) == (analyst.name, "1")
            assert (categories[0].source, row.category_source) == ("model", "model")
        elif row.label_state == "review":
            assert row.primary_category is None
            assert row.tags == ()
            assert categories[0].reasons[0].startswith(f"no label: {analyst.name}: ")
        else:
            assert (row.label_state, explained.job_state) in (("failed", "dead"), ("queued", "dead"))
        ended[row.label_state] += 1
    return ended


@pytest.mark.parametrize("api", APIS)
async def test_what_is_written_is_in_the_vocabulary(store: SqliteStore, server: FakeModels, api: Api) -> None:
    ended = await run(store, server, api, 40)
    assert ended["labeled"] > 0
    assert ended["review"] > 0


@pytest.mark.proof
@pytest.mark.parametrize("api", APIS)
async def test_a_thousand_rows_written(store: SqliteStore, server: FakeModels, api: Api) -> None:
    ended = await run(store, server, api, 1000)
    print(f"\n{api}, seed {SEED}: 1,000 rows, {len(server.calls):,} calls, writes outside 0; {dict(ended)}")
