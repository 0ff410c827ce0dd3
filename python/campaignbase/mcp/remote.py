"""The tools over the REST API, as whoever the token is of: what a server's content is reached by."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from campaignbase.errors import (
    InputError,
)
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
from campaignbase.mcp.remote_vocabulary import RemoteVocabulary
from campaignbase.mcp.sums import PUBLISHER, accuracy, performance, suggest
from campaignbase.models import NewCampaign

SECONDS = 75.0  # the API waits 60 s for labels, and answers then


class RemoteBackend(RemoteVocabulary):
    """`campaignbase.mcp.backend.Backend`; the client stays the caller's to close."""

    async def check(self) -> None:
        """Raises what is wrong with the address, the token or the workspace."""
        answer = await self._send("GET", "/jobs")
        told = answer.headers.get("content-type", "")
        # a key that may not see jobs may do other things
        if answer.status_code != 403 or "problem+json" not in told:
            self._told(answer)

    async def create_campaign(self, new: NewCampaign) -> str:
        known = await self._campaign_named(new.name)
        if known is not None:
            return known
        answer = await self._send(
            "POST",
            "/campaigns",
            json={
                "name": new.name,
                "campaign_type": new.campaign_type,
                "target_platforms": list(new.target_platforms),
                "content_style": new.content_style,
                "estimated_cost": None if new.estimated_cost is None else float(new.estimated_cost),
                "start_date": None if new.start_date is None else new.start_date.isoformat(),
                "end_date": None if new.end_date is None else new.end_date.isoformat(),
                "posting_frequency": new.posting_frequency,
                "optimal_times": list(new.optimal_times),
            },
        )
        if answer.status_code == 409:  # another call made it meanwhile
            known = await self._campaign_named(new.name)
            if known is not None:
                return known
        made = self._told(answer)
        await self._ask("POST", "/content/categorize", json={"ids": [made["id"]]})
        return str(made["id"])

    async def _campaign_named(self, name: str) -> str | None:
        found = (await self._ask("GET", "/campaigns", name=name, limit=1))["items"]
        return str(found[0]["id"]) if found else None

    async def campaigns(self, status: str | None, limit: int, cursor: str | None) -> results.Campaigns:
        page = await self._ask("GET", "/campaigns", status=status, limit=limit, cursor=cursor)
        return results.Campaigns(
            campaigns=[campaign_card(row) for row in page["items"]], next=page["next_cursor"]
        )

    async def campaign(self, campaign_id: str) -> results.Campaign:
        return campaign_card(await self._ask("GET", f"/campaigns/{campaign_id}"))

    async def add_content(
        self, items: Sequence[results.NewItem], campaign_id: str | None, label: bool, progress: Progress
    ) -> results.Added:
        rows = [
            {
                "asset_type": item.asset_type,
                "content": item.text,
                "source_key": item.source_key,
                "campaign_id": campaign_id,
                "primary_category": item.category,
                "tags": item.tags,
            }
            for item in items
        ]
        counts = await self._ask("POST", "/content/bulk", json={"items": rows})
        content = await (self._label(counts["ids"], progress) if label else self._newest(counts["ids"]))
        return results.Added(
            added=counts["inserted"],
            updated=counts["updated"],
            skipped=counts["skipped"] + counts["kept"],
            items=[results.Became(**one) for one in counts["rows"]],
            content=content,
            waiting=sum(job["waiting"] + job["leased"] for job in await self._jobs()),
        )

    async def one(self, content_id: str) -> results.Content:
        return content_card(await self._ask("GET", f"/content/{content_id}"))

    async def of_source_key(self, source_key: str) -> results.Content | None:
        found = (await self._ask("GET", "/content", source_key=source_key, limit=1))["items"]
        return content_card(found[0]) if found else None

    async def content(
        self, state: str | None, campaign_id: str | None, limit: int, cursor: str | None
    ) -> results.ContentPage:
        wanted = {"label_state": state, "campaign_id": campaign_id, "limit": limit, "cursor": cursor}
        page = await self._ask("GET", "/content", **wanted)
        return results.ContentPage(
            content=[content_card(row) for row in page["items"]], next=page["next_cursor"]
        )

    async def categorize(self, ids: Sequence[str], progress: Progress) -> list[results.Content]:
        return await self._label(ids, progress)

    async def explain(self, content_id: str) -> results.Why:
        return why(await self._ask("GET", f"/content/{content_id}/labels"))

    async def search(self, query: str, limit: int, campaign_id: str | None) -> results.SearchPage:
        if not query.strip():
            raise InputError("the query is blank; say what to look for")
        found = await self._ask("GET", "/search/semantic", query=query, limit=limit, campaign_id=campaign_id)
        return results.SearchPage(query=query, hits=[hit_card(hit) for hit in found["items"]])

    async def suggest_tags(self, text: str, limit: int, campaign_id: str | None) -> results.Suggestions:
        tags = await self._ask("GET", "/tags")
        similar = await self._ask(
            "GET", "/search/semantic", query=text[:10_000], limit=10, campaign_id=campaign_id
        )
        return suggest(
            text, [tag_card(row) for row in tags["items"]], [hit["tags"] for hit in similar["items"]], limit
        )

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
        stated = {"category": category, "sentiment": sentiment, "audience": audience}
        body = {
            **{name: value for name, value in stated.items() if value is not None},
            "add_tags": list(add_tags),
            "remove_tags": list(remove_tags),
        }
        told = await self._ask("POST", f"/content/{content_id}/feedback", json=body)
        return content_card(told["asset"])

    async def review(self, limit: int, campaign_id: str | None) -> results.ReviewQueue:
        page = await self._ask("GET", "/content", label_state="review", campaign_id=campaign_id, limit=limit)
        labels = await self._each("/content/{}/labels", [row["id"] for row in page["items"]])
        items = [review_item(row, told["decisions"]) for row, told in zip(page["items"], labels, strict=True)]
        return results.ReviewQueue(items=items, more=page["next_cursor"] is not None)

    async def schedule(
        self,
        platform: str,
        text: str | None,
        scheduled_time: datetime | None,
        content_id: str | None,
        campaign_id: str | None,
    ) -> results.Scheduled:
        if content_id is not None:
            found = await self.one(content_id)
            text = text or (None if found.text is None else found.text.text)
            campaign_id = campaign_id or found.campaign_id
        body = {
            "platform": platform,
            "post_text": text,
            "content_asset_id": content_id,
            "campaign_id": campaign_id,
            "scheduled_time": None if scheduled_time is None else scheduled_time.isoformat(),
        }
        made = await self._ask("POST", "/posts", json=body)
        return results.Scheduled(
            id=made["id"], status=made["status"], scheduled_time=made["scheduled_time"], publisher=PUBLISHER
        )

    async def performance(self, campaign_id: str | None) -> results.Performance:
        return performance(await self._ask("GET", "/statistics/posts", campaign_id=campaign_id))

    async def accuracy(self, campaign_id: str | None) -> results.Accuracy:
        return accuracy(await self._ask("GET", "/statistics/content", campaign_id=campaign_id))

    async def status(self, campaign_id: str | None) -> results.Status:
        jobs = await self._jobs()
        told = await self._ask("GET", "/statistics/content", campaign_id=campaign_id)
        ages = [job["oldest_seconds"] for job in jobs if job["oldest_seconds"] is not None]
        return results.Status(
            workspace=self._named() or (jobs[0]["workspace_name"] if jobs else None),
            target=f"REST API {self._http.base_url}",
            content=told["by_state"],
            jobs_waiting=sum(job["waiting"] + job["leased"] for job in jobs),
            jobs_dead=sum(job["dead"] for job in jobs),
            oldest_job_seconds=max(ages, default=None),
            last_error=next((job["last_error"] for job in jobs if job["last_error"]), None),
            publisher=PUBLISHER,
        )

    async def _jobs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._ask("GET", "/jobs"))["items"]
        return found

    async def _label(self, ids: Sequence[str], progress: Progress) -> list[results.Content]:
        """Portion by portion; after a while the rest at once, for which the API waits a minute at most."""
        ends = time.monotonic() + LABELING_SECONDS
        found: dict[str, results.Content] = {}
        start = 0
        while start < len(ids):
            await progress(start, len(ids))
            portion = list(ids[start : start + PORTION] if time.monotonic() < ends else ids[start:])
            start += len(portion)
            body = {"ids": portion}
            done = await self._ask("POST", "/content/categorize", json=body)
            found |= {row["id"]: content_card(row) for row in done["items"]}
        await progress(len(ids), len(ids))
        return [found[key] for key in ids if key in found]

    async def _newest(self, ids: Sequence[str]) -> list[results.Content]:
        """These rows; those that were just added by one request."""
        page = await self._ask("GET", "/content", limit=100) if ids else {"items": []}
        found = {row["id"]: row for row in page["items"]}
        older = [key for key in ids if key not in found]
        found |= zip(older, await self._each("/content/{}", older), strict=True)
        return [content_card(found[key]) for key in ids]
