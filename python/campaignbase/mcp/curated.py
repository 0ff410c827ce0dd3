"""What was done to a vocabulary, said the same over a store and over the API."""

from collections.abc import Iterable, Mapping
from typing import Any

from campaignbase.core.tags import fold_tag
from campaignbase.errors import InputError, NotFoundError
from campaignbase.mcp import results
from campaignbase.models.curation import ProposalState

Row = Mapping[str, Any]
TAKEN: tuple[ProposalState, ...] = ("refused", "removed")


def other_label(act: str, other: str | None) -> str:
    if other is None:
        raise InputError(f"{act} needs two labels; name the second one as other")
    return other


def waiting(word: str, proposals: Iterable[Row]) -> str:
    """The id of its proposal."""
    for row in proposals:
        if fold_tag(row["name"]) == fold_tag(word):
            return str(row["id"])
    raise NotFoundError(f"no word {word!r} waits; see waiting_words of list_vocabulary")


def check_wanted(kind: str, name: str, taken: Iterable[Row]) -> None:
    """Raise InputError for a word that a person refused or removed as such a label; `taken`: those."""
    for row in taken:
        if row["kind"] == kind and fold_tag(row["name"]) == fold_tag(name):
            raise InputError(
                f"{row['name']!r} was {row['state']} as a {kind} by a person,"
                " and an agent does not bring it back; ask a person to add it"
            )


def check_campaign(kind: str, key: str, campaign_id: str | None, wanted: str | None) -> None:
    """Raise NotFoundError for content or a post of another campaign than the wanted; None: any will do."""
    if wanted is not None and campaign_id != wanted:
        raise NotFoundError(f"no {kind} {key} here; this server works in campaign {wanted} alone")


def merge_told(name: str, merged: Row) -> results.Curated:
    counts = ", ".join(f"{merged[what]} {what}" for what in ("assets", "campaigns", "rules"))
    return results.Curated(did=f"merged {name!r} into {merged['kept']!r}: {counts} changed")


def distinct_told(name: str, other: str) -> results.Curated:
    return results.Curated(did=f"{name!r} and {other!r} are not suggested to be merged again")


def promoted_told(word: str) -> results.Curated:
    return results.Curated(did=f"{word!r} is a label now; the content in which it was met is labeled again")


def refused_told(word: str) -> results.Curated:
    return results.Curated(did=f"{word!r} is not proposed again")
