"""The tools on a database of this machine: the store itself, labeling in this process."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

from campaignbase import models
from campaignbase.core.changes import check_schedule
from campaignbase.core.storable import check_time
from campaignbase.core.text import is_blank
from campaignbase.errors import InputError, NotFoundError
from campaignbase.mcp import results
from campaignbase.mcp.backend import LABELING_SECONDS, PORTION, Progress
from campaignbase.mcp.cards import (
    campaign_card,
    content_card,
    hit_card,
    review_item,
    tag_card,
    why,
)
from campaignbase.mcp.local_vocabulary import LocalVocabulary
from campaignbase.mcp.sums import PUBLISHER, accuracy, performance, suggest
from campaignbase.models import (
    Correction,
    NewCampaign,
    NewContent,
)
from campaignbase.models.library import Cursor, FoundContent, NewPost, SearchQuery
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.labeler import Labeler
from campaignbase.ports import Store
from campaignbase.ports.cache import Answers

NEIGHBORS = 10  # similar rows whose tags are suggested


class LocalBackend(LocalVocabulary):
    """`campaignbase.mcp.backend.Backend`; the store and the embedders stay the caller's to close."""

    def __init__(
        self,
        store: Store,
        workspace: models.Workspace,
        embedders: Embedders,
        labeler: Labeler,
        answers: Answers,
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._embedders = embedders
        self._labeler = labeler
        self._answers = answers
        self._labeling = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()

    async def aclose(self) -> None:
        """What is being labeled waits for another time."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._labeler.release()

    async def create_campaign(self, new: NewCampaign) -> str:
        [key] = await self._store.insert_campaigns(self._home, [new])
        await self._label([key])
        return key

    async def campaigns(self, status: str | None, limit: int, cursor: str | None) -> results.Campaigns:
        page = await self._store.campaign_page(self._home, status=status, limit=limit, after=_read(cursor))
        return results.Campaigns(
            campaigns=[campaign_card(asdict(row)) for row in page.items], next=_written(page.next)
        )

    async def campaign(self, campaign_id: str) -> results.Campaign:
        found = await self._store.get_campaign(campaign_id)
        if found.workspace_id != self._home:
            raise NotFoundError(f"no campaign {campaign_id} in workspace {self._workspace.name!r}")
        return campaign_card(asdict(found))

    async def add_content(
        self, items: Sequence[results.NewItem], campaign_id: str | None, label: bool, progress: Progress
    ) -> results.Added:
        rows = [
            NewContent(
                item.asset_type,
                item.text,
                source_key=item.source_key,
                campaign_id=campaign_id,
                primary_category=item.category,
                tags=tuple(item.tags),
            )
            for item in items
        ]
        counts = await self._store.insert_content(self._home, rows)
        if label:
            await self._label(counts.ids, progress)
        return results.Added(
            added=counts.inserted,
            updated=counts.updated,
            skipped=counts.skipped + counts.kept,
            items=[results.Became(id=one.id, outcome=one.outcome) for one in counts.rows],
            content=[await self.one(key) for key in counts.ids],
            waiting=await self._waiting(),
        )

    async def one(self, content_id: str) -> results.Content:
        return content_card(asdict(await self._asset(content_id)))

    async def of_source_key(self, source_key: str) -> results.Content | None:
        page = await self._store.content_page(self._home, source_key=source_key, limit=1)
        return content_card(asdict(page.items[0])) if page.items else None

    async def content(
        self, state: str | None, campaign_id: str | None, limit: int, cursor: str | None
    ) -> results.ContentPage:
        page = await self._store.content_page(
            self._home, label_state=state, campaign_id=campaign_id, limit=limit, after=_read(cursor)
        )
        return results.ContentPage(
            content=[content_card(asdict(row)) for row in page.items], next=_written(page.next)
        )

    async def categorize(self, ids: Sequence[str], progress: Progress) -> list[results.Content]:
        targets = [await self._asset(key) for key in ids]
        await self._store.queue_content([row.id for row in targets])
        await self._label([row.id for row in targets], progress)
        return [await self.one(row.id) for row in targets]

    async def explain(self, content_id: str) -> results.Why:
        await self._asset(content_id)
        return why(asdict(await self._store.explain(content_id)))

    async def search(self, query: str, limit: int, campaign_id: str | None) -> results.SearchPage:
        if is_blank(query):
            raise InputError("the query is blank; say what to look for")
        found = await self._similar(query, limit, campaign_id)
        return results.SearchPage(query=query, hits=[hit_card(asdict(hit)) for hit in found])

    async def suggest_tags(self, text: str, limit: int, campaign_id: str | None) -> results.Suggestions:
        similar = await self._similar(text, NEIGHBORS, campaign_id)
        tags = [tag_card(asdict(row)) for row in await self._store.tags(self._home)]
        return suggest(text, tags, [hit.tags for hit in similar], limit)

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
        await self._asset(content_id)
        await self._store.correct(
            content_id, Correction(category, sentiment, audience, tuple(add_tags), tuple(remove_tags))
        )
        await self._label([content_id])
        return await self.one(content_id)

    async def review(self, limit: int, campaign_id: str | None) -> results.ReviewQueue:
        page = await self._store.content_page(
            self._home, label_state="review", campaign_id=campaign_id, limit=limit
        )
        found = [await self._store.explain(row.id) for row in page.items]
        items = [
            review_item(asdict(row), [asdict(one) for one in told.decisions])
            for row, told in zip(page.items, found, strict=True)
        ]
        return results.ReviewQueue(items=items, more=page.next is not None)

    async def schedule(
        self,
        platform: str,
        text: str | None,
        scheduled_time: datetime | None,
        content_id: str | None,
        campaign_id: str | None,
    ) -> results.Scheduled:
        check_schedule(scheduled_time, datetime.now(UTC))
        if content_id is not None:
            asset = await self._asset(content_id)
            text, campaign_id = text or asset.text, campaign_id or asset.campaign_id
        post = NewPost(platform, text, campaign_id, content_id, scheduled_time=scheduled_time)
        [key] = await self._store.add_posts(self._home, [post])
        return results.Scheduled(
            id=key, status="scheduled", scheduled_time=scheduled_time, publisher=PUBLISHER
        )

    async def performance(self, campaign_id: str | None) -> results.Performance:
        if campaign_id is not None:
            await self.campaign(campaign_id)
        return performance(asdict(await self._store.post_statistics(self._home, campaign_id)))

    async def accuracy(self, campaign_id: str | None) -> results.Accuracy:
        return accuracy(asdict(await self._store.content_statistics(self._home, campaign_id)))

    async def status(self, campaign_id: str | None) -> results.Status:
        jobs = await self._store.queue_status(self._home)
        told = await self._store.content_statistics(self._home, campaign_id)
        ages = [job.oldest_seconds for job in jobs if job.oldest_seconds is not None]
        return results.Status(
            workspace=self._workspace.name,
            target=self._store.target,
            content=dict(told.by_state),
            jobs_waiting=sum(job.waiting + job.leased for job in jobs),
            jobs_dead=sum(job.dead for job in jobs),
            oldest_job_seconds=max(ages, default=None),
            last_error=next((job.last_error for job in jobs if job.last_error), None),
            publisher=PUBLISHER,
        )

    async def _similar(self, text: str, limit: int, campaign_id: str | None) -> Sequence[FoundContent]:
        embedder = self._embedders.of(self._workspace)
        (vector,) = await self._answers.embed(embedder, [(self._home, text)])
        if not vector.any():
            raise InputError("no word of the text can be read; say it in other words")
        return await self._store.search(
            SearchQuery(
                self._home,
                vector=vector,
                model=embedder.model,
                mode="semantic",
                limit=limit,
                campaign_id=campaign_id,
            )
        )

    async def _asset(self, content_id: str) -> models.ContentAsset:
        found = await self._store.get_content(content_id)
        if found.workspace_id != self._home:
            raise NotFoundError(f"no content {content_id} in workspace {self._workspace.name!r}")
        return found

    async def _label(self, targets: Sequence[str] | None, progress: Progress | None = None) -> None:
        """What takes too long goes on without the caller; who cancels leaves the rest to a worker.

        None: all that waits.
        """
        ends = time.monotonic() + LABELING_SECONDS
        if targets is None:
            task = self._start(None)
            if (await asyncio.wait({task}, timeout=LABELING_SECONDS))[0]:
                task.result()
            return
        for start in range(0, len(targets), PORTION):
            if progress is not None:
                await progress(start, len(targets))
            task = self._start(targets[start : start + PORTION])
            done, _ = await asyncio.wait({task}, timeout=ends - time.monotonic())
            if not done:
                if start + PORTION < len(targets):
                    self._start(targets[start + PORTION :])
                return
            task.result()
        if progress is not None:
            await progress(len(targets), len(targets))

    def _start(self, targets: Sequence[str] | None) -> asyncio.Task[None]:
        task = asyncio.create_task(self._drain(targets))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # of rows that wait to be tried again

    async def _drain(self, targets: Sequence[str] | None) -> None:
        async with self._labeling:  # another one at the same time holds what these rows wait for
            await self._labeler.drain(targets=targets)

    async def _waiting(self) -> int:
        return sum(job.waiting + job.leased for job in await self._store.queue_status(self._home))


def _written(cursor: Cursor | None) -> str | None:
    return None if cursor is None else f"{cursor.created_at.isoformat()}/{cursor.id}"


def _read(text: str | None) -> Cursor | None:
    """Raises InputError: not one of ours."""
    if text is None:
        return None
    at, _, key = text.partition("/")
    try:
        found = Cursor(datetime.fromisoformat(at), str(UUID(key)))
        check_time("cursor", found.created_at)
    except (ValueError, InputError):
        raise InputError("not a cursor; send `next` of the answer before") from None
    return found
