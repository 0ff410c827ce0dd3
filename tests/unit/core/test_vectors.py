import numpy as np
import pytest

from campaignbase.core.vectors import (
    from_pgvector,
    pack,
    to_pgvector,
    top_k,
    unpack,
)
from campaignbase.models import DIMENSIONS


def vector(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=np.float32)


def test_pack_is_little_endian_float32():
    assert pack(vector(1.0, -2.0)) == bytes.fromhex("0000803f000000c0")


def test_unpack_returns_what_was_packed():
    full = np.pad(vector(0.1, -0.25, 3e-8), (0, DIMENSIONS - 3))
    blob = pack(full)
    assert len(blob) == 6144
    assert np.array_equal(unpack(blob), full)


@pytest.mark.parametrize("size", [0, 4, 6143, 6148])
def test_unpack_refuses_another_width(size):
    with pytest.raises(ValueError, match=f"vector blob has {size} bytes, expected 6144"):
        unpack(b"\0" * size)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((0.5, -2.0, 0.0), "[0.5,-2,0]"),
        ((0.0, 0.25), "[0,0.25]"),  # only the last zeros are cut short
        ((0.0, 0.0), "[0,0]"),
        ((1.0,), "[1]"),
        ((1e-10,), "[1.00000001e-10]"),  # float32 of 1e-10, nine digits
    ],
)
def test_to_pgvector_writes_pgvectors_text(numbers, expected):
    assert to_pgvector(vector(*numbers)) == expected


def test_pgvector_text_keeps_every_float32():
    numbers = np.random.default_rng(7).standard_normal(DIMENSIONS).astype(np.float32)
    assert np.array_equal(from_pgvector(to_pgvector(numbers)), numbers)
    assert from_pgvector(to_pgvector(numbers)).dtype == np.float32


@pytest.mark.parametrize("text", ["", "0.1,0.2", "[0.1,x]", "[0.1"])
def test_from_pgvector_refuses_other_text(text):
    with pytest.raises(ValueError):
        from_pgvector(text)


@pytest.mark.parametrize(
    ("scores", "k", "expected"),
    [
        ([0.1, 0.9, 0.5], 2, [1, 2]),
        ([0.5, 0.9, 0.5, 0.5], 2, [1, 0]),  # a tie at the border: the lower index stays
        ([0.5, 0.5, 0.5, 0.9], 3, [3, 0, 1]),
        ([0.5, 0.5], 5, [0, 1]),  # fewer rows than asked for
        ([0.5, 0.9], 0, []),
        ([], 3, []),
    ],
)
def test_top_k_is_best_first_with_ties_by_index(scores, k, expected):
    assert top_k(np.array(scores, dtype=np.float32), k).tolist() == expected
