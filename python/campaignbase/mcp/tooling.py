"""What tools are made of: the words their arguments share, and how a function becomes one."""

import functools
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal, ParamSpec, Protocol, TypeVar

from fastmcp import Context, FastMCP
from fastmcp.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import BeforeValidator, Field

from campaignbase.core import doors
from campaignbase.core.rule_schema import ACTIONS_TOLD, CONDITIONS_TOLD, RULE_TYPES_TOLD
from campaignbase.core.storable import check_digits
from campaignbase.errors import CampaignbaseError
from campaignbase.mcp.backend import TOOL_SECONDS, Progress
from campaignbase.mcp.groups import WRITES, feature
from campaignbase.mcp.results import Id

P = ParamSpec("P")
T = TypeVar("T")
Limit = Annotated[int, Field(ge=1, le=100, description="at most so many"), BeforeValidator(check_digits)]
After = Annotated[
    str | None,
    Field(
        max_length=200, description="next of the answer before, with the same filters; without it the newest"
    ),
]
Label = Annotated[str, Field(min_length=1, max_length=100)]
ContentId = Annotated[Id, Field(description="the id of content, as other tools give it")]
InCampaign = Annotated[Id | None, Field(description="the id of a campaign; without it all")]
Conditions = Annotated[
    dict[str, Any],
    Field(
        description=CONDITIONS_TOLD,
        examples=[{"contains_keyword": ["hiring", "apply now"], "not": {"tag": "freelance"}}],
    ),
]
Actions = Annotated[
    dict[str, Any],
    Field(
        description=ACTIONS_TOLD,
        examples=[{"add_category": "job_opening", "add_tags": ["hospitality"]}],
    ),
]
RuleType = Annotated[
    Literal["categorization", "tagging", "scheduling", "approval"],
    Field(description=RULE_TYPES_TOLD),
]
TIME = "with its offset, as in 2030-01-02T09:00:00+01:00"


def told(tool: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Our errors reach the agent in their words; all others are hidden."""

    @functools.wraps(tool)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await tool(*args, **kwargs)
        except CampaignbaseError as error:
            raise ToolError(doors.told(str(error), "tools")) from error

    return call


def progress_of(context: Context) -> Progress:
    async def tell(done: int, total: int) -> None:
        await context.report_progress(done, total)

    return tell


class Toolbox(Protocol):
    def __call__(
        self, title: str, group: str, *, writes: bool = False, destroys: bool = False, again: bool = True
    ) -> Callable[[Callable[P, Awaitable[T]]], object]: ...


def toolbox(server: FastMCP) -> Toolbox:
    def tool(
        title: str, group: str, *, writes: bool = False, destroys: bool = False, again: bool = True
    ) -> Callable[[Callable[P, Awaitable[T]]], object]:
        """`again`: a second call with the same arguments changes nothing more."""

        def add(function: Callable[P, Awaitable[T]]) -> object:
            return server.tool(
                told(function),
                tags={feature(group), *([WRITES] if writes else [])},
                annotations=ToolAnnotations(
                    title=title,
                    read_only_hint=not writes,
                    destructive_hint=destroys,
                    idempotent_hint=again,
                    open_world_hint=False,
                ),
                timeout=TOOL_SECONDS,
            )

        return add

    return tool
