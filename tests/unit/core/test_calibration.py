import numpy as np
import pytest

from campaignbase.core import calibration
from campaignbase.core.calibration import (
    HIGHEST_THRESHOLD,
    MAX_CROSS_VALIDATED,
    HeldOut,
    Judged,
    calibration_error,
    judge_held_out,
    label_thresholds,
    temperature,
    threshold,
    thresholds_of_others,
)
from campaignbase.core.calibration import judged as calibrated
from campaignbase.core.head import fit, predict


def groups(count, noise, seed):
    random = np.random.default_rng(seed)
    labels = np.tile(np.arange(3), count)
    rows = (np.eye(3)[labels] + noise * random.standard_normal((len(labels), 3))).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), labels


def judged(*rows):
    """(found, probability, right) a row."""
    found, probability, right = zip(*rows, strict=True)
    return Judged(np.arange(len(rows)), np.array(found), np.array(probability), np.array(right))


@pytest.fixture
def counted(monkeypatch):
    """Nothing but how many were right counts, as with very many rows."""
    monkeypatch.setattr(calibration, "CALIBRATED", 0.0)


def test_no_row_is_judged_by_itself():
    # labels at random: whoever had seen the row would know it
    random = np.random.default_rng(8)
    vectors = random.standard_normal((80, 60)).astype(np.float32)  # wide enough to learn by heart
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = random.integers(0, 4, 80)
    found = judge_held_out(vectors, labels, 4)
    assert found.rows.tolist() == list(range(80))
    assert 0.05 < found.right.mean() < 0.45  # chance is a quarter
    assert (predict(*fit(vectors, labels, 4), vectors).argmax(axis=1) == labels).mean() > 0.9


def test_separate_groups_are_told_apart_with_more_than_chance():
    vectors, labels = groups(10, 0.1, seed=9)
    found = judge_held_out(vectors, labels, 3)
    assert found.right.all()
    assert found.found.tolist() == labels.tolist()
    assert ((found.probability > 1 / 3) & (found.probability <= 1)).all()


def test_one_row_a_category_is_judged_without_any_other():
    vectors, labels = groups(1, 0.0, seed=0)
    assert not judge_held_out(vectors, labels, 3).right[1:].any()  # nothing is left to learn from


def test_of_many_rows_as_many_as_are_affordable_are_judged():
    vectors, labels = groups(MAX_CROSS_VALIDATED // 3 + 100, 0.1, seed=1)
    found = judge_held_out(vectors, labels, 3, folds=2)
    assert len(found.rows) == MAX_CROSS_VALIDATED
    assert found.rows[-1] > len(labels) - 3  # at equal distances, to the end
    assert (labels[found.rows] == found.found).mean() == found.right.mean()


@pytest.mark.parametrize(
    ("rows", "target", "expected"),
    [
        # right, right, wrong, right: 2/2 at 0.8, 2/3 at 0.7, 3/4 at 0.6
        ([(0, 0.9, True), (0, 0.8, True), (0, 0.7, False), (0, 0.6, True)], 1.0, 0.8),
        ([(0, 0.9, True), (0, 0.8, True), (0, 0.7, False), (0, 0.6, True)], 0.75, 0.6),
        # the surest is wrong, and nothing after it makes up for that
        ([(0, 0.9, False), (0, 0.8, True)], 0.75, HIGHEST_THRESHOLD),
        ([(0, 0.9999, True)], 1.0, HIGHEST_THRESHOLD),
    ],
)
def test_threshold_is_where_enough_rows_are_right(counted, rows, target, expected):
    assert threshold(judged(*rows), target) == pytest.approx(expected)


def test_a_label_is_judged_by_its_own_rows_and_by_all(counted):
    easy = [(0, 0.5 + place / 1000, True) for place in range(40)]
    hard = [(1, 0.8 + place / 1000, place >= 30) for place in range(40)]  # wrong below 0.83
    found = label_thresholds(judged(*easy, *hard), 3, target=0.8)
    # easy, down to its last row: (40 + 40 x 50/80) / 80 = 0.81. hard: 10/12 at 0.828, 10/13 below.
    # the third is found nowhere: as all rows together
    assert found.tolist() == pytest.approx([0.5, 0.828, 0.828])


def test_what_is_never_right_has_the_threshold_of_those_that_are(counted):
    rows = [(0, 0.9, True)] * 5 + [(1, 0.5, False)] * 39
    assert label_thresholds(judged(*rows), 2, target=1.0).tolist() == pytest.approx([0.9, 0.9])


def test_a_label_whose_rows_are_all_less_sure_has_the_threshold_of_all(counted):
    # nothing is known of it at 0.9, and it must not have to be surer than any label
    rows = [(0, 0.9, True)] * 9 + [(0, 0.7, False)] * 9 + [(1, 0.6, True)]
    assert label_thresholds(judged(*rows), 2, target=0.9).tolist() == pytest.approx([0.9, 0.9])


def test_few_rows_are_judged_by_how_sure_the_head_was():
    # (19 + 100 x 0.9805) / 120 = 0.975; counted alone 19 of 20 were right, and none would do
    rows = [(0, 0.99, False)] + [(0, 0.98, True)] * 19
    assert threshold(judged(*rows), 0.97) == pytest.approx(0.98)
    # many rows that were right less often than they say: (800 + 100 x 0.98) / 1100 = 0.82
    rows = [(0, 0.98, place % 5 > 0) for place in range(1000)]
    assert threshold(judged(*rows), 0.97) == HIGHEST_THRESHOLD


def test_thresholds_are_measured_on_rows_they_were_not_chosen_on(counted):
    rows = [(0, 0.9, True), (0, 0.6, True), (0, 0.8, True), (0, 0.7, False)]
    found = thresholds_of_others(judged(*rows), np.array([0, 0, 1, 1]), 1, target=1.0)
    # the first two by the others, which are right down to 0.8; those by the first two, right down to 0.6
    assert found.tolist() == pytest.approx([0.8, 0.8, 0.6, 0.6])


def test_temperature_makes_probabilities_as_large_as_they_are_right():
    logits = np.array([[10, 0], [10, 0], [0, 10], [10, 0]], dtype=np.float32)
    nobody = np.zeros((4, 0), dtype=np.float32)
    truth = np.array([0, 0, 1, 1])  # three of four are right
    held = HeldOut(np.arange(4), truth, np.zeros(4, int), logits, nobody, nobody.astype(int), 4)
    heat = temperature(held)
    assert heat == pytest.approx(10 / np.log(3), rel=0.02)  # 1 / (1 + e^-ln 3) = 0.75
    assert calibrated(held, heat).probability.tolist() == pytest.approx([0.75] * 4, abs=0.01)
    assert calibration_error(calibrated(held, heat)) == pytest.approx(0, abs=0.01)
    assert calibration_error(calibrated(held, 1.0)) == pytest.approx(0.25, abs=0.01)  # sure, and 0.75 right
