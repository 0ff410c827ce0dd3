"""The store on a Postgres server, whichever way it is spoken to: every method is a call or a plain statement.

What takes several statements is a function of the database (sql/rpc); `Calls` says how one is reached.
"""

from collections.abc import Sequence
from typing import Any

from campaignbase.errors import UnreachableError
from campaignbase.models import Context, ContextRequest, Job, JobResult, QueueStatus, Verdict
from campaignbase.stores import context_rows, rows
from campaignbase.stores.calls import ConflictError, Json
from campaignbase.stores.server_api_keys import ServerApiKeys
from campaignbase.stores.server_approvals import ServerApprovals
from campaignbase.stores.server_backfills import ServerBackfills
from campaignbase.stores.server_budget import ServerBudget
from campaignbase.stores.server_cache import ServerCache
from campaignbase.stores.server_content import ServerContent
from campaignbase.stores.server_curation import ServerCuration
from campaignbase.stores.server_gate import ServerGate
from campaignbase.stores.server_learning import ServerLearning
from campaignbase.stores.server_library import ServerLibrary
from campaignbase.stores.server_measuring import ServerMeasuring
from campaignbase.stores.server_media import ServerMedia
from campaignbase.stores.server_members import ServerMembers
from campaignbase.stores.server_operations import ServerOperations
from campaignbase.stores.server_requests import ServerRequests
from campaignbase.stores.server_vocabulary import ServerVocabulary
from campaignbase.stores.server_webhooks import ServerWebhooks

# a person's edit and a batch may lock the same rows in opposite orders; Postgres picks one to begin again
DEADLOCK_TRIES = 5
KNOWN_WORKSPACES = 64  # whose labels are kept


class ServerStore(
    ServerVocabulary,
    ServerCuration,
    ServerMeasuring,
    ServerContent,
    ServerLibrary,
    ServerMedia,
    ServerLearning,
    ServerGate,
    ServerWebhooks,
    ServerMembers,
    ServerOperations,
    ServerCache,
    ServerRequests,
    ServerApiKeys,
    ServerBudget,
    ServerBackfills,
    ServerApprovals,
):
    """`campaignbase.ports.Store` but for opening and closing; the role decides what it may do."""

    def __init__(self) -> None:
        # thousands of labels are not sent and read with every batch
        self._labels: dict[str, context_rows.Labels] = {}  # by workspace, asked about last at the end

    async def claim_jobs(
        self,
        worker: str,
        batch: int = 50,
        lease_seconds: int = 120,
        workspace_id: str | None = None,  # noqa: ARG002 a server shares its queue
        targets: Sequence[str] | None = None,  # noqa: ARG002
    ) -> list[Job]:
        found = await self._rows("claim_jobs", worker=worker, batch=batch, lease_seconds=lease_seconds)
        return [rows.job(row) for row in found]

    async def categorization_context(self, requests: Sequence[ContextRequest]) -> Context:
        if not requests:
            return Context({}, {})
        known = dict(self._labels)
        answer = await self._value(
            "categorization_context",
            requests=Json(context_rows.context_requests(requests)),
            known=Json({workspace: labels.key for workspace, labels in known.items()}),
        )
        found, labels = context_rows.context(answer, known)
        kept = [*((name, of) for name, of in self._labels.items() if name not in labels), *labels.items()]
        self._labels = dict(kept[-KNOWN_WORKSPACES:])
        return found

    async def complete_jobs(self, results: Sequence[JobResult]) -> list[Verdict]:
        if not results:
            return []
        written = Json(rows.job_results(results))
        for attempt in range(1, DEADLOCK_TRIES + 1):
            try:
                found = await self._rows("complete_jobs", results=written)
            except ConflictError as error:
                if attempt == DEADLOCK_TRIES:
                    raise UnreachableError(f"{error}, {attempt} times") from error
            else:
                verdicts: dict[Any, Verdict] = {
                    (int(row["job_id"]), int(row["attempt"])): row["verdict"] for row in found
                }
                return [verdicts[result.job_id, result.attempt] for result in results]
        raise AssertionError("unreachable")

    async def release_jobs(self, jobs: Sequence[Job]) -> int:
        if not jobs:
            return 0
        fences = [{"job_id": job.id, "attempt": job.attempt} for job in jobs]
        return int(await self._value("release_jobs", fences=Json(fences)))

    async def replay_jobs(self, job_ids: Sequence[int] | None = None) -> int:
        return int(await self._value("replay_jobs", job_ids=None if job_ids is None else list(job_ids)))

    async def queue_status(self, workspace_id: str | None = None) -> list[QueueStatus]:
        found = await self._rows("queue_status", workspace_id=workspace_id)
        found.sort(key=lambda row: (row["workspace_name"], str(row["workspace"]), row["kind"]))
        return [rows.queue_status(row) for row in found]

    async def queue_content(self, target_ids: Sequence[str]) -> int:
        return int(await self._value("queue_content", target_ids=list(target_ids)))
