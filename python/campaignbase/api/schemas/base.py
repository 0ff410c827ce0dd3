"""What all of them share."""

from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

T = TypeVar("T")

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
SnakeCase = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]*$", max_length=100)]
Line = Annotated[str, StringConstraints(max_length=2000)]
Text = Annotated[str, StringConstraints(max_length=1_000_000)]
Words = Annotated[list[Word], Field(max_length=100)]


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


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_plain, value))
    return str(value) if type(value).__name__ == "UUID" else value
