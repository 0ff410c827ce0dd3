"""Both hosted analysts, by their real clients, against a server that can fail in every way."""

import asyncio
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.support.fake_models import FakeModels
from tests.support.model_answers import FOREIGN, MONEY, ODD_BODIES, ODD_STOPS, ODD_TEXTS, Api, Fault, labels
from tests.support.models import analyst, api, hosted, question, running, server

from campaignbase.core.answer import RefusedError
from campaignbase.core.breaker import CALLS, FIRST_REPETITIONS, OPEN_SECONDS
from campaignbase.core.prompt import PROMPT_VERSION
from campaignbase.errors import CampaignbaseError, NotConfiguredError, ProviderError
from campaignbase.models import Analysis, LabelChoice, TagChoice
from campaignbase.providers.hosted import AT_ONCE, LATER, LONGEST_QUIET, MONEY_QUIET, HostedAnalyst
from campaignbase.providers.replies import TroubleError
from campaignbase.testing import FakeClock

__all__ = ["analyst", "api", "running", "server"]

SALE = question("Spring sale: 20% off all shoes")


async def raised(analyst: HostedAnalyst, count: int = 1) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await analyst.analyze([SALE] * count)
    return caught.value


async def test_analyze_files_by_what_the_model_says(server: FakeModels, analyst: HostedAnalyst) -> None:
    (found,) = await analyst.analyze([SALE])

    assert (found.category, found.sentiment, found.audience) == (
        LabelChoice("model", 0.9, ("it says so",), "c-offer"),
        LabelChoice("model", label="positive"),
        LabelChoice("model", id="t-parents"),
    )
    assert found.tags == (
        TagChoice("t-sale", "model", 0.8, "named"),
        TagChoice("t-shoes", "model", 0.757, "named"),
    )
    assert (found.model, found.prompt_version, found.failure) == (analyst.name, PROMPT_VERSION, None)
    assert found.usage is not None
    assert found.cost is not None
    # both cost 0.10 and 0.50 dollars a million
    wanted = Decimal(found.usage.input) / 10 + Decimal(found.usage.output) / 2
    assert 0 <= found.cost * 1_000_000 - wanted < 1
    assert len(server.calls) == 1


async def test_analyze_answers_in_order_a_few_at_once(server: FakeModels, analyst: HostedAnalyst) -> None:
    under_way, most = 0, 0

    def say(asked: Any) -> dict[str, Any]:
        number = int(asked.content.split()[-1])
        return {**labels(asked), "category": f"c{1 + number % 2}"}

    ask = analyst._ask

    async def counted(*given: Any) -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await ask(*given)
        finally:
            under_way -= 1

    server.say, analyst._ask = say, counted  # type: ignore[method-assign]
    found = await analyst.analyze([question(f"text {number}") for number in range(20)])

    assert [answer.category.id for answer in found] == ["c-offer", "c-event"] * 10
    assert most == AT_ONCE
    assert await analyst.analyze([]) == []


@pytest.mark.parametrize("fault", sorted({*ODD_TEXTS, *ODD_STOPS, *ODD_BODIES, "bad_request"} - {"no_usage"}))
async def test_an_answer_that_is_none_labels_nothing_and_says_why(
    server: FakeModels, analyst: HostedAnalyst, fault: str
) -> None:
    server.script(fault)

    odd, right = (
        await analyst.analyze([SALE, SALE]) if fault != "huge" else [*(await analyst.analyze([SALE])), None]
    )

    if odd.refused is None:
        assert right is not None
        odd, right = right, odd
    assert odd.category.reasons[0].startswith(f"no label: {analyst.name}: ")
    assert (odd.category.id, odd.sentiment, odd.audience, odd.tags, odd.failure) == (
        None, LabelChoice(), LabelChoice(), (), None,
    )  # fmt: skip
    assert FOREIGN not in str(odd)
    assert "127.0.0.1" not in str(odd)
    assert len(server.calls) == (1 if right is None else 2)  # asked once
    assert right is None or right.category.id == "c-offer"  # its neighbor is answered


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        ("half_answer", "not_json"), ("wrong_slot", "wrong_slot"), ("foreign_id", "wrong_slot"),
        ("extra_keys", "extra_keys"), ("prompt_echo", "not_json"), ("many_tags", "too_many_tags"),
        ("html_answer", "not_json"), ("refusal", "refused"), ("truncated", "truncated"),
        ("empty_content", "empty"), ("half_json", "no_answer"), ("html", "no_answer"),
        ("empty_body", "no_answer"), ("other_format", "no_answer"), ("not_utf8", "no_answer"),
        ("huge", "too_large"), ("bad_request", "refused"),
    ],
)  # fmt: skip
async def test_a_refused_answer_has_a_name_and_a_cost(
    server: FakeModels, analyst: HostedAnalyst, fault: str, name: str
) -> None:
    server.script(fault)

    (found,) = await analyst.analyze([SALE])

    assert found.refused == name
    estimate = analyst.estimate([SALE])
    if fault == "bad_request":
        assert found.cost is None  # no model saw it
    elif name in ("no_answer", "too_large"):
        assert (found.cost, found.usage) == (estimate, None)  # nobody knows: what was reserved
    else:
        assert found.cost is not None
        assert 0 < found.cost < estimate


async def test_an_answer_without_usage_costs_what_was_estimated(
    server: FakeModels, analyst: HostedAnalyst
) -> None:
    server.script("no_usage")
    (found,) = await analyst.analyze([SALE])
    assert (found.category.id, found.cost, found.usage) == ("c-offer", analyst.estimate([SALE]), None)


@pytest.mark.parametrize("fault", ["rate_limited", "error_500", "error_503", "overloaded", "huge_error"])
async def test_what_is_refused_for_now_is_asked_again(
    server: FakeModels, analyst: HostedAnalyst, fault: str
) -> None:
    server.script(fault, fault)
    (found,) = await analyst.analyze([SALE])
    assert (found.category.id, len(server.calls), analyst.repeated) == ("c-offer", 3, 2)
    assert found.cost == (await analyst.analyze([SALE]))[0].cost  # refusals are not billed


async def test_retry_after_is_obeyed_by_all_calls(server: FakeModels, api: Api) -> None:
    clock = FakeClock()
    analyst = hosted(api, server, clock=clock)
    server.script(Fault("rate_limited", retry_after="4"))

    await analyst.analyze([SALE])
    await analyst.close()

    assert sum(clock.slept) == 4
    assert len(server.calls) == 2


@pytest.mark.parametrize(("asked", "quiet"), [("4", 4.0), ("60", 60.0), ("86400", LONGEST_QUIET)])
async def test_past_the_deadline_the_jobs_wait_instead(
    server: FakeModels, api: Api, asked: str, quiet: float
) -> None:
    clock = FakeClock()
    analyst = hosted(api, server, clock=clock, deadline=3)
    server.script(Fault("rate_limited", retry_after=asked))

    told = await raised(analyst)
    again = await raised(analyst)  # without a call
    clock.advance(quiet)
    (found,) = await analyst.analyze([SALE])
    await analyst.close()

    assert (told.retryable, told.retry_after, told.cost) == (True, float(asked), 0)
    assert again.retry_after == quiet
    assert str(again).startswith(f"{analyst.provider} is left alone, {quiet:.3g} s more; it said: ")
    assert (len(server.calls), clock.slept, found.category.id) == (2, [], "c-offer")


@pytest.mark.parametrize("fault", sorted(MONEY))
async def test_out_of_money_is_asked_once(server: FakeModels, api: Api, fault: str) -> None:
    clock = FakeClock()
    analyst = hosted(api, server, clock=clock, at_once=1)
    server.script(Fault(fault, retry_after="1"))

    first, second = await raised(analyst, 3), await raised(analyst)

    assert (first.retryable, first.cost, second.retryable) == (False, 0, False)
    assert str(first).endswith("; top up or raise the limit")
    assert len(server.calls) == 1
    clock.advance(MONEY_QUIET)
    assert (await analyst.analyze([SALE]))[0].category.id == "c-offer"
    await analyst.close()


@pytest.mark.parametrize("fault", ["reset", "cut", "hang", "drip"])
async def test_what_may_have_been_billed_is_not_asked_again(server: FakeModels, api: Api, fault: str) -> None:
    analyst = hosted(api, server)
    await analyst.analyze([SALE])
    server.forget()
    analyst._call_seconds = 0.2 if fault in ("hang", "drip") else 20
    server.script(fault)

    told = await raised(analyst)
    await analyst.close()

    assert (told.retryable, told.cost, len(server.calls)) == (True, analyst.estimate([SALE]), 1)
    if fault in ("hang", "drip"):
        assert told.retry_after is None  # a text that always takes too long is given up in the end
        assert str(told) == f"{analyst.provider} did not answer within 0.2 s"
    else:
        assert told.retry_after is not None
        assert LATER <= told.retry_after <= 2 * LATER


async def test_a_row_without_an_answer_waits_and_its_neighbors_are_filed(
    server: FakeModels, analyst: HostedAnalyst
) -> None:
    server.script("reset")

    found = await analyst.analyze([SALE] * 4)

    (failed,) = [answer for answer in found if answer.failure is not None]
    assert failed.failure is not None
    assert (failed.category, failed.cost, failed.failure.permanent) == (
        LabelChoice(), analyst.estimate([SALE]), False,
    )  # fmt: skip
    assert [answer.category.id for answer in found if answer.failure is None] == ["c-offer"] * 3


async def test_repetitions_are_a_tenth_of_all_calls(server: FakeModels, analyst: HostedAnalyst) -> None:
    server.choose = lambda: Fault("error_503")
    told = await raised(analyst, 9)
    assert len(server.calls) == 9 + FIRST_REPETITIONS
    assert analyst.repeated == FIRST_REPETITIONS
    assert told.retry_after is not None


async def test_a_provider_that_keeps_failing_is_left_alone_and_then_probed(
    server: FakeModels, api: Api
) -> None:
    clock = FakeClock()
    analyst = hosted(api, server, clock=clock, at_once=1)
    server.choose = lambda: Fault("html")

    found = await analyst.analyze([SALE] * CALLS)
    told = await raised(analyst, 5)
    assert [answer.refused for answer in found] == ["no_answer"] * CALLS
    assert (told.retryable, told.retry_after, len(server.calls)) == (True, OPEN_SECONDS, CALLS)

    clock.advance(OPEN_SECONDS)
    await analyst.analyze([SALE])  # the probe
    assert (await raised(analyst)).retry_after == OPEN_SECONDS
    clock.advance(OPEN_SECONDS)
    server.choose = lambda: Fault("none")
    assert [answer.refused for answer in await analyst.analyze([SALE] * 5)] == [None] * 5
    await analyst.close()


async def test_analyze_ends_by_its_deadline(server: FakeModels, api: Api) -> None:
    class RealClock(FakeClock):
        def monotonic(self) -> float:
            return time.monotonic()

        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(seconds)

    analyst = hosted(api, server, clock=RealClock(), deadline=0.5, call_seconds=0.3, at_once=2)
    analyst.open()
    server.choose = lambda: Fault("hang")

    told = await raised(analyst, 12)
    await analyst.close()

    assert len(server.calls) <= 4  # two, then two for the rest of the time, then nobody
    assert told.cost == analyst.estimate([SALE]) * len(server.calls)


@pytest.mark.parametrize("fault", ["unauthorized", "no_model"])
async def test_a_key_or_model_that_is_refused_says_what_to_set(
    server: FakeModels, analyst: HostedAnalyst, fault: str
) -> None:
    server.choose = lambda: Fault(fault)
    with pytest.raises(NotConfiguredError) as refused:
        await analyst.analyze([SALE, SALE])
    hint = {"unauthorized": analyst.hint, "no_model": f"it must serve the model {analyst.name}"}[fault]
    assert str(refused.value).endswith(f"; {hint}")


@pytest.mark.parametrize(
    ("status", "codes", "expected"),
    [
        (401, (), NotConfiguredError),
        (403, ("permission_error",), NotConfiguredError),
        (403, (), TroubleError),  # a proxy that dislikes a text; the next one is asked about
        (405, (), NotConfiguredError),  # another server
        (418, (), TroubleError),
        (451, (), TroubleError),
        (499, (), TroubleError),
        (520, (), TroubleError),
        (422, (), RefusedError),
    ],
)
def test_a_status_stops_everything_only_where_a_person_must_act(
    analyst: HostedAnalyst, status: int, codes: tuple[str, ...], expected: type[Exception]
) -> None:
    assert type(analyst.status(status, "no", codes, {}, money=False)) is expected


async def test_nothing_listens(api: Api, server: FakeModels) -> None:
    analyst = hosted(api, server)
    analyst._base_url = "http://127.0.0.1:9/v1"
    told = await raised(analyst)
    await analyst.close()
    assert str(told).startswith(f"{analyst.provider} cannot be reached: ")
    assert (told.cost, told.retryable) == (0, True)
    assert analyst.repeated == 2


async def test_the_key_is_in_no_message(
    server: FakeModels, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        server_refusals(),
        "bad",
        ((403, "sk-secret may not", "x", None), (403, "sk-secret may not", "x", None)),
    )
    monkeypatch.setattr("tests.support.model_answers.FAULTS", {"bad"})
    monkeypatch.setattr("tests.support.fake_models.KEY", "sk-secret")
    analyst = hosted(api, server, key="sk-secret")
    server.script(Fault("bad"))
    with pytest.raises(CampaignbaseError) as refused:
        await analyst.analyze([SALE])
    await analyst.close()
    assert "sk-secret" not in str(refused.value)
    assert "*** may not" in str(refused.value)


def server_refusals() -> dict[str, Any]:
    from tests.support import model_answers

    return model_answers.REFUSALS


@pytest.mark.parametrize("package", ["anthropic", "openai"])
async def test_a_missing_package_is_named(
    server: FakeModels, monkeypatch: pytest.MonkeyPatch, package: Api
) -> None:
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(NotConfiguredError) as refused:
        await hosted(package, server).analyze([SALE])
    assert f"needs the package {package}; run: pip install 'campaignbase[supabase]'" in str(refused.value)


async def test_estimate_is_no_less_than_what_any_answer_costs(
    server: FakeModels, analyst: HostedAnalyst
) -> None:
    asked = [question("Frühlingsschlussverkauf " * 50), question("春の靴セール" * 100), question("x")]
    longest = "\U0001f389" * 200
    say: Callable[[Any], dict[str, Any]] = lambda asked: {**labels(asked), "category_reason": longest}  # noqa: E731
    server.say = say

    found: list[Analysis] = await analyst.analyze(asked)

    assert sum(answer.cost or 0 for answer in found) <= analyst.estimate(asked)
    for answer, request in zip(found, asked, strict=True):
        assert Decimal(0) < (answer.cost or 0) <= analyst.estimate([request])
