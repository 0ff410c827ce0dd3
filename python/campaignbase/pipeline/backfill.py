"""Work on rows that are there already, a few at a time: whoever calls sees to it that new rows come first.

Rows are claimed and written as jobs, so a person's labels stay and a killed worker loses nothing. What a
model may cost is a part of the day's budget: the rest is for rows that arrive.
"""

import asyncio
from dataclasses import dataclass
from decimal import Decimal

from campaignbase.core.money import until_next_day, usd
from campaignbase.errors import InputError
from campaignbase.models import Job
from campaignbase.models.backfills import Backfill, BackfillRows, SpareTexts, SpareVector
from campaignbase.pipeline.backfill_batches import BatchedQuestions
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.labeler import LEASE_SECONDS, Labeler
from campaignbase.pipeline.unhurried import UnhurriedAnalyst, UnhurriedEmbedder
from campaignbase.pipeline.vectors import JobVectors
from campaignbase.ports import Clock, Embedder, PaidEmbedder, Store
from campaignbase.ports.cache import Answers

ROWS = 40  # a step
BRIEF_ROWS = 10  # a step while rows arrive; so few that they are hardly held up
TEXTS = 100  # a step that makes vectors
BUDGET_SHARE = Decimal("0.5")  # of a day's budget that backfills leave to rows that arrive
AGAIN_SECONDS = 60.0  # after a failure that may pass


@dataclass(frozen=True, slots=True)
class Step:
    """What one call did; `rows` may be 0 where it looked at rows that are not asked for."""

    backfill_id: str
    rows: int = 0
    failed: int = 0


class Backfiller:
    def __init__(
        self,
        store: Store,
        labeler: Labeler,
        embedders: Embedders,
        clock: Clock,
        *,
        answers: Answers | None = None,
        analyst: UnhurriedAnalyst | None = None,
        batches: BatchedQuestions | None = None,
        worker: str = "worker",
        lease_seconds: int = LEASE_SECONDS,
    ) -> None:
        """
        Args:
            labeler: its analyst is `analyst` where one costs money.
            batches: None: no model can be asked in batches.
        """
        self._store = store
        self._labeler = labeler
        self._embedders = embedders
        self._answers = answers
        self._clock = clock
        self._analyst = analyst
        self._batches = batches
        self._worker = worker
        self._lease_seconds = lease_seconds
        self._claiming = asyncio.Lock()

    async def step(
        self, backfill_id: str | None = None, *, briefly: bool = False, beside: bool = False
    ) -> Step | None:
        """The next few rows; None when there is nothing to do now.

        Args:
            backfill_id: only of that run.
            briefly: very few, for rows arrive.
            beside: while another step is under way; only rows that are labeled again.
        Raises:
            UnreachableError: the store does not answer; what was claimed is claimable again after its lease.
        """
        for run in await self._store.backfills():
            if backfill_id not in (None, run.id):
                continue
            if run.kind == "labels":
                done = await self._label(run, briefly)
            else:
                done = None if beside else await self._embed(run)
            if done is not None:
                return done
        if not beside and self._batches is not None and await self._batches.collect(backfill_id):
            return Step(backfill_id or "")
        return None

    async def call_back(self, backfill_id: str) -> None:
        """Of a canceled run, for whose batches nobody waits; a worker does so within a minute."""
        while self._batches is not None and await self._batches.collect(backfill_id, at_once=True):
            pass

    async def release(self) -> int:
        """Hand back what a stopped step still holds."""
        return await self._labeler.release()

    async def _label(self, run: Backfill, briefly: bool) -> Step | None:
        room = Decimal(0) if self._analyst is None else await self._room(run, self._analyst.name)
        if room is None:
            return None
        batches = self._batches if run.batched else None
        rows = (BRIEF_ROWS if briefly else ROWS) if batches is None else batches.fitting(room)
        async with self._claiming:
            part = await self._store.claim_backfill(run.id, self._worker, rows, self._lease_seconds)
        return None if part is None else await self._write_labels(run, part, batches, room)

    async def _write_labels(
        self, run: Backfill, part: BackfillRows, batches: BatchedQuestions | None, room: Decimal
    ) -> Step:
        jobs, asked = list(part.jobs), 0
        if batches is not None and jobs:
            left = await batches.ask(run, jobs, room)
            asked, jobs = len(jobs) - len(left), left
        report = await self._labeler.label(jobs)
        if self._analyst is not None and (wait := self._analyst.take_wait()) is not None:
            await self._store.report_backfill(run.id, wait_seconds=wait[0], error=wait[1])
        return Step(run.id, report.accepted + asked, report.jobs_failed)

    async def _room(self, run: Backfill, name: str) -> Decimal | None:
        """US dollars it may spend yet today; None: it waits for tomorrow. `name`: of who wants them."""
        now = self._clock.now()
        day = await self._store.daily_budget(run.workspace_id, now.date())
        budget = day.daily_budget or Decimal(0)
        room = budget * (1 - BUDGET_SHARE) - day.reserved - day.settled
        if room >= 0 and budget:
            return room
        told = (
            f"{usd(budget * (1 - BUDGET_SHARE))} of today's budget of {usd(budget)} are spent or reserved,"
            " the rest is for rows that arrive; it goes on tomorrow (UTC), or with a larger budget"
            if budget
            else f"{name} costs money and no daily budget is set;"
            " set one: campaignbase workspace budget --set USD"
        )
        await self._store.report_backfill(run.id, wait_seconds=until_next_day(now), error=told)
        return None

    async def _embed(self, run: Backfill) -> Step | None:
        model = run.embedding_model or ""
        embedder = self._embedders.find(model)
        if run.state == "running" and embedder is None:
            return None
        paid = UnhurriedEmbedder(embedder) if isinstance(embedder, PaidEmbedder) else None
        if run.state == "running" and paid is not None and await self._room(run, model) is None:
            return None
        part = await self._store.claim_vectors(run.id, TEXTS)
        if part is None:
            return None
        rows = failed = 0
        if part.texts and embedder is not None:
            rows, failed = await self._write(run, part, paid or embedder)
            cost = Decimal(0) if paid is None else paid.spent
            if failed or cost:
                await self._store.report_backfill(run.id, failed=failed, cost=cost)
        if part.state == "ready" and run.switches:
            await self._switch(run)
        return Step(run.id, rows, failed)

    async def _write(self, run: Backfill, part: SpareTexts, embedder: Embedder) -> tuple[int, int]:
        """(kept, refused for good); what may pass is found again later."""
        jobs = [
            Job(
                id=place,
                attempt=0,
                kind=text.kind,  # type: ignore[arg-type]
                workspace_id=run.workspace_id,
                target_id=text.target_id,
                content_hash=text.content_hash,
                text=text.text,
                embedding_model=run.embedding_model,
                embedding=None,
            )
            for place, text in enumerate(part.texts)
        ]
        vectors, failures = await JobVectors(Embedders(embedder), self._answers).embed(jobs)
        later = [failure for failure in failures.values() if not failure.permanent]
        if later:
            wait = max(failure.retry_after or AGAIN_SECONDS for failure in later)
            await self._store.report_backfill(run.id, wait_seconds=wait, error=later[0].message)
        told = [
            SpareVector(job.kind, job.target_id, job.content_hash or "", vectors.get(job.id))
            for job in jobs
            if job.id not in failures or failures[job.id].permanent
        ]
        kept = await self._store.write_vectors(run.id, told) if told else 0
        return kept, len(failures) - len(later)

    async def _switch(self, run: Backfill) -> None:
        try:
            await self._store.switch_vectors(run.id)
        except InputError as error:  # too much came meanwhile or was refused, or somebody else switched
            if await self._store.stop_backfill(run.id, "running"):
                await self._store.report_backfill(run.id, wait_seconds=AGAIN_SECONDS, error=str(error))
