"""Drains net.http_request_queue as pg_net's worker does, its weaknesses included.

A batch is taken, sent and answered in one transaction that stays open until its slowest request ends; then
it rests for a second. Killed in between it sends the batch again. It is woken by net.wake() alone.
"""

import asyncio
import contextlib
import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

NAME = "pg_net"  # net.check_worker_is_up looks for it
BATCH_SIZE = 200
TTL = "6 hours"
REST_SECONDS = 1.0
RECONNECT_SECONDS = 0.5
AT_ONCE = 32
USER_AGENT = "pg_net/0.20.4"

Row = dict[str, Any]


class CrashError(Exception):
    """What `Faults` make of the worker."""


@dataclass
class Faults:
    """Switches for tests. `crash_after`: it dies when it has sent that many more, inside the batch."""

    crash_after: int | None = None
    dead: bool = False  # until it is begun again

    def before_sending(self) -> None:
        if self.dead:
            raise CrashError

    def after_sending(self) -> None:
        if self.crash_after is not None:
            self.crash_after -= 1
            if self.crash_after <= 0:
                self.crash_after, self.dead = None, True
                raise CrashError


async def run(url: str, stop: asyncio.Event, faults: Faults | None = None) -> None:
    """Until `stop` is set. A database that goes away, or a crash, is begun again after.

    Args:
        url: of the database, as its superuser.
    """
    switches = faults or Faults()
    while not stop.is_set():
        switches.dead = False
        try:
            await _drain(url, stop, switches)
        except (psycopg.OperationalError, CrashError):
            await _rest(stop, RECONNECT_SECONDS)


async def crash_server(url: str) -> None:
    """What a crash of Postgres does to unlogged tables."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("truncate net.http_request_queue, net._http_response")


async def _drain(url: str, stop: asyncio.Event, faults: Faults) -> None:
    async with await psycopg.AsyncConnection.connect(
        url, autocommit=True, application_name=NAME, row_factory=dict_row
    ) as connection:
        await connection.execute("listen pg_net")
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix=NAME) as threads:
            while not stop.is_set():
                if await _batch(connection, threads, faults):
                    await _rest(stop, REST_SECONDS)
                else:
                    await _woken(connection, stop)


async def _batch(
    connection: psycopg.AsyncConnection[Row], threads: ThreadPoolExecutor, faults: Faults
) -> int:
    """How many requests it held."""
    async with connection.transaction():
        await connection.execute(
            "delete from net._http_response"
            " where created < now()"
            " - coalesce(nullif(current_setting('pg_net.ttl', true), ''), %s)::interval",
            (TTL,),
        )
        taken = await connection.execute(
            "delete from net.http_request_queue where id in ("
            " select id from net.http_request_queue order by id"
            " limit coalesce(nullif(current_setting('pg_net.batch_size', true), '')::integer, %s))"
            " returning *",
            (BATCH_SIZE,),
        )
        requests = sorted(await taken.fetchall(), key=lambda request: int(request["id"]))
        loop = asyncio.get_running_loop()
        answers = await asyncio.gather(
            *(loop.run_in_executor(threads, _send, request, faults) for request in requests),
            return_exceptions=True,
        )
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
            await connection.execute(
                "insert into net._http_response"
                " (id, status_code, content_type, headers, content, timed_out, error_msg)"
                " values (%(id)s, %(status_code)s, %(content_type)s, %(headers)s, %(content)s, %(timed_out)s,"
                " %(error_msg)s)",
                answer,
            )
    return len(requests)


def _send(request: Row, faults: Faults) -> Row:
    faults.before_sending()
    answer: Row = {
        "id": request["id"], "status_code": None, "content_type": None, "headers": None, "content": None,
        "timed_out": None, "error_msg": None,
    }  # fmt: skip
    seconds = request["timeout_milliseconds"] / 1000
    try:
        asked = urllib.request.Request(  # noqa: S310 our own poke
            request["url"],
            data=request["body"],
            headers={"User-Agent": USER_AGENT, **(request["headers"] or {})},
            method=request["method"].upper(),
        )
        with _opened(asked, seconds) as response:
            content = response.read().decode("utf-8", "replace").replace("\x00", "")
            headers = dict(response.headers.items())
            answer |= {
                "status_code": response.status, "content_type": response.headers.get("content-type"),
                "headers": json.dumps(headers), "content": content, "timed_out": False,
            }  # fmt: skip
    except TimeoutError:
        told = f"Timeout of {request['timeout_milliseconds']} ms reached."
        answer |= {"timed_out": True, "error_msg": told}
    except (OSError, ValueError) as error:
        late = isinstance(getattr(error, "reason", None), TimeoutError)
        answer |= {"timed_out": late, "error_msg": str(getattr(error, "reason", error))}
    faults.after_sending()
    return answer


def _opened(asked: urllib.request.Request, seconds: float) -> Any:
    """The response, also one that refuses."""
    try:
        return urllib.request.urlopen(asked, timeout=seconds)  # noqa: S310 our own poke
    except urllib.error.HTTPError as refusal:
        return refusal


async def _woken(connection: psycopg.AsyncConnection[Row], stop: asyncio.Event) -> None:
    notified = asyncio.create_task(_notified(connection))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({notified, stopped}, return_when=asyncio.FIRST_COMPLETED)
    for task in (notified, stopped):
        task.cancel()
    ended = await asyncio.gather(notified, stopped, return_exceptions=True)
    if isinstance(ended[0], psycopg.OperationalError):
        raise ended[0]


async def _notified(connection: psycopg.AsyncConnection[Row]) -> None:
    async for _ in connection.notifies(stop_after=1):
        return


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
