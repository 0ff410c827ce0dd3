"""What a search asks for, and two ranked lists made one. Pure: search_content in SQL says the same."""

from collections.abc import Mapping, Sequence

from campaignbase.core.text import search_words
from campaignbase.errors import InputError
from campaignbase.models.library import SearchQuery

MODES = ("semantic", "keyword", "hybrid")
FLOOR_WITHOUT_MEANING = (
    "keyword search has no min_similarity; leave it out, or search in mode semantic or hybrid"
)
MAX_MATCHES = 100
MAX_WORDS = 64
FUSION = 60  # how little the first places differ; Cormack, Clarke and Buettcher 2009


def matches(query: SearchQuery) -> int:
    return min(max(query.limit, 1), MAX_MATCHES)


def depth(query: SearchQuery) -> int:
    """How far down a list a row may stand."""
    return min(max(4 * matches(query), 40), 200) if query.mode == "hybrid" else matches(query)


def check_search(query: SearchQuery) -> None:
    """Raise InputError for one that lacks what its mode needs; whoever compares vectors checks them."""
    if query.mode not in MODES:
        raise InputError(f"mode {query.mode!r} is not one of {', '.join(MODES)}")
    if query.mode != "keyword" and query.vector is None:
        raise InputError(f"{query.mode} search needs the vector of the text; embed it, or ask by keyword")
    if query.mode != "semantic" and query.text is None:
        raise InputError(f"{query.mode} search needs a text")
    if query.mode == "keyword" and query.min_similarity is not None:
        raise InputError(FLOOR_WITHOUT_MEANING)
    for field in ("text", "model", "category", "tag", "sentiment", "language"):
        if "\x00" in (getattr(query, field) or ""):
            raise InputError(f"{field} holds a NUL character; remove it")


def asked_words(query: SearchQuery) -> list[str]:
    return search_words(query.text or "")[:MAX_WORDS] if query.mode != "semantic" else []


def fused(near: Sequence[str], named: Sequence[str]) -> Mapping[str, float]:
    """Id -> 1 / (60 + place) in one list + the same of the other; in no order."""
    places = [{key: place for place, key in enumerate(ids, start=1)} for ids in (near, named)]
    return {
        key: sum(1 / (FUSION + found[key]) for found in places if key in found) for key in {*near, *named}
    }
