"""A file's spelling of a label finds the workspace's, and what is not there is counted, not guessed."""

from collections import Counter

from campaignbase.ingest import Row, match_labels
from campaignbase.ingest.labels import unknown_labels
from campaignbase.models import Category, NewContent, Tag

CATEGORIES = [Category("1", "event"), Category("2", "event_recap")]
TAGS = [Tag("3", "students", tag_type="audience"), Tag("4", "soup", tag_type="industry")]


def row(category: str | None, audience: str | None = None) -> Row:
    return Row("a.csv:2", NewContent(content="x", primary_category=category, target_audience=audience), None)


def test_match_labels_follows_case_spaces_and_hyphens_only() -> None:
    names = ["event", "Event Recap", "event-recap", None, "evnt", "Sell - House", "sell house"]
    match = match_labels([row(name) for name in names], CATEGORIES, TAGS)
    assert [found.content.primary_category for found in match.rows] == [
        "event",
        "event_recap",
        "event_recap",
        None,
        "evnt",
        "Sell - House",
        "Sell - House",  # one new category, by the first spelling met
    ]
    assert match.new_categories == Counter({"Sell - House": 2, "evnt": 1})


def test_audience_is_a_tag_of_that_type() -> None:
    match = match_labels([row(None, "Students"), row(None, "soup")], CATEGORIES, TAGS)
    assert match.rows[0].content.target_audience == "students"
    assert match.unknown_audiences == Counter({"soup": 1})


def test_unknown_labels_lists_near_and_known_ones() -> None:
    text = unknown_labels("categories", Counter({"evnt": 2, "zzz": 1}), ["event", "offer"], "add them")
    assert text == (
        "unknown categories: 'evnt' (2 rows, did you mean 'event'?), 'zzz' (1 row);"
        " known: event, offer; add them"
    )
