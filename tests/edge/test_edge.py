"""Everything in TypeScript: formatted, linted, typed, and its tests pass, without the network."""

from tests.support.deno import CONFIG, ROOT, RUN, deno

SOURCES = ("python/campaignbase/local/gateway", "supabase/functions", "tests", "examples")


def sources() -> list[str]:
    return sorted(str(path) for folder in SOURCES for path in (ROOT / folder).rglob("*.ts"))


def test_typescript_is_formatted() -> None:
    deno("fmt", "--check", "--config", str(CONFIG), *sources(), str(CONFIG))


def test_typescript_is_linted() -> None:
    deno("lint", "--quiet", "--config", str(CONFIG), *sources())


def test_typescript_is_typed() -> None:
    assert len(sources()) > 40
    deno("check", "--config", str(CONFIG), *sources())


def test_typescript_tests_pass() -> None:
    assert " passed" in deno("test", *RUN, "tests/edge")
