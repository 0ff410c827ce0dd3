"""Tools for the vocabulary, the rules and what waits for approval."""

from typing import Annotated, Literal

from pydantic import Field

from campaignbase.mcp import results
from campaignbase.mcp.backend import Backend
from campaignbase.mcp.results import Id
from campaignbase.mcp.tooling import Actions, Conditions, InCampaign, Label, Limit, RuleType, Toolbox


def add_label_tools(tool: Toolbox, backend: Backend) -> None:
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

    @tool("Curate the vocabulary", "taxonomy", writes=True, destroys=True)
    async def curate_vocabulary(
        act: Annotated[
            Literal["merge", "distinct", "promote", "refuse"],
            Field(
                description="merge: into other; distinct: it is not other; promote, refuse: a waiting word"
            ),
        ],
        name: Annotated[Label, Field(description="of the label or waiting word")],
        kind: Annotated[Literal["category", "tag"], Field(description="what name is")] = "tag",
        other: Annotated[Label | None, Field(description="of merge: what stays; of distinct")] = None,
    ) -> results.Curated:
        """Merge a label into another, say that two are not the same, or make a waiting word a tag or none.

        Only when a person asked for it: a merge cannot be undone. See may_be_one and waiting_words of
        list_vocabulary.
        """
        return await backend.curate(act, kind, name, other)

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
        rule_type: RuleType,
        conditions: Conditions,
        actions: Actions,
    ) -> results.Proposed:
        """Propose a rule, switched off until a person switches it on. Preview its conditions first."""
        return await backend.propose_rule(name, rule_type, conditions, actions)

    @tool("Preview a rule", "rules")
    async def preview_rule(conditions: Conditions, campaign: InCampaign = None) -> results.Preview:
        """Which existing content these conditions hold for."""
        return await backend.preview_rule(conditions, campaign)

    @tool("Test a rule", "rules")
    async def test_rule(
        conditions: Conditions,
        actions: Actions,
        rule_type: RuleType = "categorization",
        campaign: InCampaign = None,
    ) -> results.Trial:
        """What a rule would do to all content there is, and where people say otherwise. Changes nothing."""
        return await backend.test_rule(rule_type, conditions, actions, campaign)

    @tool("Suggest rules", "rules")
    async def suggest_rules(campaign: InCampaign = None) -> results.RuleProposals:
        """Rules that people's corrections suggest, with support and precision, ready for propose_rule."""
        return await backend.suggest_rules(campaign)

    @tool("Approval queue", "rules")
    async def approval_queue(limit: Limit = 20, campaign: InCampaign = None) -> results.ApprovalQueue:
        """Content and posts that wait for a person's approval."""
        return await backend.approvals(limit, campaign)

    @tool("Decide an approval", "rules", writes=True, destroys=True)
    async def decide_approval(
        target: Annotated[Id, Field(description="the id of content or of a post")],
        kind: Annotated[Literal["content", "post"], Field(description="what the id is of")],
        approval: Annotated[
            Literal["approved", "rejected", "required"], Field(description="required: it waits for a person")
        ],
        note: Annotated[str | None, Field(max_length=2_000, description="why, for the history")] = None,
    ) -> results.Approved:
        """Approve, reject or hold back content or a post, only as a person told you to."""
        return await backend.approve(target, kind, approval, note, None)
