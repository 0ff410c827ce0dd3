"""Labels of rows that are there already, on SQLite: which rows are next, and the account of a run."""

# ruff: noqa: S608 - what is put into queries are names from these modules

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from campaignbase.core.hashing import content_hash
from campaignbase.core.rule_schema import validate_conditions
from campaignbase.core.rules import Facts, rule_matches
from campaignbase.core.vectors import unpack
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Job
from campaignbase.models.backfills import END, Backfill, BackfillRows, NewBackfill
from campaignbase.stores import backfill_rows as read
from campaignbase.stores.sqlite_backfill_account import worked
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_facts import FACT_COLUMNS, as_facts, facts_of
from campaignbase.stores.sqlite_queue import MAX_BATCH, MAX_LEASE_SECONDS, text_of_campaign
from campaignbase.stores.sqlite_rows import id_list, moment, stamp, text_of_asset, to_json

STEP = 500  # rows that one look is at, however few of them are wanted
CONTENT, CAMPAIGNS = "categorize_content", "categorize_campaign"
MAX_PREVIEW = 100
_NUMBER = re.compile(r"[0-9]{1,9}")
_OPEN = "('running', 'paused', 'ready')"
_TABLES = {
    CONTENT: ("content_assets", "content, prompt, alt_text, file_path", text_of_asset),
    CAMPAIGNS: (
        "campaigns",
        "name, content_style, visual_style, hashtag_strategy, cta_pattern",
        text_of_campaign,
    ),
}


def start_backfill(db: Database, workspace_id: str, new: NewBackfill) -> str:
    if "conditions" in new.selection:
        validate_conditions(new.selection["conditions"])
    key, now = str(uuid4()), db.now()
    with db.write():
        home = db.one("select embedding_model from workspaces where id = ?", (workspace_id,))
        if home is None:
            raise NotFoundError(f"no workspace {workspace_id}")
        vectors = new.kind == "vectors"
        model = home["embedding_model"]
        if vectors and model is None:
            raise InputError(
                "the workspace has no vectors yet; the first one decides by which model they are"
            )
        if vectors and model == new.embedding_model:
            raise InputError(f"the workspace's vectors are by '{model}' already")
        if db.value(
            f"select 1 from backfills where workspace_id = ? and kind = ? and state in {_OPEN}",
            (workspace_id, new.kind),
        ):
            raise InputError(
                f"a backfill of {new.kind} is under way in this workspace;"
                " See it with status; resume it, or cancel it first."
            )
        if vectors:
            db.run(
                "update backfills set state = 'done', updated_at = ?"
                " where workspace_id = ? and state = 'switched'",
                (now, workspace_id),
            )
            db.run(
                "delete from spare_vectors where workspace_id = ? and embedding_model <> ?",
                (workspace_id, new.embedding_model),
            )
        tables = ["content_assets"]
        tables += ["campaigns"] if vectors or "content_only" not in new.selection else []
        tables += ["categories", "tags"] if vectors else []
        total = sum(
            db.value(f"select count(*) from {table} where workspace_id = ?", (workspace_id,))
            for table in tables
        )
        db.run(
            "insert into backfills (id, workspace_id, kind, selection, batched, switches, embedding_model,"
            " previous_model, total, run_at, created_at, updated_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key, workspace_id, new.kind, to_json(dict(new.selection)), new.batched, new.switches,
                new.embedding_model, model if vectors else None, total, now, now, now,
            ),
        )  # fmt: skip
    return key


def backfills(db: Database, workspace_id: str | None) -> list[Backfill]:
    columns = ", ".join(read.COLUMNS)
    if workspace_id is not None:
        found = db.all(
            f"select {columns} from backfills where workspace_id = ? order by created_at desc, id desc",
            (workspace_id,),
        )
    else:
        found = db.all(
            f"select {columns} from backfills where state in ('running', 'switched', 'rolled_back')"
            " and run_at <= ? order by updated_at, id",
            (db.now(),),
        )
    return [read.backfill(dict(row)) for row in found]


def stop_backfill(db: Database, backfill_id: str, state: str) -> bool:
    before = {
        "paused": "('running')",
        "running": _OPEN,
        "canceled": _OPEN,
    }[state]
    now = db.now()
    with db.write():
        stopped = db.one(
            # vectors that are complete: once more from the beginning, for what came since
            "update backfills set state = ?, place = iif(state = 'ready', '', place), run_at = ?,"
            " finished_at = ?, updated_at = ?"
            f" where id = ? and state in {before} returning workspace_id, kind, embedding_model",
            (state, now, now if state == "canceled" else None, now, backfill_id),
        )
        if stopped is not None and state == "canceled" and stopped["kind"] == "vectors":
            db.run(
                "delete from spare_vectors where workspace_id = ? and embedding_model = ?",
                (stopped["workspace_id"], stopped["embedding_model"]),
            )
        if state == "canceled":
            _drop_waiting(db, backfill_id)
    return stopped is not None


def _drop_waiting(db: Database, backfill_id: str) -> None:
    """What waits, be it for a model's answer, keeps the label it has; changed text is queued and waits on.

    Also where the run was canceled before: a worker may have put rows off meanwhile.
    """
    has_a_label = " union all ".join(
        f"select id from {table} where label_state in ('labeled', 'review')"
        " and id in (select target_id from jobs where backfill_id = :run)"
        for table, _, _ in _TABLES.values()
    )
    db.run(
        f"delete from jobs where backfill_id = :run and state = 'waiting' and target_id in ({has_a_label})"
        " and exists (select 1 from backfills where id = :run and state = 'canceled')",
        {"run": backfill_id},
    )


def is_outdated(db: Database, older: Mapping[str, str], workspace_id: str, column: str, row_id: str) -> bool:
    """Was the category last decided by a machine with something older? Twin of private.is_outdated.

    Args:
        column: content_asset_id or campaign_id.
    """
    last = db.one(
        "select source, model, prompt_version, vocabulary_version, created_at from categorizations"
        f" where workspace_id = ? and {column} = ? and field = 'category' and source is not 'human'"
        " order by created_at desc limit 1",
        (workspace_id, row_id),
    )
    source = "model" if last is None else last["source"] or "model"
    by, than = older["by"], older["than"]
    if by == "vocabulary":
        return ((last["vocabulary_version"] if last else None) or 0) < int(than)
    if by == "prompt":
        asked_with = ("" if last is None else last["prompt_version"]) or ""
        numbers = _NUMBER.fullmatch(asked_with) and _NUMBER.fullmatch(than)
        older_one = int(asked_with) < int(than) if numbers else asked_with != than
        return source == "model" and older_one
    if by == "model":
        return source == "model" and (last is None or last["model"] != than)
    if by == "head":
        fitted = db.value(
            "select max(activated_at) from trained_heads where workspace_id = ? and active", (workspace_id,)
        )
        asked = source in ("neighbor", "trained", "model")
        return bool(asked and last is not None and fitted is not None and last["created_at"] < fitted)
    return last is None or moment(last["created_at"]) < moment(than)


def window(
    db: Database, workspace_id: str, selection: Mapping[str, Any], place: str, wanted: int
) -> tuple[str, list[str], int, str]:
    """(kind, ids, rows looked at, next place). Twin of private.backfill_window."""
    area, _, after = place.partition("/")
    kind = area or CONTENT
    if kind == CONTENT:
        found = db.all(
            f"select {FACT_COLUMNS}, content_assets.label_state, content_assets.campaign_id"
            " from content_assets left join campaigns on content_assets.campaign_id = campaigns.id"
            " where content_assets.workspace_id = ? and content_assets.id > ?"
            " order by content_assets.id limit ?",
            (workspace_id, after, STEP),
        )
    else:
        found = db.all(
            "select id, workspace_id from campaigns where workspace_id = ? and id > ? order by id limit ?",
            (workspace_id, after, STEP),
        )
    ids: list[str] = []
    scanned = 0
    for row in found:
        scanned += 1
        after = row["id"]
        if _fits(db, selection, kind, row):
            ids.append(after)
            if len(ids) == wanted:
                break
    if scanned == STEP or len(ids) == wanted:
        return kind, ids, scanned, f"{kind}/{after}"
    last = kind == CAMPAIGNS or "content_only" in selection
    return kind, ids, scanned, END if last else f"{CAMPAIGNS}/"


def _fits(db: Database, selection: Mapping[str, Any], kind: str, row: Row) -> bool:
    column = "content_asset_id" if kind == CONTENT else "campaign_id"
    if kind == CONTENT:
        states, sources = selection.get("label_state"), selection.get("category_source")
        if states is not None and row["label_state"] not in states:
            return False
        if sources is not None and (row["category_source"] or "none") not in sources:
            return False
        if "campaign_id" in selection and row["campaign_id"] != selection["campaign_id"]:
            return False
    older = selection.get("older")
    if older is not None and not is_outdated(db, older, row["workspace_id"], column, row["id"]):
        return False
    conditions = selection.get("conditions")
    if kind != CONTENT or conditions is None:
        return True
    facts: Facts = as_facts(facts_of(row, None))
    return rule_matches(conditions, facts)


def read_rows(db: Database, kind: str, ids: Sequence[str], fences: Mapping[str, Row]) -> list[Job]:
    """What a worker must read to label these rows, by id. Twin of private.backfill_rows.

    Args:
        fences: jobs by target; without one it has no id.
    """
    table, columns, text_of = _TABLES[kind]
    found = db.all(
        f"select {table}.id, {table}.workspace_id, {', '.join(f'{table}.{c}' for c in columns.split(', '))},"
        f" {table}.embedding, {table}.embedding_model, {table}.content_hash,"
        " workspaces.embedding_model as home_model"
        f" from {table} inner join workspaces on {table}.workspace_id = workspaces.id"
        f" where {table}.id in (select value from json_each(?)) order by {table}.id",
        (id_list(ids),),
    )
    jobs = []
    for row in found:
        text = text_of(row)
        text_hash = None if text is None else content_hash(text)
        kept = (
            row["embedding"] is not None
            and row["content_hash"] == text_hash
            and row["embedding_model"] == row["home_model"]
        )
        fence = fences.get(row["id"])
        jobs.append(
            Job(
                id=0 if fence is None else fence["id"],
                attempt=0 if fence is None else fence["attempt"],
                kind="categorize_content" if kind == CONTENT else "categorize_campaign",
                workspace_id=row["workspace_id"],
                target_id=row["id"],
                content_hash=text_hash,
                text=text,
                embedding_model=row["home_model"],
                embedding=unpack(row["embedding"]) if kept else None,
            )
        )
    return jobs


def preview_backfill(
    db: Database, workspace_id: str, selection: Mapping[str, Any], place: str, batch: int
) -> BackfillRows:
    with db.read():
        wanted = min(max(batch, 1), MAX_PREVIEW)
        kind, ids, scanned, next_place = window(db, workspace_id, selection, place, wanted)
        return BackfillRows(next_place, scanned, tuple(read_rows(db, kind, ids, {})))


def claim_backfill(
    db: Database,
    backfill_id: str,
    worker: str,
    batch: int,
    lease_seconds: int,
    targets: Sequence[str] | None,
) -> BackfillRows | None:
    now = db.clock.now()
    until = stamp(now + timedelta(seconds=min(max(lease_seconds, 1), MAX_LEASE_SECONDS)))
    with db.write(machine=True):
        run = db.one("select * from backfills where id = ? and kind = 'labels'", (backfill_id,))
        if run is None:
            return None
        home = run["workspace_id"]
        if targets is not None:
            return BackfillRows(run["place"], 0, _take(db, home, targets, worker, until))
        waits = run["state"] != "running" or run["run_at"] > stamp(now)
        # as for other content: the vectors of labels come first
        if waits or db.value(
            "select 1 from jobs where state <> 'dead' and workspace_id = ? and priority = 0 limit 1", (home,)
        ):
            return None
        if run["place"] == END:
            held = db.value(
                "select count(*) from jobs where backfill_id = ? and state = 'leased'", (backfill_id,)
            )
            if held:
                told = (
                    f"its last rows, {held}, are with a worker; if that was killed, another one labels them"
                    " when its leases end, within two minutes"
                )
                db.run(  # waiting is no work
                    "update backfills set last_error = ?, updated_at = ? where id = ?",
                    (told, stamp(now), backfill_id),
                )
                return None
            if db.value("select 1 from model_batches where backfill_id = ? limit 1", (backfill_id,)):
                return None
            db.run(
                "update backfills set state = 'done', last_error = null, finished_at = ?, updated_at = ?"
                " where id = ?",
                (stamp(now), stamp(now), backfill_id),
            )
            return BackfillRows(END, 0, ())
        wanted = min(max(batch, 1), MAX_BATCH)
        selection = json.loads(run["selection"])
        kind, ids, scanned, place = window(db, home, selection, run["place"], wanted)
        # rows that wait already are labeled anyway; what failed for good is tried again
        fences = {
            row["target_id"]: row
            for row in db.all(
                "insert into jobs"
                " (workspace_id, kind, target_id, state, attempt, leased_by, run_at, backfill_id)"
                " select ?, ?, value, 'leased', 1, ?, ?, ? from json_each(?) where true"
                " on conflict (kind, target_id) do update set state = 'leased', attempt = attempt + 1,"
                " failures = 0, leased_by = excluded.leased_by, run_at = excluded.run_at, updated_at = ?,"
                " backfill_id = excluded.backfill_id"
                " where state = 'dead' returning id, attempt, target_id",
                (home, kind, worker, until, backfill_id, id_list(ids), stamp(now)),
            )
        }
        jobs = read_rows(db, kind, list(fences), fences)
        db.run_many("update jobs set content_hash = ? where id = ?", [(j.content_hash, j.id) for j in jobs])
        db.run(
            "update backfills set place = ?, scanned = scanned + ?, taken = taken + ?, last_error = null,"
            " seconds = seconds + ?, updated_at = ? where id = ?",
            (place, scanned, len(jobs), worked(run, now), stamp(now), backfill_id),
        )
    return BackfillRows(place, scanned, tuple(jobs))


def _take(db: Database, home: str, targets: Sequence[str], worker: str, until: str) -> tuple[Job, ...]:
    """Jobs of these rows that wait, leased."""
    leased = db.all(
        "update jobs set state = 'leased', attempt = attempt + 1, leased_by = ?, run_at = ?, updated_at = ?"
        " where workspace_id = ? and kind in ('categorize_content', 'categorize_campaign')"
        " and target_id in (select value from json_each(?)) and state = 'waiting'"
        " returning id, attempt, kind, target_id",
        (worker, until, db.now(), home, id_list(targets)),
    )
    fences = {row["target_id"]: row for row in leased}
    jobs: list[Job] = []
    for kind in (CONTENT, CAMPAIGNS):
        jobs += read_rows(db, kind, [row["target_id"] for row in leased if row["kind"] == kind], fences)
    db.run_many("update jobs set content_hash = ? where id = ?", [(j.content_hash, j.id) for j in jobs])
    return tuple(sorted(jobs, key=lambda job: job.id))
