"""Markdown and plain text, one row a file, with optional front matter. Pure.

Front matter is what stands between two lines of --- at the very top: `key: value`, `key: [a, b]`, or `key:`
followed by `- item` lines. Nothing else of YAML is understood, and what is not understood is refused.
"""

from typing import Any

from campaignbase.ingest.records import BadRow, Record

TEXT_COLUMN = "text"
PATH_COLUMN = "file_path"
SUFFIXES = (".md", ".markdown", ".txt")
_FENCE = "---"


def parse(text: str, place: str, path: str) -> Record | BadRow:
    """`path`: where the file lies in its folder, kept in the row."""
    lines = text.splitlines()
    fields: dict[str, Any] = {}
    if lines and lines[0].rstrip() == _FENCE and _FENCE in (line.rstrip() for line in lines[1:]):
        end = next(number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == _FENCE)
        problem = _front_matter(lines[1:end], fields)
        if problem is not None:
            number, reason = problem
            return BadRow(f"{place}:{number + 2}", reason)
        taken = next((key for key in fields if key in (TEXT_COLUMN, PATH_COLUMN)), None)
        if taken is not None:
            return BadRow(place, f"front matter may not set {taken!r}: the file itself does; rename it")
        lines = lines[end + 1 :]
    body = "\n".join(lines).strip()
    if not body:
        return BadRow(place, "no text")
    return Record(place, {**fields, TEXT_COLUMN: body, PATH_COLUMN: path})


def _front_matter(lines: list[str], fields: dict[str, Any]) -> tuple[int, str] | None:
    """Fill `fields`; the line (from 0) and reason where one is not understood."""
    open_list: list[str] | None = None
    for number, line in enumerate(lines):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.startswith("- ") and open_list is not None:
            open_list.append(_unquoted(stripped[2:]))
            continue
        key, colon, value = stripped.partition(":")
        key, value = key.strip(), value.strip()
        if not colon or not key or line[0] in " \t-":
            return number, f"front matter line {stripped!r} is not 'key: value'"
        if key in fields:
            return number, f"front matter sets {key!r} twice"
        open_list = None
        if not value:
            open_list = fields[key] = []
        elif value.startswith("[") and value.endswith("]"):
            fields[key] = [_unquoted(item) for item in value[1:-1].split(",") if item.strip()]
        else:
            fields[key] = _unquoted(value)
    return None


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
