"""Vectors for the texts of jobs, each by the model of its workspace."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import numpy as np

from campaignbase.core.text import is_blank
from campaignbase.errors import InputError, OverBudgetError, ProviderError
from campaignbase.models import Failure, Job, Vector
from campaignbase.pipeline.direct import DirectAnswers
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.label_words import label_phrases, together
from campaignbase.ports import Embedder
from campaignbase.ports.cache import Answers

OTHER_MODEL_WAIT = 300.0  # seconds until somebody with the right model may have come
# by job id
Embedded = tuple[dict[int, Vector], dict[int, Failure]]


class JobVectors:
    def __init__(self, embedders: Embedders, answers: Answers | None = None) -> None:
        """`answers`: what is known already; None: nothing."""
        self._embedders = embedders
        self._answers = answers or DirectAnswers()

    async def embed(self, jobs: Sequence[Job]) -> Embedded:
        """The stored vectors that are still right, the others by one call a model."""
        vectors = {job.id: job.embedding for job in jobs if job.embedding is not None}
        failures: dict[int, Failure] = {}
        missing: dict[str, list[Job]] = {}
        for job in jobs:
            if job.id not in vectors and not is_blank(job.text):
                missing.setdefault(self.model(job), []).append(job)
        calls = [self._embed_by(model, group) for model, group in missing.items()]
        for embedded, failed in await asyncio.gather(*calls):
            vectors |= embedded
            failures |= failed
        return vectors, failures

    async def _embed_by(self, model: str, jobs: Sequence[Job]) -> Embedded:
        embedder = self._embedders.find(model)
        if embedder is None:
            lack = Failure(self._embedders.lack(model), retry_after=OTHER_MODEL_WAIT)
            return {}, {job.id: lack for job in jobs}
        try:
            phrases = [_phrases(embedder, job) for job in jobs]
            texts = [
                (job.workspace_id, text) for job, found in zip(jobs, phrases, strict=True) for text in found
            ]
            embedded = await self._answers.embed(embedder, texts)
            embedded = together(embedded, [len(found) for found in phrases])
        except OverBudgetError as error:
            # of each workspace with too little, what fits
            room = Counter(error.fitting)
            late = [job for job in jobs if job.workspace_id in error.fitting and not _takes(room, job)]
            waits = {job.id: provider_failure(error) for job in late or jobs}
            now = [job for job in jobs if job.id not in waits]
            if not now:
                return {}, waits
            embedded_now, failed = await self._embed_by(model, now)
            return embedded_now, failed | waits
        except ProviderError as error:
            return {}, {job.id: provider_failure(error) for job in jobs}
        except InputError as error:
            if len(jobs) == 1:
                return {}, {jobs[0].id: Failure(str(error), permanent=True)}
            # one text of these is refused: half by half, so that its neighbors get their vectors
            half = len(jobs) // 2
            first = await self._embed_by(model, jobs[:half])
            second = await self._embed_by(model, jobs[half:])
            return first[0] | second[0], first[1] | second[1]
        return {job.id: vector for job, vector in zip(jobs, embedded, strict=True) if np.any(vector)}, {}

    def model(self, job: Job) -> str:
        return job.embedding_model or self._embedders.default.model


def _takes(room: Counter[str], job: Job) -> bool:
    room[job.workspace_id] -= 1
    return room[job.workspace_id] >= 0


def _phrases(embedder: Embedder, job: Job) -> tuple[str, ...]:
    text = job.text or ""
    return (text,) if job.kind.startswith("categorize") else label_phrases(embedder, text)


def provider_failure(error: ProviderError) -> Failure:
    return Failure(str(error), permanent=not error.retryable, retry_after=error.retry_after)
