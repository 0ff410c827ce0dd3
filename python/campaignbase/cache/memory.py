"""The first tier: a bounded number of values in this process, the least recently used one goes first."""

import json
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from campaignbase.cache.keys import Key
from campaignbase.cache.values import MISSING, Entry, dump

DEFAULT_ITEMS = 1000


@dataclass(slots=True)
class _Slot:
    value: Any  # JSON as text where it could be changed by who gets it
    is_text: bool
    workspace_id: str
    scopes: tuple[str, ...]
    entry: Entry


class Memory:
    def __init__(self, items: int = DEFAULT_ITEMS) -> None:
        self._items = items
        self._slots: OrderedDict[str, _Slot] = OrderedDict()

    def __len__(self) -> int:
        return len(self._slots)

    def get(self, key: Key, now: float) -> Any:
        """The value or MISSING; a list or dict is the caller's own, a vector cannot be written to."""
        slot = self._slots.get(key.digest)
        if slot is None or slot.workspace_id != key.workspace_id:
            return MISSING
        if slot.entry.expires <= now:
            del self._slots[key.digest]
            return MISSING
        self._slots.move_to_end(key.digest)
        return json.loads(slot.value) if slot.is_text else slot.value

    def entry(self, key: Key) -> Entry | None:
        """What lies there, expired or not."""
        slot = self._slots.get(key.digest)
        return None if slot is None else slot.entry

    def set(self, key: Key, entry: Entry) -> None:
        value = entry.value
        is_text = not isinstance(value, (str, int, float, bool, np.ndarray, type(None)))
        self._slots[key.digest] = _Slot(
            dump(value) if is_text else value, is_text, key.workspace_id, key.scopes, entry
        )
        self._slots.move_to_end(key.digest)
        while len(self._slots) > self._items:
            self._slots.popitem(last=False)

    def drop(self, scopes: Collection[str]) -> None:
        wrong = set(scopes)
        self._drop(lambda slot: not wrong.isdisjoint(slot.scopes))

    def clear(self) -> None:
        self._slots.clear()

    def _drop(self, is_wrong: Callable[[_Slot], bool]) -> None:
        for digest in [digest for digest, slot in self._slots.items() if is_wrong(slot)]:
            del self._slots[digest]
