"""Answers of workers on SQLite: fence, verdict, labels, tags, history, and the end of each job.

Twin of public.complete_jobs and of what it calls.
"""

# ruff: noqa: S608 - what is put into queries are names from these modules

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from campaignbase.core.backoff import MAX_FAILURES, retry_delay
from campaignbase.errors import InputError
from campaignbase.models import AUDIENCE, JobResult, Verdict
from campaignbase.stores.sqlite_backfill_account import count_backfilled
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_history import Answer, LabelKey, Names
from campaignbase.stores.sqlite_labels import write_labels
from campaignbase.stores.sqlite_queue import mark_failed
from campaignbase.stores.sqlite_rows import id_list, stamp

MAX_RETRY_AFTER_SECONDS = 86400
MAX_ERROR = 2000  # characters

_IN = "in (select value from json_each(?))"


def complete_jobs(db: Database, results: Sequence[JobResult]) -> list[Verdict]:
    if not results:
        return []
    [(job_id, answers_to_it)] = Counter(result.job_id for result in results).most_common(1)
    if answers_to_it > 1:
        raise InputError(f"job {job_id} is answered twice; Send one answer a job.")
    with db.write(machine=True):
        answers = _held(db, results)
        failed = [answer for answer in answers if answer.result.failure is not None]
        others = [answer for answer in answers if answer.result.failure is None]
        labels = _labels(db, others)
        known = [answer for answer in others if labels.allow(answer)]
        unknown = [answer for answer in others if not labels.allow(answer)]
        done, other_model = _fix_embedding_model(db, known)
        _fail(db, failed)
        _wait_again(db, unknown + other_model)
        write_labels(db, done, labels.names)
        ended = [answer.job["id"] for answer in failed + done]
        count_backfilled(db, ended, {answer.result.job_id: answer.result for answer in done})
        db.run(f"delete from jobs where id {_IN}", (id_list(answer.job["id"] for answer in done),))
    verdicts: dict[int, Verdict] = {id(answer.result): "accepted" for answer in failed + done}
    verdicts |= {id(answer.result): "unknown_label" for answer in unknown}
    return [verdicts.get(id(result), "stale") for result in results]


def _held(db: Database, results: Sequence[JobResult]) -> list[Answer]:
    jobs = {
        (row["id"], row["attempt"]): row
        for row in db.all(
            "select id, attempt, kind, workspace_id, target_id, failures from jobs"
            f" where state = 'leased' and id {_IN}",
            (id_list(result.job_id for result in results),),
        )
    }
    held = []
    for result in results:
        job = jobs.get((result.job_id, result.attempt))
        if job is not None:
            held.append(Answer(result, job))
    return held


def _fail(db: Database, answers: Sequence[Answer]) -> None:
    now = db.clock.now()
    written: list[dict[str, Any]] = []
    for answer in answers:
        failure, failures = answer.result.failure, answer.job["failures"]
        if failure is None:
            continue
        # an answer "come back later" is no failure
        if failure.retry_after is None:
            failures += 1
            wait = retry_delay(failures, random.random())
        else:
            wait = min(failure.retry_after, MAX_RETRY_AFTER_SECONDS)
        dead = failure.permanent or (failure.retry_after is None and failures >= MAX_FAILURES)
        written.append(
            {
                "id": answer.job["id"],
                "failures": failures,
                "state": "dead" if dead else "waiting",
                "error": failure.message.replace("\x00", "")[:MAX_ERROR],
                "run_at": stamp(now + timedelta(seconds=wait)),
                "now": stamp(now),
            }
        )
    db.run_many(
        "update jobs set failures = :failures, state = :state, leased_by = null, last_error = :error,"
        " run_at = :run_at, updated_at = :now where id = :id",
        written,
    )
    mark_failed(db, [values["id"] for values in written if values["state"] == "dead"])


def _wait_again(db: Database, answers: Sequence[Answer]) -> None:
    now = db.now()
    db.run_many(
        "update jobs set state = 'waiting', leased_by = null, run_at = ?, updated_at = ? where id = ?",
        [(now, now, answer.job["id"]) for answer in answers],
    )


@dataclass(frozen=True, slots=True)
class _Labels:
    """What answers may name. Twin of private.unknown_labels."""

    names: Names
    manual_only: frozenset[LabelKey]
    audiences: frozenset[LabelKey]

    def allow(self, answer: Answer) -> bool:
        """Every label is there, for machines or named by a person's rule; the audience is one."""
        audience = answer.audience_key()
        return (audience is None or audience in self.audiences) and all(
            key in self.names and (source == "rule" or key not in self.manual_only)
            for key, source in answer.labels()
        )


def _labels(db: Database, answers: Iterable[Answer]) -> _Labels:
    wanted = {key for answer in answers for key, _ in answer.labels()}
    found = {
        (row["workspace_id"], table, row["id"]): row
        for table, columns in (("categories", "null as tag_type"), ("tags", "tag_type"))
        if (ids := [label_id for _, of_table, label_id in wanted if of_table == table])
        for row in db.all(
            f"select workspace_id, id, name, manual_only, {columns} from {table} where id {_IN}",
            (id_list(ids),),
        )
    }
    return _Labels(
        {key: row["name"] for key, row in found.items()},
        frozenset(key for key, row in found.items() if row["manual_only"]),
        frozenset(key for key, row in found.items() if row["tag_type"] == AUDIENCE),
    )


def _fix_embedding_model(db: Database, answers: Sequence[Answer]) -> tuple[list[Answer], list[Answer]]:
    """A workspace gets the model of its first vector; the answers made with its model, and the others."""
    offered: dict[str, set[str]] = defaultdict(set)
    for answer in answers:
        if answer.result.embedding is not None:
            offered[answer.job["workspace_id"]].add(answer.result.embedding_model or "")
    now = db.now()
    db.run_many(
        "update workspaces set embedding_model = ?, updated_at = ? where id = ? and embedding_model is null",
        [(min(models), now, workspace_id) for workspace_id, models in offered.items()],
    )
    fixed = {
        row["id"]: row["embedding_model"]
        for row in db.all(f"select id, embedding_model from workspaces where id {_IN}", (id_list(offered),))
    }
    same: list[Answer] = []
    other: list[Answer] = []
    for answer in answers:
        result = answer.result
        fits = result.embedding is None or result.embedding_model == fixed[answer.job["workspace_id"]]
        (same if fits else other).append(answer)
    return same, other
