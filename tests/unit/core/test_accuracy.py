from datetime import date

import pytest

from campaignbase.core.accuracy import DRIFT_DECISIONS, live_accuracy, rate
from campaignbase.models.measuring import Band, Confused, Decided, Measured

MONDAY, SUNDAY, NEXT = date(2026, 11, 2), date(2026, 11, 8), date(2026, 11, 9)


def decided(day=MONDAY, source="model", label="offer", decisions=10, judged=0, right=0, **more):
    values = {
        "field": "category",
        "audits": 0,
        "audits_judged": 0,
        "audits_right": 0,
        "mean_score": 0.5,
    } | more
    return Decided(
        day=day, source=source, label=label, decisions=decisions, judged=judged, judged_right=right, **values
    )


def report(*decisions, confusion=(), calibration=(), waiting=0):
    measured = Measured(decisions, tuple(confusion), tuple(calibration), waiting)
    return live_accuracy(measured, "category", MONDAY)


@pytest.mark.parametrize(
    ("judged", "right", "share", "low", "high"),
    [
        # Wilson's interval; source: the tables of Newcombe 1998 (81 of 263: 0.2553 to 0.3662)
        (263, 81, 0.308, 0.2553, 0.3662),
        (29, 0, 0.0, 0.0, 0.117),
        (29, 29, 1.0, 0.883, 1.0),
        (0, 0, None, None, None),
    ],
)
def test_rate_says_where_the_share_of_all_lies(judged, right, share, low, high):
    found = rate(judged, right)
    assert (found.share, found.low, found.high) == (
        pytest.approx(share, abs=5e-5),
        pytest.approx(low, abs=5e-5),
        pytest.approx(high, abs=5e-5),
    )


def test_sums_of_all_and_by_source():
    found = report(
        decided(source="trained", decisions=60, judged=20, right=15, audits_judged=4, audits_right=3),
        decided(source="trained", label="event", decisions=20, mean_score=0.9),
        decided(source=None, label=None, decisions=20, judged=5, right=1, mean_score=None),
        decided(field="sentiment", decisions=1000),
    )
    assert (found.decisions, found.coverage) == (100, 0.8)
    assert (found.judged.judged, found.judged.share, found.audit.share) == (20, 0.75, 0.75)
    assert found.never_corrected == pytest.approx(1 - 5 / 80)
    trained, nobody = found.sources
    assert (trained.source, trained.share, trained.mean_score) == (
        "trained",
        0.8,
        0.6,
    )  # (60 * .5 + 20 * .9) / 80
    assert (nobody.source, nobody.judged.right, nobody.mean_score) == (None, 1, None)


def test_recall_counts_what_machines_filed_elsewhere_or_nowhere():
    pairs = [("offer", "offer", 6), ("event", "offer", 2), (None, "offer", 2), ("offer", None, 1)]
    confusion = [Confused(MONDAY, "category", "model", machine, label, n) for machine, label, n in pairs]
    found = report(decided(judged=7, right=6), confusion=confusion)
    offer = found.labels[0]
    assert (offer.label, offer.precision.share) == ("offer", pytest.approx(6 / 7, abs=1e-4))
    assert (offer.recall.judged, offer.recall.share) == (10, 0.6)
    assert [(one.machine_label, one.label, one.judged) for one in found.confusion] == [
        ("offer", "offer", 6),
        (None, "offer", 2),
        ("event", "offer", 2),
        ("offer", None, 1),
    ]


def test_weeks_begin_on_monday():
    found = report(decided(SUNDAY, decisions=4), decided(MONDAY, decisions=2), decided(NEXT, source="rule"))
    assert [(week.start, week.decisions) for week in found.weeks] == [(MONDAY, 6), (NEXT, 10)]
    assert [week.shares for week in found.weeks] == [{"model": 1.0}, {"rule": 1.0}]


@pytest.mark.parametrize(
    ("counts", "drift", "drifts"),
    [
        # (offer, event) in the first and in the second week; half the sum of the differences of the shares
        (((80, 20), (80, 20)), 0.0, False),
        (((80, 20), (50, 50)), 0.3, True),
        (((80, 20), (65, 35)), 0.15, False),
        (((DRIFT_DECISIONS - 1, 0), (0, 500)), 1.0, False),  # too few to say so
    ],
)
def test_drift_is_how_much_of_a_week_is_labeled_otherwise_than_before(counts, drift, drifts):
    found = report(
        *(
            decided(day, label=label, decisions=count)
            for day, pair in zip((MONDAY, NEXT), counts, strict=True)
            for label, count in zip(("offer", "event"), pair, strict=True)
        )
    )
    first, second = found.weeks
    assert (first.drift, first.drifts) == (None, False)
    assert (second.drift, second.drifts) == (pytest.approx(drift), drifts)


def test_calibration_adds_up_the_days_of_a_band():
    bands = [
        Band(MONDAY, "category", "trained", 90, 10, 9, 0.92),
        Band(NEXT, "category", "trained", 90, 30, 21, 0.94),
        Band(NEXT, "category", "trained", 50, 10, 6, 0.55),
    ]
    [found] = report(calibration=bands).calibration
    low, high = found.bands
    assert (low.sure_from, high.sure_from) == (50, 90)
    assert (high.judged, high.judged_right, high.mean_score) == (40, 30, 0.935)
    # (|10 * .55 - 6| + |40 * .935 - 30|) / 50
    assert found.error == pytest.approx(0.158)


def test_nothing_decided_is_no_error():
    found = report()
    assert (found.decisions, found.coverage, found.weeks, found.judged.share) == (0, 0.0, (), None)
