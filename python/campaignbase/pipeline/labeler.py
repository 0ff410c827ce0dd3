"""Label one batch of jobs: three round trips to the store, one call of the analyst, one of each embedder.

A row that cannot be decided fails alone; what the database refuses is answered again one by one.
"""

import asyncio
import copy
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from campaignbase.core.batching import in_portions, next_size
from campaignbase.core.decide import decide_category, decide_content, is_decided
from campaignbase.core.proposals import UnknownWords
from campaignbase.core.text import READ_CHARACTERS, is_blank
from campaignbase.errors import CampaignbaseError, InputError, ProviderError, UnreachableError
from campaignbase.models import (
    Analysis,
    AnalysisRequest,
    Context,
    ContextRequest,
    Failure,
    Job,
    JobResult,
    LabelChoice,
    Verdict,
)
from campaignbase.pipeline.batch_report import BatchReport as BatchReport
from campaignbase.pipeline.batch_report import Change, changes_of, report_of
from campaignbase.pipeline.direct import DirectAnswers
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.learn import Learner
from campaignbase.pipeline.underway import Batch, Underway
from campaignbase.pipeline.vectors import Embedded, JobVectors, provider_failure
from campaignbase.ports import Analyst, Clock, Store
from campaignbase.ports.cache import Answers

DEFAULT_BATCH = 50
BATCHES_AT_ONCE = 2  # measured on two cores: one thinks while the other is written
LEASE_SECONDS = 120
PORTION_CHARACTERS = 1_000_000  # of texts decided together; a batch of long ones is answered bit by bit
UNREADABLE = LabelChoice(reasons=("nothing to read",))


class TextReader(Protocol):
    """What can be said of a text without a vocabulary."""

    def language(self, text: str) -> str | None: ...

    def quality(self, text: str, language: str | None) -> tuple[float | None, dict[str, float] | None]: ...


@dataclass(frozen=True, slots=True)
class _Answered:
    results: list[JobResult]  # one a job
    filed: dict[int, bool]  # of jobs whose category is a person's to say, whether there is one
    changes: dict[int, Change]


class Labeler:
    def __init__(
        self,
        store: Store,
        embedders: Embedders,
        analyst: Analyst,
        reader: TextReader,
        clock: Clock,
        *,
        worker: str = "worker",
        lease_seconds: int = LEASE_SECONDS,
        learner: Learner | None = None,
        answers: Answers | None = None,
    ) -> None:
        """`learner`: asked while batches run, before rows are decided that it could help with.

        `answers`: how providers are asked; None: directly.
        """
        self._underway = Underway(learner)
        self._store = store
        self._answers = answers or DirectAnswers()
        self._vectors = JobVectors(embedders, self._answers)
        self._analyst = analyst
        self._reader = reader
        self._clock = clock
        self._worker = worker
        self._lease_seconds = lease_seconds
        self._held: list[list[Job]] = []
        self._unknown_words = UnknownWords()

    async def run_batch(
        self,
        batch: int = DEFAULT_BATCH,
        workspace_id: str | None = None,
        targets: Sequence[str] | None = None,
    ) -> BatchReport:
        """Claim at most `batch` jobs and answer them; a report of zeros when there was nothing to claim.

        `workspace_id`, `targets`: as `Store.claim_jobs` has them.

        Raises:
            UnreachableError: the store does not answer; what was claimed is claimable again after its lease.
        """
        claim = asyncio.ensure_future(
            self._store.claim_jobs(self._worker, batch, self._lease_seconds, workspace_id, targets)
        )
        try:
            jobs = await asyncio.shield(claim)
        except asyncio.CancelledError:
            # the store may have leased them already; release() must know
            self._held.append(await claim)
            raise
        return await self.label(jobs)

    async def label(self, jobs: Sequence[Job]) -> BatchReport:
        """Answer jobs that are leased to this worker."""
        work = BatchReport()
        if not jobs:
            return work
        portions = in_portions(jobs, PORTION_CHARACTERS)
        self._held += portions
        claimed = self._clock.monotonic()
        for portion in portions:
            if work.claimed and self._clock.monotonic() - claimed > self._lease_seconds / 2:
                await self._store.release_jobs(portion)  # before somebody else takes them for lost
            else:
                work += await self._run_portion(portion)
            self._held.remove(portion)
        return work

    async def look(self, jobs: Sequence[Job]) -> list[tuple[JobResult, Change | None]]:
        """What would be decided, in order; nothing is written. Whoever is asked should cost nothing."""
        told = [replace(job, id=place) for place, job in enumerate(jobs)]
        embedded = await self._vectors.embed(told)
        with self._underway.batch() as batch:
            answered = await self._answer(told, embedded, batch)
        return [(result, answered.changes.get(result.job_id)) for result in answered.results]

    async def questions(self, jobs: Sequence[Job]) -> dict[int, AnalysisRequest]:
        """By job id what a model would be asked: of rows whose category nobody surer decides."""
        vectors, _ = await self._vectors.embed(jobs)
        context = await self._store.categorization_context(
            [ContextRequest(job.kind, job.target_id, vectors.get(job.id), job.content_hash) for job in jobs]
        )
        return {
            job.id: AnalysisRequest(job.text or "", item, context.workspaces[job.workspace_id])
            for job in jobs
            if (item := context.items.get(job.target_id)) is not None
            and not is_blank(job.text)
            and not is_decided(item, context.workspaces[job.workspace_id])
        }

    def asking(self, analyst: Analyst) -> "Labeler":
        """The same, but for who says what texts are about; nothing of what he says is kept for others."""
        other = copy.copy(self)
        other._analyst, other._answers = analyst, DirectAnswers()
        return other

    async def _run_portion(self, jobs: Sequence[Job]) -> BatchReport:
        embedded = await self._vectors.embed(jobs)
        work = BatchReport()
        while jobs:
            part, jobs = await self._run_part(jobs, embedded)
            work += part
        return work

    async def _run_part(self, jobs: Sequence[Job], embedded: Embedded) -> tuple[BatchReport, list[Job]]:
        """What was done, and those that wait until what people filed here is learned."""
        with self._underway.batch() as batch:
            started = self._clock.monotonic()
            found = await self._answer(jobs, embedded, batch)
            answered = {result.job_id for result in found.results}
            later = [job for job in jobs if job.id not in answered]
            jobs = [job for job in jobs if job.id in answered]
            elapsed = max(0, round((self._clock.monotonic() - started) * 1000 / len(jobs)))
            results = [
                replace(result, latency_ms=elapsed) if result.failure is None else result
                for result in found.results
            ]
            verdicts, results = await self._complete(results)
        return report_of(jobs, results, verdicts, found.filed), later

    async def release(self) -> int:
        """Hand back what stopped batches still hold."""
        held = [job for jobs in self._held for job in jobs]
        self._held = []
        return await self._store.release_jobs(held) if held else 0

    async def drain(
        self,
        workspace_id: str | None = None,
        batch: int = DEFAULT_BATCH,
        on_progress: Callable[[BatchReport], None] | None = None,
        should_stop: Callable[[], bool] = lambda: False,
        *,
        adapt: bool = False,
        targets: Sequence[str] | None = None,
    ) -> BatchReport:
        """Batches until nothing can be claimed; what must wait for its next try is left to a later run.

        A few batches are under way at once: while the store writes one, the next is decided.

        Args:
            on_progress: told the totals so far after each batch.
            should_stop: asked before each batch.
            adapt: begin with few jobs and let the load decide, up to `batch`; else always `batch`.
            targets: as `Store.claim_jobs` has them.
        """
        total = BatchReport()
        size = next_size(1, 0, 0.0, batch) if adapt else batch

        async def batches() -> None:
            nonlocal total, size
            while not should_stop():
                asked, started = size, self._clock.monotonic()
                report = await self.run_batch(asked, workspace_id, targets)
                if not report.claimed:
                    return
                if adapt:
                    size = next_size(asked, report.claimed, self._clock.monotonic() - started, batch)
                total += report
                if on_progress is not None:
                    on_progress(total)

        while True:
            before = total.claimed
            tasks = [asyncio.create_task(batches()) for _ in range(BATCHES_AT_ONCE)]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    if not task.cancelling():  # a second cancel would break off what the first one ties up
                        task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            # content may have waited for vectors of labels that another batch held
            if total.claimed == before or should_stop():
                return total

    async def _answer(self, jobs: Sequence[Job], embedded: Embedded, batch: Batch) -> "_Answered":
        """Of jobs that shall wait for what people filed here there is no answer."""
        vectors, failed = embedded
        failures = {job.id: failed[job.id] for job in jobs if job.id in failed}
        ready = [job for job in jobs if job.id not in failures]
        labels = [job for job in ready if job.kind.startswith("categorize")]
        requests = [
            ContextRequest(job.kind, job.target_id, vectors.get(job.id), job.content_hash) for job in labels
        ]
        context = await self._store.categorization_context(requests)
        filed = {job.id for job in labels if "category" in _human_fields(context, job)}
        shown = Counter(job.workspace_id for job in labels if job.id in filed)
        undecided = {job.workspace_id: self._vectors.model(job) for job in labels if job.id not in filed}
        if self._underway.comes_first(shown, undecided):
            later = {job.id for job in labels if job.id not in filed}
            labels, jobs = ([job for job in some if job.id not in later] for some in (labels, jobs))
            undecided = {}
        if await self._underway.learned(batch, shown, undecided):
            context = await self._store.categorization_context(requests)
        readable = [job for job in labels if job.target_id in context.items and not is_blank(job.text)]
        analyses: dict[int, Analysis] = {}
        try:
            answers = await self._answers.analyze(
                self._analyst,
                [
                    AnalysisRequest(
                        job.text or "",
                        context.items[job.target_id],
                        context.workspaces[job.workspace_id],
                    )
                    for job in readable
                ],
            )
            analyses = {job.id: answer for job, answer in zip(readable, answers, strict=True)}
            failures |= {number: answer.failure for number, answer in analyses.items() if answer.failure}
        except ProviderError as error:
            failures |= {job.id: provider_failure(error) for job in readable}
        results = []
        for job in jobs:
            if job.id in failures:
                results.append(JobResult(job.id, job.attempt, failure=failures[job.id]))
                continue
            vector = vectors.get(job.id)
            written = JobResult(
                job.id,
                job.attempt,
                embedding=None if job.embedding is not None else vector,
                embedding_kept=job.embedding is not None,
                embedding_model=None if vector is None else self._vectors.model(job),
                content_hash=job.content_hash,
            )
            try:
                if len(job.text or "") > READ_CHARACTERS:  # rules search it for seconds
                    decision = await asyncio.to_thread(
                        self._decide, job, written, context, analyses.get(job.id)
                    )
                else:
                    await asyncio.sleep(0)  # a signal may be waiting
                    decision = self._decide(job, written, context, analyses.get(job.id))
                results.append(decision)
            except Exception as error:  # noqa: BLE001 one row's surprise is not its neighbors'
                failure = Failure(f"deciding failed: {type(error).__name__}: {error}")
                results.append(JobResult(job.id, job.attempt, failure=failure))
        told = [job for job in labels if job.id in filed and job.target_id in context.items]
        known = {job.id: context.items[job.target_id].category is not None for job in told}
        changes = changes_of(context, jobs, results)
        results = [
            replace(result, changed=change.before != change.after)
            if (change := changes.get(result.job_id)) is not None
            else result
            for result in results
        ]
        return _Answered(results, known, changes)

    def _decide(self, job: Job, written: JobResult, context: Context, analysis: Analysis | None) -> JobResult:
        if not job.kind.startswith("categorize") or job.target_id not in context.items:
            return written
        vocabulary = context.workspaces[job.workspace_id]
        item = context.items[job.target_id]
        written = replace(written, model=self._analyst.name, vocabulary_version=vocabulary.version)
        if analysis is None:
            if job.kind == "categorize_campaign":
                return replace(written, category=UNREADABLE)
            nothing = decide_content(
                item, vocabulary, Analysis(category=UNREADABLE), language=None, quality_score=None
            )
            return replace(
                written,
                category=nothing.category,
                sentiment=nothing.sentiment,
                audience=nothing.audience,
                tags=nothing.tags,
                rules=nothing.rules,
            )
        written = replace(
            written,
            model=analysis.model or self._analyst.name,
            prompt_version=analysis.prompt_version,
            cost=analysis.cost,
            fallback=analysis.fallback,
        )
        if job.kind == "categorize_campaign":
            return replace(written, category=decide_category(item, vocabulary, analysis, None))
        unknown = self._unknown_words.of(job.workspace_id, vocabulary, job.text or "")
        written = replace(written, proposals=unknown)
        language = self._reader.language(job.text or "")
        quality_score, quality_parts = self._reader.quality(job.text or "", language)
        decision = decide_content(item, vocabulary, analysis, language=language, quality_score=quality_score)
        return replace(
            written,
            category=decision.category,
            sentiment=decision.sentiment,
            audience=decision.audience,
            tags=decision.tags,
            rules=decision.rules,
            language=language,
            quality_score=quality_score,
            quality_parts=quality_parts,
        )

    async def _complete(self, results: list[JobResult]) -> tuple[list[Verdict], list[JobResult]]:
        try:
            return await self._store.complete_jobs(results), results
        except (UnreachableError, KeyboardInterrupt):
            raise
        except CampaignbaseError as refused:
            if len(results) == 1:
                told = refused if isinstance(refused, InputError) else f"writing failed: {refused}"
                failed = JobResult(
                    results[0].job_id, results[0].attempt, failure=Failure(str(told), permanent=True)
                )
                return await self._store.complete_jobs([failed]), [failed]
        verdicts: list[Verdict] = []
        answered: list[JobResult] = []
        for result in results:
            one_verdict, one_result = await self._complete([result])
            verdicts += one_verdict
            answered += one_result
        return verdicts, answered


def _human_fields(context: Context, job: Job) -> frozenset[str]:
    item = context.items.get(job.target_id)
    return frozenset() if item is None else item.human_fields
