"""The tools on a database of this machine: the store itself, labeling in this process."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from campaignbase import models
from campaignbase.core.tags import TagEntry, TagIndex
from campaignbase.core.text import is_blank, spoken
from campaignbase.errors import InputError, NotFoundError
from campaignbase.mcp import results
from campaignbase.mcp.backend import Progress
from campaignbase.mcp.cards import (
    campaign_card,
    category_card,
    content_card,
    performance,
    rule_card,
    tag_card,
    why,
)
from campaignbase.models import (
    AUDIENCE,
    Category,
    Correction,
    NewCampaign,
    NewContent,
    Rule,
    Tag,
)
from campaignbase.models.library import NewPost, Post
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.labeler import Labeler
from campaignbase.ports import Store

PUBLISHER = "none is configured: scheduled posts wait in the table social_posts"
LATEST = 10_000  # rows that statistics look at
NEIGHBORS = 10  # similar rows whose tags are suggested
WORD_SCORE, NEIGHBOR_SCORE = 0.9, 0.8  # of a tag the text names; of one that all similar rows have


class LocalBackend:
    """`campaignbase.mcp.backend.Backend`; the store and the embedders stay the caller's to close."""

    def __init__(
        self, store: Store, workspace: models.Workspace, embedders: Embedders, labeler: Labeler
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._embedders = embedders
        self._labeler = labeler

    @property
    def _home(self) -> str:
        return self._workspace.id

    async def aclose(self) -> None:
        pass

    async def create_campaign(
        self, name: str, campaign_type: str, target_platforms: Sequence[str], content_style: str | None
    ) -> str:
        row = NewCampaign(
            name, campaign_type, target_platforms=tuple(target_platforms), content_style=content_style
        )
        [key] = await self._store.insert_campaigns(self._home, [row])
        await self._labeler.drain(self._home)
        return key

    async def campaigns(self, status: str | None, limit: int) -> results.Campaigns:
        found = [
            row for row in await self._store.campaigns(self._home) if status is None or row.status == status
        ]
        return results.Campaigns(campaigns=[campaign_card(row) for row in found[:limit]], total=len(found))

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
        await progress(0, len(rows))
        if label:
            await self._labeler.drain(self._home)
        await progress(len(rows), len(rows))
        return results.Added(
            added=counts.inserted,
            updated=counts.updated,
            skipped=counts.skipped + counts.kept,
            content=[await self._content(key) for key in counts.ids],
            waiting=await self._waiting(),
        )

    async def content(self, state: str | None, campaign_id: str | None, limit: int) -> list[results.Content]:
        found = await self._store.content(self._home, label_state=state, campaign_id=campaign_id, limit=limit)
        return [content_card(row) for row in found]

    async def categorize(self, ids: Sequence[str], progress: Progress) -> list[results.Content]:
        targets = [await self._asset(key) for key in ids]
        await self._store.queue_content([row.id for row in targets])
        await progress(0, len(ids))
        await self._labeler.drain(self._home)
        await progress(len(ids), len(ids))
        return [await self._content(row.id) for row in targets]

    async def explain(self, target: str) -> results.Why:
        return why(await self._explained(target))

    async def search(self, query: str, limit: int, campaign_id: str | None) -> results.SearchPage:
        if is_blank(query):
            raise InputError("the query is blank; say what to look for")
        vector, model = await self._vector(query)
        # of one campaign: look at more, and keep those
        wanted = limit if campaign_id is None else 100
        found = await self._store.semantic_search(vector, wanted, self._home, model)
        if campaign_id is not None:
            inside = {
                row.id for row in await self._store.content(self._home, campaign_id=campaign_id, limit=LATEST)
            }
            found = [hit for hit in found if hit.id in inside]
        return results.SearchPage(
            query=query,
            hits=[
                results.Hit(
                    id=hit.id,
                    text=None if hit.text is None else results.Untrusted(text=hit.text),
                    category=hit.primary_category,
                    tags=list(hit.tags),
                    similarity=hit.similarity,
                )
                for hit in found[:limit]
            ],
        )

    async def suggest_tags(self, text: str, limit: int) -> results.Suggestions:
        tags = await self._store.tags(self._home)
        named = TagIndex(
            [
                TagEntry(tag.name, spoken(tag.name), tag.aliases, tag.keywords, tag.manual_only)
                for tag in tags
                if tag.tag_type != AUDIENCE
            ]
        ).match(text)
        found = {
            match.tag_id: results.Suggestion(tag=match.tag_id, score=min(1, match.score), reason=match.reason)
            for match in named
        }
        vector, model = await self._vector(text)
        similar = await self._store.semantic_search(vector, NEIGHBORS, self._home, model)
        shares = Counter(tag for hit in similar for tag in hit.tags)
        for tag, count in shares.items():
            score = round(NEIGHBOR_SCORE * count / len(similar), 2)
            if tag not in found or found[tag].score < score:
                reason = f"{count} of the {len(similar)} most similar rows have it"
                found[tag] = results.Suggestion(tag=tag, score=score, reason=reason)
        best = sorted(found.values(), key=lambda one: (-one.score, one.tag))
        return results.Suggestions(tags=best[:limit])

    async def vocabulary(self) -> results.Vocabulary:
        categories = await self._store.categories(self._home)
        names = {row.id: row.name for row in categories}
        return results.Vocabulary(
            categories=[category_card(row, names) for row in categories],
            tags=[tag_card(row) for row in await self._store.tags(self._home)],
            rules=[rule_card(row) for row in await self._store.rules(self._home)],
        )

    async def propose_label(
        self,
        kind: Literal["category", "tag"],
        name: str,
        description: str,
        keywords: Sequence[str],
        parent: str | None,
    ) -> results.Proposed:
        if kind == "category":
            parent_id = None if parent is None else await self._parent(parent)
            category = Category("", name, parent_id, description, tuple(keywords), manual_only=True)
            added = await self._store.add_categories(self._home, [category])
        else:
            tag = Tag("", name, None, description, tuple(keywords), manual_only=True)
            added = await self._store.add_tags(self._home, [tag])
        if not added:
            raise InputError(f"a {kind} {name!r} exists already, perhaps in another spelling")
        group = "categories" if kind == "category" else "tags"
        return results.Proposed(
            kind=kind,
            name=name,
            id=None,
            state="people may use it, machines do not; to let them:"
            f" campaignbase {group} edit {name!r} --no-manual-only",
        )

    async def propose_rule(
        self, name: str, rule_type: str, conditions: Mapping[str, Any], actions: Mapping[str, Any]
    ) -> results.Proposed:
        rule = Rule("", name, rule_type, conditions, actions, enabled=False)
        made = await self._store.add_rule(self._home, rule)
        return results.Proposed(
            kind="rule",
            name=name,
            id=made.id,
            state=f"switched off; to switch it on: campaignbase rules enable {made.id[:8]}",
        )

    async def preview_rule(self, conditions: Mapping[str, Any]) -> results.Preview:
        found = await self._store.preview_rule(self._home, conditions, 100)
        return results.Preview(count=len(found), examples=[content_card(row) for row in found[:5]])

    async def feedback(
        self,
        target: str,
        *,
        category: str | None,
        sentiment: str | None,
        audience: str | None,
        add_tags: Sequence[str],
        remove_tags: Sequence[str],
    ) -> results.Feedback:
        found = await self._explained(target)
        key = found.asset.id if found.asset is not None else found.campaign.id  # type: ignore[union-attr]
        await self._store.correct(
            key, Correction(category, sentiment, audience, tuple(add_tags), tuple(remove_tags))
        )
        await self._labeler.drain(self._home)
        told = why(await self._explained(key))
        return results.Feedback(content=told.content, campaign=told.campaign)

    async def review(self, limit: int) -> results.ReviewQueue:
        rows = await self._store.content(self._home, label_state="review", limit=LATEST)
        items = []
        names = {row.id: row.name for row in await self._store.categories(self._home)}
        for row in rows[:limit]:
            found = await self._store.explain(row.id)
            last = next((one for one in found.decisions if one.field == "category"), None)
            items.append(
                results.ReviewItem(
                    content=content_card(row),
                    nearest=None
                    if last is None or last.candidate is None
                    else names.get(last.candidate, last.candidate),
                    reasons=[] if last is None else [results.Untrusted(text=text) for text in last.reasons],
                )
            )
        return results.ReviewQueue(waiting=len(rows), items=items)

    async def schedule(
        self,
        platform: str,
        text: str | None,
        scheduled_time: datetime | None,
        content_id: str | None,
        campaign_id: str | None,
    ) -> results.Scheduled:
        if content_id is not None:
            asset = await self._asset(content_id)
            text, campaign_id = text or asset.text, campaign_id or asset.campaign_id
        post = NewPost(platform, text, campaign_id, content_id, scheduled_time=scheduled_time)
        [key] = await self._store.add_posts(self._home, [post])
        return results.Scheduled(
            id=key, status="scheduled", scheduled_time=scheduled_time, publisher=PUBLISHER
        )

    async def performance(self, campaign_id: str | None) -> results.Performance:
        posts: list[Post] = []
        page = await self._store.post_page(self._home, campaign_id=campaign_id, limit=500)
        posts += page.items
        while page.next is not None:
            page = await self._store.post_page(
                self._home, campaign_id=campaign_id, after=page.next, limit=500
            )
            posts += page.items
        return performance(posts)

    async def accuracy(self) -> results.Accuracy:
        rows = await self._store.content(self._home, limit=LATEST)
        return results.Accuracy(
            rows=len(rows),
            by_source=dict(Counter(row.category_source or "nobody" for row in rows)),
            confirmed=sum(row.confirmed_at is not None for row in rows),
            review=sum(row.label_state == "review" for row in rows),
        )

    async def status(self) -> results.Status:
        jobs = await self._store.queue_status(self._home)
        rows = await self._store.content(self._home, limit=LATEST)
        ages = [job.oldest_seconds for job in jobs if job.oldest_seconds is not None]
        # its first vector fixed the model, maybe since this began
        home = next(row for row in await self._store.workspaces() if row.id == self._home)
        return results.Status(
            workspace=home.name,
            target=self._store.target,
            embedding_model=home.embedding_model,
            content=dict(Counter(row.label_state for row in rows)),
            jobs_waiting=sum(job.waiting + job.leased for job in jobs),
            jobs_dead=sum(job.dead for job in jobs),
            oldest_job_seconds=max(ages, default=None),
            last_error=next((job.last_error for job in jobs if job.last_error), None),
            publisher=PUBLISHER,
        )

    async def _vector(self, text: str) -> tuple[models.Vector, str]:
        embedder = self._embedders.of(self._workspace)
        (vector,) = await embedder.embed([text])
        if not vector.any():
            raise InputError("no word of the text can be read; say it in other words")
        return vector, embedder.model

    async def _explained(self, target: str) -> models.Explanation:
        found = await self._store.explain(target)
        row = found.asset or found.campaign
        if row is None or row.workspace_id != self._home:
            raise NotFoundError(f"no content or campaign {target!r} in workspace {self._workspace.name!r}")
        return found

    async def _asset(self, target: str) -> models.ContentAsset:
        found = (await self._explained(target)).asset
        if found is None:
            raise InputError(f"{target!r} is a campaign, not content")
        return found

    async def _content(self, key: str) -> results.Content:
        return content_card(await self._asset(key))

    async def _waiting(self) -> int:
        return sum(job.waiting + job.leased for job in await self._store.queue_status(self._home))

    async def _parent(self, name: str) -> str:
        for row in await self._store.categories(self._home):
            if row.name == name:
                return row.id
        raise NotFoundError(f"no category {name!r}; see list_vocabulary")
