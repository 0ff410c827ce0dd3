"""What the tools work out from rows, the same over a store and over the API."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from campaignbase.core.tags import TagEntry, TagIndex
from campaignbase.core.text import spoken
from campaignbase.mcp import results
from campaignbase.models import AUDIENCE

Row = Mapping[str, Any]
PUBLISHER = "none is configured: scheduled posts wait in the table social_posts"
RELATED_SCORE = 0.5  # times that of the tag it goes with
NEIGHBOR_SCORE = 0.8  # of a tag that all similar rows have; one that the text names has up to 1


def suggest(
    text: str, tags: Sequence[results.Tag], similar: Sequence[Sequence[str]], limit: int
) -> results.Suggestions:
    """`similar`: the tags of each similar row."""
    index = TagIndex(
        [
            TagEntry(
                tag.name,
                spoken(tag.name),
                tuple(tag.aliases or ()),
                tuple(tag.keywords or ()),
                tag.manual_only,
            )
            for tag in tags
            if tag.tag_type != AUDIENCE
        ]
    )
    found = {
        match.tag_id: results.Suggestion(tag=match.tag_id, score=min(1, match.score), reason=match.reason)
        for match in index.match(text)
    }
    for tag, count in Counter(tag for row in similar for tag in row).items():
        score = round(NEIGHBOR_SCORE * count / len(similar), 2)
        if tag not in found or found[tag].score < score:
            reason = f"{count} of the {len(similar)} most similar rows have it"
            found[tag] = results.Suggestion(tag=tag, score=score, reason=reason)
    relatives = {tag.name: tag.related for tag in tags}
    for known in sorted(found.values(), key=lambda one: (-one.score, one.tag)):
        for tag in relatives.get(known.tag, ()):
            if tag in relatives:
                score = round(RELATED_SCORE * known.score, 2)
                reason = f"often goes with {known.tag!r}"
                found.setdefault(tag, results.Suggestion(tag=tag, score=score, reason=reason))
    return results.Suggestions(tags=sorted(found.values(), key=lambda one: (-one.score, one.tag))[:limit])


def proposed_label(kind: Literal["category", "tag"], name: str) -> results.Proposed:
    state = "people may use it, machines do not until a person clears its manual_only"
    return results.Proposed(kind=kind, name=name, id=None, state=state)


def proposed_rule(name: str, rule_id: str) -> results.Proposed:
    state = "switched off until a person enables it"
    return results.Proposed(kind="rule", name=name, id=rule_id, state=state)


def accuracy(told: Row) -> results.Accuracy:
    """Of the statistics of content."""
    return results.Accuracy(
        rows=told["rows"],
        by_source=told["by_source"],
        confirmed=told["confirmed"],
        review=told["by_state"].get("review", 0),
    )


def performance(told: Row) -> results.Performance:
    """Of the statistics of posts."""
    figures = results.PlatformPerformance.model_fields
    return results.Performance(
        posts=told["posts"],
        scheduled=told["scheduled"],
        posted=told["posted"],
        failed=told["failed"],
        platforms=[
            results.PlatformPerformance(**{name: row[name] for name in figures}) for row in told["platforms"]
        ],
    )
