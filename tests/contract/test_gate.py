"""On every store: a hosted model decides where it passed on the golden set, or was in use before it."""

from dataclasses import replace
from decimal import Decimal

from tests.contract.subject import Subject

from campaignbase.core.gate import ENOUGH_GOLDEN
from campaignbase.models import NewContent
from campaignbase.models.budget import Grant, Wish
from campaignbase.models.learning import GateVerdict

TOLD = {"basis": "golden", "rows": 30, "labels": [{"category": "offer", "rows": 30, "before": 1, "after": 0}]}


def verdict(model: str, *, passed: bool, prompt: str = "1", forced: bool = False) -> GateVerdict:
    return GateVerdict("analyst", model, prompt, 0.02, TOLD, passed=passed, forced=forced)


async def golden(subject: Subject, count: int, first: int = 0) -> None:
    rows = [
        NewContent(content=f"golden {number}", primary_category="offer", golden=True)
        for number in range(first, first + count)
    ]
    await subject.store.insert_content(subject.workspace.id, rows)


async def asked(
    subject: Subject, model: str, prompt: str | None = "1", home: str | None = None, amount: str = "0.001"
) -> Grant:
    wish = Wish(home or subject.workspace.id, "categorize_content", model, (Decimal(amount),), prompt)
    [grant] = await subject.store.reserve_spend([wish])
    return grant


async def test_who_was_in_use_stays_and_who_comes_later_has_to_pass(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    await golden(subject, ENOUGH_GOLDEN - 1)
    for _ in range(2):
        grant = await asked(subject, "old")
        assert (grant.granted, grant.gate, grant.workspace) == (1, None, "default")
    assert (await asked(subject, "poor", amount="2")).granted == 0  # it decides nothing, so it is not in use
    [told] = await store.gate_verdicts(home)
    assert replace(told, created_at=None) == GateVerdict(
        "analyst", "old", "1", None, None, passed=True, origin="automatic", basis="none"
    )

    await golden(subject, 1, ENOUGH_GOLDEN)
    assert [(await asked(subject, model)).gate for model in ("old", "new", "poor")] == [
        None,
        "unmeasured",
        "unmeasured",
    ]
    refused = await asked(subject, "old", "2")  # the next release asks otherwise
    assert (refused.gate, refused.granted, refused.reservation_id) == ("unmeasured", 0, None)
    assert (await asked(subject, "new", None)).granted == 1  # the gate itself, and embedders
    other = await store.create_workspace("other")
    assert (await asked(subject, "new", home=other.id)).granted == 1


async def test_the_newest_verdict_of_a_model_with_a_prompt_counts(subject: Subject) -> None:
    store, home = subject.store, subject.workspace.id
    await golden(subject, ENOUGH_GOLDEN)
    lost, forced = verdict("new", passed=False), verdict("new", passed=True, forced=True)
    await store.record_verdict(home, verdict("new", passed=True))
    assert (await asked(subject, "new")).granted == 1
    await store.record_verdict(home, lost)
    await store.record_verdict(home, verdict("new", passed=True, prompt="2"))
    await store.record_verdict(home, replace(verdict("new", passed=True), subject="vocabulary"))
    mixed = [
        Wish(home, kind, model, (Decimal("0.001"),), prompt)
        for kind, model, prompt in (
            ("categorize_content", "new", "1"),
            ("categorize_campaign", "new", "2"),
            ("embedding", "vectors", None),
        )
    ]
    grants = await store.reserve_spend(mixed)
    assert [(one.granted, one.gate) for one in grants] == [(0, "lost"), (1, None), (1, None)]
    await store.record_verdict(home, forced)
    assert (await asked(subject, "new")).granted == 1
    found = await store.gate_verdicts(home)
    assert [replace(one, created_at=None) for one in found[:1]] == [forced]
    assert replace(found[3], created_at=None) == lost
    assert found[0].created_at is not None
