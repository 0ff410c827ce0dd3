"""May something new decide in place of what decides now? Both are asked about rows whose category is known.

Pure. What is new passes when it loses no more than the margin: neither in how often its best label is right,
nor, where both decide enough rows alone, in how often those are right.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

MARGIN = 0.02  # of 1; half a row of 25
ENOUGH_GOLDEN = 30  # rows from which on a hosted model decides only where it passed; private.enough_golden
ENOUGH_APPLIED = 10  # rows decided alone, of each; fewer say nothing of how often that is right

Basis = Literal["golden", "fresh", "cross_validation", "none"]


@dataclass(frozen=True, slots=True)
class Answer:
    category_id: str | None  # the best one; None: no label
    applied: bool  # sure enough to be written without a person


@dataclass(frozen=True, slots=True)
class LabelChange:
    category: str
    rows: int
    before: int | None  # how many were right
    after: int


@dataclass(frozen=True, slots=True)
class Comparison:
    basis: Basis
    rows: int
    before: float | None  # share that is right; None: there was nothing before
    after: float
    applied_before: float | None  # share decided alone
    applied_after: float | None
    precision_before: float | None  # how much of that is right; None: nothing was
    precision_after: float | None
    margin: float
    passed: bool
    told: str
    labels: tuple[LabelChange, ...] = ()  # those that lose most first

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def compare(
    basis: Basis,
    truth: Sequence[str],
    names: Mapping[str, str],
    before: Sequence[Answer] | None,
    after: Sequence[Answer],
    margin: float = MARGIN,
) -> Comparison:
    """
    Args:
        truth: the category id of each row.
        names: category id -> name.
        before: an answer a row; None: nothing decided before.
    """
    rows = len(truth)
    was, now = (None if before is None else _right(truth, before)), _right(truth, after)
    share_was = None if was is None or not rows else sum(was) / rows
    share_now = sum(now) / rows if rows else 0.0
    applied_was, precision_was, count_was = _applied(before, was)
    applied_now, precision_now, count_now = _applied(after, now)
    lost = [] if share_was is None else [_loss("right", share_was, share_now, margin)]
    enough = min(count_was, count_now) >= ENOUGH_APPLIED
    if enough and precision_was is not None and precision_now is not None:
        lost.append(_loss("right of those decided alone", precision_was, precision_now, margin))
    failures = [told for told in lost if told is not None]
    counted = f"{_BASES[basis]}: {rows} rows, "
    change = f"{share_now:.3f} right" if share_was is None else f"{share_was:.3f} -> {share_now:.3f} right"
    told = counted + change + ("; " + "; ".join(failures) if failures else "")
    return Comparison(
        basis,
        rows,
        share_was,
        share_now,
        applied_was,
        applied_now,
        precision_was,
        precision_now,
        margin,
        not failures,
        told,
        _by_label(truth, names, was, now),
    )


def unmeasured(basis: Basis, before: float | None, after: float, margin: float) -> Comparison:
    """Without rows that both can be asked about: what each reached by itself."""
    failure = None if before is None else _loss("right", before, after, margin)
    change = f"{after:.3f} right" if before is None else f"{before:.3f} -> {after:.3f} right"
    told = f"{_BASES[basis]}: {change}" + (f"; {failure}" if failure else "")
    return Comparison(basis, 0, before, after, None, None, None, None, margin, failure is None, told)


def not_below(found: Comparison, reached: float, who: str) -> Comparison:
    """As measured, and also held to what decided before and cannot be asked beside it reached by itself.

    Args:
        reached: share that was right, of the golden set as it was then.
    """
    failure = _loss(f"right, {who} was {reached:.3f}", reached, found.after, found.margin)
    return found if failure is None else replace(found, passed=False, told=f"{found.told}; {failure}")


def not_passed(model: str, prompt_version: str | None, workspace: str, standing: str, command: str) -> str:
    """Why a hosted model is not asked, and what to run."""
    why = "lost" if standing == "lost" else "was not measured"
    return (
        f"{model} with prompt {prompt_version} {why} on the golden set of workspace {workspace!r};"
        f" it decides when it passes: {command} --workspace {shlex.quote(workspace)}"
    )


_BASES: dict[Basis, str] = {
    "golden": "golden set",
    "fresh": "no golden rows to ask, so what people filed since the version before",
    "cross_validation": "no golden rows to ask and little that is new, so cross-validation alone",
    "none": "nothing decided before, so cross-validation alone",
}


def _right(truth: Sequence[str], answers: Sequence[Answer]) -> list[bool]:
    return [answer.category_id == wanted for wanted, answer in zip(truth, answers, strict=True)]


def _applied(
    answers: Sequence[Answer] | None, right: Sequence[bool] | None
) -> tuple[float | None, float | None, int]:
    """(share decided alone, how much of it is right, how many)."""
    if answers is None or right is None or not answers:
        return None, None, 0
    alone = [good for answer, good in zip(answers, right, strict=True) if answer.applied]
    return len(alone) / len(answers), (sum(alone) / len(alone) if alone else None), len(alone)


def _loss(what: str, before: float, after: float, margin: float) -> str | None:
    if after >= before - margin - 1e-9:
        return None
    return f"{what}: loses {before - after:.3f}, and {margin:.3f} is allowed"


def _by_label(
    truth: Sequence[str], names: Mapping[str, str], was: Sequence[bool] | None, now: Sequence[bool]
) -> tuple[LabelChange, ...]:
    found = []
    for category_id in dict.fromkeys(truth):
        places = [place for place, wanted in enumerate(truth) if wanted == category_id]
        before = None if was is None else sum(was[place] for place in places)
        after = sum(now[place] for place in places)
        found.append(LabelChange(names.get(category_id, category_id), len(places), before, after))
    return tuple(sorted(found, key=lambda one: (one.after - (one.before or 0), one.category)))
