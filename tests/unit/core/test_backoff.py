import pytest

from campaignbase.core.backoff import longest_delay, retry_delay


@pytest.mark.parametrize(
    ("failures", "expected"),
    [(1, 2.0), (2, 4.0), (3, 8.0), (9, 512.0), (10, 900.0), (5000, 900.0)],  # 1024 is over the cap
)
def test_longest_delay_doubles_up_to_the_cap(failures, expected):
    assert longest_delay(failures) == expected


def test_longest_delay_needs_a_failure():
    with pytest.raises(ValueError, match="failures must be at least 1, got 0"):
        longest_delay(0)


@pytest.mark.parametrize(("random", "expected"), [(0.0, 0.0), (0.25, 2.0), (0.5, 4.0)])
def test_retry_delay_spreads_over_the_whole_range(random, expected):
    assert retry_delay(3, random) == expected
