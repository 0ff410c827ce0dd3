"""What would come of a rule: its hits beside what people said, row by row.

Pure. Rows come chunk by chunk, so that any number can be read.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from campaignbase.core.rule_schema import CATEGORY_ACTIONS
from campaignbase.core.tags import fold_tag
from campaignbase.models.rule_trials import ClaimResult, Example, JudgedRow, RuleTrial

EXAMPLES = 10  # of a kind
SHOWN = 200  # characters

Claim = tuple[str, str]  # (action, label)


class Trial:
    def __init__(self, actions: Mapping[str, Any]) -> None:
        self._claims = claims(actions)
        self._counts: dict[Claim, Counter[str]] = {claim: Counter() for claim in self._claims}
        self._read = self._hits = 0
        self._conflicts: list[Example] = []
        self._misses: list[Example] = []

    def add(self, read: int, rows: Iterable[JudgedRow]) -> None:
        """Args: read: rows that were looked at, those among them that are none of `rows` too."""
        self._read += read
        for row in rows:
            self._hits += row.matched
            for claim in self._claims:
                self._judge(row, claim)

    def _judge(self, row: JudgedRow, claim: Claim) -> None:
        agrees, said = said_of(row, claim)
        counts = self._counts[claim]
        if not row.matched:
            if agrees:
                counts["missed"] += 1
                self._note(self._misses, row, claim, said)
        elif agrees is None:
            counts["unjudged"] += 1
        elif agrees:
            counts["agreed"] += 1
        else:
            counts["conflicts"] += 1
            self._note(self._conflicts, row, claim, said)

    def _note(self, kept: list[Example], row: JudgedRow, claim: Claim, said: str | None) -> None:
        if len(kept) < EXAMPLES:
            kept.append(Example(row.id, None if row.text is None else row.text[:SHOWN], *claim, said))

    def result(self) -> RuleTrial:
        return RuleTrial(
            self._read,
            self._hits,
            tuple(_result(claim, self._counts[claim]) for claim in self._claims),
            tuple(self._conflicts),
            tuple(self._misses),
        )


def claims(actions: Mapping[str, Any]) -> list[Claim]:
    """The labels that the actions give; approvals, posts and webhooks are none."""
    found: list[Claim] = []
    for action, value in sorted(actions.items()):
        if action in (*CATEGORY_ACTIONS, "set_audience", "set_sentiment"):
            found.append((action, value))
        elif action in ("add_tags", "remove_tags"):
            found += [(action, tag) for tag in ([value] if isinstance(value, str) else value)]
    return found


def said_of(row: JudgedRow, claim: Claim) -> tuple[bool | None, str | None]:
    """(does a person agree, what she says); None: nobody judged that."""
    action, label = claim
    if action in CATEGORY_ACTIONS:
        return (row.category == label, row.category) if row.category_by_person else (None, None)
    if action == "set_sentiment":
        return (row.sentiment == label, row.sentiment) if row.sentiment_by_person else (None, None)
    if action == "set_audience":
        if not row.audience_by_person:
            return None, None
        return row.audience is not None and fold_tag(row.audience) == fold_tag(label), row.audience
    given, refused = (_has(row.given_tags, label), _has(row.refused_tags, label))
    if not given and not refused:
        return None, None
    said = f"gave {label}" if given else f"refused {label}"
    return given == (action == "add_tags"), said


def _has(tags: Sequence[str], label: str) -> bool:
    return fold_tag(label) in map(fold_tag, tags)


def _result(claim: Claim, counts: Counter[str]) -> ClaimResult:
    agreed, conflicts, missed = counts["agreed"], counts["conflicts"], counts["missed"]
    return ClaimResult(
        *claim,
        agreed=agreed,
        conflicts=conflicts,
        missed=missed,
        unjudged=counts["unjudged"],
        precision=agreed / (agreed + conflicts) if agreed + conflicts else None,
        recall=agreed / (agreed + missed) if agreed + missed else None,
    )
