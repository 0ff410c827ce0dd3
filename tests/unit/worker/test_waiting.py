import pytest

from campaignbase.worker.waiting import reconnect_delay


@pytest.mark.parametrize(
    ("failures", "random", "expected"),
    [(1, 0.5, 0.5), (2, 0.5, 1.0), (5, 0.25, 4.0), (6, 0.5, 15.0), (5000, 0.5, 15.0), (9, 0.0, 0.0)],
)
def test_reconnect_delay_spreads_up_to_the_cap(failures: int, random: float, expected: float) -> None:
    assert reconnect_delay(failures, random, 30.0) == expected
