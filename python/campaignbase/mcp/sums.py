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
METRICS = ("views", "likes", "comments", "shares", "clicks")
NEIGHBOR_SCORE = 0.8  # of a tag that all similar rows have; one that the text names has up to 1


def suggest(
    text: str, tags: Sequence[results.Tag], similar: Sequence[Sequence[str]], limit: int
) -> results.Suggestions:
    """`similar`: the tags of each similar row."""
    index = TagIndex(
        [
            TagEntry(tag.name, spoken(tag.name), tuple(tag.aliases), tuple(tag.keywords), tag.manual_only)
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
    return results.Suggestions(tags=sorted(found.values(), key=lambda one: (-one.score, one.tag))[:limit])


def proposed_label(kind: Literal["category", "tag"], name: str) -> results.Proposed:
    group = "categories" if kind == "category" else "tags"
    state = (
        "people may use it, machines do not; to let them:"
        f" campaignbase {group} edit {name!r} --no-manual-only"
    )
    return results.Proposed(kind=kind, name=name, id=None, state=state)


def proposed_rule(name: str, rule_id: str) -> results.Proposed:
    state = f"switched off; to switch it on: campaignbase rules enable {rule_id[:8]}"
    return results.Proposed(kind="rule", name=name, id=rule_id, state=state)


def accuracy(rows: Sequence[Row]) -> results.Accuracy:
    return results.Accuracy(
        rows=len(rows),
        by_source=dict(Counter(row["category_source"] or "nobody" for row in rows)),
        confirmed=sum(row["confirmed_at"] is not None for row in rows),
        review=sum(row["label_state"] == "review" for row in rows),
    )


def performance(posts: Sequence[Row]) -> results.Performance:
    states = Counter(post["status"] for post in posts)
    return results.Performance(
        posts=len(posts),
        scheduled=states["scheduled"],
        posted=states["posted"],
        failed=states["failed"],
        platforms=[
            _platform(name, [post for post in posts if post["platform"] == name])
            for name in sorted({post["platform"] for post in posts})
        ],
    )


def _platform(name: str, posts: Sequence[Row]) -> results.PlatformPerformance:
    seen = [post for post in posts if post["views"]]
    views = sum(post["views"] for post in seen)
    reactions = sum(post[metric] or 0 for post in seen for metric in METRICS[1:])
    return results.PlatformPerformance(
        platform=name,
        posts=len(posts),
        posted=sum(post["status"] == "posted" for post in posts),
        engagement_rate=round(reactions / views, 4) if views else None,
        **{metric: _sum([post[metric] for post in posts]) for metric in METRICS},
    )


def _sum(values: Sequence[int | None]) -> int | None:
    """None where no post has the figure."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
