"""A file, and an agent whose server answers over it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.mcp.opening import Agent, local, over_api, over_http, over_stdio


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "campaignbase.db"


@pytest.fixture(params=["memory", "stdio", "http", "api"])
async def agent(request: pytest.FixtureRequest, file: Path) -> AsyncIterator[Agent]:
    opened = {"memory": local, "stdio": over_stdio, "http": over_http, "api": over_api}[request.param](file)
    async with opened as found:
        yield found
