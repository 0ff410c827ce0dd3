"""A backend of one campaign: what is not in it is not there, whichever tool or resource names it.

The vocabulary and the rules are the workspace's; what is proposed there waits for a person.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from campaignbase.errors import InputError, NotFoundError
from campaignbase.mcp import results
from campaignbase.mcp.backend import Backend, Progress
from campaignbase.models import NewCampaign
from campaignbase.models.approvals import Approval


class OneCampaign:
    """`campaignbase.mcp.backend.Backend`."""

    def __init__(self, inner: Backend, campaign_id: str) -> None:
        self._inner = inner
        self._campaign = campaign_id

    async def create_campaign(self, new: NewCampaign) -> str:  # noqa: ARG002 none may be made
        raise self._refusal()

    async def campaigns(
        self,
        status: str | None,
        limit: int,  # noqa: ARG002 there is one
        cursor: str | None,  # noqa: ARG002
    ) -> results.Campaigns:
        own = await self._inner.campaign(self._campaign)
        return results.Campaigns(campaigns=[own] if status in (None, own.status) else [], next=None)

    async def campaign(self, campaign_id: str) -> results.Campaign:
        if campaign_id != self._campaign:
            raise NotFoundError(f"no campaign {campaign_id} here; {self._refusal()}")
        return await self._inner.campaign(campaign_id)

    async def add_content(
        self, items: Sequence[results.NewItem], campaign_id: str | None, label: bool, progress: Progress
    ) -> results.Added:
        own = self._own(campaign_id)
        for place, item in enumerate(items):
            known = None if item.source_key is None else await self._inner.of_source_key(item.source_key)
            if known is not None and known.campaign_id != self._campaign:
                raise InputError(
                    f"items.{place}.source_key {item.source_key!r} is of content elsewhere;"
                    f" choose another one: {self._refusal()}"
                )
        return await self._inner.add_content(items, own, label, progress)

    async def one(self, content_id: str) -> results.Content:
        found = await self._inner.one(content_id)
        if found.campaign_id != self._campaign:
            raise NotFoundError(f"no content {content_id} here; {self._refusal()}")
        return found

    async def of_source_key(self, source_key: str) -> results.Content | None:
        found = await self._inner.of_source_key(source_key)
        return found if found is not None and found.campaign_id == self._campaign else None

    async def content(
        self, state: str | None, campaign_id: str | None, limit: int, cursor: str | None
    ) -> results.ContentPage:
        return await self._inner.content(state, self._own(campaign_id), limit, cursor)

    async def categorize(self, ids: Sequence[str], progress: Progress) -> list[results.Content]:
        for key in ids:
            await self.one(key)
        return await self._inner.categorize(ids, progress)

    async def explain(self, content_id: str) -> results.Why:
        await self.one(content_id)
        return await self._inner.explain(content_id)

    async def search(self, query: str, limit: int, campaign_id: str | None) -> results.SearchPage:
        return await self._inner.search(query, limit, self._own(campaign_id))

    async def suggest_tags(self, text: str, limit: int, campaign_id: str | None) -> results.Suggestions:
        return await self._inner.suggest_tags(text, limit, self._own(campaign_id))

    async def vocabulary(self) -> results.Vocabulary:
        """Without the words that wait, which were met in other content too."""
        return (await self._inner.vocabulary()).model_copy(update={"waiting_words": []})

    async def curate(
        self,
        act: Literal["merge", "distinct", "promote", "refuse"],
        kind: Literal["category", "tag"],  # noqa: ARG002 none may be changed
        name: str,
        other: str | None,  # noqa: ARG002
    ) -> results.Curated:
        raise InputError(f"{self._refusal()}, and labels are those of all; ask a person to {act} {name!r}")

    async def propose_label(
        self,
        kind: Literal["category", "tag"],
        name: str,
        description: str,
        keywords: Sequence[str],
        parent: str | None,
    ) -> results.Proposed:
        return await self._inner.propose_label(kind, name, description, keywords, parent)

    async def propose_rule(
        self, name: str, rule_type: str, conditions: Mapping[str, Any], actions: Mapping[str, Any]
    ) -> results.Proposed:
        return await self._inner.propose_rule(name, rule_type, conditions, actions)

    async def preview_rule(self, conditions: Mapping[str, Any], campaign_id: str | None) -> results.Preview:
        return await self._inner.preview_rule(conditions, self._own(campaign_id))

    async def test_rule(
        self,
        rule_type: str,
        conditions: Mapping[str, Any],
        actions: Mapping[str, Any],
        campaign_id: str | None,
    ) -> results.Trial:
        return await self._inner.test_rule(rule_type, conditions, actions, self._own(campaign_id))

    async def suggest_rules(self, campaign_id: str | None) -> results.RuleProposals:
        return await self._inner.suggest_rules(self._own(campaign_id))

    async def approvals(self, limit: int, campaign_id: str | None) -> results.ApprovalQueue:
        return await self._inner.approvals(limit, self._own(campaign_id))

    async def approve(
        self,
        target_id: str,
        kind: Literal["content", "post"],
        approval: Approval,
        note: str | None,
        campaign_id: str | None,
    ) -> results.Approved:
        return await self._inner.approve(target_id, kind, approval, note, self._own(campaign_id))

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
        await self.one(content_id)
        return await self._inner.feedback(
            content_id,
            category=category,
            sentiment=sentiment,
            audience=audience,
            add_tags=add_tags,
            remove_tags=remove_tags,
        )

    async def review(self, limit: int, campaign_id: str | None) -> results.ReviewQueue:
        return await self._inner.review(limit, self._own(campaign_id))

    async def schedule(
        self,
        platform: str,
        text: str | None,
        scheduled_time: datetime | None,
        content_id: str | None,
        campaign_id: str | None,
    ) -> results.Scheduled:
        own = self._own(campaign_id)
        if content_id is not None:
            await self.one(content_id)
        return await self._inner.schedule(platform, text, scheduled_time, content_id, own)

    async def performance(self, campaign_id: str | None) -> results.Performance:
        return await self._inner.performance(self._own(campaign_id))

    async def accuracy(self, campaign_id: str | None) -> results.Accuracy:
        return await self._inner.accuracy(self._own(campaign_id))

    async def status(self, campaign_id: str | None) -> results.Status:
        """Of jobs the counts alone: an error may tell of other content."""
        found = await self._inner.status(self._own(campaign_id))
        return found.model_copy(update={"last_error": None})

    def _own(self, asked: str | None) -> str:
        """Raises InputError: another campaign is asked for."""
        if asked not in (None, self._campaign):
            raise self._refusal()
        return self._campaign

    def _refusal(self) -> InputError:
        return InputError(f"this server works in campaign {self._campaign} alone")
