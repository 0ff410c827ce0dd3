"""What became of a batch of jobs, in numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from campaignbase.models import Context, Job, JobResult, Verdict


@dataclass(frozen=True, slots=True)
class BatchReport:
    claimed: int = 0
    accepted: int = 0
    stale: int = 0
    unknown_label: int = 0
    failed: int = 0  # assets whose answer was a failure
    campaigns_failed: int = 0
    labels_failed: int = 0  # categories and tags
    labels_embedded: int = 0  # categories and tags among the accepted
    labeled: int = 0  # assets that got or kept a category
    review: int = 0  # assets nobody was sure about
    campaigns_labeled: int = 0
    campaigns_review: int = 0
    errors: tuple[str, ...] = field(default=())

    @property
    def jobs_failed(self) -> int:
        return self.failed + self.campaigns_failed + self.labels_failed

    def __add__(self, other: "BatchReport") -> "BatchReport":
        return BatchReport(
            *(getattr(self, name) + getattr(other, name) for name in BatchReport.__dataclass_fields__)
        )


@dataclass(frozen=True, slots=True)
class Change:
    """The category of a row before and after; what a person decided stays."""

    before: str | None
    after: str | None


def changes_of(context: Context, jobs: Sequence[Job], results: Sequence[JobResult]) -> dict[int, Change]:
    """By job id, of those that were answered."""
    names = {
        workspace_id: {category.id: category.name for category in vocabulary.categories}
        for workspace_id, vocabulary in context.workspaces.items()
    }
    answers = {result.job_id: result for result in results if result.failure is None}
    found = {}
    for job in jobs:
        item, result = context.items.get(job.target_id), answers.get(job.id)
        if item is None or result is None or result.category is None:
            continue
        decided = names[job.workspace_id].get(result.category.id or "")
        found[job.id] = Change(item.category, item.category if "category" in item.human_fields else decided)
    return found


def report_of(
    jobs: Sequence[Job], results: Sequence[JobResult], verdicts: Sequence[Verdict], filed: dict[int, bool]
) -> BatchReport:
    accepted = [
        (job, result)
        for job, result, verdict in zip(jobs, results, verdicts, strict=True)
        if verdict == "accepted" and result.failure is None
    ]
    decided = Counter(
        (job.kind, filed.get(job.id, result.category is not None and result.category.id is not None))
        for job, result in accepted
    )
    rows = sum(count for (kind, _), count in decided.items() if kind.startswith("categorize"))
    failed = Counter(
        job.kind for job, result in zip(jobs, results, strict=True) if result.failure is not None
    )
    return BatchReport(
        claimed=len(jobs),
        accepted=len(accepted),
        stale=sum(1 for verdict in verdicts if verdict == "stale"),
        unknown_label=sum(1 for verdict in verdicts if verdict == "unknown_label"),
        failed=failed["categorize_content"],
        campaigns_failed=failed["categorize_campaign"],
        labels_failed=failed["embed_category"] + failed["embed_tag"],
        labels_embedded=len(accepted) - rows,
        labeled=decided["categorize_content", True],
        review=decided["categorize_content", False],
        campaigns_labeled=decided["categorize_campaign", True],
        campaigns_review=decided["categorize_campaign", False],
        errors=tuple(dict.fromkeys(result.failure.message for result in results if result.failure))[:5],
    )
