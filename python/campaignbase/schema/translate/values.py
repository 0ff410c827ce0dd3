"""A translated value: its SQLite text, what it means, and how tightly it binds.

Pure: no I/O.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

from campaignbase.errors import TranslationError
from campaignbase.schema.translate.kinds import NUMBERS, Kind

# how tightly SQLite's operators bind, loosest first
OR, AND, NOT, COMPARE, ADD, MULTIPLY, CONCAT, NEGATIVE, PRIMARY = range(1, 10)


@dataclass(frozen=True)
class Value:
    sql: str
    kind: Kind
    level: int = PRIMARY
    literal: str | None = None  # a constant's value before quoting
    exact: bool = False  # a number stored as decimal text
    integral: bool = False  # a number that SQLite may hold as integer, whatever its kind
    element: Kind | None = None  # of an array
    note: str | None = None  # what is not quite the same; said in the report

    def at(self, level: int) -> str:
        """The text, in parentheses where something binding as `level` would tear it apart."""
        return self.sql if self.level >= level else f"({self.sql})"

    def number(self) -> "Value":
        """As a value that SQLite compares and computes as a number."""
        if not self.exact:
            return self
        return replace(self, sql=f"cast({self.sql} as real)", exact=False, level=PRIMARY)


def quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def constant(text: str, kind: Kind, where: str) -> Value:
    """A string literal of Postgres as a value of `kind`, in the form SQLite stores.

    Raises:
        TranslationError: the kind has no literals here, or Postgres would read this one otherwise.
    """
    read = _LITERALS.get(kind)
    if read is None:
        raise TranslationError(f"{where}: no {kind.value} constant such as {text!r} is known")
    try:
        found = read(text)
    except (ValueError, InvalidOperation) as error:
        raise TranslationError(f"{where}: {text!r} is no {kind.value} constant ({error})") from error
    if kind in NUMBERS:
        integral = re.fullmatch(r"-?\d+", found) is not None
        return Value(found, kind, NEGATIVE if found[0] == "-" else PRIMARY, found, integral=integral)
    if kind is Kind.BOOLEAN:
        return Value(found, kind, literal=found)
    return Value(f"x'{found}'" if kind is Kind.BYTES else quote(found), kind, literal=found)


def array(text: str, element: Kind, where: str) -> Value:
    """An array literal such as {a,"b c"} as JSON text."""
    if not (text.startswith("{") and text.endswith("}")):
        raise TranslationError(f"{where}: {text!r} is no array constant")
    items = list(_ITEM.finditer(text, 1, len(text) - 1))
    if "".join(item[0] for item in items) != text[1:-1]:
        raise TranslationError(
            f"{where}: cannot read the array constant {text!r}; nested arrays are not known"
        )
    return elements([_item(item) for item in items], element, where)


def elements(items: list[str | None], element: Kind, where: str) -> Value:
    """A JSON array of constants; None is null."""
    found: list[object] = []
    for item in items:
        value = None if item is None else constant(item, element, where)
        if value is None or element in (Kind.TEXT, Kind.ENUM, Kind.UUID, Kind.DATE, Kind.TIMESTAMPTZ):
            found.append(value and value.literal)
        elif element is Kind.BOOLEAN:
            found.append(value.literal == "1")
        else:
            found.append(json.loads(str(value.literal)))
    text = json.dumps(found, ensure_ascii=False)
    return Value(quote(text), Kind.ARRAY, literal=text, element=element)


_BOOLEANS = {"true": "1", "t": "1", "false": "0", "f": "0"}
_ITEM = re.compile(
    r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s",{}\\]+(?: +[^\s",{}\\]+)*))\s*(?:,|$)'
)
_INTERVAL = re.compile(r"(?:(-?\d+) days?)?\s*(?:(-?)(\d+):(\d\d):(\d\d))?")


def modifiers(interval: str, sign: int, where: str) -> list[str]:
    """An interval as SQLite's date modifiers.

    Raises:
        TranslationError: it holds months or years, which both engines count differently.
    """
    parts = _INTERVAL.fullmatch(interval)
    if parts is None or not interval:
        raise TranslationError(
            f"{where}: the interval {interval!r} is not made of days, hours, minutes and seconds; "
            f"months and years end on other days in SQLite: write it in days"
        )
    span = timedelta(hours=int(parts[3] or 0), minutes=int(parts[4] or 0), seconds=int(parts[5] or 0))
    seconds = int(span.total_seconds()) * (-1 if parts[2] else 1)
    found = [(sign * int(parts[1] or 0), "days"), (sign * seconds, "seconds")]
    return [f"{amount:+d} {unit}" for amount, unit in found if amount]


def _item(item: "re.Match[str]") -> str | None:
    if item["quoted"] is not None:
        return re.sub(r"\\(.)", r"\1", item["quoted"])
    return None if item["plain"].upper() == "NULL" else item["plain"]


def _number(text: str) -> str:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError("not finite")
    return f"{number:f}"


def _integer(text: str) -> str:
    return str(int(text))


def _boolean(text: str) -> str:
    if text not in _BOOLEANS:
        raise ValueError("neither true nor false")
    return _BOOLEANS[text]


def _json(text: str) -> str:
    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    json.loads(text, parse_constant=refuse)
    return text


def _timestamptz(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _timestamp(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError("a time zone")
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")


def _time(text: str) -> str:
    return time.fromisoformat(text).strftime("%H:%M:%S.%f")


def _bytes(text: str) -> str:
    if not text.startswith("\\x"):
        raise ValueError("not in hexadecimal")
    return bytes.fromhex(text[2:]).hex()


_LITERALS: Mapping[Kind, Callable[[str], str]] = {
    Kind.TEXT: str,
    Kind.ENUM: str,
    Kind.UUID: lambda text: str(UUID(text)),
    Kind.INTEGER: _integer,
    Kind.BIGINT: _integer,
    Kind.REAL: _number,
    Kind.DECIMAL: _number,
    Kind.BOOLEAN: _boolean,
    Kind.JSON: _json,
    Kind.TIMESTAMPTZ: _timestamptz,
    Kind.TIMESTAMP: _timestamp,
    Kind.DATE: lambda text: date.fromisoformat(text).isoformat(),
    Kind.TIME: _time,
    Kind.BYTES: _bytes,
    Kind.INTERVAL: str,
}
