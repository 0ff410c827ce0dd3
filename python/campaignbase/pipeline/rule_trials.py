"""Rules tried on what is there, and proposed from what people corrected; nothing is written."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from campaignbase.core.rule_names import in_own_names
from campaignbase.core.rule_proposals import MIN_SUPPORT, propose
from campaignbase.core.rule_schema import CATEGORY_ACTIONS, validate_rule
from campaignbase.core.rule_trial import Trial
from campaignbase.errors import RuleError
from campaignbase.models.rule_trials import JudgedChunk, JudgedRow, RuleProposal, RuleTrial
from campaignbase.ports import Store

CHUNK = 500  # rows of one request
MAX_JUDGED = 20_000  # rows that proposals are made from, which are held in memory


async def try_rule(
    store: Store,
    workspace_id: str,
    rule_type: str,
    conditions: Mapping[str, Any],
    actions: Mapping[str, Any],
    on_chunk: Callable[[int], None] = lambda _: None,
    *,
    campaign_id: str | None = None,
) -> RuleTrial:
    """Over all content of the workspace, or of a campaign. Raises RuleError.

    Args:
        on_chunk: told how many rows were read so far.
    """
    validate_rule(rule_type, conditions, actions)
    labels = await store.categories(workspace_id), await store.tags(workspace_id)
    meant = in_own_names(actions, *labels)
    unknown = {meant[key] for key in CATEGORY_ACTIONS if key in meant} - {one.name for one in labels[0]}
    if unknown:
        raise RuleError(f"unknown category '{unknown.pop()}'")
    trial = Trial(meant)
    read = 0
    async for chunk in _chunks(store, workspace_id, conditions, campaign_id):
        trial.add(chunk.read, chunk.rows)
        read += chunk.read
        on_chunk(read)
    return trial.result()


async def propose_rules(
    store: Store, workspace_id: str, min_support: int = MIN_SUPPORT, *, campaign_id: str | None = None
) -> list[RuleProposal]:
    """From the rows whose category a person decided, MAX_JUDGED at most; none that a rule says already.

    Args:
        campaign_id: whose rows count; None: all.
    """
    rows: list[JudgedRow] = []
    async for chunk in _chunks(store, workspace_id, None, campaign_id):
        rows += (row for row in chunk.rows if row.category_by_person)
        if len(rows) >= MAX_JUDGED:
            break
    known = [(rule.conditions, rule.actions) for rule in await store.rules(workspace_id)]
    return [one for one in propose(rows, min_support) if (one.conditions, one.actions) not in known]


async def _chunks(
    store: Store, workspace_id: str, conditions: Mapping[str, Any] | None, campaign_id: str | None
) -> AsyncIterator[JudgedChunk]:
    after: str | None = None
    while True:
        chunk = await store.judged_content(workspace_id, conditions, after, CHUNK, campaign_id)
        yield chunk
        if chunk.after is None:
            return
        after = chunk.after
