"""How right the labels were: by source, by label, over time, and whether something drifts.

Pure: sums of what the store counted. People correct what is wrong sooner than they confirm what is right, so
the share of right ones among those judged is too low, and the share never corrected too high; the truth lies
between. Only a random audit says where.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from campaignbase.models.measuring import Band, Decided, Measured

DRIFT = 0.2  # total variation distance, 0..1, of the labels of a week from all before: worth a look ...
DRIFT_DECISIONS = 50  # ... where there are as many decisions on both sides
SURE = 1.96  # standard deviations: 95 %


@dataclass(frozen=True, slots=True)
class Rate:
    """`low` to `high` is where the share of all rows lies with 95 %, if those judged are a random sample."""

    judged: int
    right: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class SourceAccuracy:
    source: str | None  # None: nobody was sure
    decisions: int
    share: float  # of all decisions
    judged: Rate
    audit: Rate
    never_corrected: float  # share of the decisions
    mean_score: float | None


@dataclass(frozen=True, slots=True)
class LabelAccuracy:
    label: str
    decisions: int
    precision: Rate  # of those judged that machines filed here
    recall: Rate  # of those judged that belong here


@dataclass(frozen=True, slots=True)
class Week:
    start: date  # a Monday
    decisions: int
    coverage: float  # share of the decisions that named a label
    judged: Rate  # of those that named one
    never_corrected: float
    shares: dict[str, float]  # by source, of all decisions
    drift: float | None  # 0..1, of its labels from those of all weeks before
    drifts: bool


@dataclass(frozen=True, slots=True)
class Confusion:
    machine_label: str | None
    label: str | None
    judged: int


@dataclass(frozen=True, slots=True)
class Calibration:
    source: str
    bands: tuple[Band, ...]  # of all days, from low to high
    error: float  # how far the mean score is from the share of right ones, on average


@dataclass(frozen=True, slots=True)
class LiveAccuracy:
    field: str
    since: date
    decisions: int
    coverage: float
    judged: Rate
    audit: Rate
    never_corrected: float
    open_audits: int
    sources: tuple[SourceAccuracy, ...]
    labels: tuple[LabelAccuracy, ...]
    weeks: tuple[Week, ...]
    confusion: tuple[Confusion, ...]
    calibration: tuple[Calibration, ...]


def live_accuracy(measured: Measured, field: str, since: date) -> LiveAccuracy:
    """Of one field: category, sentiment or audience."""
    rows = [row for row in measured.decisions if row.field == field]
    named = [row for row in rows if row.label is not None]
    return LiveAccuracy(
        field=field,
        since=since,
        decisions=_sum(rows),
        coverage=_share(_sum(named), _sum(rows)),
        judged=_judged(named),
        audit=_audit(named),
        never_corrected=_never_corrected(named),
        open_audits=measured.open_audits,
        sources=_sources(rows),
        labels=_labels(measured, field, named),
        weeks=_weeks(rows),
        confusion=_confusion(measured, field),
        calibration=_calibration(measured, field),
    )


def rate(judged: int, right: int) -> Rate:
    """With Wilson's interval, which holds for few and for extreme shares."""
    if not judged:
        return Rate(0, 0, None, None, None)
    share = right / judged
    spread = SURE**2 / judged
    middle = (share + spread / 2) / (1 + spread)
    reach = SURE / (1 + spread) * math.sqrt(share * (1 - share) / judged + spread / judged / 4)
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return Rate(judged, right, round(share, 4), round(low, 4), round(high, 4))


def _sources(rows: list[Decided]) -> tuple[SourceAccuracy, ...]:
    by_source: dict[str | None, list[Decided]] = defaultdict(list)
    for row in rows:
        by_source[row.source].append(row)
    found = []
    for source, own in by_source.items():
        scored = [(row.decisions, row.mean_score) for row in own if row.mean_score is not None]
        weight = sum(count for count, _ in scored)
        mean = sum(count * score for count, score in scored) / weight if weight else None
        found.append(
            SourceAccuracy(
                source,
                _sum(own),
                _share(_sum(own), _sum(rows)),
                _judged(own),
                _audit(own),
                _never_corrected(own),
                None if mean is None else round(mean, 4),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.source is None, -one.decisions, one.source or "")))


def _labels(measured: Measured, field: str, named: list[Decided]) -> tuple[LabelAccuracy, ...]:
    by_label: dict[str, list[Decided]] = defaultdict(list)
    for row in named:
        by_label[row.label or ""].append(row)
    belongs: dict[str, int] = defaultdict(int)
    found_there: dict[str, int] = defaultdict(int)
    for pair in measured.confusion:
        if pair.field == field and pair.label is not None:
            belongs[pair.label] += pair.judged
            found_there[pair.label] += pair.judged if pair.machine_label == pair.label else 0
    found = [
        LabelAccuracy(
            label, _sum(by_label[label]), _judged(by_label[label]), rate(belongs[label], found_there[label])
        )
        for label in {*by_label, *belongs}
    ]
    return tuple(sorted(found, key=lambda one: (-one.decisions, one.label)))


def _weeks(rows: list[Decided]) -> tuple[Week, ...]:
    by_week: dict[date, list[Decided]] = defaultdict(list)
    for row in rows:
        by_week[row.day - timedelta(days=row.day.weekday())].append(row)
    found = []
    before: dict[str, int] = defaultdict(int)
    for start in sorted(by_week):
        own = by_week[start]
        named = [row for row in own if row.label is not None]
        labels: dict[str, int] = defaultdict(int)
        sources: dict[str, int] = defaultdict(int)
        for row in own:
            labels[row.label or ""] += row.decisions
            sources[row.source or "nobody"] += row.decisions
        drift = _distance(labels, before)
        enough = min(sum(before.values()), _sum(own)) >= DRIFT_DECISIONS
        found.append(
            Week(
                start,
                _sum(own),
                _share(_sum(named), _sum(own)),
                _judged(named),
                _never_corrected(named),
                {name: _share(count, _sum(own)) for name, count in sorted(sources.items())},
                drift,
                enough and drift is not None and drift > DRIFT,
            )
        )
        for label, count in labels.items():
            before[label] += count
    return tuple(found)


def _distance(these: dict[str, int], those: dict[str, int]) -> float | None:
    """Half the sum of what the shares differ by: how much of the one would have to move to be the other."""
    count, other = sum(these.values()), sum(those.values())
    if not count or not other:
        return None
    differ = sum(abs(these.get(name, 0) / count - those.get(name, 0) / other) for name in {*these, *those})
    return round(differ / 2, 4)


def _confusion(measured: Measured, field: str) -> tuple[Confusion, ...]:
    pairs: dict[tuple[str | None, str | None], int] = defaultdict(int)
    for one in measured.confusion:
        if one.field == field:
            pairs[one.machine_label, one.label] += one.judged
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0][0] or "", item[0][1] or ""))
    return tuple(Confusion(machine, label, count) for (machine, label), count in ordered)


def _calibration(measured: Measured, field: str) -> tuple[Calibration, ...]:
    by_source: dict[str, dict[int, list[Band]]] = defaultdict(lambda: defaultdict(list))
    for band in measured.calibration:
        if band.field == field:
            by_source[band.source][band.sure_from].append(band)
    found = []
    for source, bands in sorted(by_source.items()):
        merged = tuple(_merged(bands[sure_from]) for sure_from in sorted(bands))
        judged = sum(band.judged for band in merged)
        off = sum(abs(band.judged * band.mean_score - band.judged_right) for band in merged)
        found.append(Calibration(source, merged, round(off / judged, 4)))
    return tuple(found)


def _merged(bands: list[Band]) -> Band:
    judged = sum(band.judged for band in bands)
    mean = sum(band.judged * band.mean_score for band in bands) / judged
    right = sum(band.judged_right for band in bands)
    first = min(band.day for band in bands)
    return Band(first, bands[0].field, bands[0].source, bands[0].sure_from, judged, right, round(mean, 4))


def _judged(rows: Iterable[Decided]) -> Rate:
    listed = list(rows)
    return rate(sum(row.judged for row in listed), sum(row.judged_right for row in listed))


def _audit(rows: Iterable[Decided]) -> Rate:
    listed = list(rows)
    return rate(sum(row.audits_judged for row in listed), sum(row.audits_right for row in listed))


def _never_corrected(rows: list[Decided]) -> float:
    wrong = sum(row.judged - row.judged_right for row in rows)
    return round(1 - wrong / _sum(rows), 4) if rows else 0.0


def _sum(rows: Iterable[Decided]) -> int:
    return sum(row.decisions for row in rows)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
