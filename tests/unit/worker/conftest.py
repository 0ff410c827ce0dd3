from collections.abc import AsyncIterator

import pytest
from tests.support.fake_realtime import FakeRealtime
from tests.support.virtual_clock import VirtualClock


@pytest.fixture
async def server() -> AsyncIterator[FakeRealtime]:
    made = FakeRealtime()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()
