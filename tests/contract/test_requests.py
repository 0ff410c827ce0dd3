"""Requests that are done once, on every store."""

import asyncio

from tests.contract.subject import Subject

from campaignbase.models.requests import Begun
from campaignbase.ports.requests import LONGEST_ANSWER

PAST = "2020-01-01T00:00:00.000000Z"


async def test_a_request_is_begun_once_and_its_answer_told_again(subject: Subject) -> None:
    store = subject.store
    assert await store.begin_request("k", "body", "one") == Begun("yours")
    other = await store.begin_request("k", "body", "two")
    assert other.state == "under_way"
    assert 110 < other.seconds_left <= 120
    assert await store.begin_request("k", "another body", "two") == Begun("other")
    assert await store.begin_request("l", "body", "two") == Begun("yours")  # another request
    assert await store.finish_request("k", "two", "not theirs") is False
    told = '{"status": 201, "body": "ü \\u0000 \U0001f642"}'
    assert await store.finish_request("k", "one", told) is True
    assert await store.begin_request("k", "body", "two") == Begun("answered", told)
    assert await store.begin_request("k", "another body", "two") == Begun("other")
    assert await store.finish_request("k", "one", None) is False  # what was done was done
    assert await store.begin_request("k", "body", "three") == Begun("answered", told)


async def test_a_request_that_was_refused_may_be_sent_again_with_another_body(subject: Subject) -> None:
    store = subject.store
    await store.begin_request("k", "body", "one")
    assert await store.finish_request("k", "one", None) is True
    assert await store.begin_request("k", "another body", "two") == Begun("yours")


async def test_whoever_died_is_followed_and_comes_too_late(subject: Subject) -> None:
    store = subject.store
    await store.begin_request("k", "body", "one")
    subject.sql("update {private}idempotency_keys set leased_until = %s", PAST)
    assert await store.begin_request("k", "another body", "two") == Begun("other")
    assert await store.begin_request("k", "body", "two") == Begun("yours")
    assert await store.finish_request("k", "one", "late") is False
    assert await store.finish_request("k", "two", "x" * LONGEST_ANSWER) is True


async def test_answers_are_forgotten_after_a_day_and_swept(subject: Subject) -> None:
    store = subject.store
    for key in "abc":
        await store.begin_request(key, "body", "one")
        await store.finish_request(key, "one", "answer")
    subject.sql("update {private}idempotency_keys set created_at = %s where answer = 'answer'", PAST)
    assert await store.begin_request("a", "another body", "two") == Begun("yours")
    assert [await store.purge_cache(1) for _ in range(3)] == [1, 1, 0]
    assert subject.sql("select count(*) from {private}idempotency_keys") == [(1,)]


async def test_of_many_who_begin_at_once_one_may(subject: Subject) -> None:
    other = await subject.open()
    try:
        begun = await asyncio.gather(
            *(
                (subject.store if number % 2 else other).begin_request("k", "body", f"owner {number}")
                for number in range(10)
            )
        )
    finally:
        await other.close()
    assert sorted(one.state for one in begun) == ["under_way"] * 9 + ["yours"]
