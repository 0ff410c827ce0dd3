"""Everything in TypeScript: formatted, typed, and its tests pass. One Deno process each."""

from pathlib import Path

import pytest
from tests.support.deno import CONFIG, ROOT, RUN, deno

FOLDER = Path(__file__).parent
SOURCES = ("python/campaignbase/local/gateway", "supabase/functions", "tests")
SUITES = sorted({path.parent for path in FOLDER.rglob("*_test.ts")})


def sources() -> list[str]:
    return sorted(str(path) for folder in SOURCES for path in (ROOT / folder).rglob("*.ts"))


def test_typescript_is_formatted() -> None:
    deno("fmt", "--check", "--config", str(CONFIG), *sources(), str(CONFIG))


def test_typescript_is_typed() -> None:
    deno("check", "--config", str(CONFIG), *sources())


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: str(suite.relative_to(FOLDER)))
def test_typescript_tests_pass(suite: Path) -> None:
    assert " passed" in deno("test", *RUN, str(suite))
