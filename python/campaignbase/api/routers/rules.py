"""Rules, and what they would hit."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from campaignbase.api.access import Asked
from campaignbase.api.routers import router
from campaignbase.api.schemas.base import Listed
from campaignbase.api.schemas.content import ContentOut
from campaignbase.api.schemas.vocabulary import (
    PreviewIn,
    RuleIn,
    RuleOut,
    RulePatch,
    RuleProposalOut,
    TrialIn,
    TrialOut,
)
from campaignbase.errors import NotFoundError
from campaignbase.models import Rule
from campaignbase.pipeline.rule_trials import propose_rules, try_rule

routes = router("rules", prefix="/rules")


@routes.get("")
async def list_rules(asked: Asked) -> Listed[RuleOut]:
    """Highest priority first, disabled ones too."""
    workspace = await asked.workspace()
    return Listed(items=[RuleOut.of(one) for one in await asked.store.rules(workspace.id)])


@routes.post("", status_code=201)
async def create_rule(body: RuleIn, asked: Asked) -> RuleOut:
    """Conditions and actions are checked; a name is one rule's."""
    workspace = await asked.workspace()
    return RuleOut.of(await asked.store.add_rule(workspace.id, Rule(id="", **body.model_dump())))


@routes.post("/preview")
async def preview_rule(body: PreviewIn, asked: Asked) -> Listed[ContentOut]:
    """Existing content these conditions hold for, newest first; nothing is changed."""
    workspace = await asked.workspace()
    campaign_id = None if body.campaign_id is None else str(body.campaign_id)
    found = await asked.store.preview_rule(workspace.id, body.conditions, body.limit, campaign_id=campaign_id)
    return Listed(items=[ContentOut.of(one) for one in found])


@routes.post("/test")
async def test_rule(body: TrialIn, asked: Asked) -> TrialOut:
    """Try a rule on all content there is: hits, and where people say otherwise; nothing is changed."""
    workspace = await asked.workspace()
    return TrialOut.of(
        await try_rule(
            asked.store,
            workspace.id,
            body.rule_type,
            body.conditions,
            body.actions,
            campaign_id=None if body.campaign_id is None else str(body.campaign_id),
        )
    )


@routes.get("/suggestions")
async def suggest_rules(
    asked: Asked, campaign_id: Annotated[UUID | None, Query()] = None
) -> Listed[RuleProposalOut]:
    """Rules that people's corrections suggest, ready to be sent to POST /rules; nothing is changed."""
    workspace = await asked.workspace()
    found = await propose_rules(
        asked.store, workspace.id, campaign_id=None if campaign_id is None else str(campaign_id)
    )
    return Listed(items=[RuleProposalOut.of(one) for one in found])


@routes.patch("/{rule_id}")
async def enable_rule(rule_id: UUID, body: RulePatch, asked: Asked) -> RuleOut:
    """Switch it on or off."""
    workspace = await asked.workspace()
    await asked.store.enable_rule(workspace.id, str(rule_id), body.enabled)
    for one in await asked.store.rules(workspace.id):
        if one.id == str(rule_id):
            return RuleOut.of(one)
    raise NotFoundError(f"the rule {rule_id} was removed meanwhile; see GET /rules")


@routes.delete("/{rule_id}", status_code=204)
async def delete_rule(rule_id: UUID, asked: Asked) -> None:
    """Labels it gave stay."""
    workspace = await asked.workspace()
    await asked.store.remove_rule(workspace.id, str(rule_id))
