import pytest

from campaignbase.core.batching import in_portions, next_size
from campaignbase.models import Job


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


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([], []),
        ([4, 6, 1], [[4, 6], [1]]),  # ten fit
        ([5, 6, 4, 0], [[5], [6, 4, 0]]),
        ([11, 0, 3], [[11], [0, 3]]),  # too long for any portion: alone
    ],
)
def test_in_portions_keeps_the_order_and_the_limit(lengths: list[int], expected: list[list[int]]) -> None:
    jobs = [
        Job(number, 1, "categorize_content", "w", "a", None, "x" * n, None, None)
        for number, n in enumerate(lengths)
    ]

    portions = in_portions(jobs, 10)

    assert [[len(job.text or "") for job in portion] for portion in portions] == expected
    assert [job for portion in portions for job in portion] == jobs
