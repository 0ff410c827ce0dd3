import pytest

from campaignbase.core.batching import next_size


@pytest.mark.parametrize(
    ("size", "claimed", "seconds", "largest", "expected"),
    [
        (10, 10, 0.1, 200, 20),  # full and quick: more of it
        (160, 160, 0.9, 200, 200),  # up to the cap
        (200, 200, 0.9, 200, 200),
        (80, 80, 1.0, 200, 80),  # rows would wait too long for their neighbors
        (80, 80, 5.1, 200, 40),
        (15, 15, 5.1, 200, 10),  # never below the smallest
        (160, 159, 0.1, 200, 10),  # the queue is empty
        (160, 0, 0.0, 200, 10),
        (4, 4, 0.1, 4, 4),  # a cap below the smallest holds
        (4, 1, 0.1, 4, 4),
        (4, 4, 9.0, 4, 4),
        (1, 0, 0.0, 500, 10),  # how a run begins
    ],
)
def test_next_size_grows_under_load_and_falls_back(
    size: int, claimed: int, seconds: float, largest: int, expected: int
) -> None:
    assert next_size(size, claimed, seconds, largest) == expected
