"""Files of texts whose category is known: `{"text": ..., "category": ...}` a line."""

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
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    table = jsonlines.parse(decode(data, str(path), None, choice=False), str(path))
    if table.bad:
        raise InputError(str(table.bad[0]))
    found = []
    for record in table.records:
        for field in ("text", "category"):
            value = record.fields.get(field)
            if not isinstance(value, str) or not value.strip():
                raise InputError(f"{record.place}: expected a text in {field!r}, got {value!r}")
        found.append(LabeledText(record.fields["text"], record.fields["category"]))
    return found
