"""What all of them share."""

import json
from datetime import datetime
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from campaignbase.core.storable import ADDRESS, check_address, check_digits, check_time
from campaignbase.errors import InputError

T = TypeVar("T")
MOST_PARAMETERS = 100_000  # characters; each list of the row tells them again


def _no_word(value: object) -> object:
    """Pydantic would read "1" and true as numbers."""
    if isinstance(value, bool | str):
        raise ValueError("expected a number")
    return value


def _no_number(value: object) -> object:
    """Pydantic would read 1 and "yes" as true."""
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def _moment(value: object) -> object:
    """Pydantic would read a number as seconds since 1970."""
    if not isinstance(value, str):
        raise ValueError("expected a time like 2030-01-02T09:00:00+01:00")
    return value


def _fits(value: datetime) -> datetime:
    try:
        check_time("it", value)
    except InputError as error:
        raise ValueError(str(error)) from None
    return value


def _leads_somewhere(value: str) -> str:
    try:
        check_address("it", value)
    except InputError as error:
        raise ValueError(str(error).removeprefix("it ")) from None
    return value


def _fits_a_row(value: dict[str, Any]) -> dict[str, Any]:
    written = len(json.dumps(value, ensure_ascii=False))
    if written > MOST_PARAMETERS:
        raise ValueError(f"has {written:,} characters as JSON, at most {MOST_PARAMETERS:,} fit")
    return value


Whole = Annotated[int, BeforeValidator(_no_word)]
Number = Annotated[float, BeforeValidator(_no_word), Field(allow_inf_nan=False)]
Flag = Annotated[bool, BeforeValidator(_no_number)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_fits)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
SnakeCase = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]*$", max_length=100)]
Line = Annotated[str, StringConstraints(max_length=2000)]
AN_ID = "6c82a4f0-3d1e-4b57-9a60-2f8e1d7c5b34"  # in examples
Text = Annotated[str, StringConstraints(max_length=1_000_000)]
Address = Annotated[Line, AfterValidator(_leads_somewhere), Field(json_schema_extra={"pattern": ADDRESS})]
Digits = BeforeValidator(check_digits)  # of numbers that come as texts
Words = Annotated[list[Word], Field(max_length=100)]


Parameters = Annotated[dict[str, Any], AfterValidator(_fits_a_row)]


class Taken(BaseModel):
    """A body."""

    model_config = ConfigDict(extra="forbid")

    def stated(self) -> dict[str, Any]:
        """The fields that were sent, lists as tuples, ids as text."""
        return {
            name: _plain(getattr(self, name))
            for name in type(self).model_fields
            if name in self.model_fields_set
        }


class Given(BaseModel):
    """An answer."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, row: object) -> Self:
        return cls.model_validate(row)


class Listed(BaseModel, Generic[T]):
    items: list[T]


class Paged(BaseModel, Generic[T]):
    items: list[T]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page; null: there is none.")


def example(body: dict[str, Any]) -> ConfigDict:
    """A body as a program sends it, for the OpenAPI; tests send each."""
    return ConfigDict(json_schema_extra={"examples": [body]})


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_plain, value))
    return str(value) if type(value).__name__ == "UUID" else value
