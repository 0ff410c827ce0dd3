"""Batches of both providers, by their real clients: no order, single failures, nothing lost or taken half."""

import json
from decimal import Decimal

import pytest
from tests.support.fake_models import FakeModels
from tests.support.model_answers import labels
from tests.support.models import analyst, api, question, running, server

from campaignbase.errors import InputError, NotFoundError, ProviderError
from campaignbase.models import Failure
from campaignbase.providers import batches as module
from campaignbase.providers.anthropic import AnthropicAnalyst
from campaignbase.providers.batches import (
    MOST,
    AnthropicBatches,
    ModelBatches,
    OpenAIBatches,
    Progress,
    Ticket,
    lines,
)
from campaignbase.providers.hosted import HostedAnalyst
from campaignbase.providers.replies import MAX_BODY

__all__ = ["analyst", "api", "running", "server"]

ASKED = {f"row-{number}": question(f"Spring sale {number}") for number in range(6)}


@pytest.fixture
def batches(analyst: HostedAnalyst) -> ModelBatches:
    if isinstance(analyst, AnthropicAnalyst):
        return AnthropicBatches(analyst)
    return OpenAIBatches(analyst)  # type: ignore[arg-type]


async def test_a_batch_is_submitted_polled_and_collected(server: FakeModels, batches: ModelBatches) -> None:
    server.say = lambda asked: {**labels(asked), "category": f"c{1 + int(asked.content[-1]) % 2}"}

    ticket = Ticket.read(json.loads(json.dumps((await batches.submit(ASKED)).write())))
    waiting, done = await batches.poll(ticket), await batches.poll(ticket)
    found = await batches.collect(ticket)

    assert (waiting, done) == (Progress(False, 0, 0, 6), Progress(True, 6, 0, 0))
    assert list(found) == list(ASKED)  # they came last first
    assert [answer.category.id for answer in found.values()] == ["c-offer", "c-event"] * 3
    estimate = batches.estimate(list(ASKED.values()))
    assert ticket.at_most == estimate
    # half of what single calls cost, rounded up for each
    singles = batches.analyst.estimate(list(ASKED.values()))
    assert abs(estimate * 2 - singles) <= Decimal("0.000012")
    assert 0 < sum(answer.cost or 0 for answer in found.values()) < estimate
    assert {(answer.model, answer.prompt_version, answer.refused) for answer in found.values()} == {
        (batches.analyst.name, "1", None)
    }


async def test_each_question_has_its_own_fate(server: FakeModels, batches: ModelBatches) -> None:
    fates = {
        "row-0": "none", "row-1": "wrong_slot", "row-2": "refusal", "row-3": "truncated",
        "row-4": "foreign_id", "row-5": "bad_request", "row-6": "error_500", "row-7": "expired",
        "row-8": "canceled", "row-9": "lost", "row-10": "broken_line", "row-11": "foreign",
        "row-12": "twice", "row-13": "no_usage",
    }  # fmt: skip
    asked = {name: question(f"Spring sale {name}") for name in fates}
    server.desk.fates = fates

    ticket = await batches.submit(asked)
    await batches.poll(ticket)
    await batches.poll(ticket)
    found = await batches.collect(ticket)

    assert {name: answer.refused for name, answer in found.items() if answer.refused} == {
        "row-1": "wrong_slot", "row-2": "refused", "row-3": "truncated", "row-4": "wrong_slot",
        "row-5": "refused",
    }  # fmt: skip
    filed = [name for name, answer in found.items() if answer.category.id == "c-offer"]
    assert filed == ["row-0", "row-12", "row-13"]
    failures = {name: answer.failure for name, answer in found.items() if answer.failure is not None}
    assert list(failures) == ["row-6", "row-7", "row-8", "row-9", "row-10", "row-11"]
    assert not any(failure.permanent for failure in failures.values())
    assert failures["row-9"] == Failure(f"{batches.analyst.vendor} has no answer to this one in the batch")
    assert all(found[name].cost is None for name in (*failures, "row-5"))
    assert found["row-13"].cost == ticket.pending["row-13"].at_most  # nobody says what it took


async def test_a_batch_that_is_not_done_has_nothing_to_collect(
    server: FakeModels, batches: ModelBatches
) -> None:
    ticket = await batches.submit(ASKED)
    if isinstance(batches, AnthropicBatches):
        with pytest.raises(ProviderError, match="in_progress"):
            await batches.collect(ticket)
    else:
        assert all(answer.failure for answer in (await batches.collect(ticket)).values())


async def test_a_batch_that_the_provider_does_not_know_is_named(
    server: FakeModels, batches: ModelBatches
) -> None:
    ticket = await batches.submit(ASKED)
    server.desk.batches.clear()
    for call in (batches.poll, batches.collect, batches.cancel):
        with pytest.raises(NotFoundError) as raised:
            await call(ticket)
        assert str(raised.value) == f"{batches.analyst.provider} knows no batch 'batch_1'"


async def test_a_batch_can_be_canceled(server: FakeModels, batches: ModelBatches) -> None:
    ticket = await batches.submit(ASKED)
    await batches.cancel(ticket)
    assert server.desk.canceled == [ticket.id]


@pytest.mark.parametrize(
    ("fault", "retryable", "billed"),
    [("error_503", True, False), ("no_money", False, False), ("reset", True, True)],
)
async def test_submit_says_whether_it_may_have_arrived(
    server: FakeModels, batches: ModelBatches, fault: str, retryable: bool, billed: bool
) -> None:
    server.script(fault)
    with pytest.raises(ProviderError) as refused:
        await batches.submit(ASKED)
    estimate = batches.estimate(list(ASKED.values()))
    assert (refused.value.retryable, refused.value.cost) == (retryable, estimate if billed else 0)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "a batch has 1 to 10,000 questions, got 0"),
        (["a b"], "'a b' cannot name a question of a batch; expected 1 to 64 of A-Z a-z 0-9 - _"),
        (["a" * 65], None),
        ([str(number) for number in range(MOST + 1)], "a batch has 1 to 10,000 questions, got 10,001"),
    ],
)
async def test_submit_refuses_what_no_batch_takes(
    server: FakeModels, batches: ModelBatches, names: list[str], message: str | None
) -> None:
    with pytest.raises(InputError) as refused:
        await batches.submit(dict.fromkeys(names, question("x")))
    assert message is None or str(refused.value) == message
    assert server.desk.batches == {}


async def test_lines_leaves_out_what_is_no_json_and_what_never_ends() -> None:
    async def chunks():  # type: ignore[no-untyped-def]
        yield b'{"a": 1}\n{"b'
        yield b'": 2}\n\nno json\n'
        for _ in range(6):
            yield b"x" * MAX_BODY
        yield b'\n{"c": 3}'

    assert [line async for line in lines(chunks())] == [{"a": 1}, {"b": 2}, {"c": 3}]


def test_openai_keeps_files_no_longer_than_needed() -> None:
    assert 24 * 3600 < module.KEPT_SECONDS <= 3 * 24 * 3600
