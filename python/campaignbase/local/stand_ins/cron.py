"""Runs the jobs of cron.job as pg_cron does: what was due while it was away is not made up for."""

import asyncio
import contextlib
import re
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

NAME = "pg_cron"
LOOK_SECONDS = 0.25
RECONNECT_SECONDS = 0.5
# of a minute, an hour, a day, a month, a week; Sunday is 0 and 7
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))

_SECONDS = re.compile(r"\s*([1-9]|[1-5][0-9])\s+seconds?\s*")

Row = dict[str, Any]


async def run(url: str, stop: asyncio.Event) -> None:
    """Until `stop` is set. A database that goes away is tried again for ever.

    Args:
        url: of the database, as its superuser; each job runs as the role that scheduled it.
    """
    while not stop.is_set():
        try:
            await _attend(url, stop)
        except psycopg.OperationalError:
            await _rest(stop, RECONNECT_SECONDS)


def is_due(schedule: str, last: datetime, now: datetime) -> bool:
    """Is it time, seen that the job was looked at or started last at `last`?

    Args:
        schedule: `10 seconds`, or five fields of cron, in UTC.
    """
    seconds = _SECONDS.fullmatch(schedule)
    if seconds:
        return (now - last).total_seconds() >= int(seconds[1])
    minute, started = now.replace(second=0, microsecond=0), last.replace(second=0, microsecond=0)
    return minute > started and _matches(schedule.split(), minute)


def _matches(fields: list[str], minute: datetime) -> bool:
    weekday = minute.isoweekday() % 7
    values = (minute.minute, minute.hour, minute.day, minute.month, weekday)
    hits = [
        value in allowed or (place == 4 and value == 0 and 7 in allowed)
        for place, (value, allowed) in enumerate(
            zip(values, (_numbers(field, *RANGES[place]) for place, field in enumerate(fields)), strict=True)
        )
    ]
    # when both days are restricted, either will do
    day = hits[2] or hits[4] if "*" not in (fields[2][0], fields[4][0]) else hits[2] and hits[4]
    return hits[0] and hits[1] and day and hits[3]


def _numbers(field: str, low: int, high: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        begin = low if span == "*" else int(first)
        end = high if span == "*" or (step and not last) else int(last or first)
        found.update(range(begin, end + 1, int(step or 1)))
    return found


async def _attend(url: str, stop: asyncio.Event) -> None:
    last: dict[int, datetime] = {}
    running: dict[int, asyncio.Task[None]] = {}
    async with await psycopg.AsyncConnection.connect(
        url, autocommit=True, application_name=NAME, row_factory=dict_row
    ) as connection:
        try:
            while not stop.is_set():
                cursor = await connection.execute(
                    "select * from cron.job where active and database = current_database()"
                )
                for job in await cursor.fetchall():
                    key, now = job["jobid"], datetime.now(UTC)
                    # one run of a job at a time
                    busy = key in running and not running[key].done()
                    if busy or not is_due(job["schedule"], last.setdefault(key, now), now):
                        continue
                    last[key] = now
                    running[key] = asyncio.create_task(_run(url, job))
                await _rest(stop, LOOK_SECONDS)
        finally:
            for task in running.values():
                task.cancel()
            await asyncio.gather(*running.values(), return_exceptions=True)


async def _run(url: str, job: Row) -> None:
    """One run, in a connection of its own, with its line in cron.job_run_details."""
    async with await psycopg.AsyncConnection.connect(
        url, autocommit=True, application_name=NAME
    ) as connection:
        cursor = await connection.execute(
            "insert into cron.job_run_details"
            " (jobid, job_pid, database, username, command, status, start_time)"
            " values (%(jobid)s, pg_backend_pid(), %(database)s, %(username)s, %(command)s, 'running',"
            " clock_timestamp()) returning runid",
            job,
        )
        [run_id] = await cursor.fetchone() or [None]
        status, message = "succeeded", ""
        try:
            await connection.execute(sql.SQL("set role {}").format(sql.Identifier(job["username"])))
            done = await connection.execute(job["command"])
            message = done.statusmessage or ""
            if message.startswith("SELECT "):
                message = f"{done.rowcount} row" + ("" if done.rowcount == 1 else "s")
        except psycopg.Error as error:
            status, message = "failed", f"ERROR: {error}"
        await connection.execute("reset role")
        await connection.execute(
            "update cron.job_run_details set status = %s, return_message = %s, end_time = clock_timestamp()"
            " where runid = %s",
            (status, message, run_id),
        )


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
