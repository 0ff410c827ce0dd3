"""How a store reaches a Postgres server: functions by name, and plain statements on one table."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from campaignbase.errors import (
    CampaignbaseError,
    InputError,
    NotConfiguredError,
    NotFoundError,
    UnreachableError,
)

Row = Mapping[str, Any]
T = TypeVar("T")
NEWEST = ("created_at", "id")  # what `newest` goes by; the table must have both


@dataclass(frozen=True, slots=True)
class Json:
    """An argument of type jsonb; a bare list is an array."""

    value: Any


class ConflictError(UnreachableError):
    """Two transactions waited for each other and this one was ended: it may begin again."""


async def again(act: Callable[[], Awaitable[T]], tries: int = 5) -> T:
    """What `act` answers. Where others were in its way it did nothing, and begins again."""
    for _ in range(1, tries):
        try:
            return await act()
        except ConflictError:
            pass
    return await act()


class RefusedError(InputError):
    """What a constraint or a function of the database does not accept."""

    def __init__(self, message: str, told: str) -> None:
        """`told`: the database's own words alone, which name the constraint."""
        super().__init__(message)
        self.told = told


class Calls(ABC):
    """Arguments and values are plain Python: ids as text, vectors as text, `Json` for jsonb.

    Answers are what the driver or the server makes of them: `rows` reads either.
    """

    target: str

    @abstractmethod
    async def _value(self, function: str, **arguments: Any) -> Any:
        """What a function with a single answer returns."""

    @abstractmethod
    async def _rows(self, function: str, **arguments: Any) -> list[Row]:
        """What a function that returns a table returns; at most 1,000 rows may be asked for."""

    @abstractmethod
    async def _all(
        self, table: str, columns: Sequence[str], where: Mapping[str, Any], *, key: str = "id"
    ) -> list[Row]:
        """Every row whose columns equal `where`, or are among a list there, in no order; `key` is unique."""

    @abstractmethod
    async def _newest(
        self,
        table: str,
        columns: Sequence[str],
        where: Mapping[str, Any],
        limit: int,
        *,
        after: Mapping[str, Any] | None = None,
        having: Mapping[str, str] | None = None,
    ) -> list[Row]:
        """By created_at, then id, newest first; `columns` holds both.

        Args:
            after: created_at and id of the row before the first.
            having: column of an array -> what must be in it.
        """

    @abstractmethod
    async def _changed(
        self, table: str, where: Mapping[str, Any], limit: int, after: Mapping[str, Any] | None
    ) -> list[Row]:
        """updated_at and id, oldest first, after that one; None: the newest, newest first."""

    @abstractmethod
    async def _insert(self, table: str, values: Mapping[str, Any], columns: Sequence[str]) -> Row:
        """These columns of the new row."""

    @abstractmethod
    async def _insert_all(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """All or none; every row has the same columns."""

    @abstractmethod
    async def _update_one(
        self, table: str, key: str, values: Mapping[str, Any], columns: Sequence[str]
    ) -> Row | None:
        """These columns of the row with that id, as it is then; None without one."""

    @abstractmethod
    async def _update(self, table: str, where: Mapping[str, Any], values: Mapping[str, Any]) -> int:
        """How many were changed."""

    @abstractmethod
    async def _delete(self, table: str, where: Mapping[str, Any]) -> int:
        """How many are gone."""


def array_text(words: Iterable[Any]) -> str:
    """An array as Postgres reads it."""
    return "{" + ",".join(map(_element, words)) + "}"


def _element(value: Any) -> str:
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def refusal(target: str, code: str, message: str, hint: str | None = None) -> CampaignbaseError:
    """What an error of Postgres means to a caller, by its SQLSTATE or the code a function of ours gave it."""
    told = f"{message}; {hint}" if hint else message
    if code == "PT404":
        return NotFoundError(told)
    if code in ("40001", "40P01"):
        return ConflictError(f"{target}: {message}")
    if code == "57014":
        return UnreachableError(
            f"{target}: {message}: the role's statement_timeout is over; ask for less at once or raise it"
        )
    if code[:2] in ("08", "53", "57", "58"):
        return UnreachableError(f"{target} does not answer: {message}")
    if code == "42501" and "row-level security" in message:
        return InputError(
            f"{message}; your role in this workspace does not allow that: ask an owner for editor"
        )
    if code == "42501":
        return NotConfiguredError(f"{target}: {told}")
    if code[:2] in ("21", "22", "23", "P0", "PT") or code == "54000":
        return RefusedError(told, message)
    return CampaignbaseError(f"{target}: {told} ({code})")
