"""No bill without a cap, on every store: reserve, settle, expire, and what people see of it."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.contract.subject import SqliteSubject, Subject, answer, failed

from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import NewCampaign
from campaignbase.models.budget import CampaignCost, DayBudget, Grant, Settlement, Spent, Wish

MODEL = "model-1"
NOBODY = "00000000-0000-4000-8000-00000000dead"


def today(subject: Subject) -> date:
    clock = subject.clock.now() if isinstance(subject, SqliteSubject) else datetime.now(UTC)
    return clock.date()


def dollars(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, amounts))


def wish(subject: Subject, *amounts: str, kind: str = "categorize_content", home: str | None = None) -> Wish:
    return Wish(home or subject.workspace.id, kind, MODEL, dollars(*amounts))


async def state(subject: Subject, home: str | None = None) -> tuple[Decimal | None, Decimal, Decimal]:
    found = await subject.store.daily_budget(home or subject.workspace.id, today(subject))
    assert found.day == today(subject)
    return found.daily_budget, found.reserved, found.settled


async def reserve(subject: Subject, *wishes: Wish, seconds: int = 600) -> list[Grant]:
    return await subject.store.reserve_spend(wishes, seconds)


def expire(subject: Subject) -> None:
    if isinstance(subject, SqliteSubject):
        subject.clock.advance(601)
    else:
        subject.sql("update private.reservations set expires_at = clock_timestamp() - interval '1 second'")


async def test_a_fresh_workspace_may_spend_nothing(subject: Subject) -> None:
    for budget in (None, Decimal(0)):
        await subject.store.set_daily_budget(subject.workspace.id, budget)
        [told] = await reserve(subject, wish(subject, "0.000001"))
        assert told == Grant(None, 0, budget, Decimal(0), None, "default")
    assert await state(subject) == (Decimal(0), Decimal(0), Decimal(0))
    [told] = await reserve(subject, wish(subject, "0.01", home=NOBODY))
    assert told == Grant(None, 0, None, Decimal(0))


async def test_as_many_amounts_as_fit_are_reserved_and_settle_at_their_cost(subject: Subject) -> None:
    store = subject.store
    await store.set_daily_budget(subject.workspace.id, Decimal("1.00"))
    # 0.40 + 0.35 fit, 0.30 does not, and what is behind it is not looked at
    [first, second] = await reserve(
        subject, wish(subject, "0.40", "0.35", "0.30", "0.01"), wish(subject, "0.10", kind="embedding")
    )
    assert (first.granted, first.daily_budget, first.available) == (2, Decimal(1), Decimal(1))
    assert (second.granted, second.reservation_id) == (0, None)
    assert await state(subject) == (Decimal(1), Decimal("0.75"), Decimal(0))
    [third] = await reserve(subject, wish(subject, "0.25", "0.000001", kind="embedding"))
    assert (third.granted, third.available) == (1, Decimal("0.25"))

    assert first.reservation_id is not None
    assert third.reservation_id is not None
    cheaper = Settlement(first.reservation_id, Decimal("0.1234561"))  # rounded up
    assert await store.settle_spend([cheaper, Settlement(third.reservation_id, None, 7)]) == 2
    assert await store.settle_spend([cheaper]) == 0  # told twice
    assert await state(subject) == (Decimal(1), Decimal(0), Decimal("0.373457"))
    day = today(subject)
    assert await store.spending(subject.workspace.id, [day]) == [
        Spent(day, "categorize_content", MODEL, 2, Decimal("0.123457")),
        Spent(day, "embedding", MODEL, 7, Decimal("0.25")),  # unknown: all of it
    ]
    assert await store.spending(subject.workspace.id, [day - timedelta(days=1)]) == []
    [fourth] = await reserve(subject, wish(subject, "0.626543"))
    assert fourth.granted == 1  # to the last millionth


async def test_what_a_dead_worker_reserved_counts_as_spent_in_full(subject: Subject) -> None:
    store = subject.store
    await store.set_daily_budget(subject.workspace.id, Decimal(1))
    [lost] = await reserve(subject, wish(subject, "0.60"))
    [none] = await reserve(subject, wish(subject, "0.60"))
    assert none.granted == 0
    expire(subject)
    [more] = await reserve(subject, wish(subject, "0.40"))
    assert more.granted == 1
    assert await state(subject) == (Decimal(1), Decimal("0.40"), Decimal("0.60"))
    assert lost.reservation_id is not None
    assert await store.settle_spend([Settlement(lost.reservation_id, Decimal(0))]) == 0  # too late
    assert await state(subject) == (Decimal(1), Decimal("0.40"), Decimal("0.60"))


async def test_yesterdays_reservation_settles_on_yesterday_and_today_is_fresh(subject: Subject) -> None:
    store = subject.store
    await store.set_daily_budget(subject.workspace.id, Decimal(1))
    if isinstance(subject, SqliteSubject):
        subject.clock.advance(3600)  # of the first hour
    [late] = await reserve(subject, wish(subject, "0.90"), seconds=86400)
    if isinstance(subject, SqliteSubject):
        subject.clock.advance(86399)
    else:
        subject.sql(
            "insert into daily_spending (workspace_id, day, reserved)"
            " select workspace_id, day - 1, reserved from daily_spending"
        )
        subject.sql("update private.reservations set day = day - 1")
        subject.sql("delete from daily_spending where day = (now() at time zone 'utc')::date")
    [fresh] = await reserve(subject, wish(subject, "1.00"))
    assert fresh.granted == 1
    assert late.reservation_id is not None
    assert await store.settle_spend([Settlement(late.reservation_id, Decimal("0.5"))]) == 1
    assert await state(subject) == (Decimal(1), Decimal(1), Decimal(0))
    yesterday = today(subject) - timedelta(days=1)
    assert await store.daily_budget(subject.workspace.id, yesterday) == DayBudget(
        yesterday, Decimal(1), Decimal(0), Decimal("0.5")
    )


async def test_each_workspace_has_a_budget_of_its_own(subject: Subject) -> None:
    other = await subject.store.create_workspace("other")
    await subject.store.set_daily_budget(subject.workspace.id, Decimal("0.01"))
    await subject.store.set_daily_budget(other.id, Decimal("0.02"))
    grants = await reserve(
        subject,
        wish(subject, "0.01", "0.01"),
        wish(subject, "0.01", "0.01", "0.01", home=other.id),
        wish(subject, "0.01", home=NOBODY),
    )
    assert [told.granted for told in grants] == [1, 2, 0]
    assert (await state(subject, other.id))[1] == Decimal("0.02")
    await subject.store.delete_workspace(other.id)
    with pytest.raises(NotFoundError):
        await subject.store.daily_budget(other.id, today(subject))


@pytest.mark.parametrize("amount", ["-0.01", "NaN", "100000.01", "Infinity"])
async def test_amounts_that_are_none_are_refused(subject: Subject, amount: str) -> None:
    store = subject.store
    with pytest.raises(InputError, match="0 to 100000 US dollars"):
        await reserve(subject, wish(subject, "0.01", amount))
    with pytest.raises(InputError, match="0 to 100000 US dollars"):
        await store.settle_spend([Settlement(NOBODY, Decimal(amount))])
    with pytest.raises(InputError, match="expected 0 to 100000 US dollars, or null for none"):
        await store.set_daily_budget(subject.workspace.id, Decimal(amount))
    with pytest.raises(NotFoundError):
        await store.set_daily_budget(NOBODY, Decimal(1))


async def test_a_new_budget_wakes_what_waits(subject: Subject) -> None:
    subject.drop_label_jobs()
    await subject.add("tea")
    job = await subject.claim_one()
    await subject.complete(failed(job, "no money", retry_after=80000.0))
    assert await subject.claim() == []
    await subject.store.set_daily_budget(subject.workspace.id, Decimal(1))
    assert len(await subject.claim()) == 1


async def test_cost_and_fallback_are_kept_with_the_decision_and_summed(subject: Subject) -> None:
    store = subject.store
    [campaign] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    subject.drop_label_jobs()
    await subject.finish(cost=Decimal("0.002"))
    await subject.add("green tea", campaign_id=campaign)
    await subject.finish(cost=Decimal("0.0015"), model=MODEL)
    [cheap] = await subject.add("black tea")
    [job] = await subject.claim()
    await subject.complete(answer(job, fallback="budget", model="offline"))
    [decision] = (await store.explain(cheap)).decisions
    assert (decision.cost, decision.fallback, decision.model) == (None, "budget", "offline")
    [paid] = (await store.explain(campaign)).decisions
    assert (paid.cost, paid.fallback) == (Decimal("0.002"), None)
    assert await store.campaign_costs(subject.workspace.id) == [
        CampaignCost(campaign, "Spring", 2, Decimal("0.0035"))
    ]
    assert await store.decided_offline(subject.workspace.id) == [cheap]
    await store.queue_content([cheap])
    await subject.finish(model=MODEL)
    assert await store.decided_offline(subject.workspace.id) == []


async def test_many_at_once_never_exceed_a_budget(subject: Subject) -> None:
    """A sample; tests/sql/budget has the full figure on Postgres."""
    await subject.store.set_daily_budget(subject.workspace.id, Decimal("0.10"))
    asked = [reserve(subject, wish(subject, "0.03", "0.04")) for _ in range(8)]
    grants = [told for [told] in await asyncio.gather(*asked)]
    # 0.03 + 0.04, then one more 0.03
    assert sorted(told.granted for told in grants) == [0] * 6 + [1, 2]
    assert await state(subject) == (Decimal("0.10"), Decimal("0.10"), Decimal(0))
