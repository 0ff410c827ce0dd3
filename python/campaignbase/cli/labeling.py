"""What several commands do with rows: label what waits, and say of a row what was decided and why."""

from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from campaignbase.cli import output, wording
from campaignbase.cli.interrupt import Interrupt
from campaignbase.models import DecisionRecord, Explanation
from campaignbase.pipeline.labeler import DEFAULT_BATCH, BatchReport
from campaignbase.ports import Store
from campaignbase.settings import Settings


@dataclass(frozen=True, slots=True)
class RowSummary:
    """One asset or campaign as lists show it. `reasons`: why this category, or why none."""

    id: str
    text: str | None
    state: str
    category: str | None
    source: str | None
    score: float | None
    reasons: tuple[str, ...]
    tags: tuple[str, ...]
    sentiment: str | None
    audience: str | None


async def label_waiting(
    store: Store,
    what: str = "labeling",
    batch: int = DEFAULT_BATCH,
    *,
    loaded: Settings | None = None,
    interrupt: Interrupt | None = None,
) -> BatchReport:
    """Everything that can be claimed now, in this process, with a bar on a terminal.

    Args:
        loaded: whose keys choose the embedders; None: the shipped one alone.
        interrupt: ends it early; the report is of what was done by then.
    """
    from campaignbase import wiring

    waiting = sum(status.waiting for status in await store.queue_status())
    async with (
        aclosing(wiring.embedders(loaded)) as found,
        wiring.brief_answers(store, loaded) as answers,
        wiring.open_analyst(store, loaded, say=output.say) as analyst,
    ):
        worker = wiring.worker(store, batch, found=found, asking=answers, analyst=analyst)
        if interrupt is not None:
            interrupt.then(worker.stop)
        with output.progress(what, waiting) as bar:
            return await worker.run_once(lambda report: bar(report.claimed))


async def waiting_rows(store: Store, workspace_id: str | None = None) -> tuple[int, int]:
    """(assets, campaigns) that nobody labeled yet: waiting, or leased by another process."""
    by_kind: Counter[str] = Counter()
    for status in await store.queue_status(workspace_id):
        by_kind[status.kind] += status.waiting + status.leased
    return by_kind["categorize_content"], by_kind["categorize_campaign"]


def tell_held(assets: int, campaigns: int) -> None:
    """What a run that labels all it can get had to leave."""
    if assets or campaigns:
        rows = output.counted((assets, "asset"), (campaigns, "campaign"))
        waits = output.verb(assets + campaigns, "waits", "wait")
        output.say(
            f"{rows} {waits}, held by another process or to be tried again later: campaignbase worker --once"
        )


async def summaries(store: Store, ids: Sequence[str]) -> list[RowSummary]:
    return [summary(await store.explain(key)) for key in ids]


def summary(explanation: Explanation) -> RowSummary:
    asset, campaign = explanation.asset, explanation.campaign
    row = asset or campaign
    if row is None:
        raise ValueError("an explanation without a row")
    decided = standing(explanation, "category", row.category_source)
    return RowSummary(
        id=row.id,
        text=asset.text if asset else campaign.name if campaign else None,
        state=row.label_state,
        category=row.primary_category,
        source=row.category_source,
        score=decided.score if decided and decided.label is not None else None,
        reasons=decided.reasons if decided else (),
        tags=asset.tags if asset else (),
        sentiment=asset.sentiment if asset else None,
        audience=asset.target_audience if asset else None,
    )


def standing(explanation: Explanation, field: str, source: str | None) -> DecisionRecord | None:
    """The decision for what stands there now, whatever it is called by now; an abstention where nothing does.

    Args:
        source: who decided what stands there.
    """
    for decision in explanation.decisions:
        if decision.field == field and decision.source == source and decision.outcome != "kept_human":
            return decision
    return None


def reason_line(row: RowSummary) -> str:
    """One line: who decided and why; the reasons name every number."""
    said = output.one_line("; ".join(row.reasons))
    if row.category is None:
        return said or row.state
    if said and row.source in ("human", "rule"):
        return said  # which names the person or the rule
    return f"{wording.who(row.source)}: {said}" if said else wording.who(row.source)


def report_line(report: BatchReport) -> str:
    """ "82 assets and 1 campaign labeled, 12 assets left for review", with what else is worth knowing."""
    if not report.claimed:
        return "nothing was waiting to be labeled"
    labeled = output.counted((report.labeled, "asset"), (report.campaigns_labeled, "campaign"))
    review = output.counted((report.review, "asset"), (report.campaigns_review, "campaign"))
    parts = [f"{labeled} labeled", f"{review} left for review"]
    if report.labels_embedded and parts == ["0 assets labeled", "0 assets left for review"]:
        parts = [f"{output.plural(report.labels_embedded, 'label')} embedded"]
    failed = output.counted(
        (report.failed, "asset"), (report.campaigns_failed, "campaign"), (report.labels_failed, "label")
    )
    parts += [f"{failed} failed"] if report.jobs_failed else []
    others = report.stale + report.unknown_label
    waits = output.verb(others, "waits", "wait")
    parts += [f"{output.plural(others, 'job')} changed meanwhile and {waits} again"] if others else []
    return ", ".join(parts)
