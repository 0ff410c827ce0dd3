"""What the golden set said of models, prompts and vocabularies, on SQLite."""

from typing import Literal
from uuid import uuid4

from campaignbase.core.gate import ENOUGH_GOLDEN
from campaignbase.models.learning import GateVerdict
from campaignbase.stores import learning_rows as read
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_file import SqliteFile
from campaignbase.stores.sqlite_rows import decode, to_json

MOST_VERDICTS = 500


class SqliteGate(SqliteFile):
    """`campaignbase.ports.gate.Gate`."""

    async def record_verdict(self, workspace_id: str, verdict: GateVerdict) -> None:
        await self._run(record_verdict, workspace_id, verdict)

    async def gate_verdicts(self, workspace_id: str) -> list[GateVerdict]:
        return await self._run(gate_verdicts, workspace_id)


def record_verdict(db: Database, workspace_id: str, verdict: GateVerdict) -> None:
    values = {
        "id": str(uuid4()),
        "workspace_id": workspace_id,
        "subject": verdict.subject,
        "model": verdict.model,
        "prompt_version": verdict.prompt_version,
        "origin": verdict.origin,
        "basis": verdict.basis,
        "margin": verdict.margin,
        "comparison": None if verdict.comparison is None else to_json(dict(verdict.comparison)),
        "passed": verdict.passed,
        "forced": verdict.forced,
        "created_at": db.now(),
    }
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    with db.write():
        db.run(f"insert into gate_verdicts ({columns}) values ({places})", values)  # noqa: S608


def gate_verdicts(db: Database, workspace_id: str) -> list[GateVerdict]:
    found = db.all(
        "select * from gate_verdicts where workspace_id = ? order by created_at desc, rowid desc limit ?",
        (workspace_id, MOST_VERDICTS),
    )
    return [read.gate_verdict(decode(row)) for row in found]


def standing(
    db: Database, workspace_id: str, model: str, prompt_version: str
) -> Literal["passed", "lost", "unmeasured", "few"]:
    """As private.gate_standing."""
    newest = db.one(
        "select passed from gate_verdicts where workspace_id = ? and subject = 'analyst'"
        " and model = ? and prompt_version = ? order by created_at desc, rowid desc limit 1",
        (workspace_id, model, prompt_version),
    )
    if newest is not None:
        return "passed" if newest["passed"] else "lost"
    golden = db.value(
        "select count(*) from content_assets where workspace_id = ? and golden"
        " and confirmed_at is not null and primary_category is not null",
        (workspace_id,),
    )
    return "few" if golden < ENOUGH_GOLDEN else "unmeasured"


def record_in_use(db: Database, workspace_id: str, model: str, prompt_version: str) -> None:
    """Inside a transaction: so that it is not cut off on the day the golden set is large enough."""
    db.run(
        "insert into gate_verdicts (id, workspace_id, subject, model, prompt_version, origin, basis, passed,"
        " created_at) values (?, ?, 'analyst', ?, ?, 'automatic', 'none', 1, ?) on conflict do nothing",
        (str(uuid4()), workspace_id, model, prompt_version, db.now()),
    )
