"""What was measured, as rows of any engine tell it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from campaignbase.errors import InputError
from campaignbase.models.measuring import Band, Confused, Decided, Measured

MOST_AUDITS = 1000

Rows = Iterable[Mapping[str, Any]]


def measured(decisions: Rows, confusion: Rows, calibration: Rows, open_audits: int) -> Measured:
    return Measured(
        tuple(Decided(**_read(row)) for row in decisions),
        tuple(Confused(**_read(row)) for row in confusion),
        tuple(Band(**_read(row)) for row in calibration),
        int(open_audits),
    )


def check_sample(sample_size: int) -> None:
    if not 1 <= sample_size <= MOST_AUDITS:
        raise InputError(f"sample_size is {sample_size}; ask for 1 to {MOST_AUDITS} rows")


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in row.items() if name != "workspace_id"}
    score = found.get("mean_score")
    read = {"day": date.fromisoformat(str(found["day"])[:10])}
    return found | read | ({} if score is None else {"mean_score": float(score)})
