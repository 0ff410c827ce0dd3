"""The tools for labels, rules and approvals, over the REST API."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote

from campaignbase.errors import NotFoundError
from campaignbase.mcp import results
from campaignbase.mcp.cards import (
    category_card,
    content_card,
    group_card,
    pair_card,
    rule_card,
    tag_card,
    trial_card,
    waiting_card,
    word_card,
)
from campaignbase.mcp.curated import (
    TAKEN,
    check_campaign,
    check_wanted,
    distinct_told,
    merge_told,
    other_label,
    promoted_told,
    refused_told,
    waiting,
)
from campaignbase.mcp.remote_api import Api
from campaignbase.mcp.sums import proposed_label, proposed_rule
from campaignbase.models.approvals import Approval


class RemoteVocabulary(Api):
    """Part of `campaignbase.mcp.remote.RemoteBackend`."""

    async def vocabulary(self) -> results.Vocabulary:
        categories = (await self._ask("GET", "/categories"))["items"]
        names = {row["id"]: row["name"] for row in categories}
        return results.Vocabulary(
            categories=[category_card(row, names) for row in categories],
            tags=[tag_card(row) for row in (await self._ask("GET", "/tags"))["items"]],
            rules=[rule_card(row) for row in (await self._ask("GET", "/rules"))["items"]],
            groups=[group_card(row) for row in (await self._ask("GET", "/tag-groups"))["items"]],
            may_be_one=[pair_card(row) for row in (await self._ask("GET", "/tags/duplicates"))["items"]],
            waiting_words=[word_card(row) for row in (await self._ask("GET", "/proposals"))["items"]],
        )

    async def curate(
        self,
        act: Literal["merge", "distinct", "promote", "refuse"],
        kind: Literal["category", "tag"],
        name: str,
        other: str | None,
    ) -> results.Curated:
        place = f"/{'tags' if kind == 'tag' else 'categories'}/{quote(name, safe='')}"
        if act == "distinct":
            await self._ask("POST", f"{place}/distinct", json={"other": other_label(act, other)})
            return distinct_told(name, other_label(act, other))
        if act == "merge":
            merged = await self._ask("POST", f"{place}/merge", json={"into": other_label(act, other)})
            return merge_told(name, merged)
        found = waiting(name, (await self._ask("GET", "/proposals", word=name))["items"])
        told = await self._ask("POST", f"/proposals/{found}/{act}")
        return promoted_told(told["name"]) if act == "promote" else refused_told(told["name"])

    async def propose_label(
        self,
        kind: Literal["category", "tag"],
        name: str,
        description: str,
        keywords: Sequence[str],
        parent: str | None,
    ) -> results.Proposed:
        for state in TAKEN:
            taken = await self._ask("GET", "/proposals", state=state, word=name)
            check_wanted(kind, name, taken["items"])
        body: dict[str, Any] = {
            "name": name, "description": description, "keywords": list(keywords), "manual_only": True,
        }  # fmt: skip
        if kind == "category" and parent is not None:
            known = (await self._ask("GET", "/categories"))["items"]
            found = next((row for row in known if row["name"] == parent), None)
            if found is None:
                raise NotFoundError(f"no category {parent!r}; see list_vocabulary")
            body["parent_id"] = found["id"]
        group = "categories" if kind == "category" else "tags"
        await self._ask("POST", f"/{group}", json=body)
        return proposed_label(kind, name)

    async def propose_rule(
        self, name: str, rule_type: str, conditions: Mapping[str, Any], actions: Mapping[str, Any]
    ) -> results.Proposed:
        made = await self._ask(
            "POST",
            "/rules",
            json={
                "name": name,
                "rule_type": rule_type,
                "conditions": dict(conditions),
                "actions": dict(actions),
                "enabled": False,
            },
        )
        return proposed_rule(name, made["id"])

    async def preview_rule(self, conditions: Mapping[str, Any], campaign_id: str | None) -> results.Preview:
        body = {"conditions": dict(conditions), "limit": 100, "campaign_id": campaign_id}
        found = (await self._ask("POST", "/rules/preview", json=body))["items"]
        return results.Preview(count=len(found), examples=[content_card(row) for row in found[:5]])

    async def test_rule(
        self,
        rule_type: str,
        conditions: Mapping[str, Any],
        actions: Mapping[str, Any],
        campaign_id: str | None,
    ) -> results.Trial:
        body = {
            "rule_type": rule_type,
            "conditions": dict(conditions),
            "actions": dict(actions),
            "campaign_id": campaign_id,
        }
        return trial_card(await self._ask("POST", "/rules/test", json=body))

    async def suggest_rules(self, campaign_id: str | None) -> results.RuleProposals:
        found = (await self._ask("GET", "/rules/suggestions", campaign_id=campaign_id))["items"]
        return results.RuleProposals(rules=[results.RuleProposal(**one) for one in found])

    async def approvals(self, limit: int, campaign_id: str | None) -> results.ApprovalQueue:
        found = (await self._ask("GET", "/approvals", limit=limit, campaign_id=campaign_id))["items"]
        return results.ApprovalQueue(items=[waiting_card(row) for row in found])

    async def approve(
        self,
        target_id: str,
        kind: Literal["content", "post"],
        approval: Approval,
        note: str | None,
        campaign_id: str | None,
    ) -> results.Approved:
        place = f"/{'content' if kind == 'content' else 'posts'}/{target_id}"
        if campaign_id is not None:
            check_campaign(kind, target_id, (await self._ask("GET", place))["campaign_id"], campaign_id)
        body = {"approval": approval, "note": note}
        told = await self._ask("POST", f"{place}/approval", json=body)
        return results.Approved(id=told["id"], approval=told["approval"])
