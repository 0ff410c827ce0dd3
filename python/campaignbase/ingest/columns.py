"""Which column is what: by its name, or as the caller said. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from campaignbase.errors import InputError

# a field of a content asset and the columns taken for it, the first one found
KNOWN: dict[str, tuple[str, ...]] = {
    "content": (
        "content",
        "text",
        "body",
        "caption",
        "post",
        "copy",
        "post_text",
        "ad_text",
        "ad_copy",
        "message",
    ),
    "prompt": ("prompt",),
    "alt_text": ("alt_text", "alt"),
    "file_path": ("file_path", "path", "file_name", "filename", "file"),
    "file_url": ("file_url", "image_url", "media_url", "url"),
    "asset_type": ("asset_type", "content_type"),
    "generator": ("generator",),
    "generation_cost": ("generation_cost",),
    "campaign": ("campaign", "campaign_name"),
}
READABLE = ("content", "prompt", "alt_text", "file_path", "file_url")
# columns that look like labels, and the option that makes them count
LABEL_OPTIONS: dict[str, tuple[str, ...]] = {
    "--category-column": ("category", "primary_category", "label", "class"),
    "--tags-column": ("tags", "hashtags", "keywords"),
    "--sentiment-column": ("sentiment",),
    "--audience-column": ("audience", "target_audience"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns the caller named; None: by their names, or for labels and ids not at all."""

    text: str | None = None
    id: str | None = None
    campaign: str | None = None
    category: str | None = None
    tags: str | None = None
    sentiment: str | None = None
    audience: str | None = None

    def asked(self) -> dict[str, tuple[str, str]]:
        """Field to (column, option), of those named."""
        named = {
            "content": (self.text, "--text-column"),
            "id": (self.id, "--id-column"),
            "campaign": (self.campaign, "--campaign-column"),
            "category": (self.category, "--category-column"),
            "tags": (self.tags, "--tags-column"),
            "sentiment": (self.sentiment, "--sentiment-column"),
            "audience": (self.audience, "--audience-column"),
        }
        return {field: (column, option) for field, (column, option) in named.items() if column is not None}


def map_columns(
    found: Sequence[str], columns: Columns, name: str, *, fixed: Mapping[str, str], campaign_given: bool
) -> dict[str, str]:
    """Field to column.

    Args:
        found: the columns of the file.
        name: of the file, for messages.
        fixed: what the kind of file decides already.
        campaign_given: the campaign is named for all rows, so no column is taken for it.
    Raises:
        InputError: a named column is missing, or nothing in the file can be read as text.
    """
    by_plain_name = {_plain(column): column for column in reversed(found)}
    mapped: dict[str, str] = {}
    for field, (wanted, option) in columns.asked().items():
        column = wanted if wanted in found else by_plain_name.get(_plain(wanted))
        if column is None:
            near = get_close_matches(wanted, found, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"columns: {', '.join(found)}"
            raise InputError(f"{name}: no column {wanted!r} ({option}); {advice}")
        mapped[field] = column
    for field, column in fixed.items():
        mapped.setdefault(field, column)
    for field, names in KNOWN.items():
        if field in mapped or (field == "campaign" and campaign_given):
            continue
        column = next((by_plain_name[known] for known in names if known in by_plain_name), None)
        if column is not None and column not in mapped.values():
            mapped[field] = column
    if not any(field in mapped for field in READABLE):
        raise InputError(
            f"{name}: no column holds the text; name it with --text-column; columns: {', '.join(found)}"
        )
    return mapped


def label_option(column: str) -> str | None:
    """The option that would take this column as a person's label, where its name looks like one."""
    return next((option for option, names in LABEL_OPTIONS.items() if _plain(column) in names), None)


def _plain(column: str) -> str:
    return column.strip().lower().replace(" ", "_").replace("-", "_")
