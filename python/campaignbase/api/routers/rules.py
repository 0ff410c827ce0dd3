"""Rules, and what they would hit."""

from uuid import UUID

from campaignbase.api.access import Asked
from campaignbase.api.routers import router
from campaignbase.api.schemas.base import Listed
from campaignbase.api.schemas.content import ContentOut
from campaignbase.api.schemas.vocabulary import PreviewIn, RuleIn, RuleOut, RulePatch
from campaignbase.errors import NotFoundError
from campaignbase.models import Rule

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
    found = await asked.store.preview_rule(workspace.id, body.conditions, body.limit)
    return Listed(items=[ContentOut.of(one) for one in found])


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
