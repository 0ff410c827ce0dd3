"""What a backfill would change and cost, from rows that are decided and not written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol

from campaignbase.models import AnalysisRequest
from campaignbase.models.backfills import END
from campaignbase.pipeline.labeler import Labeler
from campaignbase.ports import Store

AT_ONCE = 100  # rows
SHOWN = 10  # rows that change, told one by one

Move = tuple[str | None, str | None]  # category before, after


class Price(Protocol):
    def of(self, request: AnalysisRequest) -> tuple[int, Decimal, Decimal]:
        """(tokens, US dollars; both about; US dollars at most)"""
        ...


@dataclass(frozen=True, slots=True)
class ChangedRow:
    id: str
    text: str
    before: str | None
    after: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Of the rows that were looked at; whoever shows it extrapolates."""

    scanned: int
    selected: int
    complete: bool  # no more rows are there
    moves: Mapping[Move, int]  # rows whose category would be another, as far as no model is asked
    rows: tuple[ChangedRow, ...]  # the first of them
    asked: int  # rows that a model would be asked about
    tokens: int  # of those asked, about
    cost: Decimal  # the same
    at_most: Decimal

    @property
    def changed(self) -> int:
        return sum(self.moves.values())


async def preview(
    store: Store,
    labeler: Labeler,
    workspace_id: str,
    selection: Mapping[str, Any],
    most: int,
    price: Price | None = None,
) -> Preview:
    """Decide up to `most` rows and write nothing.

    Args:
        labeler: whose analyst and embedders cost nothing.
        most: 0: all.
        price: of the model that a run would ask; its answers are not guessed.
    """
    place, scanned, selected = "", 0, 0
    moves: Counter[Move] = Counter()
    rows: list[ChangedRow] = []
    asked: list[tuple[int, Decimal, Decimal]] = []
    while place != END and (not most or selected < most):
        batch = min(AT_ONCE, most - selected) if most else AT_ONCE
        part = await store.preview_backfill(workspace_id, selection, place, batch)
        place, scanned = part.place, scanned + part.scanned
        jobs = [replace(job, id=number) for number, job in enumerate(part.jobs)]
        selected += len(jobs)
        questions = await labeler.questions(jobs) if price is not None and jobs else {}
        if price is not None:
            asked += [price.of(request) for request in questions.values()]
        known = [job for job in jobs if job.id not in questions]
        for job, (result, change) in zip(known, await labeler.look(known), strict=True):
            if change is None or change.before == change.after:
                continue
            moves[change.before, change.after] += 1
            if len(rows) < SHOWN:
                why = "; ".join(result.category.reasons) if result.category else ""
                rows.append(ChangedRow(job.target_id, job.text or "", change.before, change.after, why))
    return Preview(
        scanned,
        selected,
        place == END,
        moves,
        tuple(rows),
        len(asked),
        sum(tokens for tokens, _, _ in asked),
        sum((about for _, about, _ in asked), Decimal(0)),
        sum((at_most for _, _, at_most in asked), Decimal(0)),
    )
