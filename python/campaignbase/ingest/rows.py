"""One record of a file to one row to insert, or the reason why not. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from campaignbase.core.hashing import content_hash
from campaignbase.core.new_content import ASSET_TYPES, SENTIMENTS
from campaignbase.core.storable import MAX_TEXT_BYTES, check_address, check_digits
from campaignbase.core.text import asset_text, is_blank
from campaignbase.errors import InputError
from campaignbase.ingest.records import Record
from campaignbase.models import NewContent

# limits of sql/tables/content_assets.sql, campaigns.sql, categories.sql and tags.sql, in characters
MAX_FILE_PATH = 500
MAX_FILE_URL = 2000
MAX_CAMPAIGN = 255
MAX_LABEL = 100
MAX_ID = 500
MAX_COST = Decimal(10) ** 10

TAG_SEPARATORS = ",;|"


@dataclass(frozen=True, slots=True)
class Row:
    """`content.campaign_id` is not set: the campaign is known by name only."""

    place: str
    content: NewContent
    campaign: str | None


class RowError(Exception):
    """Why a record cannot be a row."""


def make_row(
    record: Record, mapped: Mapping[str, str], *, asset_type: str = "text", campaign: str | None = None
) -> Row:
    """The row for a record.

    Args:
        mapped: field to column; labels count only where named here.
        asset_type: for rows that say nothing else.
        campaign: for all rows.
    Raises:
        RowError: the first thing that keeps it from being stored.
    """
    fields = record.fields
    values = {field: fields.get(column) for field, column in mapped.items()}
    texts = {
        field: _text(values.get(field), mapped.get(field, field))
        for field in ("content", "prompt", "alt_text", "file_path", "file_url")
    }
    read = asset_text(texts["content"], texts["prompt"], texts["alt_text"], texts["file_path"])
    if read is None and texts["file_url"] is None:
        raise RowError(
            f"no text: {' and '.join(repr(mapped[field]) for field in texts if field in mapped)} is blank"
        )
    _check_length("file_path", texts["file_path"], MAX_FILE_PATH)
    _check_length("file_url", texts["file_url"], MAX_FILE_URL)
    if texts["file_url"] is not None:
        try:
            check_address(repr(mapped["file_url"]), texts["file_url"])
        except InputError as error:
            raise RowError(str(error)) from None
    campaign = campaign or _word(values.get("campaign"), "campaign", MAX_CAMPAIGN)
    taken = set(mapped.values())
    parameters = {
        column: value
        for column, value in fields.items()
        if column not in taken and value not in (None, "", [])
    }
    for text in _strings(parameters):
        _check_characters(text, "a column kept in parameters")
    sentiment = _word(values.get("sentiment"), "sentiment", MAX_LABEL)
    content = NewContent(
        asset_type=_choice(values.get("asset_type"), "asset type", ASSET_TYPES) or asset_type,
        content=texts["content"],
        prompt=texts["prompt"],
        alt_text=texts["alt_text"],
        file_path=texts["file_path"],
        file_url=texts["file_url"],
        generator=_generator(values.get("generator")),
        generation_cost=_cost(values.get("generation_cost")),
        parameters=parameters,
        primary_category=_word(values.get("category"), "category", MAX_LABEL),
        tags=_tags(values.get("tags")),
        sentiment=_choice(sentiment, "sentiment", SENTIMENTS),
        target_audience=_word(values.get("audience"), "audience", MAX_LABEL),
    )
    key = (
        _id(values.get("id"), mapped["id"])
        if "id" in mapped
        else identity(read or texts["file_url"] or "", campaign)
    )
    return Row(record.place, replace(content, source_key=key), campaign)


def merged(first: Row, again: Row) -> tuple[Row, list[str]]:
    """The first of two equal rows with the labels that only the other has, and where the two contradict."""
    taken: dict[str, Any] = {}
    contradictions = []
    for field in ("primary_category", "sentiment", "target_audience"):
        one, other = getattr(first.content, field), getattr(again.content, field)
        taken[field] = one or other
        if one and other and one.casefold() != other.casefold():
            what = field.rpartition("_")[2]
            contradictions.append(
                f"{what} {other!r}, but {one!r} at {first.place} for the same row, which stands"
            )
    tags = tuple(dict.fromkeys((*first.content.tags, *again.content.tags)))
    return replace(first, content=replace(first.content, tags=tags, **taken)), contradictions


def identity(text: str, campaign: str | None) -> str:
    """What a row without an id is known by: sha256 of its text, and of its campaign when it has one."""
    return content_hash(text if campaign is None else f"{text}\0{campaign}")


def _text(value: Any, column: str) -> str | None:
    if value is None or value == []:
        return None
    if not isinstance(value, str):
        raise RowError(f"{column!r} is {_kind(value)}, expected a text")
    if is_blank(value):
        return None
    _check_characters(value, repr(column))
    size = len(value.encode("utf-8"))
    if size > MAX_TEXT_BYTES:
        raise RowError(f"{column!r} has {size:,} bytes, at most {MAX_TEXT_BYTES:,} are accepted")
    return value


def _word(value: Any, what: str, limit: int) -> str | None:
    if value is None or value == [] or (isinstance(value, str) and is_blank(value)):
        return None
    if not isinstance(value, str):
        raise RowError(f"the {what} is {_kind(value)}, expected a text")
    word = value.strip()
    _check_characters(word, f"the {what}")
    control = next((letter for letter in word if letter < " " or letter == "\x7f"), None)
    if control is not None:
        raise RowError(f"the {what} {word!r} holds {control!r}; it must be one line")
    _check_length(what, word, limit)
    return word


def _choice(value: Any, what: str, known: tuple[str, ...]) -> str | None:
    word = _word(value, what, MAX_LABEL)
    if word is None:
        return None
    if word.lower() not in known:
        raise RowError(f"the {what} {word!r} is not one of {', '.join(known)}")
    return word.lower()


def _tags(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        for separator in TAG_SEPARATORS[1:]:
            value = value.replace(separator, TAG_SEPARATORS[0])
        value = value.split(TAG_SEPARATORS[0])
    if not isinstance(value, list):
        raise RowError(f"the tags are {_kind(value)}, expected a list or a text with commas")
    words = (_word(item, "tag", MAX_LABEL) for item in value)
    return tuple(dict.fromkeys(word.lstrip("#") for word in words if word is not None and word.strip("# -_")))


def _generator(value: Any) -> str | None:
    """In lower_snake_case, as the database keeps it: "Midjourney v6" is midjourney_v6."""
    word = _word(value, "generator", MAX_LABEL)
    if word is None:
        return None
    parts = "".join(
        letter if letter.isascii() and letter.isalnum() else " " for letter in word.lower()
    ).split()
    if not parts or not parts[0][0].isalpha():
        raise RowError(f"the generator {word!r} does not begin with a letter a to z")
    return "_".join(parts)


def _cost(value: Any) -> Decimal | None:
    if value is None or (isinstance(value, str) and is_blank(value)):
        return None
    try:
        if isinstance(value, bool):
            raise InvalidOperation
        word = str(value).strip()
        check_digits(word)
        cost = Decimal(word)
        if not (cost.is_finite() and 0 <= cost < MAX_COST):
            raise InvalidOperation
    except (InvalidOperation, ValueError):
        raise RowError(f"the generation cost {str(value)[:40]!r} is not an amount like 0.0125") from None
    return cost


def _id(value: Any, column: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    key = _word(value, "id", MAX_ID)
    if key is None:
        raise RowError(f"no id: {column!r} is blank")
    return key


def _check_characters(text: str, what: str) -> None:
    if "\0" in text:
        raise RowError(f"{what} holds a NUL byte at character {text.index(chr(0)) + 1}")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise RowError(f"{what} holds half a surrogate pair, which is no character")


def _check_length(what: str, text: str | None, limit: int) -> None:
    if text is not None and len(text) > limit:
        raise RowError(f"the {what} has {len(text):,} characters, at most {limit:,} are accepted")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield key
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case str():
            return "a text"
    return "an object"
