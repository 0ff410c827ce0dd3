"""The store in one SQLite file: no server, no key, same behavior.

What must hold for every program is in the file itself, as triggers (sql/sqlite/twins); the rest is in the
modules beside this one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from campaignbase.core.webhook_schedule import OVERLAP_HOURS
from campaignbase.models import (
    Campaign,
    Category,
    ContentAsset,
    Context,
    ContextRequest,
    Correction,
    Explanation,
    InsertCounts,
    Job,
    JobResult,
    NewCampaign,
    NewContent,
    QueueStatus,
    Rule,
    SearchHit,
    Tag,
    Vector,
    Verdict,
    Workspace,
)
from campaignbase.models.cache import CacheCount, CacheRow, CacheState, StoredVector
from campaignbase.models.media import MediaFile
from campaignbase.models.requests import Begun
from campaignbase.models.webhooks import (
    ClaimedDelivery,
    DeliveryResult,
    DeliveryStatus,
    WebhookDelivery,
    WebhookEndpoint,
)
from campaignbase.stores import (
    sqlite_cache,
    sqlite_categories,
    sqlite_complete,
    sqlite_content,
    sqlite_context,
    sqlite_correct,
    sqlite_deliveries,
    sqlite_media,
    sqlite_queue,
    sqlite_reading,
    sqlite_requests,
    sqlite_tags,
    sqlite_vocabulary,
    sqlite_webhooks,
)
from campaignbase.stores.sqlite_api_keys import SqliteApiKeys
from campaignbase.stores.sqlite_approvals import SqliteApprovals
from campaignbase.stores.sqlite_backfill_store import SqliteBackfills
from campaignbase.stores.sqlite_budget import SqliteBudget
from campaignbase.stores.sqlite_curation import SqliteCuration
from campaignbase.stores.sqlite_gate import SqliteGate
from campaignbase.stores.sqlite_learning import SqliteLearning
from campaignbase.stores.sqlite_library import SqliteLibrary
from campaignbase.stores.sqlite_measuring import SqliteMeasuring
from campaignbase.stores.sqlite_rule_trials import SqliteRuleTrials


class SqliteStore(
    SqliteLibrary,
    SqliteApiKeys,
    SqliteApprovals,
    SqliteRuleTrials,
    SqliteBudget,
    SqliteGate,
    SqliteLearning,
    SqliteCuration,
    SqliteBackfills,
    SqliteMeasuring,
):
    """`campaignbase.ports.Store` over one file.

    Other programs may read and write the file meanwhile. `clock` times leases and retries.
    """

    # the queue

    async def claim_jobs(
        self,
        worker: str,
        batch: int = 50,
        lease_seconds: int = 120,
        workspace_id: str | None = None,
        targets: Sequence[str] | None = None,
    ) -> list[Job]:
        return await self._run(sqlite_queue.claim_jobs, worker, batch, lease_seconds, workspace_id, targets)

    async def categorization_context(self, requests: Sequence[ContextRequest]) -> Context:
        return await self._run(sqlite_context.categorization_context, self._vectors, requests)

    async def complete_jobs(self, results: Sequence[JobResult]) -> list[Verdict]:
        return await self._run(sqlite_complete.complete_jobs, results)

    async def release_jobs(self, jobs: Sequence[Job]) -> int:
        return await self._run(sqlite_queue.release_jobs, jobs)

    async def replay_jobs(self, job_ids: Sequence[int] | None = None) -> int:
        return await self._run(sqlite_queue.replay_jobs, job_ids)

    async def queue_status(self, workspace_id: str | None = None) -> list[QueueStatus]:
        return await self._run(sqlite_queue.queue_status, workspace_id)

    async def queue_content(self, target_ids: Sequence[str]) -> int:
        return await self._run(sqlite_queue.queue_content, target_ids)

    # workspaces and vocabulary

    async def workspaces(self) -> list[Workspace]:
        return await self._run(sqlite_vocabulary.workspaces)

    async def create_workspace(self, name: str) -> Workspace:
        return await self._run(sqlite_vocabulary.create_workspace, name)

    async def delete_workspace(self, workspace_id: str) -> None:
        await self._run(sqlite_vocabulary.delete_workspace, workspace_id)

    async def categories(self, workspace_id: str) -> list[Category]:
        return await self._run(sqlite_categories.categories, workspace_id)

    async def tags(self, workspace_id: str) -> list[Tag]:
        return await self._run(sqlite_tags.tags, workspace_id)

    async def add_categories(self, workspace_id: str, categories: Sequence[Category]) -> int:
        return await self._run(sqlite_categories.add_categories, workspace_id, categories)

    async def remove_category(self, workspace_id: str, name: str) -> None:
        await self._run(sqlite_categories.remove_category, workspace_id, name)

    async def rename_category(self, workspace_id: str, name: str, new_name: str) -> None:
        await self._run(sqlite_categories.rename_category, workspace_id, name, new_name)

    async def edit_category(self, workspace_id: str, name: str, new: Category) -> None:
        await self._run(sqlite_categories.edit_category, workspace_id, name, new)

    async def add_tags(self, workspace_id: str, tags: Sequence[Tag]) -> int:
        return await self._run(sqlite_tags.add_tags, workspace_id, tags)

    async def edit_tag(self, workspace_id: str, name: str, new: Tag) -> None:
        await self._run(sqlite_tags.edit_tag, workspace_id, name, new)

    async def remove_tag(self, workspace_id: str, name: str) -> None:
        await self._run(sqlite_tags.remove_tag, workspace_id, name)

    async def rules(self, workspace_id: str) -> list[Rule]:
        return await self._run(sqlite_vocabulary.rules, workspace_id)

    async def add_rule(self, workspace_id: str, rule: Rule) -> Rule:
        return await self._run(sqlite_vocabulary.add_rule, workspace_id, rule)

    async def enable_rule(self, workspace_id: str, rule_id: str, enabled: bool) -> None:
        await self._run(sqlite_vocabulary.enable_rule, workspace_id, rule_id, enabled)

    async def remove_rule(self, workspace_id: str, rule_id: str) -> None:
        await self._run(sqlite_vocabulary.remove_rule, workspace_id, rule_id)

    async def preview_rule(
        self,
        workspace_id: str,
        conditions: Mapping[str, Any],
        limit: int = 100,
        *,
        campaign_id: str | None = None,
    ) -> list[ContentAsset]:
        return await self._run(
            sqlite_vocabulary.preview_rule, self._vectors, workspace_id, conditions, limit, campaign_id
        )

    # content

    async def insert_content(self, workspace_id: str, rows: Sequence[NewContent]) -> InsertCounts:
        return await self._run(sqlite_content.insert_content, workspace_id, rows)

    async def insert_campaigns(self, workspace_id: str, rows: Sequence[NewCampaign]) -> list[str]:
        return await self._run(sqlite_content.insert_campaigns, workspace_id, rows)

    async def content(
        self,
        workspace_id: str,
        *,
        label_state: str | None = None,
        category: str | None = None,
        campaign_id: str | None = None,
        limit: int = 100,
    ) -> list[ContentAsset]:
        return await self._run(
            sqlite_reading.content, workspace_id, label_state, category, campaign_id, limit
        )

    async def campaigns(self, workspace_id: str) -> list[Campaign]:
        return await self._run(sqlite_reading.campaigns, workspace_id)

    async def explain(self, target_id: str) -> Explanation:
        return await self._run(sqlite_reading.explain, target_id)

    async def correct(self, target_id: str, correction: Correction) -> None:
        await self._run(sqlite_correct.correct, target_id, correction)

    async def semantic_search(
        self, query: Vector, match_count: int = 10, workspace_id: str | None = None, model: str | None = None
    ) -> list[SearchHit]:
        return await self._run(
            sqlite_reading.semantic_search, self._vectors, query, match_count, workspace_id, model
        )

    # webhooks

    async def webhooks(self, workspace_id: str) -> list[WebhookEndpoint]:
        return await self._run(sqlite_webhooks.webhooks, workspace_id)

    async def add_webhook(
        self, workspace_id: str, name: str, url: str, events: Sequence[str] = (), *, allow_local: bool = False
    ) -> tuple[WebhookEndpoint, str]:
        return await self._run(sqlite_webhooks.add_webhook, workspace_id, name, url, events, allow_local)

    async def enable_webhook(self, endpoint_id: str, enabled: bool) -> None:
        await self._run(sqlite_webhooks.enable_webhook, endpoint_id, enabled)

    async def remove_webhook(self, endpoint_id: str) -> None:
        await self._run(sqlite_webhooks.remove_webhook, endpoint_id)

    async def rotate_webhook_secret(self, endpoint_id: str, overlap_hours: int = OVERLAP_HOURS) -> str:
        return await self._run(sqlite_webhooks.rotate_webhook_secret, endpoint_id, overlap_hours)

    async def test_webhook(self, endpoint_id: str) -> str:
        return await self._run(sqlite_webhooks.test_webhook, endpoint_id)

    async def webhook_deliveries(
        self, workspace_id: str, endpoint_id: str | None = None, state: str | None = None, limit: int = 50
    ) -> list[WebhookDelivery]:
        return await self._run(sqlite_deliveries.webhook_deliveries, workspace_id, endpoint_id, state, limit)

    async def replay_deliveries(
        self, delivery_ids: Sequence[str] | None = None, endpoint_id: str | None = None
    ) -> int:
        return await self._run(sqlite_deliveries.replay_deliveries, delivery_ids, endpoint_id)

    async def claim_deliveries(
        self, worker: str, batch: int = 20, lease_seconds: int = 60
    ) -> list[ClaimedDelivery]:
        return await self._run(sqlite_deliveries.claim_deliveries, worker, batch, lease_seconds)

    async def complete_deliveries(self, results: Sequence[DeliveryResult]) -> list[Verdict]:
        return await self._run(sqlite_deliveries.complete_deliveries, results)

    async def delivery_status(self) -> DeliveryStatus:
        return await self._run(sqlite_deliveries.delivery_status)

    # files

    async def link_file(self, asset_id: str, path: str | None) -> None:
        await self._run(sqlite_media.link_file, asset_id, path)

    async def media(self, workspace_id: str) -> list[MediaFile]:
        return await self._run(sqlite_media.media, workspace_id)

    async def orphaned_media(self, older_than_seconds: int = 3600, limit: int = 1000) -> list[str]:
        return await self._run(sqlite_media.orphaned_media, older_than_seconds, limit)

    # the cache

    async def read_cache(self, keys: Sequence[str]) -> list[CacheRow]:
        return await self._run(sqlite_cache.read_cache, keys)

    async def write_cache(self, rows: Sequence[CacheRow]) -> int:
        return await self._run(sqlite_cache.write_cache, rows)

    async def lease_cache(self, keys: Sequence[str], owner: str, seconds: int) -> set[str]:
        return await self._run(sqlite_cache.lease_cache, keys, owner, seconds)

    async def release_cache(self, keys: Sequence[str], owner: str) -> None:
        await self._run(sqlite_cache.release_cache, keys, owner)

    async def invalidate_cache(self, scopes: Sequence[str]) -> int:
        return await self._run(sqlite_cache.invalidate_cache, scopes)

    async def cache_state(self, since: int = 0) -> CacheState:
        return await self._run(sqlite_cache.cache_state, since)

    async def purge_cache(self, batch: int = 1000) -> int:
        return await self._run(sqlite_cache.purge_cache, batch)

    async def count_cache(self, counts: Sequence[CacheCount], reads: Mapping[str, int] | None = None) -> None:
        await self._run(sqlite_cache.count_cache, counts, reads)

    async def stored_vectors(self, workspace_id: str, limit: int = 1000) -> list[StoredVector]:
        return await self._run(sqlite_cache.stored_vectors, workspace_id, limit)

    async def cache_statistics(self) -> list[CacheCount]:
        return await self._run(sqlite_cache.cache_statistics)

    # requests that are done once

    async def begin_request(
        self, request_key: str, body_hash: str, owner: str, lease_seconds: int = 120
    ) -> Begun:
        return await self._run(sqlite_requests.begin_request, request_key, body_hash, owner, lease_seconds)

    async def finish_request(self, request_key: str, owner: str, answer: str | None) -> bool:
        return await self._run(sqlite_requests.finish_request, request_key, owner, answer)
