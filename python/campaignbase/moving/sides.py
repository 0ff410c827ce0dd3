"""What a copy and an export ask of a database, whichever engine it is."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from campaignbase.moving.shape import Table
from campaignbase.moving.values import Values


class Source(Protocol):
    target: str  # for people, without a password

    def close(self) -> None: ...

    def check(self) -> None:
        """Raises NotConfiguredError: the schema is another one than this package's."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Every row read inside is of one moment."""
        ...

    def rows(self, table: Table, workspaces: Sequence[str] | None = None) -> Iterator[Values]:
        """In the order of `order_of`; None: of all workspaces."""
        ...


class Side(Source, Protocol):
    def files(self, workspace_id: str) -> dict[str, int]:
        """Sizes in bytes, by path."""
        ...

    def taken(self, table: Table, keys: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """Which of these keys are in use, in whatever workspace."""
        ...

    def unknown_users(self, user_ids: Iterable[str]) -> list[str]:
        """Those that cannot be members, as the database has no such account."""
        ...

    def remove(self, workspace_id: str) -> None:
        """The workspace and everything in it, as whoever deletes its row does."""
        ...

    def write(self, table: Table, rows: Sequence[Values]) -> None:
        """All or none, exactly as they are: nothing is queued, counted, marked or stamped for it."""
        ...

    def queue(self, table: Table, rows: Sequence[Values]) -> int:
        """Jobs, where their target has none yet; how many."""
        ...
