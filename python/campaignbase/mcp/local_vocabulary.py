"""The tools for labels, rules and approvals, on a database of this machine."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

from campaignbase import models
from campaignbase.errors import InputError, NotFoundError
from campaignbase.mcp import results
from campaignbase.mcp.backend import Progress
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
from campaignbase.mcp.sums import proposed_label, proposed_rule
from campaignbase.models import Category, Rule, Tag
from campaignbase.models.approvals import Approval
from campaignbase.pipeline.rule_trials import propose_rules, try_rule
from campaignbase.ports import Store


class LocalVocabulary(ABC):
    """Part of `campaignbase.mcp.local.LocalBackend`."""

    _store: Store
    _workspace: models.Workspace

    @property
    def _home(self) -> str:
        return self._workspace.id

    @abstractmethod
    async def _label(self, targets: Sequence[str] | None, progress: Progress | None = None) -> None: ...

    async def vocabulary(self) -> results.Vocabulary:
        categories = await self._store.categories(self._home)
        names = {row.id: row.name for row in categories}
        return results.Vocabulary(
            categories=[category_card(asdict(row), names) for row in categories],
            tags=[tag_card(asdict(row)) for row in await self._store.tags(self._home)],
            rules=[rule_card(asdict(row)) for row in await self._store.rules(self._home)],
            groups=[group_card(asdict(row)) for row in await self._store.tag_groups(self._home)],
            may_be_one=[
                pair_card(asdict(row)) for row in await self._store.merge_suggestions(self._home, "tag")
            ],
            waiting_words=[word_card(asdict(row)) for row in await self._store.proposals(self._home)],
        )

    async def curate(
        self,
        act: Literal["merge", "distinct", "promote", "refuse"],
        kind: Literal["category", "tag"],
        name: str,
        other: str | None,
    ) -> results.Curated:
        if act in ("merge", "distinct"):
            target = other_label(act, other)
            if act == "distinct":
                await self._store.mark_distinct(self._home, kind, name, target)
                return distinct_told(name, target)
            merge = self._store.merge_tags if kind == "tag" else self._store.merge_categories
            return merge_told(name, asdict(await merge(self._home, name, target)))
        found = waiting(
            name, [asdict(row) for row in await self._store.proposals(self._home, "open", words=[name])]
        )
        if act == "refuse":
            return refused_told(await self._store.refuse_proposal(found))
        word = await self._store.promote_proposal(found)
        await self._label(None)
        return promoted_told(word)

    async def propose_label(
        self,
        kind: Literal["category", "tag"],
        name: str,
        description: str,
        keywords: Sequence[str],
        parent: str | None,
    ) -> results.Proposed:
        for state in TAKEN:
            taken = await self._store.proposals(self._home, state, words=[name])
            check_wanted(kind, name, [asdict(row) for row in taken])
        if kind == "category":
            parent_id = None if parent is None else await self._parent(parent)
            category = Category("", name, parent_id, description, tuple(keywords), manual_only=True)
            added = await self._store.add_categories(self._home, [category])
        else:
            tag = Tag("", name, None, description, tuple(keywords), manual_only=True)
            added = await self._store.add_tags(self._home, [tag])
        if not added:
            raise InputError(f"a {kind} {name!r} exists already, perhaps in another spelling")
        return proposed_label(kind, name)

    async def propose_rule(
        self, name: str, rule_type: str, conditions: Mapping[str, Any], actions: Mapping[str, Any]
    ) -> results.Proposed:
        rule = Rule("", name, rule_type, conditions, actions, enabled=False)
        made = await self._store.add_rule(self._home, rule)
        return proposed_rule(name, made.id)

    async def preview_rule(self, conditions: Mapping[str, Any], campaign_id: str | None) -> results.Preview:
        found = await self._store.preview_rule(self._home, conditions, 100, campaign_id=campaign_id)
        return results.Preview(count=len(found), examples=[content_card(asdict(row)) for row in found[:5]])

    async def test_rule(
        self,
        rule_type: str,
        conditions: Mapping[str, Any],
        actions: Mapping[str, Any],
        campaign_id: str | None,
    ) -> results.Trial:
        told = await try_rule(
            self._store, self._home, rule_type, conditions, actions, campaign_id=campaign_id
        )
        return trial_card(asdict(told))

    async def suggest_rules(self, campaign_id: str | None) -> results.RuleProposals:
        found = await propose_rules(self._store, self._home, campaign_id=campaign_id)
        return results.RuleProposals(rules=[results.RuleProposal(**asdict(one)) for one in found])

    async def approvals(self, limit: int, campaign_id: str | None) -> results.ApprovalQueue:
        found = await self._store.approval_queue(self._home, limit, campaign_id)
        return results.ApprovalQueue(items=[waiting_card(asdict(one)) for one in found])

    async def approve(
        self,
        target_id: str,
        kind: Literal["content", "post"],
        approval: Approval,
        note: str | None,
        campaign_id: str | None,
    ) -> results.Approved:
        get = self._store.get_content if kind == "content" else self._store.get_post
        found = await get(target_id)
        if found.workspace_id != self._home:
            raise NotFoundError(f"no {kind} {target_id} in workspace {self._workspace.name!r}")
        check_campaign(kind, target_id, found.campaign_id, campaign_id)
        await self._store.set_approval(target_id, approval, note)
        await self._label([target_id])
        return results.Approved(id=target_id, approval=approval)

    async def _parent(self, name: str) -> str:
        for row in await self._store.categories(self._home):
            if row.name == name:
                return row.id
        raise NotFoundError(f"no category {name!r}; see list_vocabulary")
