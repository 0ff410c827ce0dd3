"""What every kind of file is read into before its columns are understood. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campaignbase.errors import InputError


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it stands in the file. `place`: "posts.csv:7", the line it begins on."""

    place: str
    fields: dict[str, Any]  # column to value: texts from csv and documents, any JSON value from jsonl


@dataclass(frozen=True, slots=True)
class BadRow:
    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(slots=True)
class Table:
    """One file, or one folder of documents."""

    name: str
    columns: tuple[str, ...]  # in the order met
    records: list[Record] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    fixed: Mapping[str, str] = field(default_factory=dict)  # field to column where the kind of file decides
    left_out: int = 0  # files of a folder that are no documents


def decode(data: bytes, name: str, encoding: str | None, *, choice: bool = True) -> str:
    """The text of a file; a byte order mark is dropped.

    Args:
        encoding: as the caller named it; None is UTF-8.
        choice: whether the caller could have named another.
    Raises:
        InputError: another encoding, named with the first byte that does not fit; or an empty file.
    """
    if not data.strip():
        raise InputError(f"{name} is empty; expected at least one row")
    try:
        return data.decode(encoding or "utf-8").removeprefix("\ufeff")
    except LookupError:
        raise InputError(
            f"unknown encoding {encoding!r}; expected one Python knows, such as cp1252, latin-1 or utf-16"
        ) from None
    except UnicodeDecodeError as error:
        if encoding is not None:
            raise InputError(
                f"{name}: byte {error.start} (0x{data[error.start]:02x}) is not {encoding};"
                " name another --encoding"
            ) from None
        marks = {b"\xff\xfe\x00\x00": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
        guess = next((marks[mark] for mark in marks if data.startswith(mark)), "cp1252")
        other = f", or name its encoding, for example --encoding {guess}" if choice else ""
        raise InputError(
            f"{name}: byte {error.start} (0x{data[error.start]:02x}) is not UTF-8;"
            f" save the file as UTF-8{other}"
        ) from None
