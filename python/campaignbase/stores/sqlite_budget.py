"""Money for models in a SQLite file: what reserve_spend and settle_spend do on a server."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta
from decimal import ROUND_DOWN, Decimal
from uuid import uuid4

from campaignbase.errors import NotFoundError
from campaignbase.models.budget import PLACES, CampaignCost, DayBudget, Grant, Settlement, Spent, Wish
from campaignbase.ports.budget import RESERVED_SECONDS
from campaignbase.stores import budget_rows as read
from campaignbase.stores import sqlite_gate as gate
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_file import SqliteFile
from campaignbase.stores.sqlite_rows import id_list, money, stamp

_NOTHING = Decimal(0)


class SqliteBudget(SqliteFile):
    """`campaignbase.ports.budget.Budget`."""

    async def reserve_spend(
        self, wishes: Sequence[Wish], expires_seconds: int = RESERVED_SECONDS
    ) -> list[Grant]:
        return await self._run(reserve_spend, wishes, expires_seconds)

    async def settle_spend(self, settlements: Sequence[Settlement]) -> int:
        return await self._run(settle_spend, settlements)

    async def daily_budget(self, workspace_id: str, day: date) -> DayBudget:
        return await self._run(daily_budget, workspace_id, day)

    async def set_daily_budget(self, workspace_id: str, daily_budget: Decimal | None) -> None:
        await self._run(set_daily_budget, workspace_id, daily_budget)

    async def spending(self, workspace_id: str, days: Sequence[date]) -> list[Spent]:
        return await self._run(spending, workspace_id, days)

    async def campaign_costs(self, workspace_id: str) -> list[CampaignCost]:
        return await self._run(campaign_costs, workspace_id)

    async def decided_offline(self, workspace_id: str) -> list[str]:
        return await self._run(decided_offline, workspace_id)


def reserve_spend(db: Database, wishes: Sequence[Wish], expires_seconds: int) -> list[Grant]:
    read.check_amounts(wishes)
    moment = db.clock.now()
    today = moment.astimezone(UTC).date()
    until = moment + timedelta(seconds=min(max(expires_seconds, 1), 86400))
    with db.write():
        _settle(db, db.all("select * from reservations where expires_at <= ?", (stamp(moment),)), {})
        homes = {wish.workspace_id: _Home.read(db, wish.workspace_id, today) for wish in wishes}
        grants = []
        for wish in wishes:
            home = homes[wish.workspace_id]
            prompt = wish.prompt_version
            standing = None if prompt is None else gate.standing(db, wish.workspace_id, wish.model, prompt)
            refused = standing if standing == "lost" or standing == "unmeasured" else None
            count, amount = home.take(() if refused else wish.amounts)
            key = str(uuid4()) if count else None
            if key is not None:
                _add(db, wish.workspace_id, today.isoformat(), reserved=amount)
                db.run(
                    "insert into reservations"
                    " (id, workspace_id, day, kind, model, requests, amount, expires_at)"
                    " values (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        key, wish.workspace_id, today.isoformat(), wish.kind, wish.model, count,
                        money(amount, PLACES), stamp(until),
                    ),
                )  # fmt: skip
                if prompt is not None and standing == "few":
                    gate.record_in_use(db, wish.workspace_id, wish.model, prompt)
            grants.append(Grant(key, count, home.budget, home.available, refused, home.name))
    return grants


class _Home:
    """What is left of a workspace's day while wishes are granted one after the other."""

    def __init__(self, name: str | None, budget: Decimal | None, available: Decimal) -> None:
        self.name = name
        self.budget = budget
        self.available = available
        self._left = available
        self._open = name is not None  # nothing behind an amount that does not fit is granted

    @classmethod
    def read(cls, db: Database, workspace_id: str, day: date) -> "_Home":
        try:
            found = daily_budget(db, workspace_id, day)
        except NotFoundError:
            return cls(None, None, Decimal(0))
        budget = found.daily_budget
        name = db.value("select name from workspaces where id = ?", (workspace_id,))
        return cls(name, budget, read.dollars((budget or Decimal(0)) - found.reserved - found.settled))

    def take(self, amounts: Sequence[Decimal]) -> tuple[int, Decimal]:
        """(how many fit, their sum)."""
        count, taken = 0, Decimal(0)
        for amount in map(read.rounded_up, amounts):
            self._open = self._open and amount <= self._left
            if not self._open:
                break
            self._left -= amount
            taken += amount
            count += 1
        return count, taken


def settle_spend(db: Database, settlements: Sequence[Settlement]) -> int:
    read.check_settlements(settlements)
    told = {one.reservation_id: one for one in settlements}
    with db.write():
        ended = db.all(
            "select * from reservations where id in (select value from json_each(?))", (id_list(told),)
        )
        _settle(db, ended, told)
    return len(ended)


def _settle(db: Database, ended: Sequence[Row], told: Mapping[str, Settlement]) -> None:
    """Inside a transaction. Without a settlement all that was reserved is spent."""
    for row in ended:
        said = told.get(row["id"])
        amount = Decimal(row["amount"])
        cost = amount if said is None or said.cost is None else read.rounded_up(said.cost)
        requests = row["requests"] if said is None or said.requests is None else said.requests
        _add(db, row["workspace_id"], row["day"], reserved=-amount, settled=cost)
        about = (row["workspace_id"], row["day"], row["kind"], row["model"])
        db.run(
            "insert into spending (workspace_id, day, kind, model) values (?, ?, ?, ?)"
            " on conflict (workspace_id, day, kind, model) do nothing",
            about,
        )
        where = "where workspace_id = ? and day = ? and kind = ? and model = ?"
        before = db.row(f"select requests, cost from spending {where}", about)  # noqa: S608
        after = (before["requests"] + requests, money(Decimal(before["cost"]) + cost, PLACES))
        db.run(f"update spending set requests = ?, cost = ? {where}", (*after, *about))  # noqa: S608
        db.run("delete from reservations where id = ?", (row["id"],))


def _add(
    db: Database,
    workspace_id: str,
    day: str,
    *,
    reserved: Decimal = _NOTHING,
    settled: Decimal = _NOTHING,
) -> None:
    """SQLite would add texts as floats."""
    key = (workspace_id, day)
    db.run(
        "insert into daily_spending (workspace_id, day) values (?, ?)"
        " on conflict (workspace_id, day) do nothing",
        key,
    )
    before = db.row("select reserved, settled from daily_spending where workspace_id = ? and day = ?", key)
    sums = (Decimal(before["reserved"]) + reserved, Decimal(before["settled"]) + settled)
    db.run(
        "update daily_spending set reserved = ?, settled = ? where workspace_id = ? and day = ?",
        (*(money(one, PLACES) for one in sums), *key),
    )


def daily_budget(db: Database, workspace_id: str, day: date) -> DayBudget:
    found = db.one(
        "select daily_budget, coalesce(reserved, '0') as reserved, coalesce(settled, '0') as settled"
        " from workspaces left join daily_spending on workspaces.id = daily_spending.workspace_id"
        " and daily_spending.day = ? where workspaces.id = ?",
        (day.isoformat(), workspace_id),
    )
    if found is None:
        raise NotFoundError(f"no workspace {workspace_id}")
    budget = found["daily_budget"]
    return DayBudget(
        day,
        None if budget is None else read.dollars(budget),
        read.dollars(found["reserved"]),
        read.dollars(found["settled"]),
    )


def set_daily_budget(db: Database, workspace_id: str, amount: Decimal | None) -> None:
    read.check_budget(amount)
    kept = None if amount is None else str(amount.quantize(Decimal(1).scaleb(-PLACES), ROUND_DOWN))
    with db.write():
        if not db.run("update workspaces set daily_budget = ? where id = ?", (kept, workspace_id)):
            raise NotFoundError(f"no workspace {workspace_id}")
        # what waits for another day may go on today, but for what a provider answers in a batch
        db.run(
            "update jobs set run_at = :now where workspace_id = :workspace"
            " and state = 'waiting' and run_at > :now and not exists (select 1 from model_batches"
            " join json_each(hashes) as asked where model_batches.workspace_id = jobs.workspace_id"
            " and asked.key = jobs.target_id and asked.value = jobs.content_hash)",
            {"now": db.now(), "workspace": workspace_id},
        )


def spending(db: Database, workspace_id: str, days: Sequence[date]) -> list[Spent]:
    found = db.all(
        "select * from spending where workspace_id = ? and day in (select value from json_each(?))",
        (workspace_id, id_list(day.isoformat() for day in days)),
    )
    return read.spending(map(dict, found))


def campaign_costs(db: Database, workspace_id: str) -> list[CampaignCost]:
    return read.campaign_costs(
        map(dict, db.all("select * from campaign_costs where workspace_id = ?", (workspace_id,)))
    )


def decided_offline(db: Database, workspace_id: str) -> list[str]:
    found = db.all("select target_id from offline_decisions where workspace_id = ?", (workspace_id,))
    return sorted(row["target_id"] for row in found)
