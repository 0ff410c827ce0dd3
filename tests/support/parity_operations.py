"""What can be done to a database: what people write by plain SQL, and what workers call; as data.

Content, campaigns, posts and the labels there at first have fixed ids, so that one operation means the same
row on both engines; labels that appear later are told by their names. Words that fold are ASCII: SQLite's
lower() knows no other letters.
"""

from dataclasses import dataclass
from typing import Any

from campaignbase.models import DEFAULT_WORKSPACE_ID

HOME, OTHER, THIRD = (f"00000000-0000-0000-0000-{number:012}" for number in (1, 2, 3))
assert HOME == DEFAULT_WORKSPACE_ID

# the vocabulary every sequence begins with: workspace, name, parent
CATEGORIES = (
    (HOME, "offer", None), (HOME, "event", None), (HOME, "workshop", "event"), (HOME, "news", None),
    (OTHER, "offer", None), (OTHER, "brand", None),
)  # fmt: skip
# workspace, name, type, aliases
TAGS: tuple[tuple[str, str, str | None, list[str]], ...] = (
    (HOME, "urgency", "emotion", ["hurry", "rush"]), (HOME, "students", "audience", []),
    (HOME, "families", "audience", ["parents"]), (HOME, "video_tip", "format", ["clip"]),
    (OTHER, "students", "audience", ["pupils"]), (OTHER, "urgency", None, []),
)  # fmt: skip
# workspace, name, address, events
ENDPOINTS: tuple[tuple[str, str, str, list[str]], ...] = (
    (HOME, "crm", "https://hooks.example.com/in", ["content.labeled", "content.review"]),
    (HOME, "cms", "https://hooks.example.com/out", []),
    (OTHER, "crm", "https://hooks.example.com/other", ["content.review"]),
)

CATEGORY_NAMES = ("offer", "event", "workshop", "news", "brand", "sale")
NEW_NAMES = ("sale", "brand", "Big sale", "event", "", " ", "x" * 101)
TAG_NAMES = ("urgency", "students", "families", "video_tip", "flash_sale")
TAG_WORDS = (
    "urgency", "Urgency", "#urgencies", "hurry", "rushes", "student", "students", "Families", "parents",
    "pupils", "video tip", "clips", "flash sale", "#Flash-Sales", " flash_sale ", "families", "boss", "bus",
    "", "  ", "#",
)  # fmt: skip
TEXTS = (
    "Two for one until Sunday", "Meet us at the fair", "two for one until sunday", "Café opens, ¡hola!",
    " \t\r\n",    "", "\u00a0", None, "Two for one until Sunday ",
)  # fmt: skip
PATHS = ("x/y.png", "y.png", "x/", "x/ ", None, "", "a/b/c d.jpg", "\\x\\y.png")
SENTIMENTS = ("positive", "negative", "mixed", None, "angry")
MONEY = ("0", "1.5", "0.0001", "12.3456", "3", None, "-1", "9999999999")
TIMES = ("2026-01-01T00:00:00.000000Z", "2026-02-01T12:00:00.500000Z", None)
PLATFORMS = ("instagram", "x", "Not Snake", "tik_tok")

# SQLite's trigger cannot refuse what is wrong inside the conditions
RULE_CONDITIONS = (
    '{"contains_keyword": "two"}', '{"category": "offer"}', '{"tag": ["urgency", "student"]}', '["no"]',
    '{"any": [{"category": ["event", "offer"]}, {"not": {"target_audience": "students"}}]}',
)  # fmt: skip
RULE_ACTIONS = (
    '{"add_category": "offer"}', '{"add_category": "gone"}', '{"add_tags": ["flash sale", "hurry"]}',
    '{"add_tags": "urgency"}', '{"set_audience": "students"}', '{"add_category": "event"}', "[]",
    '{"set_audience": "retirees"}', '{"remove_tags": ["urgency"], "add_tags": ["clip"]}',
    '{"webhook": "crm"}', '{"webhook": "cms", "add_tags": ["clip"]}', '{"webhook": "nobody"}',
    '{"webhook": ""}',
)  # fmt: skip

Value = str | int | bool | list[str] | None


@dataclass(frozen=True)
class Write:
    """Plain SQL by any program; `%s` for values, lists for arrays."""

    query: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Call:
    """A method of the store, `labels` of a workspace given by name."""

    method: str
    args: tuple[Any, ...]


@dataclass(frozen=True)
class Claim:
    """Everything there is; who claims remembers ids of labels of this moment."""


@dataclass(frozen=True)
class Complete:
    """Answer some held jobs, also late ones; `seed` and the target decide which and what."""

    seed: int


@dataclass(frozen=True)
class Release:
    seed: int


@dataclass(frozen=True)
class Pass:
    """More time than any lease or retry waits."""


@dataclass(frozen=True)
class Hook:
    """A method of the store, for the endpoint of that name."""

    method: str
    workspace: str
    name: str
    args: tuple[Any, ...]


@dataclass(frozen=True)
class Pick:
    """A sender takes every delivery it may."""


@dataclass(frozen=True)
class Deliver:
    """Answer some of the deliveries that are held, also late ones."""

    seed: int


@dataclass(frozen=True)
class Log:
    workspace: str
    endpoint: str | None
    state: str | None


@dataclass(frozen=True)
class Replay:
    """Some deliveries, or all of an endpoint."""

    seed: int
    workspace: str
    endpoint: str | None


Operation = Write | Call | Claim | Complete | Release | Pass | Hook | Pick | Deliver | Log | Replay


def content_id(number: int) -> str:
    return f"c0000000-0000-4000-8000-{number:012}"


def campaign_id(number: int) -> str:
    return f"a0000000-0000-4000-8000-{number:012}"


def post_id(number: int) -> str:
    return f"b0000000-0000-4000-8000-{number:012}"


def endpoint_id(number: int) -> str:
    return f"f0000000-0000-4000-8000-{number:012}"


def label_id(number: int) -> str:
    return f"d0000000-0000-4000-8000-{number:012}"
