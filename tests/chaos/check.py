"""Compare a ledger with the database: what was lost, done twice, written too late, never told.

    python -m tests.chaos.check LEDGER DATABASE_URL

Prints a count a line; exit code 1 when one of FAULTS is not zero. Reads the database with psycopg alone: it
knows nothing of the program, and nothing of whatever wrote the ledger.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psycopg

FAULTS = ("lost", "doubled", "invented", "late_written", "undelivered", "told_twice")
ENDED = ("labeled", "review")

Entry = Mapping[str, Any]


def check(entries: Iterable[Entry], connection: psycopg.Connection[Any]) -> dict[str, int | float]:
    """Counts by name; those named in FAULTS should be 0."""
    by_event: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_event[entry["event"]].append(entry)
    return {
        **_rows(by_event, connection),
        **_late_writes(by_event, connection),
        **_deliveries(by_event),
    }


def _rows(by_event: Mapping[str, list[Entry]], connection: psycopg.Connection[Any]) -> dict[str, int | float]:
    """lost: acknowledged and gone, or not finished. doubled: decided or ended more than once."""
    tried = {key for entry in by_event["inserting"] for key in entry["ids"]}
    kept = {key for entry in by_event["inserted"] for key in entry["ids"]}
    workspaces = sorted({entry["workspace"] for entry in by_event["inserting"]})
    found = connection.execute(
        """
        select
            content_assets.id::text,
            content_assets.label_state,
            exists (select from private.jobs where jobs.target_id = content_assets.id),
            (
                select count(*)
                from public.categorizations
                where
                    categorizations.workspace_id = content_assets.workspace_id
                    and categorizations.content_asset_id = content_assets.id
                    and categorizations.field = 'category'
            ),
            (
                select extract(epoch from min(categorizations.created_at) - content_assets.created_at)
                from public.categorizations
                where
                    categorizations.workspace_id = content_assets.workspace_id
                    and categorizations.content_asset_id = content_assets.id
            )
        from public.content_assets
        where content_assets.workspace_id = any(%s::uuid[])
        """,
        [workspaces],
    ).fetchall()
    ended = Counter(str(target) for (target,) in _finished(connection, "target"))
    state = {
        key: (label_state in ENDED and not queued, times) for key, label_state, queued, times, _ in found
    }
    lost = [key for key in kept | (tried & state.keys()) if key not in state or state[key] < (True, 1)]
    doubled = [key for key, (_, times) in state.items() if times > 1 or ended[key] > 1]
    waits = sorted(float(wait) for *_, wait in found if wait is not None)
    return {
        "acknowledged": len(kept),
        "unanswered": len(tried - kept),
        "present": len(state),
        "lost": len(lost),
        "doubled": len(doubled),
        "invented": len(state.keys() - tried),
        **{f"labeled_after_p{share}_s": _percentile(waits, share) for share in (50, 95, 99, 100) if waits},
    }


def _late_writes(
    by_event: Mapping[str, list[Entry]], connection: psycopg.Connection[Any]
) -> dict[str, int | float]:
    """Written by a worker whose turn was over: another held the job, or it had slept the lease away."""
    pids = {entry["name"]: entry["pid"] for entry in by_event["worker"]}
    slept = {
        (entry["name"], job, attempt) for entry in by_event["frozen"] for job, attempt in entry["leases"]
    }
    late = [
        job
        for job, attempt, leased_by, writer in _finished(connection, "job, attempt, leased_by, writer")
        if (writer, job, attempt) in slept
        or (writer in pids and not str(leased_by).endswith(f":{pids[writer]}"))
    ]
    return {
        "late_tried": len(slept),
        "late_refused": sum(entry["count"] for entry in by_event["refused"]),
        "late_written": len(late),
    }


def _deliveries(by_event: Mapping[str, list[Entry]]) -> dict[str, int | float]:
    """Nothing at all when no delivery was expected."""
    expected = {(entry["type"], key) for entry in by_event["expected"] for key in entry["ids"]}
    if not expected:
        return {}
    messages: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in by_event["received"]:
        messages[entry["type"], entry["target"]].add(entry["message"])
    return {
        "expected": len(expected),
        "undelivered": len(expected - messages.keys()),
        # the same message again is what its id is for; another message for the same event is not
        "told_twice": sum(1 for ids in messages.values() if len(ids) > 1),
        "sends": len(by_event["received"]),
        "sends_per_event": round(len(by_event["received"]) / len(expected), 3),
    }


def _finished(connection: psycopg.Connection[Any], columns: str) -> list[tuple[Any, ...]]:
    """What the database noted itself; nothing where it was not asked to."""
    noted = connection.execute("select to_regclass('chaos.finished') is not null").fetchone()
    if noted is None or not noted[0]:
        return []
    return connection.execute(f"select {columns} from chaos.finished".encode()).fetchall()


def _percentile(ordered: list[float], share: int) -> float:
    return round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 2)


def main(ledger: str, database: str) -> int:
    with Path(ledger).open(encoding="utf-8") as lines, psycopg.connect(database) as connection:
        counts = check((json.loads(line) for line in lines), connection)
    for name, count in counts.items():
        print(f"{name} {count:,}" if isinstance(count, int) else f"{name} {count}")
    return 1 if any(counts.get(name) for name in FAULTS) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
