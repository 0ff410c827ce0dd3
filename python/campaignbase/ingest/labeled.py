"""Files of texts whose category is known, `{"text": ..., "category": ...}` a line, and of what they mean."""

from collections.abc import Iterator
from pathlib import Path

from campaignbase.errors import InputError
from campaignbase.ingest import jsonlines
from campaignbase.ingest.records import decode
from campaignbase.models import LabeledText


def read_labeled(path: Path) -> list[LabeledText]:
    """All lines, order kept.

    Raises:
        InputError: no such file, or a line that is not of this form; file and line are named.
    """
    return [LabeledText(text, category) for _, text, category in _pairs(path, "text", "category")]


def read_descriptions(path: Path) -> dict[str, str]:
    """Of `{"category": ..., "description": ...}` lines the description of each category.

    Raises:
        InputError: as `read_labeled`; or a category is described twice.
    """
    found: dict[str, str] = {}
    for place, category, description in _pairs(path, "category", "description"):
        if category in found:
            raise InputError(f"{place}: {category!r} is described a second time; keep one line")
        found[category] = description
    return found


def _pairs(path: Path, first: str, second: str) -> Iterator[tuple[str, str, str]]:
    """(where, value of `first`, value of `second`) of each line."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    table = jsonlines.parse(decode(data, str(path), None, choice=False), str(path))
    if table.bad:
        raise InputError(str(table.bad[0]))
    for record in table.records:
        for field in (first, second):
            value = record.fields.get(field)
            if not isinstance(value, str) or not value.strip():
                raise InputError(f"{record.place}: expected a text in {field!r}, got {value!r}")
        yield record.place, record.fields[first], record.fields[second]
