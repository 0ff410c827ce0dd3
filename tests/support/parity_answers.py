"""What workers answer to their jobs, alike on both engines: a seed and the job's name decide. Pure."""

import random
from dataclasses import dataclass, replace

from tests.support.parity_operations import CATEGORY_NAMES, HOME, TAG_NAMES

from campaignbase.models import Failure, Job, JobResult, LabelChoice, Source, TagChoice
from campaignbase.testing import FAKE_MODEL, hash_vectors

NOT_THERE = "e0000000-0000-4000-8000-000000000000"
Label = tuple[str, str, str]  # table, workspace, name


@dataclass(frozen=True)
class Held:
    """A job as a worker got it, with the ids of labels that it knew then."""

    name: str  # of the target, the same on both engines
    job: Job
    ids: dict[Label, str]


def chance_of(seed: int, held: Held) -> random.Random:
    return random.Random(f"{seed} {held.job.kind} {held.name} {held.job.attempt}")


def answer(held: Held, chance: random.Random) -> JobResult | None:
    """What a worker answers; None: it keeps the job for later."""
    job, kind = held.job, chance.random()
    if kind < 0.15:
        return None
    if kind < 0.3:
        failure = chance.choice(
            (Failure("no\x00 luck"), Failure("broken", permanent=True), Failure("later", retry_after=600.0),
             Failure("for good", permanent=True, retry_after=60.0))
        )  # fmt: skip
        return JobResult(job.id, job.attempt, failure=failure)
    vector = hash_vectors([job.text or ""])[0]
    kept = job.embedding is not None
    result = JobResult(
        job.id,
        job.attempt,
        embedding=vector if vector.any() and not kept else None,
        embedding_kept=kept,
        embedding_model=FAKE_MODEL if chance.random() < 0.95 else "another-1",
        content_hash=job.content_hash,
        model="fake-1",
        prompt_version="p1",
        vocabulary_version=7,
        latency_ms=chance.choice((None, 12)),
    )
    if job.kind.startswith("embed"):
        return result

    def label(table: str, names: tuple[str, ...]) -> str:
        name = chance.choice(names)
        workspace = job.workspace_id if chance.random() < 0.97 else HOME
        return held.ids.get((table, workspace, name), NOT_THERE if chance.random() < 0.2 else fallback[table])

    fallback = {
        table: next(
            (key for label, key in sorted(held.ids.items()) if label[:2] == (table, job.workspace_id)),
            NOT_THERE,
        )
        for table in ("categories", "tags")
    }
    source: Source = chance.choice(("rule", "reuse", "neighbor", "trained", "model"))
    score = chance.choice((0.25, 0.5, 0.8125))
    decided = chance.random() < 0.8
    category = (
        LabelChoice(source, score, ("it says so",), id=label("categories", CATEGORY_NAMES))
        if decided
        else LabelChoice(None, score, ("nobody is sure",))
    )
    result = replace(result, category=category)
    if job.kind == "categorize_campaign":
        return result
    audience = chance.choice(
        (None, LabelChoice("rule", 1.0, ("r",), id=label("tags", ("students", "families", "urgency"))))
    )
    named = [label("tags", TAG_NAMES) for _ in range(chance.randint(0, 3))]
    rules = [key for label, key in sorted(held.ids.items()) if label[0] == "automation_rules"]
    return replace(
        result,
        sentiment=chance.choice((None, LabelChoice(), LabelChoice("model", 0.5, ("s",), label="positive"))),
        audience=audience,
        # the same tag twice with one score only: which of the two counts is nobody's business
        tags=tuple(
            TagChoice(tag, chance.choice(("model", "rule")), chance.choice((0.5, 0.75)), "t")
            for tag in dict.fromkeys(named)
        ),
        language=chance.choice((None, "en")),
        quality_score=chance.choice((None, 0.625, 0.333)),
        quality_parts=chance.choice((None, {"length": 0.5})),
        rules=tuple((key, chance.random() < 0.5) for key in rules if chance.random() < 0.5),
    )
