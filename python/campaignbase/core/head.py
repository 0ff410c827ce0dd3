"""The trained head: which category a vector belongs to, learned from rows that people filed.

Pure. Multinomial logistic regression: one vector and one bias a category, score = softmax(weights . vector +
bias), so that SQL serves it with a dot product. Three things beyond the textbook, measured on short customer
messages in 77 categories:

- Directions in which rows of one category scatter anyway are damped before fitting, and the damping is folded
  into the weights: +1 to 2 points of accuracy with 10 rows a category.
- The weights are drawn to the vectors of the category names instead of to zero: +1 point with 10 rows a
  category, +7 with 3, +20 with 1.
- The fit runs in coordinates in which the loss bends alike in all directions: a third of the steps.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.lbfgs import Point, minimize

Matrix = NDArray[np.float32]  # (rows, width)
Labels = NDArray[np.int64]  # (rows,) of 0..classes-1

STRENGTH = 15.0  # of the rows against the prior; the penalty is |weights - prior|^2 / (2 * STRENGTH * rows)
TOLERANCE = 1e-3


class Belief(NamedTuple):
    """What is believed before any row; core/head_choice.py finds which belief fits."""

    prior_scale: float = 8.0  # a name alone gives exp(8 * cosine)
    damping: float = 0.2  # power of the scatter that is divided out; 0.5 would be whitening


USUAL = Belief()


def fit(
    vectors: Matrix,
    labels: Labels,
    classes: int,
    *,
    prior_vectors: Matrix | None = None,
    belief: Belief = USUAL,
) -> tuple[Matrix, NDArray[np.float32]]:
    """Weights (classes, width) and bias (classes,) that tell the rows apart.

    Args:
        vectors: unit length; columns that are zero to the end cost nothing.
        labels: the category of each row, counted from 0; a category may have no row.
        prior_vectors: (classes, width), what is known before any row: the embedded names, or descriptions, of
            the categories. A zero row knows nothing.
    """
    known = np.zeros((classes, vectors.shape[1]), np.float32) if prior_vectors is None else prior_vectors
    basis = _basis(np.concatenate([vectors, known]))
    rows = vectors @ basis
    damping = _damping(rows, labels, classes, belief.damping)
    prior = belief.prior_scale * _unit_rows(known @ basis @ damping)
    fitted, bias = _fit(rows @ damping, labels, prior)
    weights = fitted @ damping.T @ basis.T
    return weights.astype(np.float32), bias.astype(np.float32)


def predict(weights: Matrix, bias: NDArray[np.float32], vectors: Matrix) -> Matrix:
    """(rows, classes), each row the probabilities of the categories."""
    used = _used_columns(weights)
    scores = vectors[:, :used] @ weights[:, :used].T + bias
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True), dtype=np.float32)


def _fit(
    rows: NDArray[np.float64], labels: Labels, prior: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    count, (classes, width) = len(rows), prior.shape
    # a category's share of the rows, one more each, so that none is impossible
    bias_start = np.log((np.bincount(labels, minlength=classes) + 1) / (count + classes))
    if not count:
        return prior, bias_start
    penalty = 1 / (STRENGTH * count)
    conditioner = _conditioner(rows, penalty, classes)
    conditioned = (rows @ conditioner).astype(np.float32)
    known = (rows @ prior.T + bias_start).astype(np.float32)
    every_row = np.arange(count)
    split = classes * width

    def value_and_gradient(point: Point) -> tuple[float, Point]:
        steps = point[:split].reshape(classes, width)
        shift = point[split:]
        scores = conditioned @ steps.T.astype(np.float32) + known + shift.astype(np.float32)
        scores -= scores.max(axis=1, keepdims=True)
        own = scores[every_row, labels].astype(np.float64)
        np.exp(scores, out=scores)
        total = scores.sum(axis=1, keepdims=True)
        loss = float(np.mean(np.log(total[:, 0].astype(np.float64)) - own))
        scores /= total
        scores[every_row, labels] -= 1
        scores /= count
        moved = steps @ conditioner  # the conditioner is symmetric
        loss += penalty / 2 * (float((moved**2).sum()) + float((shift**2).sum()))
        gradient = scores.T @ conditioned + penalty * (moved @ conditioner)
        shift_gradient = scores.sum(axis=0) + penalty * shift
        return loss, np.concatenate([gradient.ravel(), shift_gradient]).astype(np.float64)

    best = minimize(value_and_gradient, np.zeros(split + classes), tolerance=TOLERANCE)
    return best[:split].reshape(classes, width) @ conditioner + prior, best[split:] + bias_start


def _conditioner(rows: NDArray[np.float64], penalty: float, classes: int) -> NDArray[np.float64]:
    """The inverse square root of about how the loss bends in the space of one category's weights."""
    bend = rows.T @ rows / (len(rows) * classes)
    bend[np.diag_indices_from(bend)] += penalty
    return _power(bend, -0.5)


def _damping(rows: NDArray[np.float64], labels: Labels, classes: int, power: float) -> NDArray[np.float64]:
    """(width, width), to be multiplied to vectors: what varies inside categories counts less.

    Scaled so that the rows keep unit length on average. The fewer rows, the nearer to doing nothing.
    """
    width = rows.shape[1]
    counts = np.bincount(labels, minlength=classes)
    freedom = len(rows) - int(np.count_nonzero(counts))
    if freedom < 1:
        return np.eye(width)
    sums = np.zeros((classes, width))
    np.add.at(sums, labels, rows)
    scattered = rows - (sums / np.maximum(counts, 1)[:, None])[labels]
    scatter = scattered.T @ scattered / freedom
    level = float(np.trace(scatter)) / width
    if level <= 0:
        return np.eye(width)
    doubt = width / (width + freedom)
    mixed = (1 - doubt) * scatter + doubt * level * np.eye(width)
    damping = _power(mixed, -power)
    damped_length = np.sqrt(((rows @ damping) ** 2).sum(axis=1).mean())
    return np.asarray(damping / damped_length, dtype=np.float64)


def _power(symmetric: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    values, axes = np.linalg.eigh(symmetric)
    floor = max(float(values[-1]) * 1e-12, 1e-300)
    return np.asarray((axes * np.maximum(values, floor) ** exponent) @ axes.T, dtype=np.float64)


def _unit_rows(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.where(lengths > 0, lengths, 1), dtype=np.float64)


def _basis(vectors: Matrix) -> NDArray[np.float64]:
    """(width, n) orthonormal columns that span all the vectors; n is small when they are padded or few."""
    used = _used_columns(vectors)
    if used <= len(vectors):
        return np.eye(vectors.shape[1], used)
    basis, _ = np.linalg.qr(vectors[:, :used].T.astype(np.float64))
    return np.pad(basis, ((0, vectors.shape[1] - used), (0, 0)))


def _used_columns(vectors: Matrix) -> int:
    """Columns up to the last that is not all zero; at least 1."""
    used = np.flatnonzero(vectors.any(axis=0))
    return int(used[-1]) + 1 if used.size else 1
