"""Which labels take part in a head, what is missing, and what is told of it."""

from collections.abc import Mapping

import numpy as np
import pytest

from campaignbase.core import head_fitting
from campaignbase.core.head import predict
from campaignbase.core.head_fitting import Missing, fit_head, missing
from campaignbase.models import Confirmed, Vector

NAMES = {"a": "offer", "b": "event", "c": "recruiting"}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, Missing(20, 2, ())),
        # 20 in all and two labels with 5 are enough; what others lack is told
        ({"a": 15, "b": 5, "c": 2}, Missing(0, 0, (("c", 2, 3),))),
        ({"a": 36, "b": 4}, Missing(0, 1, (("b", 4, 1),))),
        # nearest to enough first
        ({"a": 5, "b": 0, "c": 3}, Missing(12, 1, (("c", 3, 2), ("b", 0, 5)))),
    ],
)
def test_missing_says_how_much_of_what(counts: Mapping[str, int], expected: Missing) -> None:
    assert missing(counts) == expected


def confirmed(rows: int, twice: int = 0) -> Confirmed:
    """Two groups that are easily told apart, and two rows of a third label."""
    random = np.random.default_rng(5)
    labels = [*"ab"] * rows + ["c", "c"]
    vectors = np.zeros((len(labels), 1536), dtype=np.float32)
    for place, label in enumerate(labels):
        vectors[place, "abc".index(label)] = 1
        vectors[place, 3:9] = 0.2 * random.standard_normal(6)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[2 : 2 + 2 * twice : 2] = vectors[0]  # of the first label
    return Confirmed(vectors, labels, [f"id-{place}" for place in range(len(labels))])


def test_a_head_knows_labels_with_enough_rows_and_what_it_is_worth() -> None:
    fitted = fit_head(confirmed(25), "m", NAMES)
    assert fitted is not None
    head = fitted.head
    assert (head.category_ids, head.train_rows, head.embedding_model) == (("a", "b"), 52, "m")
    assert head.thresholds is not None
    assert head.weights.shape == (2, 1536)
    assert (head.measures["rows"], head.measures["accuracy"], head.measures["precision"]) == (50, 1.0, 1.0)
    assert [one["category"] for one in head.measures["labels"]] == ["event", "offer"]
    assert {one["recall"] for one in head.measures["labels"]} == {1.0}
    assert sorted(fitted.truth) == ["a"] * 25 + ["b"] * 25
    assert fitted.found == fitted.truth
    assert set(fitted.ids) == {f"id-{place}" for place in range(50)}


def test_the_same_text_under_the_same_label_counts_once() -> None:
    fitted = fit_head(confirmed(25, twice=6), "m", NAMES)
    assert fitted is not None
    assert (fitted.head.measures["rows"], fitted.head.train_rows) == (44, 52)


def axis(number: int) -> Vector:
    return np.eye(1, 1536, number, dtype=np.float32)[0]


def test_a_label_with_few_rows_or_none_is_known_by_its_name() -> None:
    told = {"a": axis(0), "b": axis(1), "c": axis(2), "d": axis(600)}
    fitted = fit_head(confirmed(25), "m", NAMES, label_vectors=told)
    assert fitted is not None
    assert fitted.head.category_ids == ("a", "b", "c")  # d is no category any more
    assert fitted.head.measures["rows"] == 52
    # none of its rows was ever shown
    rows = confirmed(25)
    unseen = Confirmed(rows.embeddings[:-2], rows.category_ids[:-2])
    fitted = fit_head(unseen, "m", NAMES, label_vectors=told)
    assert fitted is not None
    assert predict(fitted.head.weights, fitted.head.bias, told["c"][None]).argmax() == 2


def test_of_a_large_vocabulary_only_labels_that_were_used_take_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_fitting, "MOST_LABELS", 2)
    rows = confirmed(25)
    unused = Confirmed(rows.embeddings[:-2], rows.category_ids[:-2])
    told = {"a": axis(0), "b": axis(1), "c": axis(2)}
    used = fit_head(rows, "m", NAMES, label_vectors=told)
    fitted = fit_head(unused, "m", NAMES, label_vectors=told)
    assert used is not None
    assert fitted is not None
    assert (used.head.category_ids, fitted.head.category_ids) == (("a", "b", "c"), ("a", "b"))


def test_two_labels_with_rows_are_needed() -> None:
    rows = confirmed(25)
    few = Confirmed(rows.embeddings[:8], rows.category_ids[:8], rows.ids[:8])
    assert fit_head(few, "m", NAMES) is None  # of 4 rows each, and nothing tells what the names mean
    told = {"a": axis(0), "b": axis(1)}
    assert fit_head(few, "m", NAMES, label_vectors=told) is not None
    one = Confirmed(rows.embeddings[:8:2], rows.category_ids[:8:2])
    assert fit_head(one, "m", NAMES, label_vectors=told) is None
