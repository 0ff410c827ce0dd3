"""The tools: few and large, each with a schema in and out, and told apart by what they may change."""

import functools
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated, Any, Literal, ParamSpec, TypeVar

from fastmcp import Context, FastMCP
from fastmcp.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import AwareDatetime, BeforeValidator, Field

from campaignbase.core import doors
from campaignbase.core.new_content import repeated_source_key
from campaignbase.core.rule_schema import ACTIONS_TOLD, CONDITIONS_TOLD
from campaignbase.core.storable import check_digits
from campaignbase.core.text import is_blank
from campaignbase.errors import CampaignbaseError
from campaignbase.mcp import results
from campaignbase.mcp.backend import TOOL_SECONDS, Backend, Progress
from campaignbase.mcp.groups import WRITES, feature
from campaignbase.mcp.results import Id, NewItem
from campaignbase.models import NewCampaign

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
TIME = "with its offset, as in 2030-01-02T09:00:00+01:00"


def dollars(value: object) -> object:
    """A Decimal: tools read JSON strictly, and what a validator hands on is no JSON any more."""
    found = check_digits(value)
    number = isinstance(found, int | float | str) and not isinstance(found, bool)
    return Decimal(str(found)) if number else found


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


def add_tools(server: FastMCP, backend: Backend) -> None:
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

    @tool("Create a campaign", "campaigns", writes=True)
    async def create_campaign(
        name: Annotated[
            str, Field(min_length=1, max_length=255, description="one line; campaigns are found by it")
        ],
        campaign_type: Annotated[
            str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="lower_snake_case, as in seasonal_offer")
        ] = "general",
        target_platforms: Annotated[
            list[str], Field(max_length=20, description="lower_snake_case, as in instagram, linkedin")
        ] = [],  # noqa: B006 fastmcp copies it
        content_style: Annotated[
            str | None, Field(max_length=2_000, description="how its content sounds; helps to categorize it")
        ] = None,
        start_date: Annotated[AwareDatetime | None, Field(description=TIME)] = None,
        end_date: Annotated[AwareDatetime | None, Field(description=f"not before start_date; {TIME}")] = None,
        estimated_cost: Annotated[
            Decimal | None,
            Field(ge=0, le=9_999_999, decimal_places=2, description="US dollars"),
            BeforeValidator(dollars),
        ] = None,
        posting_frequency: Annotated[
            str | None, Field(max_length=2_000, description="in words, as in twice a week")
        ] = None,
    ) -> Id:
        """Create a campaign and return its id; the id of the campaign of this name where there is one."""
        return await backend.create_campaign(
            NewCampaign(
                name,
                campaign_type,
                target_platforms=tuple(target_platforms),
                content_style=content_style,
                estimated_cost=estimated_cost,
                start_date=start_date,
                end_date=end_date,
                posting_frequency=posting_frequency,
            )
        )

    @tool("List campaigns", "campaigns")
    async def list_campaigns(
        status: Annotated[
            Literal["draft", "active", "paused", "completed"] | None, Field(description="without it all")
        ] = None,
        limit: Limit = 20,
        cursor: After = None,
    ) -> results.Campaigns:
        """Campaigns, newest first."""
        return await backend.campaigns(status, limit, cursor)

    @tool("Add content", "content", writes=True, again=False)
    async def add_content(
        items: Annotated[
            list[NewItem],
            Field(
                min_length=1,
                max_length=100,
                description="the pieces",
                examples=[[{"text": "Spring sale: 20% off everything until Sunday!", "source_key": "s-1"}]],
            ),
        ],
        ctx: Context,
        campaign: Annotated[Id | None, Field(description="the id of the campaign it belongs to")] = None,
        label: Annotated[
            bool, Field(description="label it now where that can be; else a worker does")
        ] = True,
    ) -> results.Added:
        """Add one piece of content or many, all or none.

        Give a source_key of yours to add it once only: sent again, another text takes the place of its text.
        """
        for place, item in enumerate(items):
            if is_blank(item.text):
                raise ToolError(f"items.{place}.text is blank; say something, or leave the item out")
        twice = repeated_source_key([item.source_key for item in items])
        if twice is not None:
            first, second = twice
            raise ToolError(
                f"items.{first} and items.{second} have the same source_key {items[first].source_key!r};"
                " leave one of the two out"
            )
        return await backend.add_content(items, campaign, label, progress_of(ctx))

    @tool("List content", "content")
    async def list_content(
        label_state: Annotated[
            Literal["queued", "labeled", "review", "failed"] | None,
            Field(description="queued: to be labeled; review: nobody was sure; without it all"),
        ] = None,
        campaign: InCampaign = None,
        limit: Limit = 20,
        cursor: After = None,
    ) -> results.ContentPage:
        """Content with its labels, newest first."""
        return await backend.content(label_state, campaign, limit, cursor)

    @tool("Categorize again", "content", writes=True)
    async def categorize_content(
        ids: Annotated[list[Id], Field(min_length=1, max_length=50, description="of content")],
        ctx: Context,
    ) -> list[results.Content]:
        """Label content anew, for example after the vocabulary changed. What people decided stays."""
        return await backend.categorize(ids, progress_of(ctx))

    @tool("Explain labels", "content")
    async def explain_labels(content: ContentId) -> results.Why:
        """Why content has its labels: every decision with its source, score and reasons."""
        return await backend.explain(content)

    @tool("Record feedback", "content", writes=True, destroys=True)
    async def record_feedback(
        content: ContentId,
        category: Annotated[
            str | None, Field(description='a name of list_vocabulary; "" takes the category away')
        ] = None,
        sentiment: Annotated[
            Literal["positive", "neutral", "negative", "mixed"] | None, Field(description="what is right")
        ] = None,
        audience: Annotated[str | None, Field(max_length=100, description="a tag of type audience")] = None,
        add_tags: Annotated[
            list[Label], Field(max_length=50, description="a word that is no tag yet becomes one")
        ] = [],  # noqa: B006
        remove_tags: Annotated[
            list[Label], Field(max_length=50, description="no machine gives them to it again")
        ] = [],  # noqa: B006
    ) -> results.Content:
        """Correct labels as a person told you to. It stays, and the workspace learns from it."""
        return await backend.feedback(
            content,
            category=category,
            sentiment=sentiment,
            audience=audience,
            add_tags=add_tags,
            remove_tags=remove_tags,
        )

    @tool("Review queue", "content")
    async def review_queue(limit: Limit = 10, campaign: InCampaign = None) -> results.ReviewQueue:
        """Content nobody was sure about, with what came nearest: for a person to decide."""
        return await backend.review(limit, campaign)

    @tool("Search content", "search")
    async def search_content(
        query: Annotated[
            str, Field(min_length=1, max_length=10_000, description="in words, as in a job in a kitchen")
        ],
        limit: Limit = 10,
        campaign: InCampaign = None,
    ) -> results.SearchPage:
        """Find content by what it means, best first."""
        return await backend.search(query, limit, campaign)

    @tool("Suggest tags", "taxonomy")
    async def suggest_tags(
        text: Annotated[str, Field(min_length=1, max_length=100_000, description="what to find tags for")],
        limit: Limit = 8,
    ) -> results.Suggestions:
        """Tags of the vocabulary for a text that is not stored: those it names, and those of similar rows."""
        return await backend.suggest_tags(text, limit, None)

    @tool("List the vocabulary", "taxonomy")
    async def list_vocabulary(
        words: Annotated[
            bool, Field(description="with the keywords and aliases of each: twice as long")
        ] = False,
    ) -> results.Vocabulary:
        """Categories, tags and rules of the workspace, with how often each is used."""
        found = await backend.vocabulary()
        return found if words else found.short()

    @tool("Propose a category or tag", "taxonomy", writes=True)
    async def propose_label(
        kind: Annotated[Literal["category", "tag"], Field(description="content has one category, many tags")],
        name: Annotated[Label, Field(description="as people read it")],
        description: Annotated[str, Field(min_length=1, max_length=2_000, description="what belongs there")],
        keywords: Annotated[
            list[str], Field(max_length=50, description="words by which it is recognized")
        ] = [],  # noqa: B006
        parent: Annotated[
            str | None, Field(description="the name of the category above; of a category alone")
        ] = None,
    ) -> results.Proposed:
        """Propose a new label. Machines do not use it until a person allows that."""
        return await backend.propose_label(kind, name, description, keywords, parent)

    @tool("Propose a rule", "rules", writes=True, again=False)
    async def propose_rule(
        name: Annotated[str, Field(min_length=1, max_length=255, description="what it is for, in words")],
        rule_type: Annotated[
            Literal["categorization", "tagging"],
            Field(description="categorization decides before all else; tagging sees what was decided"),
        ],
        conditions: Conditions,
        actions: Annotated[
            dict[str, Any],
            Field(
                description=ACTIONS_TOLD,
                examples=[{"add_category": "job_opening", "add_tags": ["hospitality"]}],
            ),
        ],
    ) -> results.Proposed:
        """Propose a rule, switched off until a person switches it on. Preview its conditions first."""
        return await backend.propose_rule(name, rule_type, conditions, actions)

    @tool("Preview a rule", "rules")
    async def preview_rule(conditions: Conditions, campaign: InCampaign = None) -> results.Preview:
        """Which existing content these conditions hold for."""
        return await backend.preview_rule(conditions, campaign)

    @tool("Schedule a post", "campaigns", writes=True, again=False)
    async def schedule_post(
        platform: Annotated[
            str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="instagram, linkedin, x, ...")
        ],
        text: Annotated[
            str | None, Field(min_length=1, max_length=100_000, description="needed without content")
        ] = None,
        content: Annotated[
            Id | None, Field(description="the content it publishes; its text where none is given")
        ] = None,
        scheduled_time: Annotated[AwareDatetime | None, Field(description=f"to come; {TIME}")] = None,
        campaign: Annotated[Id | None, Field(description="the content's, where none is given")] = None,
    ) -> results.Scheduled:
        """Plan a post. It is written down and waits; the answer says whether anything publishes it."""
        if is_blank(text) and content is None:
            raise ToolError("give a text, or the content to publish")
        return await backend.schedule(platform, text, scheduled_time, content, campaign)

    @tool("Performance", "campaigns")
    async def performance(campaign: InCampaign = None) -> results.Performance:
        """How posts went, by platform: views, reactions, engagement."""
        return await backend.performance(campaign)

    @tool("Status", "ops")
    async def status() -> results.Status:
        """How much there is, how much waits, what failed last."""
        return await backend.status(None)
