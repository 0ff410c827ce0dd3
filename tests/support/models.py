"""Analysts of both providers against the fake server, and what there is to ask."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from tests.support.fake_models import KEY, FakeModels
from tests.support.model_answers import Api

from campaignbase.models import AnalysisRequest, Category, ItemContext, Tag, Vocabulary
from campaignbase.providers.anthropic import AnthropicAnalyst
from campaignbase.providers.hosted import HostedAnalyst
from campaignbase.providers.openai_analyst import OpenAIAnalyst
from campaignbase.testing import FakeClock

APIS: tuple[Api, ...] = ("anthropic", "openai")
VOCABULARY = Vocabulary(
    1,
    (
        Category("c-offer", "offer"),
        Category("c-event", "event"),
        Category("c-legal", "legal", manual_only=True),
    ),
    (Tag("t-sale", "sale"), Tag("t-shoes", "shoes"), Tag("t-parents", "parents", tag_type="audience")),
    (),
)
ITEM = ItemContext(
    "a", "w", {}, frozenset(), frozenset(), (),
    (("c-offer", 0.6), ("c-event", 0.5)), (("t-sale", 0.6), ("t-shoes", 0.5)), (), (),
)  # fmt: skip
OFFERED = {"c-offer", "c-event", "t-sale", "t-shoes", "t-parents"}


def question(text: str) -> AnalysisRequest:
    return AnalysisRequest(text, ITEM, VOCABULARY)


def hosted(api: Api, server: FakeModels, **more: Any) -> HostedAnalyst:
    made = AnthropicAnalyst if api == "anthropic" else OpenAIAnalyst
    return made(more.pop("key", KEY), base_url=server.url(api), **{"clock": FakeClock(), **more})


@pytest.fixture(scope="session")
def running() -> Iterator[FakeModels]:
    with FakeModels() as server:
        yield server


@pytest.fixture
def server(running: FakeModels) -> FakeModels:
    running.forget()
    return running


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest) -> Api:
    found: Api = request.param
    return found


@pytest.fixture
async def analyst(api: Api, server: FakeModels) -> AsyncIterator[HostedAnalyst]:
    opened = hosted(api, server)
    yield opened
    await opened.close()
