"""What the tools ask of whatever lies behind them; one protocol, so that all servers have the same tools."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from campaignbase.mcp import results
from campaignbase.models import NewCampaign
from campaignbase.models.approvals import Approval

Progress = Callable[[int, int], Awaitable[None]]  # (done, of)
PORTION = 20  # rows labeled between two words about progress
TOOL_SECONDS = 120.0  # then a call is broken off
LABELING_SECONDS = 40.0  # then an answer waits for no other portion: what is added is told of in time


class Backend(Protocol):
    """Of one workspace. Raises CampaignbaseError: what was wrong with the request, for its author."""

    async def create_campaign(self, new: NewCampaign) -> str:
        """Its id; that of the campaign of this name where there is one."""
        ...

    async def campaigns(self, status: str | None, limit: int, cursor: str | None) -> results.Campaigns:
        """`cursor`: the `next` of a page, which the one after it follows."""
        ...

    async def add_content(
        self, items: Sequence[results.NewItem], campaign_id: str | None, label: bool, progress: Progress
    ) -> results.Added:
        """All of it or none."""
        ...

    async def one(self, content_id: str) -> results.Content: ...

    async def of_source_key(self, source_key: str) -> results.Content | None: ...

    async def content(
        self, state: str | None, campaign_id: str | None, limit: int, cursor: str | None
    ) -> results.ContentPage: ...

    async def categorize(self, ids: Sequence[str], progress: Progress) -> list[results.Content]:
        """Label them again; what people decided stays."""
        ...

    async def campaign(self, campaign_id: str) -> results.Campaign: ...

    async def explain(self, content_id: str) -> results.Why: ...

    async def search(self, query: str, limit: int, campaign_id: str | None) -> results.SearchPage: ...

    async def suggest_tags(self, text: str, limit: int, campaign_id: str | None) -> results.Suggestions:
        """Nothing is stored. `campaign_id`: whose rows count as similar; None: all."""
        ...

    async def vocabulary(self) -> results.Vocabulary: ...

    async def curate(
        self,
        act: Literal["merge", "distinct", "promote", "refuse"],
        kind: Literal["category", "tag"],
        name: str,
        other: str | None,
    ) -> results.Curated:
        """`other`: of merge and distinct; the name of promote and refuse is a waiting word's."""
        ...

    async def propose_label(
        self,
        kind: Literal["category", "tag"],
        name: str,
        description: str,
        keywords: Sequence[str],
        parent: str | None,
    ) -> results.Proposed: ...

    async def propose_rule(
        self, name: str, rule_type: str, conditions: Mapping[str, Any], actions: Mapping[str, Any]
    ) -> results.Proposed: ...

    async def preview_rule(
        self, conditions: Mapping[str, Any], campaign_id: str | None
    ) -> results.Preview: ...

    async def test_rule(
        self,
        rule_type: str,
        conditions: Mapping[str, Any],
        actions: Mapping[str, Any],
        campaign_id: str | None,
    ) -> results.Trial:
        """On all content there is, or a campaign's; nothing is changed."""
        ...

    async def suggest_rules(self, campaign_id: str | None) -> results.RuleProposals: ...

    async def approvals(self, limit: int, campaign_id: str | None) -> results.ApprovalQueue: ...

    async def approve(
        self,
        target_id: str,
        kind: Literal["content", "post"],
        approval: Approval,
        note: str | None,
        campaign_id: str | None,
    ) -> results.Approved:
        """As a person's decision. `campaign_id`: where the content or post must be; None: anywhere."""
        ...

    async def feedback(
        self,
        content_id: str,
        *,
        category: str | None,
        sentiment: str | None,
        audience: str | None,
        add_tags: Sequence[str],
        remove_tags: Sequence[str],
    ) -> results.Content:
        """As a person's decision."""
        ...

    async def review(self, limit: int, campaign_id: str | None) -> results.ReviewQueue: ...

    async def schedule(
        self,
        platform: str,
        text: str | None,
        scheduled_time: datetime | None,
        content_id: str | None,
        campaign_id: str | None,
    ) -> results.Scheduled: ...

    async def performance(self, campaign_id: str | None) -> results.Performance: ...

    async def accuracy(self, campaign_id: str | None) -> results.Accuracy: ...

    async def status(self, campaign_id: str | None) -> results.Status: ...
