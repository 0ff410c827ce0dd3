"""Each decision reads as what · who decided · why, whatever was decided and whoever did."""

from datetime import UTC, datetime
from typing import Any

import pytest

from campaignbase.cli.wording import Told, told, who
from campaignbase.models import DecisionRecord


def decision(
    label: str | None, source: str | None = "model", *reasons: str, before: str | None = None, **more: Any
) -> DecisionRecord:
    fields: dict[str, Any] = {
        "field": "category",
        "labels": (),
        "candidate": None,
        "score": None,
        "outcome": "abstained" if label is None and source is None else "applied",
        "model": None,
        "prompt_version": None,
        "vocabulary_version": 1,
        "embedding_model": None,
        "latency_ms": None,
        "created_at": datetime(2026, 1, 2, tzinfo=UTC),
    }
    return DecisionRecord(
        label=label,
        previous_label=before,
        source=source,  # type: ignore[arg-type]
        reasons=reasons,
        **{**fields, **more},
    )


def tags(
    label: str | None, source: str, *reasons: str, before: str | None = None, **more: Any
) -> DecisionRecord:
    return decision(label, source, *reasons, before=before, field="tags", **more)


KEPT = {"outcome": "kept_human"}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        # a machine
        (decision("event", "model", "mentions 'doors'"), Told("event", "the model", "mentions 'doors'")),
        (
            decision("event", "rule", "rule 'doors': says 'doors'"),
            Told("event", "a rule", "'doors': says 'doors'"),
        ),
        (
            decision("event", "trained", "fitted on 240 texts", "nearest: a", before="offer"),
            Told("event", "the trained head", "before: offer; fitted on 240 texts; nearest: a"),
        ),
        # nobody, and what came nearest
        (
            decision(None, None, "nobody was sure: share of the evidence event 0.31", candidate="event"),
            Told("none", "nobody", "nearest: event; share of the evidence event 0.31"),
        ),
        (decision(None, None, "nothing to read"), Told("none", "nobody", "nothing to read")),
        # a person
        (decision("event", "human", "set by a person"), Told("event", "a person", "set")),
        (
            decision("event", "human", "confirmed by a person", before="event"),
            Told("event", "a person", "confirmed"),
        ),
        (
            decision("event", "human", "taken from an imported file", before="offer"),
            Told("event", "a person", "before: offer; taken from an imported file"),
        ),
        (
            decision(None, "human", "cleared by a person", before="event"),
            Told("none", "a person", "before: event; cleared"),
        ),
        # a person's stands, and what would have been
        (
            decision("offer", "model", "mentions 'sale'", before="event", **KEPT),
            Told("stays event", "a person", "the model says offer: mentions 'sale'"),
        ),
        (
            decision("event", "reuse", "same text as a", before="event", **KEPT),
            Told("stays event", "a person", "reuse of a text says the same: same text as a"),
        ),
        (
            decision("offer", "model", "mentions 'sale'", **KEPT),
            Told("stays empty", "a person", "the model says offer: mentions 'sale'"),
        ),
        (
            decision(None, None, "nobody was sure", before="event", candidate="offer", **KEPT),
            Told("stays event", "a person", "nobody else was sure; nearest: offer"),
        ),
        # tags
        (
            tags(
                "sale, urgency, retail",
                "rule",
                labels=(
                    {"name": "sale", "source": "rule", "score": 1.0, "reason": "rule 'x'"},
                    {"name": "urgency", "source": "model", "score": 0.5, "reason": "mentions 'today'"},
                    {"name": "retail", "source": "model", "score": 0.4, "reason": "says 'shop'"},
                ),
            ),
            Told(
                "sale, urgency, retail",
                "a rule and the model",
                "sale: rule 'x'; urgency: mentions 'today'; retail: says 'shop'",
            ),
        ),
        (tags("a, b", "human", "set by a person"), Told("added a, b", "a person", "")),
        (
            tags("a, c", "human", "set by a person", before="a, b"),
            Told("added c, removed b", "a person", ""),
        ),
        (tags(None, "human", "cleared by a person", before="a"), Told("removed a", "a person", "")),
        (
            tags("a, c", "human", "taken from an imported file", before="a"),
            Told("added c", "a person", "taken from an imported file"),
        ),
        (  # her word on tags that stay as they are
            tags("a", "human", "confirmed by a person: a; refused by a person: b", before="a"),
            Told("confirmed: a; refused: b", "a person", ""),
        ),
    ],
)
def test_told_says_what_who_and_why(one: DecisionRecord, expected: Told) -> None:
    assert told(one) == expected


@pytest.mark.parametrize("source", ["rule", "reuse", "neighbor", "trained", "model", "human", None])
def test_who_is_a_word_of_its_own_for_every_decider(source: str | None) -> None:
    assert who(source) != str(source)


def test_who_names_a_decider_of_a_later_version() -> None:
    assert who("oracle") == "oracle"


def test_told_lets_no_text_steer_the_terminal() -> None:
    line = told(decision("event", "model", "says 'a\x1b[2Jb'", before="of\nfer"))
    assert line.why == "before: of fer; says 'a [2Jb'"
