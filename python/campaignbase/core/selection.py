"""Which rows a backfill is about, as people write it and as databases keep it.

`--where` takes FIELD=VALUE, or the JSON conditions of a rule; several are all to hold. `--only-older-than`
takes vocabulary:N, prompt:VERSION, model:NAME, head, or a date. Never SQL. Pure.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from campaignbase.core.rule_schema import (
    EQUALITY_FIELDS,
    FUZZY_FIELD,
    NESTING_FIELDS,
    NUMBER_FIELDS,
    REGEX_FIELD,
    TEXT_FIELDS,
    validate_conditions,
)
from campaignbase.errors import InputError

STATES = ("failed", "labeled", "queued", "review")
SOURCES = ("human", "model", "neighbor", "none", "reuse", "rule", "trained")
BY = ("vocabulary", "prompt", "model", "head", "date")
_LISTS = {"state": ("label_state", STATES), "source": ("category_source", SOURCES)}
_SINGLE = "matches_regex"
_NUMBERS = tuple(name for name in NUMBER_FIELDS if not name.endswith("similarity"))
FIELDS = tuple(
    sorted((*EQUALITY_FIELDS, *TEXT_FIELDS, FUZZY_FIELD, REGEX_FIELD, *_NUMBERS, *_LISTS, "campaign"))
)


def selection(where: Sequence[str], older: str | None) -> dict[str, Any]:
    """As start_backfill takes it.

    Args:
        where: each as `--where` takes it.
        older: as `--only-older-than` takes it.
    Raises:
        InputError: what cannot be read, with what was expected.
        RuleError: a condition that no rule may have.
    """
    found: dict[str, Any] = {}
    conditions: list[dict[str, Any]] = []
    for given in where:
        if given.lstrip().startswith("{"):
            conditions.append(_conditions(given))
            continue
        name, separator, value = given.partition("=")
        name = name.strip()
        if not separator or not value.strip():
            raise InputError(
                f"--where {given!r}: expected FIELD=VALUE, like category=offer, or the conditions of a rule"
                f" as JSON; fields: {', '.join(FIELDS)}"
            )
        if name not in FIELDS:
            near = get_close_matches(name, FIELDS, 1)
            meant = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(FIELDS)}"
            raise InputError(f"--where {given!r}: unknown field {name!r}{meant}")
        if name in _LISTS or name == "campaign":
            key = "campaign_id" if name == "campaign" else _LISTS[name][0]
            if key in found:
                either = "" if name == "campaign" else f"; either of two: {name}=VALUE,VALUE"
                raise InputError(f"--where {given!r}: {name} is given twice, and a row has one{either}")
            found[key] = _uuid(given, value) if name == "campaign" else _known(given, value, _LISTS[name][1])
        else:
            conditions.append({name: _value(given, name, value)})
    if conditions:
        found["conditions"] = conditions[0] if len(conditions) == 1 else {"all": conditions}
        _refuse_similarity(found["conditions"])
        validate_conditions(found["conditions"])
    if older is not None:
        found["older"] = _older(older)
    if where:
        found["content_only"] = True
    return found


def _conditions(given: str) -> dict[str, Any]:
    try:
        found = json.loads(given)
    except ValueError as error:
        raise InputError(f"--where {given!r} is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise InputError(f"--where {given!r}: expected an object, like {{'category': 'offer'}}")
    return found


def _refuse_similarity(conditions: Any) -> None:
    if isinstance(conditions, list):
        for one in conditions:
            _refuse_similarity(one)
    elif isinstance(conditions, dict):
        for key, value in conditions.items():
            if key in ("min_similarity", "max_similarity"):
                raise InputError(f"--where cannot ask for {key}: it is measured when a row is labeled")
            if key in NESTING_FIELDS:
                _refuse_similarity(value)


def _known(given: str, value: str, known: Sequence[str]) -> list[str]:
    values = [one.strip() for one in value.split(",")]
    wrong = next((one for one in values if one not in known), None)
    if wrong is not None:
        raise InputError(f"--where {given!r}: unknown value {wrong!r}; known: {', '.join(known)}")
    return values


def _uuid(given: str, value: str) -> str:
    try:
        return str(UUID(value.strip()))
    except ValueError:
        raise InputError(
            f"--where {given!r}: expected the id of a campaign; see: campaignbase campaigns"
        ) from None


def _value(given: str, name: str, value: str) -> Any:
    if name in _NUMBERS:
        try:
            if "_" in value:
                raise ValueError
            return float(value) if "." in value else int(value)
        except ValueError:
            raise InputError(f"--where {given!r}: expected a number") from None
    if name == _SINGLE:
        return value
    values = [one.strip() for one in value.split(",")]
    return values[0] if len(values) == 1 else values


def _older(given: str) -> dict[str, str]:
    by, separator, than = given.partition(":")
    by, than = by.strip(), than.strip()
    if given.strip() == "head":
        return {"by": "head", "than": ""}
    if separator and by == "vocabulary":
        if not than.isdecimal() or len(than) > 9:
            raise InputError(f"--only-older-than {given!r}: expected vocabulary:NUMBER, like vocabulary:12")
        return {"by": by, "than": str(int(than))}
    if separator and by in ("prompt", "model") and than:
        return {"by": by, "than": than}
    try:
        moment = datetime.fromisoformat(given.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return {"by": "date", "than": moment.astimezone(UTC).isoformat()}
    except (ValueError, OverflowError):
        raise InputError(
            f"--only-older-than {given!r}: expected vocabulary:NUMBER, prompt:VERSION, model:NAME, head, or a"
            " date like 2026-11-01"
        ) from None
