"""Rows of a backfill whose questions wait with a provider, at half the price; what is under way is in SQL.

The rows wait in the queue meanwhile, for a day at most: whatever becomes of the batch, they are labeled.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import accumulate
from uuid import uuid4

from campaignbase.core.gate import not_passed
from campaignbase.core.money import until_next_day, usd
from campaignbase.errors import NotFoundError, ProviderError
from campaignbase.models import Analysis, AnalysisRequest, Failure, Job, JobResult
from campaignbase.models.backfills import Backfill, ModelBatch
from campaignbase.models.budget import Grant, Settlement, Wish
from campaignbase.pipeline.labeler import LEASE_SECONDS, Labeler
from campaignbase.pipeline.unhurried import PROVIDER_SECONDS
from campaignbase.ports import Batches, Clock, Store

KIND = "categorize_content"
ROWS = 500  # of a batch
FIRST_ROWS = 40  # until it is known what a row costs
DAY_SECONDS = 86400  # a batch is answered within
LOOK_SECONDS = 60.0  # between looks at a batch; also how long one worker has to write its answers
WRITTEN_AT_ONCE = 50  # rows
FAILED_SECONDS = 600.0  # until a provider that did not take a batch is asked again


class BatchedQuestions:
    def __init__(
        self,
        store: Store,
        labeler: Labeler,
        batches: Batches,
        clock: Clock,
        *,
        worker: str = "worker",
        lease_seconds: int = LEASE_SECONDS,
        gate_command: str = "campaignbase train gate",
    ) -> None:
        """`gate_command`: what measures the model, for who reads that it has not passed."""
        self._store = store
        self._labeler = labeler
        self._batches = batches
        self._clock = clock
        self._worker = worker
        self._lease_seconds = lease_seconds
        self._dearest: Decimal | None = None  # row of the last batch, at most; None: there was none yet
        self._gate_command = gate_command

    def fitting(self, room: Decimal) -> int:
        """Rows for one batch that costs so much at most, as far as is known what a row costs."""
        if not self._dearest:
            return FIRST_ROWS
        return max(1, min(ROWS, int(room / self._dearest)))

    async def ask(self, run: Backfill, jobs: Sequence[Job], room: Decimal) -> list[Job]:
        """Submit what nobody surer decides, as far as `room` goes; the jobs left to be answered now.

        Those that are submitted, or do not fit under the budget, wait in the queue.
        """
        questions = await self._labeler.questions(jobs)
        asked = [job for job in jobs if job.id in questions]
        if not asked:
            return list(jobs)
        amounts = tuple(self._batches.estimate(questions[job.id]) for job in asked)
        self._dearest = max(amounts)
        amounts = tuple(
            amount for amount, total in zip(amounts, accumulate(amounts), strict=True) if total <= room
        )
        [grant] = await self._store.reserve_spend(
            [Wish(run.workspace_id, KIND, self._batches.name, amounts, self._batches.prompt_version)],
            DAY_SECONDS,
        )
        sent, late = asked[: grant.granted], asked[grant.granted :]
        if late:
            left = min(grant.available, room) - sum(amounts[: grant.granted], Decimal(0))
            why, wait = self._refusal(run, grant, max(left, Decimal(0)))
            await self._wait(late, why, wait)
            await self._store.report_backfill(run.id, wait_seconds=wait, error=why)
        if sent and grant.reservation_id is not None:
            await self._submit(run, {job.id: questions[job.id] for job in sent}, sent, grant.reservation_id)
        return [job for job in jobs if job.id not in questions]

    def _refusal(self, run: Backfill, grant: Grant, left: Decimal) -> tuple[str, float]:
        """(why, seconds until it may be otherwise)"""
        if grant.gate is None:
            why = (
                f"of the half of {usd(grant.daily_budget or Decimal(0))} a day that is for backfills"
                f" {usd(left)} is left, which is too little"
            )
            return why, until_next_day(self._clock.now())
        why = not_passed(
            self._batches.name,
            self._batches.prompt_version,
            grant.workspace or run.workspace_id,
            grant.gate,
            self._gate_command,
        )
        return why, PROVIDER_SECONDS

    async def _submit(
        self,
        run: Backfill,
        questions: Mapping[int, AnalysisRequest],
        jobs: Sequence[Job],
        reservation_id: str,
    ) -> None:
        try:
            ticket = await self._batches.submit({job.target_id: questions[job.id] for job in jobs})
        except ProviderError as error:
            await self._store.settle_spend([Settlement(reservation_id, error.cost, len(jobs))])
            wait = error.retry_after or FAILED_SECONDS
            await self._wait(jobs, str(error), wait)
            await self._store.report_backfill(run.id, wait_seconds=wait, error=str(error))
            return
        # a worker that dies before this is written leaves its reservation, which counts as spent
        await self._store.add_model_batch(
            ModelBatch(
                id=str(uuid4()),
                workspace_id=run.workspace_id,
                backfill_id=run.id,
                model=self._batches.name,
                ticket=ticket,
                hashes={job.target_id: job.content_hash or "" for job in jobs},
                reservation_id=reservation_id,
                look_at=self._clock.now() + timedelta(seconds=LOOK_SECONDS),
            )
        )
        await self._wait(jobs, f"waits for a batch of {self._batches.name}", DAY_SECONDS)

    async def _wait(self, jobs: Sequence[Job], why: str, seconds: float) -> None:
        """In the queue."""
        await self._store.complete_jobs(
            [JobResult(job.id, job.attempt, failure=Failure(why, retry_after=seconds)) for job in jobs]
        )

    async def collect(self, backfill_id: str | None = None, *, at_once: bool = False) -> bool:
        """Write the answers of one batch that is done; False when none is.

        A batch of a canceled run is called back, and its answers are not written.

        Args:
            at_once: also those of that run that were looked at just now.
        """
        for batch in await self._store.model_batches(backfill_id if at_once else None):
            if batch.model != self._batches.name or backfill_id not in (None, batch.backfill_id):
                continue
            if not await self._store.hold_model_batch(batch, LOOK_SECONDS):
                continue
            try:
                canceled = await self._is_canceled(batch)
                if not await self._batches.is_done(batch.ticket):
                    if canceled:
                        await self._batches.cancel(batch.ticket)
                    continue
                answers = await self._batches.collect(batch.ticket)
            except ProviderError as error:
                await self._store.report_backfill(batch.backfill_id, error=str(error))
                continue
            except NotFoundError as error:
                await self._give_up(batch, str(error))
                continue
            cost = await self._settle(batch, answers)
            if canceled:
                await self._store.report_backfill(batch.backfill_id, cost=cost)
            else:
                await self._write(batch, answers)
            await self._store.remove_model_batch(batch.id)
            return True
        return False

    async def _give_up(self, batch: ModelBatch, why: str) -> None:
        """Its rows are labeled as any other; nobody knows what it cost."""
        await self._store.report_backfill(batch.backfill_id, error=why)
        if batch.reservation_id is not None:
            await self._store.settle_spend([Settlement(batch.reservation_id, None)])
        part = await self._store.claim_backfill(
            batch.backfill_id, self._worker, len(batch.hashes), self._lease_seconds, list(batch.hashes)
        )
        if part is not None:
            await self._store.release_jobs(part.jobs)
        await self._store.remove_model_batch(batch.id)

    async def _is_canceled(self, batch: ModelBatch) -> bool:
        """Nobody waits for its answers; what was answered until it is called back is paid."""
        runs = await self._store.backfills(batch.workspace_id)
        if not any(run.id == batch.backfill_id and run.state == "canceled" for run in runs):
            return False
        # rows that were put off while it was canceled wait no longer either
        await self._store.stop_backfill(batch.backfill_id, "canceled")
        return True

    async def _settle(self, batch: ModelBatch, answers: Mapping[str, Analysis]) -> Decimal:
        """What they cost. Told again after a crash it changes nothing."""
        cost = sum((answer.cost or Decimal(0) for answer in answers.values()), Decimal(0))
        if batch.reservation_id is not None:
            await self._store.settle_spend([Settlement(batch.reservation_id, cost, len(answers))])
        return cost

    async def _write(self, batch: ModelBatch, answers: Mapping[str, Analysis]) -> None:
        labeler = self._labeler.asking(_Answered(batch.model, answers))
        targets = list(batch.hashes)
        for start in range(0, len(targets), WRITTEN_AT_ONCE):
            wanted = targets[start : start + WRITTEN_AT_ONCE]
            part = await self._store.claim_backfill(
                batch.backfill_id, self._worker, len(wanted), self._lease_seconds, wanted
            )
            if part is None or not part.jobs:
                continue
            same = [job for job in part.jobs if batch.hashes[job.target_id] == (job.content_hash or "")]
            await self._store.release_jobs([job for job in part.jobs if job not in same])
            await labeler.label(same)


class _Answered:
    """Implements ports.Analyst with answers that are there."""

    prompt_version = None

    def __init__(self, name: str, answers: Mapping[str, Analysis]) -> None:
        self.name = name
        self._answers = answers

    def estimate(self, requests: Sequence[AnalysisRequest]) -> Decimal:  # noqa: ARG002
        return Decimal(0)

    async def analyze(self, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
        found = [self._answers.get(request.item.target_id, _LOST) for request in requests]
        return [_LOST if answer.failure is not None else answer for answer in found]

    async def close(self) -> None: ...


# asked again one by one, by whoever labels what waits
_LOST = Analysis(failure=Failure("the batch has no answer to this one", retry_after=1))
