import numpy as np
import pytest

from campaignbase.core.head import USUAL, fit, predict

WIDTH = 1536


def rows_around(centers, count, noise, seed):
    """`count` unit vectors scattered around each center, padded to WIDTH, with their labels in turn."""
    random = np.random.default_rng(seed)
    labels = np.tile(np.arange(len(centers)), count)
    rows = centers[labels] + noise * random.standard_normal((len(labels), centers.shape[1]))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    padded = np.zeros((len(labels), WIDTH), dtype=np.float32)
    padded[:, : rows.shape[1]] = rows
    return padded, labels


def accuracy(weights, bias, vectors, labels):
    return float((predict(weights, bias, vectors).argmax(axis=1) == labels).mean())


def padded(*rows):
    matrix = np.zeros((len(rows), WIDTH), dtype=np.float32)
    matrix[:, : len(rows[0])] = rows
    return matrix


def test_fit_tells_separate_groups_apart():
    vectors, labels = rows_around(np.eye(4), 20, 0.1, seed=1)
    weights, bias = fit(vectors, labels, 4)
    assert weights.shape == (4, WIDTH)
    assert weights.dtype == bias.dtype == np.float32
    assert not weights[:, 4:].any()  # padding stays padding
    other, other_labels = rows_around(np.eye(4), 20, 0.1, seed=2)
    assert accuracy(weights, bias, other, other_labels) == 1.0


def test_predict_gives_probabilities_of_each_category():
    # scores ln 3 and 0: probabilities 3/4 and 1/4
    weights = padded((np.log(3), 0.0), (0.0, 0.0))
    assert predict(weights, np.zeros(2, dtype=np.float32), padded((1.0, 0.0))).tolist() == [
        pytest.approx([0.75, 0.25])
    ]
    # and a bias of ln 3 turns them round
    bias = np.array([0.0, 2 * np.log(3)], dtype=np.float32)
    assert predict(weights, bias, padded((1.0, 0.0))).tolist() == [pytest.approx([0.25, 0.75])]


def test_fit_learns_how_frequent_a_category_is():
    # the same vector was filed 9 times under 0 and 3 times under 1
    vectors = padded(*[(1.0, 0.0)] * 12)
    labels = np.array([0] * 9 + [1] * 3)
    weights, bias = fit(vectors, labels, 2)
    assert predict(weights, bias, vectors[:1])[0].tolist() == pytest.approx([0.75, 0.25], abs=0.02)


def test_fit_ignores_a_direction_in_which_every_category_scatters():
    # column 1 tells the two apart; column 2 is loud and says nothing
    quiet = np.array([[1, 0.3, 0], [1, -0.3, 0]])
    vectors, labels = rows_around(quiet, 60, 0.0, seed=0)
    loud = np.random.default_rng(5).normal(0, 2, len(labels))
    vectors[:, 2] = loud
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    weights, _ = fit(vectors[:100], labels[:100], 2)
    towards = weights[0] - weights[1]
    assert abs(towards[2]) < 0.1 * abs(towards[1])


def test_fit_knows_names_before_any_row():
    names = padded((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    weights, bias = fit(np.zeros((0, WIDTH), np.float32), np.zeros(0, np.int64), 3, prior_vectors=names)
    assert weights == pytest.approx(USUAL.prior_scale * names)
    assert accuracy(weights, bias, names, np.arange(3)) == 1.0


def test_fit_with_names_places_a_category_without_rows():
    names = padded((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    vectors, labels = rows_around(np.eye(3)[:2], 10, 0.05, seed=3)
    weights, bias = fit(vectors, labels, 3, prior_vectors=names)
    assert accuracy(weights, bias, names, np.arange(3)) == 1.0


def test_fit_lets_rows_outweigh_a_wrong_name():
    names = padded((0.0, 1.0), (1.0, 0.0))  # the wrong way round
    vectors, labels = rows_around(np.eye(2), 30, 0.05, seed=4)
    weights, bias = fit(vectors, labels, 2, prior_vectors=names)
    assert accuracy(weights, bias, vectors, labels) == 1.0


def test_fit_takes_one_row_a_category_and_equal_rows():
    for vectors, labels in [
        (padded((1.0, 0.0), (0.0, 1.0)), np.array([0, 1])),
        (padded((1.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 1.0)), np.array([0, 0, 1, 1])),
    ]:
        weights, bias = fit(vectors, labels, 2)
        assert accuracy(weights, bias, vectors, labels) == 1.0


def test_fit_gives_the_same_weights_again():
    vectors, labels = rows_around(np.eye(5), 8, 0.3, seed=6)
    first, second = fit(vectors, labels, 5), fit(vectors, labels, 5)
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
