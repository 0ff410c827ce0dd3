"""The account of a backfill on SQLite: rows, money, time at work."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from campaignbase.models import JobResult
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_rows import id_list, moment, money, stamp


def worked(run: Row, now: datetime) -> float:
    """Seconds since the last report; a worker that was away for long is no work."""
    since = max(moment(run["updated_at"]), moment(run["run_at"]))
    return max(0.0, min(120.0, (now - since).total_seconds()))


def report_backfill(
    db: Database,
    backfill_id: str,
    failed: int,
    cost: Decimal,
    wait_seconds: float | None,
    error: str | None,
) -> None:
    now = db.clock.now()
    with db.write():
        before = db.one("select cost, run_at, updated_at from backfills where id = ?", (backfill_id,))
        if before is None:
            return
        wait = None if wait_seconds is None else timedelta(seconds=min(max(wait_seconds, 0), 86400))
        db.run(
            "update backfills set failed = failed + ?, cost = ?,"
            " run_at = ?, last_error = coalesce(?, last_error), seconds = seconds + ?, updated_at = ?"
            " where id = ?",
            (
                failed, money(Decimal(before["cost"]) + cost, 6),
                before["run_at"] if wait is None else stamp(now + wait),
                None if error is None else error.replace("\x00", "")[:2000], worked(before, now),
                stamp(now), backfill_id,
            ),
        )  # fmt: skip


def count_backfilled(db: Database, ended: Sequence[int], results: Mapping[int, JobResult]) -> None:
    """Jobs that end now, or may be dead, are counted by the run that took their rows, whoever ended them.

    Twin of private.count_backfilled. Before they are deleted; inside a transaction.
    """
    found = db.all(
        "select id, backfill_id, state from jobs where backfill_id is not null"
        " and id in (select value from json_each(?))",
        (id_list(ended),),
    )
    by_run: dict[str, list[Row]] = defaultdict(list)
    for job in found:
        by_run[job["backfill_id"]].append(job)
    now = db.clock.now()
    for key, jobs in by_run.items():
        dead = [job["id"] for job in jobs if job["state"] == "dead"]
        done = [results[job["id"]] for job in jobs if job["id"] in results]
        if not (dead or done):
            continue
        run = db.one("select state, cost, run_at, updated_at from backfills where id = ?", (key,))
        if run is not None:
            cost = sum((result.cost or Decimal(0) for result in done), Decimal(run["cost"]))
            db.run(
                "update backfills set done = done + ?, changed = changed + ?, failed = failed + ?, cost = ?,"
                " seconds = seconds + ?, updated_at = ? where id = ?",
                (
                    len(done), sum(result.changed for result in done), len(dead), money(cost, 6),
                    worked(run, now) if run["state"] == "running" else 0.0, stamp(now), key,
                ),
            )  # fmt: skip
        # what is dead was counted; it may be tried again
        db.run(
            "update jobs set backfill_id = null where id in (select value from json_each(?))",
            (id_list(dead),),
        )
