"""How sure a trained head may be: probabilities that mean what they say, and from which on it decides alone.

Pure. Everything here is measured on rows that the head was not fitted on.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.blend import blend_rows, nearest
from campaignbase.core.head import USUAL, Belief, Labels, Matrix, fit

TARGET_PRECISION = 0.985  # of held-out rows from the threshold on; of new rows it was 0.97 to 0.98
HIGHEST_THRESHOLD = 0.99  # where no threshold is good enough
FOLDS = 5
MAX_CROSS_VALIDATED = 4000  # rows; more add time, not certainty
SHRINKAGE = 40.0  # rows; a label found less often is judged by all labels more than by its own
CALIBRATED = 100.0  # rows; fewer are judged by how sure the head was more than by how many were right
BINS = 10


class HeldOut(NamedTuple):
    """Rows as scored by heads fitted without them, and the filed rows nearest to each; one entry a row."""

    rows: NDArray[np.intp]  # which of the rows given
    truth: Labels
    fold: NDArray[np.int64]  # those of one fold were left out together
    logits: Matrix  # (rows, classes)
    cosines: Matrix  # (rows, neighbors); 0 where nothing else was filed
    near: Labels  # (rows, neighbors), their categories
    train_rows: int


class Judged(NamedTuple):
    """Rows as judged by a head, and by neighbors, that did not know them; one entry a row."""

    rows: NDArray[np.intp]  # which of the rows given
    found: Labels  # the most probable category
    probability: NDArray[np.float32]
    right: NDArray[np.bool_]


def hold_out(
    vectors: Matrix,
    labels: Labels,
    classes: int,
    *,
    prior_vectors: Matrix | None = None,
    belief: Belief = USUAL,
    folds: int = FOLDS,
) -> HeldOut:
    """Every `folds`-th row of a category, in the order given, is left out together.

    Of more than MAX_CROSS_VALIDATED rows, that many at equal distances take part.
    """
    chosen = evenly(len(labels), MAX_CROSS_VALIDATED)
    taken, truth = vectors[chosen], labels[chosen]
    fold = _place_in_category(truth) % folds
    logits = np.zeros((len(chosen), classes), dtype=np.float32)
    cosines = np.zeros((len(chosen), 0), dtype=np.float32)
    near = np.zeros((len(chosen), 0), dtype=np.int64)
    for number in range(folds):
        out = fold == number
        if not out.any():
            continue
        weights, bias = fit(taken[~out], truth[~out], classes, prior_vectors=prior_vectors, belief=belief)
        logits[out] = taken[out] @ weights.T + bias
        if out.all():
            continue
        found, categories, _ = nearest(taken[out], taken[~out], truth[~out])
        missing = found.shape[1] - cosines.shape[1]
        if missing > 0:
            cosines = np.pad(cosines, ((0, 0), (0, missing)))
            near = np.pad(near, ((0, 0), (0, missing)))
        cosines[out, : found.shape[1]] = found
        near[out, : found.shape[1]] = categories
    return HeldOut(chosen, truth, fold, logits, cosines, near, len(labels))


def evenly(count: int, most: int) -> NDArray[np.intp]:
    """The places of all `count` rows, or of `most` of them at equal distances."""
    return np.arange(count) if count <= most else (np.arange(most) * count / most).astype(np.intp)


def temperature(held: HeldOut) -> float:
    """What logits are divided by so that, with the neighbors, they are as right as they say; 0.1..10."""

    def loss(log_temperature: float) -> float:
        return log_loss(held, float(np.exp(log_temperature)))

    low, high = float(np.log(0.1)), float(np.log(10.0))
    golden = (np.sqrt(5.0) - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = loss(left), loss(right)
    while high - low > 1e-2:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = loss(right)
    return float(np.exp((low + high) / 2))


def log_loss(held: HeldOut, heat: float) -> float:
    """How little of the truth was expected, a row; less is better."""
    chances = _blended(held, heat)[np.arange(len(held.truth)), held.truth]
    return -float(np.log(np.maximum(chances, 1e-9)).mean())


def probabilities(logits: Matrix) -> Matrix:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def judged(held: HeldOut, heat: float = 1.0, *, alone: bool = False) -> Judged:
    """`alone`: the head without the neighbors."""
    scored = probabilities(held.logits / np.float32(heat)) if alone else _blended(held, heat)
    found = scored.argmax(axis=1)
    return Judged(held.rows, found, scored.max(axis=1), found == held.truth)


def judge_held_out(
    vectors: Matrix, labels: Labels, classes: int, *, prior_vectors: Matrix | None = None, folds: int = FOLDS
) -> Judged:
    """As `hold_out` and `judged`."""
    return judged(hold_out(vectors, labels, classes, prior_vectors=prior_vectors, folds=folds))


def calibration_error(found: Judged) -> float:
    """The mean distance between how sure the best label was and how often it was right, over ten bins."""
    if not len(found.probability):
        return 0.0
    bins = np.minimum((found.probability * BINS).astype(int), BINS - 1)
    gaps = [
        abs(float(found.probability[own].mean()) - float(found.right[own].mean())) * int(own.sum())
        for own in (bins == number for number in np.unique(bins))
    ]
    return sum(gaps) / len(found.probability)


def threshold(found: Judged, target: float = TARGET_PRECISION) -> float:
    """The lowest probability from which on the rows are right often enough; 0..HIGHEST_THRESHOLD."""
    _, at, precision = _precision_from(found)
    return _lowest(at, precision, target)


def label_thresholds(found: Judged, classes: int, target: float = TARGET_PRECISION) -> NDArray[np.float32]:
    """(classes,): from which probability on a label is right often enough; 0..HIGHEST_THRESHOLD.

    The precision of a label above a threshold counts as if SHRINKAGE rows more had been seen, as precise as
    all labels together are there: ten rows of one label alone cannot tell 0.95 from 0.99.
    """
    order, at, pooled = _precision_from(found)
    thresholds = np.full(classes, _lowest(at, pooled, target), dtype=np.float32)
    labels, right = found.found[order], found.right[order]
    for label in np.unique(labels):
        own = labels == label
        precision = (np.cumsum(own & right) + SHRINKAGE * pooled) / (np.cumsum(own) + SHRINKAGE)
        thresholds[label] = _lowest(at, precision, target)
    return thresholds


def thresholds_of_others(
    found: Judged, fold: NDArray[np.int64], classes: int, target: float = TARGET_PRECISION
) -> NDArray[np.float32]:
    """(rows,): for each the threshold of its label, chosen on the rows of other folds."""
    chosen = np.ones(len(fold), dtype=np.float32)
    for number in np.unique(fold):
        own, others = fold == number, fold != number
        if not others.any():
            continue
        part = Judged(found.rows[others], found.found[others], found.probability[others], found.right[others])
        chosen[own] = label_thresholds(part, classes, target)[found.found[own]]
    return chosen


def _blended(held: HeldOut, heat: float) -> Matrix:
    scored = probabilities(held.logits / np.float32(heat))
    return blend_rows(scored, held.cosines, held.near, held.train_rows) if held.near.shape[1] else scored


def _precision_from(found: Judged) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.float64]]:
    """The rows' order, the most probable first, their probabilities, and how often they are right from each
    on upwards, as if CALIBRATED rows more had been seen there that are right as often as these say.

    One wrong row among the first twenty would otherwise move the threshold above them all.
    """
    order = np.argsort(-found.probability, kind="stable")
    at = found.probability[order]
    count = np.arange(1, len(order) + 1)
    said = np.cumsum(at, dtype=np.float64) / count
    return order, at, (np.cumsum(found.right[order]) + CALIBRATED * said) / (count + CALIBRATED)


def _lowest(at: NDArray[np.float32], precision: NDArray[np.float64], target: float) -> float:
    last = np.append(at[1:] != at[:-1], True)[: len(at)]  # of those equally sure: all are above it or none
    good = np.flatnonzero((precision >= target) & last)
    return float(min(HIGHEST_THRESHOLD, at[good[-1]])) if good.size else HIGHEST_THRESHOLD


def _place_in_category(labels: Labels) -> NDArray[np.int64]:
    """For each row how many rows of its category come before it."""
    order = np.argsort(labels, kind="stable")
    ordered = labels[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(labels) else order
    places = np.zeros(len(labels), dtype=np.int64)
    places[order] = np.arange(len(labels)) - np.repeat(starts, np.diff(np.r_[starts, len(labels)]))
    return places
