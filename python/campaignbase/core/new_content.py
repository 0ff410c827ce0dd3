"""Is a row of content or a campaign fit to be inserted? What every store checks before it writes anything.

Pure. The constraints in sql/tables/ say the same; here a row is named by its place.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import get_close_matches

from campaignbase.core.names import check_name, near_name
from campaignbase.core.slots import check_platforms, check_times
from campaignbase.core.storable import check_address, check_json, check_text, check_time
from campaignbase.core.tags import fold_tag
from campaignbase.core.text import asset_text, is_blank
from campaignbase.errors import InputError, UnknownLabelError
from campaignbase.models import Correction, NewCampaign, NewContent

SAYS_NOTHING = "says nothing; give content, prompt, alt_text or file_url, or asset_type image or video"
ASSET_TYPES = ("text", "image", "video")
DATES_OUT_OF_ORDER = "end_date is before start_date; send an end_date that is not, or change both together"
CAMPAIGN_STATES = ("draft", "active", "paused", "completed")
SNAKE_CASE = re.compile(r"[a-z][a-z0-9_]*")
SENTIMENTS = ("positive", "neutral", "negative", "mixed")


def check_new_content(rows: Sequence[NewContent], categories: Collection[str]) -> None:
    """Raise for the first row that cannot be stored.

    Args:
        categories: names the workspace has.
    Raises:
        UnknownLabelError: a row names another category.
        InputError: anything else; rows are counted from 1.
    """
    for place, row in enumerate(rows, start=1):
        for field in ("content", "prompt", "alt_text", "file_path", "file_url", "source_key", "generator"):
            text = getattr(row, field)
            if text is not None:
                check_text(f"row {place}: {field}", text)
        if row.file_url is not None:
            check_address(f"row {place}: file_url", row.file_url)
        for tag in row.tags:
            check_text(f"row {place}: tags", tag)
        check_json(f"row {place}: parameters", row.parameters)
        if row.generator is not None and not SNAKE_CASE.fullmatch(row.generator):
            raise InputError(f"row {place}: generator {row.generator!r} is not lower_snake_case, like gpt_5")
        if row.asset_type not in ASSET_TYPES:
            raise InputError(
                f"row {place}: asset_type {row.asset_type!r} is not one of {', '.join(ASSET_TYPES)}"
            )
        check_sentiment(row.sentiment, f"row {place}: ")
        if row.primary_category is not None and row.primary_category not in categories:
            raise UnknownLabelError(f"row {place}: {unknown_category(row.primary_category, categories)}")


def check_sentiment(sentiment: str | None, place: str = "") -> None:
    """Raises InputError."""
    if sentiment is not None and sentiment not in SENTIMENTS:
        raise InputError(f"{place}sentiment {sentiment!r} is not one of {', '.join(SENTIMENTS)}")


def unknown_category(name: str, categories: Collection[str]) -> str:
    near = near_name(name, categories)
    advice = f"did you mean {near!r}?" if near else "see: campaignbase categories"
    return f"unknown category {name!r}; {advice}"


def unknown_tag(name: str, tags: Collection[str]) -> str:
    near = get_close_matches(name.lower(), list(tags), n=1)
    advice = f"did you mean {near[0]!r}?" if near else "see: campaignbase tags"
    return f"unknown tag {name!r}, so there is nothing to keep away; {advice}"


def check_tag(word: str) -> None:
    """Raise InputError for one that folding leaves nothing of."""
    if not fold_tag(word.strip()):
        raise InputError(f"{word!r} is no tag: expected a word with letters or digits")


def check_new_campaign(row: NewCampaign) -> None:
    """Raise InputError for one whose name, type or status no store takes."""
    check_name("campaign", row.name)
    if not SNAKE_CASE.fullmatch(row.campaign_type):
        words = "_".join(re.findall(r"[a-z0-9]+", row.campaign_type.lower()))
        advice = f"; did you mean {words!r}?" if SNAKE_CASE.fullmatch(words) else ", like product_launch"
        raise InputError(f"campaign type {row.campaign_type!r} is not lower_snake_case{advice}")
    for field in ("content_style", "visual_style", "hashtag_strategy", "cta_pattern", "posting_frequency"):
        text = getattr(row, field)
        if text is not None:
            check_text(field, text)
    check_platforms(row.target_platforms)
    check_times(row.optimal_times)
    for field in ("start_date", "end_date"):
        at = getattr(row, field)
        if at is not None:
            check_time(field, at)
    if row.start_date is not None and row.end_date is not None and row.end_date < row.start_date:
        raise InputError(DATES_OUT_OF_ORDER)
    if row.estimated_cost is not None and row.estimated_cost < 0:
        raise InputError(f"estimated_cost {row.estimated_cost} is negative; expected 0 or more")
    if row.status not in CAMPAIGN_STATES:
        raise InputError(f"campaign status {row.status!r} is not one of {', '.join(CAMPAIGN_STATES)}")


CONFIRMABLE = ("category", "sentiment", "audience", "tags")


def check_correction(correction: Correction, *, campaign: bool) -> None:
    """Raise InputError for one that says nothing, contradicts itself, or names what a campaign lacks."""
    if correction == Correction():
        raise InputError("nothing to correct: name a category, sentiment, audience or tag")
    stated = {name for name in CONFIRMABLE[:-1] if getattr(correction, name) is not None}
    stated |= {"tags"} if correction.add_tags or correction.remove_tags else set()
    for name in correction.confirm:
        if name not in CONFIRMABLE or name in stated - {"tags"}:
            listed = ", ".join(CONFIRMABLE)
            raise InputError(f"confirm {name!r}: name fields of {listed} that are not corrected as well")
    removed = {fold_tag(name) for name in correction.remove_tags}
    for name in correction.add_tags:
        check_tag(name)
        if fold_tag(name) in removed:
            raise InputError(f"tag {name!r} is both to be added and to be removed; decide for one")
    of_content = replace(correction, category=None, confirm=()) != Correction()
    if campaign and (of_content or set(correction.confirm) - {"category"}):
        raise InputError("a campaign has a category, but no sentiment, audience or tags; leave those out")


def says_nothing(row: NewContent) -> bool:
    """No text, no address of a file; an image or video may get its file later."""
    said = (row.content, row.prompt, row.alt_text, row.file_path, row.file_url)
    return row.asset_type == "text" and all(is_blank(text) for text in said)


def repeated_source_key(keys: Sequence[str | None]) -> tuple[int, int] | None:
    """The first two places, from 0, that have the same one."""
    first: dict[str, int] = {}
    for place, key in enumerate(keys):
        if key is not None and first.setdefault(key, place) != place:
            return first[key], place
    return None


def new_content_text(row: NewContent) -> str | None:
    return asset_text(row.content, row.prompt, row.alt_text, row.file_path)


def last_by_source_key(rows: Sequence[NewContent]) -> list[NewContent]:
    """The rows without those that a later row with the same source_key replaces; order kept."""
    last = {row.source_key: place for place, row in enumerate(rows) if row.source_key is not None}
    return [row for place, row in enumerate(rows) if row.source_key is None or last[row.source_key] == place]
