"""When a provider is left alone, and when it is asked again."""

from campaignbase.core.breaker import (
    CALLS,
    FIRST_REPETITIONS,
    OPEN_SECONDS,
    PROBE_SECONDS,
    Breaker,
    Repetitions,
)


def broken() -> Breaker:
    """At second 0."""
    breaker = Breaker()
    for number in range(CALLS):
        assert breaker.wait(0) == 0
        breaker.failed(0) if number % 2 else breaker.answered()
    return breaker


def test_half_of_twenty_calls_opens_it() -> None:
    breaker = Breaker()
    for number in range(CALLS * 3):
        assert breaker.wait(0) == 0
        breaker.failed(0) if number % 20 < 9 else breaker.answered()  # 9 of any 20 in a row
    assert breaker.wait(0) == 0
    assert broken().wait(10) == OPEN_SECONDS - 10


def test_fewer_calls_say_nothing() -> None:
    breaker = Breaker()
    for _ in range(CALLS - 1):
        breaker.failed(0)
    assert breaker.wait(0) == 0


def test_one_call_finds_out_while_the_others_wait() -> None:
    breaker = broken()
    assert breaker.wait(OPEN_SECONDS) == 0
    assert breaker.wait(OPEN_SECONDS) == PROBE_SECONDS

    breaker.answered()

    assert [breaker.wait(OPEN_SECONDS) for _ in range(3)] == [0, 0, 0]
    breaker.failed(OPEN_SECONDS)  # what was before is forgotten
    assert breaker.wait(OPEN_SECONDS) == 0


def test_a_probe_that_fails_opens_it_again_and_one_broken_off_is_followed_by_another() -> None:
    breaker = broken()
    assert breaker.wait(OPEN_SECONDS) == 0
    breaker.left()
    assert breaker.wait(OPEN_SECONDS) == 0
    breaker.failed(OPEN_SECONDS)
    assert breaker.wait(OPEN_SECONDS) == OPEN_SECONDS


def test_what_a_provider_asked_for_is_no_longer_than_that() -> None:
    breaker = Breaker()
    for second in range(CALLS - 1):
        assert breaker.wait(second) == 0
        breaker.failed(second)
        breaker.leave_alone(second, 1.0)
        assert breaker.wait(second) == 1.0
    breaker.wait(CALLS)
    breaker.failed(CALLS)  # the twentieth in a row
    assert breaker.wait(CALLS) == OPEN_SECONDS


def test_calls_from_before_it_opened_change_nothing() -> None:
    breaker = broken()
    breaker.answered()
    breaker.failed(5)
    assert breaker.wait(10) == OPEN_SECONDS - 10


def test_a_provider_that_asks_for_it_is_left_alone_so_long() -> None:
    breaker = Breaker()
    breaker.leave_alone(10, 60)
    breaker.leave_alone(10, 5)  # another call was told less
    assert breaker.wait(30) == 40


def test_a_tenth_of_all_calls_may_be_repeated() -> None:
    repetitions = Repetitions()
    assert [repetitions.take() for _ in range(FIRST_REPETITIONS + 1)] == [True] * FIRST_REPETITIONS + [False]
    taken = 0
    for _ in range(1000):
        repetitions.called()
        taken += repetitions.take()
    assert 98 <= taken <= 100
    for _ in range(1000):
        repetitions.called()
    assert sum(repetitions.take() for _ in range(100)) == 10  # not all that was saved in good times
