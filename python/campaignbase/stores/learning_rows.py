"""What is learned from people, as rows of any engine tell it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from campaignbase.models.learning import GateVerdict, HeadVersion, Judgement
from campaignbase.stores.rows import maybe_time, time

CORRECTION = tuple(field.name for field in fields(Judgement))
HEAD = tuple(field.name for field in fields(HeadVersion))
VERDICT = tuple(field.name for field in fields(GateVerdict))


def judgement(row: Mapping[str, Any]) -> Judgement:
    ids = ("id", "content_asset_id", "campaign_id", "rule_id", "decided_by")
    values = {name: row[name] for name in CORRECTION}
    values |= {name: None if row[name] is None else str(row[name]) for name in ids}
    values["machine_labels"] = tuple(row["machine_labels"] or ())
    values["score"] = None if row["score"] is None else float(row["score"])
    values["created_at"] = time(row["created_at"])
    return Judgement(**values)


def head_version(row: Mapping[str, Any]) -> HeadVersion:
    values = {name: row[name] for name in HEAD}
    for name in ("threshold", "target_precision", "margin"):
        values[name] = float(row[name])
    values["active"] = bool(row["active"])
    values["activated_at"] = maybe_time(row["activated_at"])
    values["created_at"] = time(row["created_at"])
    return HeadVersion(**values)


def gate_verdict(row: Mapping[str, Any]) -> GateVerdict:
    values = {name: row[name] for name in VERDICT}
    values["margin"] = None if row["margin"] is None else float(row["margin"])
    values |= {name: bool(row[name]) for name in ("passed", "forced")}
    values["created_at"] = time(row["created_at"])
    return GateVerdict(**values)
