import numpy as np
import pytest

from campaignbase.core.blend import (
    HALF_AT,
    MOST,
    NEIGHBORS,
    STEEPNESS,
    blend,
    blend_rows,
    example_share,
    nearest,
)


@pytest.mark.parametrize(
    ("rows", "neighbors", "share"),
    [
        (0, NEIGHBORS, 0.0),
        (HALF_AT, NEIGHBORS, MOST / 2),
        (HALF_AT, NEIGHBORS // 2, MOST / 4),
        (HALF_AT, NEIGHBORS + 1, MOST / 2),  # the equal text comes on top
        (10**9, NEIGHBORS, pytest.approx(MOST, rel=1e-5)),
    ],
)
def test_neighbors_say_more_the_more_rows_there_are(rows, neighbors, share):
    assert example_share(rows, neighbors) == share


def test_neighbors_take_their_share_by_how_near_they_are():
    # 3000 rows, 2 of 10 neighbors: a share of 0.05; 0.9 weighs (0.9 / 0.45) ** 16 = 65536 times 0.45
    found = blend([("a", 0.6), ("b", 0.4)], [("b", 0.9), ("c", 0.45)], HALF_AT)
    assert [name for name, _ in found] == ["a", "b", "c"]
    assert [value for _, value in found] == pytest.approx([0.57, 0.38 + 0.05 * 65536 / 65537, 0.05 / 65537])


def test_neighbors_decide_where_the_head_does_not_know():
    trained = [("a", 0.5), ("b", 0.5)]
    assert blend(trained, [("b", 0.8)] * NEIGHBORS, HALF_AT)[0] == ("b", pytest.approx(0.625))


@pytest.mark.parametrize("neighbors", [[], [("b", -0.2)], [("b", 0.0)]])
def test_the_head_is_alone_without_neighbors_that_are_like_the_text(neighbors):
    assert blend([("a", 0.6), ("b", 0.4)], neighbors, 10**6) == [("a", 0.6), ("b", 0.4)]


def test_many_rows_are_blended_as_one_is():
    random = np.random.default_rng(3)
    probabilities = random.dirichlet(np.ones(4), 20).astype(np.float32)
    cosines = random.uniform(-0.3, 1, (20, NEIGHBORS)).astype(np.float32)
    cosines[0] = -0.1
    labels = random.integers(0, 4, (20, NEIGHBORS))
    many = blend_rows(probabilities, cosines, labels, 5000)
    for row in range(20):
        alone = dict(
            blend(
                list(enumerate(probabilities[row])), list(zip(labels[row], cosines[row], strict=True)), 5000
            )
        )
        assert many[row].tolist() == pytest.approx([alone[label] for label in range(4)], abs=1e-6)
    assert STEEPNESS > 1  # else far neighbors would count like near ones


def test_nearest_are_in_order_and_carry_their_labels():
    filed = np.array([[1, 0], [0, 1], [0.8, 0.6]], dtype=np.float32)
    cosines, labels, places = nearest(np.array([[1, 0]], np.float32), filed, np.array([7, 8, 9]))
    assert places.tolist() == [[0, 2, 1]]
    assert labels.tolist() == [[7, 9, 8]]
    assert cosines.tolist() == [pytest.approx([1, 0.8, 0])]


def test_nearest_are_no_more_than_the_store_finds():
    filed = np.eye(NEIGHBORS + 5, dtype=np.float32)
    assert nearest(filed, filed, np.arange(len(filed)))[0].shape == (NEIGHBORS + 5, NEIGHBORS)
