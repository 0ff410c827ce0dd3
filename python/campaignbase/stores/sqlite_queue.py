"""The queue on SQLite: claim, release, replay, status. Twins of the functions of the same names in sql/."""

# ruff: noqa: S608 - what is put into queries are names from these modules

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from campaignbase.core.backoff import MAX_FAILURES
from campaignbase.core.hashing import content_hash
from campaignbase.core.text import campaign_text, label_text
from campaignbase.core.vectors import unpack
from campaignbase.models import Job, QueueStatus
from campaignbase.stores.sqlite_backfill_account import count_backfilled
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_rows import decode, id_list, moment, stamp, text_of_asset

MAX_BATCH = 500
MAX_LEASE_SECONDS = 3600
_LISTED = "select value from json_each(?)"
_LABEL_KINDS = "('embed_category', 'embed_tag')"


def text_of_campaign(row: Row) -> str | None:
    return campaign_text(
        row["name"], row["content_style"], row["visual_style"], row["hashtag_strategy"], row["cta_pattern"]
    )


def _text_of_label(row: Row) -> str | None:
    values = decode(row)
    return label_text(values["name"], values["description"], values["keywords"])


# kind of job: what it works on, and how to read that
_TARGETS: dict[str, tuple[str, str, Callable[[Row], str | None]]] = {
    "categorize_content": ("content_assets", "content, prompt, alt_text, file_path", text_of_asset),
    "categorize_campaign": (
        "campaigns",
        "name, content_style, visual_style, hashtag_strategy, cta_pattern",
        text_of_campaign,
    ),
    "embed_category": ("categories", "name, description, keywords", _text_of_label),
    "embed_tag": ("tags", "name, description, keywords", _text_of_label),
}


def claim_jobs(
    db: Database,
    worker: str,
    batch: int,
    lease_seconds: int,
    workspace_id: str | None,
    targets: Sequence[str] | None,
) -> list[Job]:
    now = db.clock.now()
    # most calls find nothing to do; they need no lock on the file
    if not db.value("select 1 from jobs where state <> 'dead' and run_at <= ? limit 1", (stamp(now),)):
        return []
    wanted = min(max(batch, 1), MAX_BATCH)
    lease = timedelta(seconds=min(max(lease_seconds, 1), MAX_LEASE_SECONDS))
    with db.write(machine=True):
        _bury(db, stamp(now))
        if targets is None:
            workspaces = [workspace_id] if workspace_id else _workspaces_with_jobs(db)
        else:
            workspaces = _workspaces_of(db, targets)
        picked = _pick(db, stamp(now), wanted, workspaces, targets)
        claimed = db.all(
            """
            update jobs
            set
                attempt = attempt + 1,
                failures = failures + (state = 'leased'),
                last_error = case
                    when state = 'leased' then 'worker ' || leased_by || ' took the job and never answered'
                    else last_error
                end,
                state = 'leased',
                leased_by = ?,
                run_at = ?,
                updated_at = ?
            where id in (select value from json_each(?))
            returning id, attempt, kind, workspace_id, target_id, content_hash
            """,
            (worker, stamp(now + lease), stamp(now), id_list(picked)),
        )
        jobs = _read_targets(db, _in_workspaces(db, claimed))
        db.run_many(
            "update jobs set content_hash = ? where id = ? and content_hash is null",
            [(job.content_hash, job.id) for job in jobs if job.content_hash is not None],
        )
        gone = {row["id"] for row in claimed} - {job.id for job in jobs}
        db.run(
            "delete from jobs where state = 'leased' and id in (select value from json_each(?))",
            (id_list(gone),),
        )
    return sorted(jobs, key=lambda job: job.id)


def _in_workspaces(db: Database, claimed: Sequence[Row]) -> list[Row]:
    """Those whose workspace is there; the others, written past our triggers, are dead."""
    known = {row["id"] for row in db.all("select id from workspaces")}
    lost = [row["id"] for row in claimed if row["workspace_id"] not in known]
    if lost:
        db.run(
            "update jobs set state = 'dead', leased_by = null, updated_at = ?, last_error ="
            " 'there is no workspace ' || workspace_id || '; delete the row, or insert the workspace'"
            " where id in (select value from json_each(?))",
            (db.now(), id_list(lost)),
        )
        mark_failed(db, lost)
        count_backfilled(db, lost, {})
    return [row for row in claimed if row["workspace_id"] in known]


def _bury(db: Database, now: str) -> None:
    """Jobs whose last allowed worker never answered are dead: a row that kills its workers stops doing so."""
    buried = db.all(
        """
        update jobs
        set
            state = 'dead',
            failures = failures + 1,
            last_error = 'worker ' || leased_by || ' took the job and never answered',
            leased_by = null,
            updated_at = ?
        where state = 'leased' and failures > 0 and failures >= ? and run_at <= ?
        returning id
        """,
        (now, MAX_FAILURES - 1, now),
    )
    mark_failed(db, [row["id"] for row in buried])
    count_backfilled(db, [row["id"] for row in buried], {})


def mark_failed(db: Database, job_ids: Sequence[int]) -> None:
    """Show on the row that its job is dead."""
    if not job_ids:
        return
    for kind in ("categorize_content", "categorize_campaign"):
        db.run(
            f"update {_TARGETS[kind][0]} set label_state = 'failed', updated_at = ? where id in ("
            " select target_id from jobs"
            " where state = 'dead' and kind = ? and id in (select value from json_each(?)))",
            (db.now(), kind, id_list(job_ids)),
        )


def _pick(
    db: Database, now: str, wanted: int, workspaces: Sequence[str], targets: Sequence[str] | None
) -> list[int]:
    """Ids, spread over the workspaces in this order; vectors of labels before content."""
    among: tuple[str, ...] = () if targets is None else (id_list(targets),)
    asked = "" if targets is None else f" and (target_id in ({_LISTED}) or kind in {_LABEL_KINDS})"
    ready: list[tuple[str, int]] = []
    for workspace in workspaces:
        priority = db.value(
            f"select priority from jobs where state <> 'dead' and workspace_id = ?{asked}"
            " order by priority limit 1",
            (workspace, *among),
        )
        if db.value(
            "select 1 from jobs where state <> 'dead' and workspace_id = ? and priority = ? and run_at <= ?"
            f"{asked} limit 1",
            (workspace, priority, now, *among),
        ):
            ready.append((workspace, priority))
        if len(ready) == wanted:
            break
    picked: list[Row] = []
    for workspace, priority in ready:
        picked += db.all(
            "select id, state, run_at from jobs"
            f" where state <> 'dead' and workspace_id = ? and priority = ? and run_at <= ?{asked}"
            " order by run_at, id limit ?",
            (workspace, priority, now, *among, math.ceil(wanted / len(ready))),
        )
    del picked[wanted:]
    # What a worker took and never answered is tried alone: a row that kills its workers takes its
    # neighbors along once, not until they are all declared dead.
    lost = [(row["run_at"], row["id"]) for row in picked if row["state"] == "leased"]
    return [min(lost)[1]] if lost else [row["id"] for row in picked]


def _workspaces_of(db: Database, targets: Sequence[str]) -> list[str]:
    """Where these are still to be labeled."""
    found = db.all(
        "select distinct workspace_id as id from jobs where state <> 'dead'"
        f" and kind in ('categorize_content', 'categorize_campaign') and target_id in ({_LISTED})",
        (id_list(targets),),
    )
    return [row["id"] for row in found]


def _workspaces_with_jobs(db: Database) -> list[str]:
    found = db.all(
        # a loose index scan: one step a workspace, however many jobs it has
        """
        with recursive alive (id) as (
            select min(workspace_id) from jobs where state <> 'dead'
            union all
            select (select min(workspace_id) from jobs where state <> 'dead' and workspace_id > alive.id)
            from alive
            where alive.id is not null
        )
        select id from alive where id is not null
        """
    )
    workspaces = [row["id"] for row in found]
    pivot = str(uuid4())
    return [name for name in workspaces if name >= pivot] + [name for name in workspaces if name < pivot]


def _read_targets(db: Database, claimed: Sequence[Row]) -> list[Job]:
    models = {
        row["id"]: row["embedding_model"]
        for row in db.all(
            "select id, embedding_model from workspaces where id in (select value from json_each(?))",
            (id_list({row["workspace_id"] for row in claimed}),),
        )
    }
    jobs: list[Job] = []
    for kind, (table, columns, text_of) in _TARGETS.items():
        of_kind = {row["target_id"]: row for row in claimed if row["kind"] == kind}
        if not of_kind:
            continue
        targets = db.all(
            f"select id, {columns}, embedding, embedding_model, content_hash as embedded_hash from {table}"
            " where id in (select value from json_each(?))",
            (id_list(of_kind),),
        )
        jobs += [_job(of_kind[target["id"]], target, text_of(target), models) for target in targets]
    return jobs


def _job(row: Row, target: Row, text: str | None, models: dict[str, str | None]) -> Job:
    found_hash = row["content_hash"]
    if found_hash is None and text is not None:
        found_hash = content_hash(text)
    model = models[row["workspace_id"]]
    kept = (
        target["embedding"] is not None
        and target["embedded_hash"] == found_hash
        and target["embedding_model"] == model
    )
    return Job(
        id=row["id"],
        attempt=row["attempt"],
        kind=row["kind"],
        workspace_id=row["workspace_id"],
        target_id=row["target_id"],
        content_hash=found_hash,
        text=text,
        embedding_model=model,
        embedding=unpack(target["embedding"]) if kept else None,
    )


def release_jobs(db: Database, jobs: Sequence[Job]) -> int:
    if not jobs:
        return 0
    now = db.now()
    with db.write():
        return sum(
            db.run(
                "update jobs set state = 'waiting', leased_by = null, run_at = ?, updated_at = ?"
                " where id = ? and attempt = ? and state = 'leased'",
                (now, now, job.id, job.attempt),
            )
            for job in jobs
        )


def replay_jobs(db: Database, job_ids: Sequence[int] | None) -> int:
    ids = None if job_ids is None else id_list(job_ids)
    chosen = "state = 'dead' and (:ids is null or id in (select value from json_each(:ids)))"
    values: dict[str, Any] = {"ids": ids, "now": db.now()}
    with db.write(machine=True):
        for kind in ("categorize_content", "categorize_campaign"):
            db.run(
                f"update {_TARGETS[kind][0]} set label_state = 'queued', updated_at = :now"
                " where label_state = 'failed'"
                f" and id in (select target_id from jobs where kind = '{kind}' and {chosen})",
                values,
            )
        return db.run(
            "update jobs"
            " set state = 'waiting', attempt = attempt + 1, failures = 0, run_at = :now, updated_at = :now"
            f" where {chosen}",
            values,
        )


def queue_content(db: Database, target_ids: Sequence[str]) -> int:
    with db.write(machine=True):
        return queue_targets(db, target_ids)


def queue_targets(db: Database, target_ids: Sequence[str]) -> int:
    """Inside a machine's transaction."""
    ids, now = id_list(target_ids), db.now()
    queued = 0
    for kind in ("categorize_content", "categorize_campaign"):
        table, wanted = _TARGETS[kind][0], "id in (select value from json_each(?))"
        queued += db.value(f"select count(*) from {table} where {wanted}", (ids,))
        db.run(
            f"update {table} set label_state = 'queued', updated_at = ?"
            f" where label_state <> 'queued' and {wanted}",
            (now, ids),
        )
        db.run(
            f"insert into queue_job (workspace_id, kind, target_id)"
            f" select workspace_id, '{kind}', id from {table} where {wanted}",
            (ids,),
        )
    return queued


def queue_status(db: Database, workspace_id: str | None) -> list[QueueStatus]:
    now = db.clock.now()
    found = db.all(
        """
        select
            workspaces.name as workspace_name,
            jobs.kind,
            sum(jobs.state = 'waiting') as waiting,
            sum(jobs.state = 'leased') as leased,
            sum(jobs.state = 'dead') as dead,
            min(case when jobs.state <> 'dead' then jobs.created_at end) as oldest,
            (
                select last.last_error
                from jobs as last
                where
                    last.workspace_id = jobs.workspace_id
                    and last.kind = jobs.kind
                    and last.last_error is not null
                order by last.updated_at desc
                limit 1
            ) as last_error
        from jobs
        inner join workspaces on jobs.workspace_id = workspaces.id
        where :workspace_id is null or jobs.workspace_id = :workspace_id
        group by workspaces.id, workspaces.name, jobs.kind
        order by workspaces.name, workspaces.id, jobs.kind
        """,
        {"workspace_id": workspace_id},
    )
    return [
        QueueStatus(
            row["workspace_name"],
            row["kind"],
            row["waiting"],
            row["leased"],
            row["dead"],
            None if row["oldest"] is None else max(0.0, (now - moment(row["oldest"])).total_seconds()),
            row["last_error"],
        )
        for row in found
    ]
