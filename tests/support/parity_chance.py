"""What the authors of random operations draw from, and how a statement is put together."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from tests.support.parity_operations import (
    HOME,
    OTHER,
    TAG_WORDS,
    TEXTS,
    Value,
    Write,
)


class Chance:
    """Knows which rows it inserted, not which are still there."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.contents: list[tuple[str, str]] = []  # id, workspace
        self.campaigns: list[tuple[str, str]] = []
        self.posts: list[tuple[str, str]] = []
        self.labels = 100

    def pick(self, choices: Sequence[Any]) -> Any:
        return self.chance.choice(choices)

    def likely(self, share: float) -> bool:
        return self.chance.random() < share

    def workspace(self) -> str:
        return HOME if self.likely(0.8) else OTHER

    def row(self, rows: list[tuple[str, str]], make: Callable[[int], str]) -> str:
        return str(self.pick(rows)[0]) if rows and self.likely(0.95) else make(999)

    def words(self) -> list[str]:
        return self.chance.choices(TAG_WORDS, k=self.chance.randint(0, 3))

    def keywords(self) -> list[str]:
        return self.chance.choices(("sale", "two, three", "", " ", "now"), k=self.chance.randint(0, 2))

    def text(self) -> str | None:
        return self.pick(TEXTS)  # type: ignore[no-any-return]

    def insert(self, table: str, values: dict[str, Value]) -> Write:
        places = ", ".join(["%s"] * len(values))
        return Write(f"insert into {table} ({', '.join(values)}) values ({places})", tuple(values.values()))

    def update(self, table: str, values: dict[str, Value], where: str, *which: Value) -> Write:
        settings = ", ".join(f"{name} = %s" for name in values)
        return Write(f"update {table} set {settings} where {where}", (*values.values(), *which))
