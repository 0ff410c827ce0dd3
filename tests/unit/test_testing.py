from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from campaignbase.errors import ProviderError
from campaignbase.models import Analysis
from campaignbase.testing import FAKE_MODEL, FakeClock, HashEmbedder, ScriptedAnalyst, ScriptedEmbedder


async def test_the_clock_moves_only_when_told():
    clock = FakeClock()
    assert clock.now() == clock.now() == datetime(2100, 1, 1, tzinfo=UTC)
    await clock.sleep(1.5)
    clock.advance(60)
    assert clock.now() - datetime(2100, 1, 1, tzinfo=UTC) == timedelta(seconds=61.5)
    assert (clock.monotonic(), clock.slept) == (61.5, [1.5])


async def test_texts_are_as_near_as_the_words_they_share():
    embedder = HashEmbedder()
    matrix = await embedder.embed(["two for one", "One, for TWO!", "two of them", "..."])
    assert (matrix.shape, matrix.dtype, embedder.model) == ((4, 1536), np.float32, FAKE_MODEL)
    # 3 of 3 words, 1 of 3, none
    assert (matrix @ matrix[0]).tolist() == pytest.approx([1, 1, 1 / 3, 0], abs=1e-6)
    assert not matrix[3].any()
    assert embedder.texts == ["two for one", "One, for TWO!", "two of them", "..."]


async def test_scripted_errors_come_one_a_call():
    embedder = ScriptedEmbedder([ProviderError("busy"), None, ProviderError("again")])
    for fails in (True, False, True, False):
        if fails:
            with pytest.raises(ProviderError):
                await embedder.embed(["one"])
        else:
            assert (await embedder.embed(["one"])).any()
    assert (embedder.calls, embedder.texts) == (4, ["one", "one"])


async def test_the_analyst_abstains_without_a_script():
    analyst = ScriptedAnalyst()
    assert await analyst.analyze([None, None]) == [Analysis(), Analysis()]
    assert len(analyst.requests) == 2
    assert analyst.estimate([None, None]) == 0
    assert ScriptedAnalyst(price=Decimal("0.01")).estimate([None, None]) == Decimal("0.02")
