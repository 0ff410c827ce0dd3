import math

import numpy as np
import pytest

from campaignbase.cache.values import MISSING, dump, pack, unpack


@pytest.mark.parametrize(
    "value", [None, False, True, 0, 0.0, "", "ü\x00", [], {}, [1, {"a": None}], {"f": "x", "n": 3}, {"j": 1}]
)
def test_json_comes_back_as_it_was(value: object) -> None:
    found = unpack(pack(value))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "numbers", [[], [0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [1e-38, -1e38], [0.1] * 1536]
)
def test_vectors_come_back_bit_for_bit_and_read_only(numbers: list[float]) -> None:
    vector = np.array(numbers, np.float32)
    found = unpack(pack(vector))
    assert found.dtype == np.float32
    assert found.tobytes() == vector.tobytes()
    assert not found.flags.writeable


def test_zeros_at_the_end_take_no_room() -> None:
    short = np.zeros(1536, np.float32)
    short[:256] = 1
    assert len(dump(pack(short))) < 1500  # 256 numbers are 1368 letters


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((2, 2), np.float32),
        np.zeros(3),
        np.zeros(100_001, np.float32),
        {1, 2},
        object(),
        b"x",
        math.nan,
        [math.inf],
    ],
)
def test_what_is_neither_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        dump(pack(value))


@pytest.mark.parametrize(
    "payload",
    [
        None,
        1,
        "x",
        [],
        {},
        {"x": 1},
        {"j": 1, "f": "AAAA"},
        {"f": "AAAA"},
        {"f": "AAAA", "n": "1"},
        {"f": "AAAA", "n": True},
        {"f": "AAAA", "n": -1},
        {"f": "AAAA", "n": 100_001},
        {"f": "AAA", "n": 4},  # no base64
        {"f": "A AA", "n": 4},
        {"f": "AAAA", "n": 4},  # 3 bytes are no float
        {"f": "AAAAAAAAAAA=", "n": 1},  # two numbers
        {"f": "AADAfw==", "n": 1},  # NaN
        {"f": "AACAfw==", "n": 1},  # infinity
        {"f": 5, "n": 1},
    ],
)
def test_what_nobody_of_us_wrote_is_missing(payload: object) -> None:
    assert unpack(payload) is MISSING
