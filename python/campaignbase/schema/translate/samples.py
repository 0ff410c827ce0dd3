"""Values to try expressions with: edges of each type, nulls, and whatever the expressions mention.

Pure: no I/O, the same values every time.
"""

import json
import random
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from campaignbase.schema.catalogue import Column
from campaignbase.schema.translate.database import Database
from campaignbase.schema.translate.kinds import NUMBERS, Kind, Storage

_TEXTS = (
    "", " ", "a", "A", "z9", "abc", "a_b", "_a", "9a", "a-b", "-a", "a--b", "a b", "a\nb", "a\n", "ABC",
    "ab", "AB", "é", "É", "日本語", "a%b", "a*b", "a?b", "[a]", "a'b", 'a"b', "a\\b", "12345", "1234",
    "#00ff00", "#00FF0", "x@y.co", "x@@y.co", "x@y.c", "@y.co", "x@y", "x@.co", "x.y+z@y-y.a.com",
    "x y@z.co", "x@y.co9", "http://a", "https://a/b", "ftp://a", "/a:b", "a:/b", "true", "null", "berries",
    "ties", "news", "boss", "bosses", "boxes", "wishes", "yes", "gas", "Job Posts", "#Tag", "##x-y_z s",
    "é" * 3, "a" * 64,
)  # fmt: skip
_INTEGERS = (-1, 0, 1, 2, 3, 7, 100)
_DECIMALS = ("-0.5", "0", "0.01", "0.5", "1", "1.25", "12.34")
_REALS = (-0.5, 0.0, 0.25, 0.5, 1.0, 1.5)
_JSON = ("null", "true", "1", "1.5", '"a"', "[]", '[1, "a"]', "{}", '{"a": 1}')
_BYTES = (b"", b"\x00\xff", b"abc")
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w.'])\d+(?:\.\d+)?(?![\w.'])")
_LENGTH = re.compile(r"\((\d+)\)")
LONGEST = 2_000_000
LONG = 10_000
EACH_ALONE = 6


@dataclass(frozen=True)
class Sample:
    """One value as each engine takes it."""

    postgres: object
    sqlite: object


NULL = Sample(None, None)


def pool(database: Database, column: Column, texts: Iterable[str]) -> list[Sample]:
    """Values for a column; `texts` are expressions whose constants are worth trying, and one beside them."""
    storage = database.storage(column)
    literals = sorted({found.replace("''", "'") for text in texts for found in _LITERAL.findall(text)})
    numbers = sorted({Decimal(found) for text in texts for found in _NUMBER.findall(text)})
    labels = database.types.get(column.type)
    found = _pool(storage, literals, numbers, database.declared(column), labels.labels if labels else ())
    return [NULL, *found]


def _pool(
    storage: Storage, literals: list[str], numbers: list[Decimal], declared: str, labels: Sequence[str]
) -> list[Sample]:
    kind = storage.kind
    near = {int(number) + step for number in numbers for step in (-1, 0, 1)}
    if kind is Kind.TEXT:
        lengths = {int(n) + step for n in numbers for step in (0, 1) if 0 < n <= LONGEST}
        texts = [
            *_TEXTS,
            *literals,
            *(literal + "x" for literal in literals),
            *("a" * n for n in sorted(lengths)),
        ]
        bound = _LENGTH.search(declared)
        texts = [text for text in dict.fromkeys(texts) if bound is None or len(text) <= int(bound[1])]
        if declared.startswith("character("):
            texts = [
                text for text in texts if text == text.rstrip(" ") and bound and len(text) == int(bound[1])
            ]
        return [Sample(text, text) for text in texts]
    if kind is Kind.ENUM:
        return [Sample(label, label) for label in labels]
    if kind in (Kind.INTEGER, Kind.BIGINT):
        edge = 2**15 if declared == "smallint" else 2**31
        return [Sample(n, n) for n in sorted({*_INTEGERS, *near}) if -edge <= n < edge]
    if kind is Kind.DECIMAL:
        values = sorted({*map(Decimal, _DECIMALS), *map(Decimal, near)})
        return [
            Sample(n, f"{n:f}" if storage.sqlite == "text" else float(n))
            for n in values
            if _fits(n, declared)
        ]
    if kind is Kind.REAL:
        return [
            Sample(n, n)
            for n in sorted({*_REALS, *map(float, near), *map(float, numbers)})
            if _fits(Decimal(n), declared)
        ]
    return _others(kind, storage)


def _others(kind: Kind, storage: Storage) -> list[Sample]:
    if kind is Kind.UUID:
        return [Sample(identity(n), str(identity(n))) for n in range(1, 5)]
    if kind is Kind.BOOLEAN:
        return [Sample(True, 1), Sample(False, 0)]
    if kind in (Kind.TIMESTAMPTZ, Kind.TIMESTAMP):
        return [_moment(moment, kind) for moment in _moments()]
    if kind is Kind.DATE:
        return [Sample(moment.date(), moment.date().isoformat()) for moment in _moments()]
    if kind is Kind.TIME:
        return [Sample(time(h, 5, 9, 7), f"{h:02}:05:09.000007") for h in (0, 9, 23)]
    if kind is Kind.JSON:
        return [Sample(text, text) for text in _JSON]
    if kind is Kind.ARRAY:
        items: Sequence[Sequence[object]] = ([], [1], [1, 2, 3]) if storage.element in NUMBERS else ([],)
        items = ([], ["a"], ["a", "b", "a"]) if storage.element is Kind.TEXT else items
        return [Sample(list(item), json.dumps(list(item))) for item in items]
    vector = re.search(r"blob of (\d+) bytes: (\d+)", storage.reason)
    if vector is not None:
        width, size = int(vector[2]), int(vector[1])
        packed = struct.pack(f"<{width}f", 1.0, *[0.0] * (width - 1))
        return [Sample(f"[1{',0' * (width - 1)}]", packed)] if len(packed) == size else []
    return [Sample(value, value) for value in _BYTES] if kind is Kind.BYTES else []


def rows(pools: Sequence[Sequence[Sample]], rounds: int = 3) -> list[tuple[Sample, ...]]:
    """Rows in which every value appears in each round, in company that differs, and alone among even ones."""
    chance = random.Random(20260101)
    found: list[tuple[Sample, ...]] = [tuple(NULL for _ in pools)]
    short = [[sample for sample in one if not _is_long(sample)] for one in pools]
    for number in range(rounds):
        mixed = [chance.sample(one, len(one)) for one in (pools if number == 0 else short)]
        count = max(map(len, mixed), default=0)
        found += [tuple(one[i % len(one)] for one in mixed) for i in range(count)]
    even = tuple(one[-1] for one in short)
    for place, one in enumerate(short):
        found += [(*even[:place], sample, *even[place + 1 :]) for sample in one[:EACH_ALONE]]
    return found


def identity(number: int) -> UUID:
    return UUID(int=number)


def _is_long(sample: Sample) -> bool:
    return isinstance(sample.sqlite, str) and len(sample.sqlite) > LONG


def _fits(number: Decimal, declared: str) -> bool:
    bounds = re.fullmatch(r"numeric\((\d+),(\d+)\)", declared)
    if bounds is None:
        return True
    scale = Decimal(1).scaleb(-int(bounds[2]))
    return abs(number) < Decimal(10) ** (int(bounds[1]) - int(bounds[2])) and number == number.quantize(scale)


def _moments() -> list[datetime]:
    today = datetime.combine(date.today(), time(12), UTC)  # noqa: DTZ011 - only its distance from now counts
    near = [today + timedelta(days=days) for days in (-400, -40, -8, -2, 2, 40)]
    return [
        datetime(1999, 12, 31, 23, 59, 59, 999999, UTC),
        datetime(2024, 2, 29, 12, 34, 56, 123456, UTC),
        datetime(2024, 3, 1, tzinfo=UTC),
        *near,
    ]


def _moment(moment: datetime, kind: Kind) -> Sample:
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.%f")
    if kind is Kind.TIMESTAMPTZ:
        return Sample(moment, f"{text}Z")
    return Sample(moment.replace(tzinfo=None), text)
