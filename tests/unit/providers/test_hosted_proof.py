"""Many calls with every fault there is, and contents that give orders to a model that obeys."""

import asyncio
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from tests.support.fake_models import FakeModels
from tests.support.injections import injections
from tests.support.model_answers import FAULTS, MONEY, ODD_BODIES, ODD_STOPS, ODD_TEXTS, Asked, Fault, labels
from tests.support.models import APIS, OFFERED, hosted, question, running, server

from campaignbase.core import breaker
from campaignbase.errors import ProviderError
from campaignbase.models import Analysis, AnalysisRequest, LabelChoice
from campaignbase.providers import hosted as hosted_module
from campaignbase.providers.hosted import HostedAnalyst
from campaignbase.wiring import SystemClock

__all__ = ["running", "server"]

SEED = 20261123
DEADLINE, CALL_SECONDS, SLACK = 0.4, 0.25, 0.25
BATCH = 20
# the ones that stop the process are tested alone
MET = sorted(FAULTS - {"unauthorized", "no_model"})
ANSWERED = {"none", "slow", "no_usage"}
NOT_TAKEN = ODD_TEXTS | ODD_STOPS | ODD_BODIES | {"bad_request"}


@dataclass
class Told:
    calls: int = 0
    batches: int = 0
    filed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    dead: int = 0
    invalid: list[str] = field(default_factory=list)
    repeated: int = 0
    repeated_money: int = 0
    longest: float = 0.0
    stalled: float = 0.0  # the longest that nothing of this process ran, which is no deadline's doing
    over_estimate: int = 0


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses a hundredth as long, so that minutes of trouble pass in a second."""
    for name in ("FIRST_PAUSE", "LONGEST_PAUSE", "LATER", "PATIENCE"):
        monkeypatch.setattr(hosted_module, name, getattr(hosted_module, name) / 100)
    monkeypatch.setattr(hosted_module, "MONEY_QUIET", 0.04)
    monkeypatch.setattr(hosted_module, "LONGEST_QUIET", 0.2)
    monkeypatch.setattr(breaker, "OPEN_SECONDS", 0.1)
    monkeypatch.setattr(breaker, "PROBE_SECONDS", 0.02)


async def live(server: FakeModels, analyst: HostedAnalyst, calls: int) -> Told:
    """A queue of rows, asked in batches until the server has had so many calls."""
    draw, told = random.Random(SEED), Told()
    weights = [2 * len(MET) if name == "none" else 1 for name in ("none", *MET)]

    def choose() -> Fault:
        (name,) = draw.choices(("none", *MET), weights)
        (waits,) = draw.choices((None, "0.05", "2", "86400"), (12, 2, 1, 1))
        return Fault(name, retry_after=waits, seconds=draw.uniform(0, 0.1))

    server.choose = choose
    queue, number = [], 0
    watching = asyncio.create_task(watch(told))
    while len(server.calls) < calls:
        while len(queue) < BATCH:
            number += 1
            queue.append(f"text {number} about shoes")
        texts, queue = queue[:BATCH], queue[BATCH:]
        requests = [question(text) for text in texts]
        started, at = time.monotonic(), len(server.calls)
        try:
            answers = await analyst.analyze(requests)
        except ProviderError as error:
            told.over_estimate += error.cost > analyst.estimate(requests)
            (told.dead, again) = (told.dead, texts) if error.retryable else (told.dead + len(texts), [])
            answers = []
            queue += again
            await asyncio.sleep(min(error.retry_after or 0.05, 0.3))
        told.longest = max(told.longest, time.monotonic() - started)
        told.batches += 1
        met = {text: [call.asked.fault.name for call in server.calls[at:] if call.asked.content == text]
               for text in texts}  # fmt: skip
        told.repeated_money += sum(1 for faults in met.values() for fault in faults[:-1] if fault in MONEY)
        told.repeated += sum(max(0, len(faults) - 1) for faults in met.values())
        for text, request, answer in zip(texts, requests, answers, strict=False):
            wrong = judged(analyst, request, answer, met[text])
            if wrong:
                told.invalid.append(f"{text}: {met[text]}: {wrong}: {answer}")
            told.over_estimate += (answer.cost or Decimal(0)) > analyst.estimate([request])
            if answer.failure is None:
                told.filed += answer.refused is None
                told.refused[answer.refused or ""] += 1
            elif answer.failure.permanent:
                told.dead += 1
            else:
                told.waiting += 1
                queue.append(text)
    watching.cancel()
    told.calls = len(server.calls)
    return told


async def watch(told: Told) -> None:
    while True:
        before = time.monotonic()
        await asyncio.sleep(0.01)
        told.stalled = max(told.stalled, time.monotonic() - before)


def judged(analyst: HostedAnalyst, request: AnalysisRequest, answer: Analysis, met: list[str]) -> str | None:
    """What is wrong with it."""
    named = {
        answer.category.id,
        answer.category.candidate,
        answer.audience.id,
        *(tag.id for tag in answer.tags),
    }
    if named - OFFERED - {None}:
        return "it names what was not offered"
    if len(answer.tags) > 8 or answer.sentiment.label not in (None, "positive"):
        return "its tags or its sentiment"
    nothing = answer.category.id is None and not answer.tags and answer.sentiment == LabelChoice()
    if (answer.failure is not None or answer.refused is not None) and not nothing:
        return "part of a refused answer was taken"
    if answer.failure is not None:
        return None
    last = met[-1] if met else "no call"
    if answer.refused is not None:
        return None if last in NOT_TAKEN else "refused though it was right"
    if answer.model != analyst.name or answer.prompt_version is None or answer.cost is None:
        return "nobody signed it"
    return None if last in ANSWERED and answer.category.id == "c-offer" else "taken though it was not right"


def say(told: Told, api: str) -> None:
    print(
        f"\n{api}, seed {SEED}: {told.calls:,} calls in {told.batches} batches; filed {told.filed:,},"
        f" refused {sum(told.refused.values()) - told.refused['']:,} {dict(told.refused.most_common())},"
        f" waited {told.waiting:,}, dead {told.dead:,}; invalid {len(told.invalid)};"
        f" longest batch {told.longest:.2f} s of {DEADLINE} s (longest stall {told.stalled:.2f} s);"
        f" repeated {told.repeated:,} ({told.repeated / told.calls:.1%}), of money {told.repeated_money};"
        f" over the estimate {told.over_estimate}"
    )


def hold(told: Told) -> None:
    assert told.invalid == []
    assert told.repeated_money == 0
    assert told.repeated <= 0.1 * told.calls + breaker.FIRST_REPETITIONS
    assert told.over_estimate == 0
    assert told.filed > 0


@pytest.mark.usefixtures("hurried")
async def test_a_sample_of_calls_with_faults(server: FakeModels) -> None:
    for api in APIS:
        analyst = hosted(api, server, clock=SystemClock(), deadline=DEADLINE, call_seconds=CALL_SECONDS)
        analyst.open()
        server.forget()
        told = await live(server, analyst, 100)
        await analyst.close()
        say(told, api)
        hold(told)


@pytest.mark.proof
@pytest.mark.usefixtures("hurried")
async def test_ten_thousand_calls_with_every_fault(server: FakeModels) -> None:
    for api in APIS:
        analyst = hosted(api, server, clock=SystemClock(), deadline=DEADLINE, call_seconds=CALL_SECONDS)
        analyst.open()
        server.forget()
        told = await live(server, analyst, 5_000)
        await analyst.close()
        say(told, api)
        met = Counter(call.asked.fault.name for call in server.calls)
        print(f"faults met: {dict(sorted(met.items()))}")
        hold(told)
        assert told.longest < DEADLINE + SLACK + told.stalled
        assert set(met) == {"none", *MET}


async def obey(server: FakeModels, analyst: HostedAnalyst, count: int) -> Counter[str]:
    orders = injections(count, SEED)

    def answer(asked: Asked) -> object:
        found = re.match(r"#(\d+)", asked.content)
        assert found
        said = orders[int(found.group(1))].answer
        return said if isinstance(said, str) else {**labels(asked), **said}

    server.say = answer  # type: ignore[assignment]
    outside, told = [], Counter[str]()
    for start in range(0, count, 50):
        asked = [question(order.content) for order in orders[start : start + 50]]
        for request, found in zip(asked, await analyst.analyze(asked), strict=True):
            named = {found.category.id, found.category.candidate, found.audience.id}
            named |= {tag.id for tag in found.tags}
            if named - OFFERED - {None} or found.sentiment.label not in (None, "positive"):
                outside.append((request.text, found))
            told[found.refused or "taken"] += 1
    assert outside == []
    assert told["taken"] == 0  # each order wants something that is not to be had
    for call in server.calls:  # no content came out of its fence
        assert call.asked.text.count(f"</content {call.asked.nonce}>") == 1
    return told


async def test_orders_in_contents_label_nothing(server: FakeModels) -> None:
    analyst = hosted("anthropic", server)
    print(dict(await obey(server, analyst, 154)))  # every language in every disguise
    await analyst.close()


@pytest.mark.proof
async def test_five_hundred_orders_label_nothing(server: FakeModels) -> None:
    for api in APIS:
        server.forget()
        analyst = hosted(api, server)
        told = await obey(server, analyst, 500)
        await analyst.close()
        print(f"\n{api}, seed {SEED}: 500 orders obeyed, labels outside the offered set 0; {dict(told)}")
