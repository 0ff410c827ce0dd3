"""When a job is due, and that it runs as who scheduled it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.support.postgres import Database

from campaignbase.local.stand_ins import cron
from campaignbase.local.stand_ins.install import install

NOON = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("schedule", "now", "due"),
    [
        ("10 seconds", NOON + timedelta(seconds=9.9), False),
        ("10 seconds", NOON + timedelta(seconds=10), True),
        ("1 second", NOON + timedelta(seconds=1), True),
        ("* * * * *", NOON + timedelta(seconds=54), False),  # the same minute
        ("* * * * *", NOON + timedelta(seconds=55), True),
        ("30 12 * * *", NOON + timedelta(minutes=29), False),
        ("30 12 * * *", NOON + timedelta(minutes=30), True),
        ("*/20 * * * *", NOON + timedelta(minutes=20), True),
        ("*/20 * * * *", NOON + timedelta(minutes=21), False),
        ("5-7,50 * * * *", NOON + timedelta(minutes=7), True),
        ("5-7,50 * * * *", NOON + timedelta(minutes=8), False),
        ("5/15 * * * *", NOON + timedelta(minutes=35), True),
        ("1 12 * * 0", NOON + timedelta(minutes=1), False),
        ("1 12 * * 1-5", NOON + timedelta(minutes=1), True),
        ("1 12 * * 7", NOON + timedelta(days=6, minutes=1), True),  # Sunday, by its other number
        ("1 12 23 * 0", NOON + timedelta(minutes=1), True),  # two days named: either will do
        ("1 12 24 * *", NOON + timedelta(minutes=1), False),
        ("1 12 23 10 *", NOON + timedelta(minutes=1), False),
    ],
)
def test_is_due(schedule, now, due):
    assert cron.is_due(schedule, NOON, now) is due


async def test_run_runs_jobs_as_who_scheduled_them_and_writes_down_how_it_went(pg_platform: Database):
    install(pg_platform.admin_url)
    with pg_platform.connect() as owner:
        owner.execute("create table public.ran (who text default current_user)")
        good = owner.execute(
            "select cron.schedule('good', '1 second', 'insert into public.ran default values')"
        )
        bad = owner.execute("select cron.schedule('bad', '1 second', 'select 1/0')")
        [[good_id], [bad_id]] = [good.fetchone(), bad.fetchone()]
        stop = asyncio.Event()
        running = asyncio.create_task(cron.run(pg_platform.admin_url, stop))
        for _ in range(200):
            await asyncio.sleep(0.05)
            if (
                len(owner.execute("select from cron.job_run_details where end_time is not null").fetchall())
                >= 3
            ):
                break
        stop.set()
        await running
        assert {row[0] for row in owner.execute("select who from public.ran").fetchall()} == {"postgres"}
        told = owner.execute(
            "select distinct jobid, status, return_message from cron.job_run_details"
            " where end_time is not null order by jobid"
        ).fetchall()
    assert told == [(good_id, "succeeded", "INSERT 0 1"), (bad_id, "failed", "ERROR: division by zero")]
