"""The tools: few and large, each with a schema in and out, and told apart by what they may change."""

from decimal import Decimal
from typing import Annotated, Literal

from fastmcp import Context, FastMCP
from fastmcp.exceptions import ToolError
from pydantic import AwareDatetime, BeforeValidator, Field

from campaignbase.core.new_content import repeated_source_key
from campaignbase.core.storable import check_digits
from campaignbase.core.text import is_blank
from campaignbase.mcp import results
from campaignbase.mcp.backend import Backend
from campaignbase.mcp.label_tools import add_label_tools
from campaignbase.mcp.results import Id, NewItem
from campaignbase.mcp.tooling import TIME, After, ContentId, InCampaign, Label, Limit, progress_of, toolbox
from campaignbase.models import NewCampaign


def dollars(value: object) -> object:
    """A Decimal: tools read JSON strictly, and what a validator hands on is no JSON any more."""
    found = check_digits(value)
    number = isinstance(found, int | float | str) and not isinstance(found, bool)
    return Decimal(str(found)) if number else found


def add_tools(server: FastMCP, backend: Backend) -> None:
    tool = toolbox(server)
    add_label_tools(tool, backend)

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
        optimal_times: Annotated[
            list[Annotated[str, Field(max_length=20)]],
            Field(
                max_length=50,
                description="when its posts are best: 09:00 or mon 09:00, in the workspace's time zone",
            ),
        ] = [],  # noqa: B006
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
                optimal_times=tuple(optimal_times),
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
