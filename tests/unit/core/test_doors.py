"""Refusals name a next step that their reader can take."""

import re
from pathlib import Path

import pytest

import campaignbase
from campaignbase.core.doors import STEPS, told

PACKAGE = Path(campaignbase.__file__).parent
REPOSITORY = PACKAGE.parents[1]
# by whom they are read: whoever starts a program or copies a database
OF_OPERATORS = {
    "stores/postgres.py", "moving/sqlite_side.py", "moving/copy.py", "mcp/development.py",
    "mcp/production.py", "settings.py", "data/__init__.py", "providers/static.py",
    # the routes and tools have no webhooks
    "stores/server_webhooks.py", "stores/sqlite_webhooks.py",
    "stores/sqlite_schema.py",  # what stops the upgrade of a file
    # what these say of a command is documentation
    "create_api_key.sql", "deployment_status.sql", "probe_rows.sql", "review_rows.sql", "measured_labels.sql",
}  # fmt: skip


@pytest.mark.parametrize(
    ("refusal", "route", "tool"),
    [
        ("no 'x'; see: campaignbase tags", "no 'x'; see GET /tags", "no 'x'; see list_vocabulary"),
        (
            "no proposal 7; see: campaignbase tags proposals",
            "no proposal 7; see GET /proposals",
            "no proposal 7; see waiting_words of list_vocabulary",
        ),
        ("no 'x'; see GET /tags", "no 'x'; see GET /tags", "no 'x'; see list_vocabulary"),
        (
            "no workspace 'x'; there is: 'a'; create it: campaignbase workspace create x",
            "no workspace 'x'; there is: 'a'; name one of them as ?workspace",
            "no workspace 'x'; there is: 'a'; name one of them",
        ),
        ("the query is blank", "the query is blank", "the query is blank"),
    ],
)
def test_told_names_what_the_door_has(refusal: str, route: str, tool: str) -> None:
    assert (told(refusal, "routes"), told(refusal, "tools")) == (route, tool)


def test_every_command_that_a_refusal_names_has_a_route_and_a_tool() -> None:
    rooms = ("core", "stores", "providers", "pipeline", "api", "mcp", "moving", "data", "models", "cache")
    files = [file for room in rooms for file in (PACKAGE / room).rglob("*.py")]
    files += PACKAGE.glob("*.py")
    files += [file for room in ("functions", "rpc") for file in (REPOSITORY / "sql" / room).glob("*")]
    left = []
    for file in files:
        name = file.name if file.suffix == ".sql" else file.relative_to(PACKAGE).as_posix()
        if name in OF_OPERATORS or name == "core/doors.py":
            continue
        text = file.read_text(encoding="utf-8")
        for command, _, _ in STEPS:
            text = text.replace(command, "")
        said = re.findall(r"[^\n]*(?:[:`] ?campaignbase [a-z]|--overwrite)[^\n]*", text)
        left += [f"{name}: {line.strip()}" for line in said]
    assert left == []
