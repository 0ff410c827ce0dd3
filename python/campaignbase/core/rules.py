"""Do the conditions of a rule hold for an asset, and why.

Pure. The twin in SQL is private.rule_matches; what a word, a fold and a regex are is defined in `text` and
`regex_subset`. Conditions are taken as `rule_schema.validate_rule` accepts them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from campaignbase.core.fuzzy import find_nearly, text_words
from campaignbase.core.regex_subset import regex_find
from campaignbase.core.rule_schema import (
    EQUALITY_FIELDS,
    FUZZY_FIELD,
    NUMBER_FIELDS,
    REGEX_FIELD,
    TEXT_FIELDS,
)
from campaignbase.core.tags import fold_tag
from campaignbase.core.text import contains_term, fold, search_text, word_count
from campaignbase.errors import RuleError

SHOWN = 80  # characters of what a regex found

Conditions = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a rule can see of one asset. None and empty mean unknown: no condition on it holds."""

    text: str = ""
    content_type: str | None = None
    campaign_type: str | None = None
    platforms: tuple[str, ...] = ()  # target_platforms of the campaign
    generator: str | None = None
    language: str | None = None
    category: str | None = None
    tags: frozenset[str] = frozenset()
    sentiment: str | None = None
    target_audience: str | None = None
    quality_score: float | None = None  # 0..1
    similarity: float | None = None  # cosine to the nearest category, -1..1

    @cached_property
    def word_count(self) -> int:
        return word_count(self.text)

    @cached_property
    def folded_text(self) -> str:
        return fold(self.text)

    @cached_property
    def searched_text(self) -> str:
        return search_text(self.text)

    @cached_property
    def words(self) -> list[str]:
        return text_words(self.searched_text)


def rule_matches(
    conditions: Conditions, facts: Facts, on_timeout: Callable[[str], None] | None = None
) -> bool:
    """Do all the conditions hold?

    Args:
        on_timeout: told the pattern of a regex that gave no answer in time; the rule then does not match,
            wherever in it that regex stands.
    """
    try:
        return _reasons(conditions, facts) is not None
    except _SlowRegexError as timeout:
        if on_timeout is not None:
            on_timeout(timeout.pattern)
        return False


def explain_match(conditions: Conditions, facts: Facts) -> list[str]:
    """What made the rule match, for people, conditions in alphabetical order; [] when it does not match."""
    try:
        return _reasons(conditions, facts) or []
    except _SlowRegexError:
        return []


class _SlowRegexError(Exception):
    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern


def _reasons(conditions: Conditions, facts: Facts) -> list[str] | None:
    """Why the conditions hold; None when they do not."""
    if any(
        _reason_of_number(key, conditions[key], facts) is None for key in conditions if key in NUMBER_FIELDS
    ):
        return None  # before texts are searched
    found: list[str] = []
    for key in sorted(conditions):
        reasons = _reasons_of(key, conditions[key], facts)
        if reasons is None:
            return None
        found += reasons
    return found


def _reasons_of(key: str, value: Any, facts: Facts) -> list[str] | None:
    if key == "all":
        return _reasons_of_all(value, facts)
    if key == "any":
        return next((reasons for part in value if (reasons := _reasons(part, facts)) is not None), None)
    if key == "not":
        return [f"not ({describe(value)})"] if _reasons(value, facts) is None else None
    if key in NUMBER_FIELDS:
        return _reason_of_number(key, value, facts)
    if key == REGEX_FIELD:
        return _reason_of_regex(value, facts)
    if key == FUZZY_FIELD:
        return _reason_of_fuzzy(_as_list(value), facts)
    if key in TEXT_FIELDS:
        return _reason_of_text(key, _as_list(value), facts)
    if key in EQUALITY_FIELDS:
        return _reason_of_equality(key, _as_list(value), facts)
    raise RuleError(f"conditions: unknown condition '{key}'")


def _reasons_of_all(parts: Sequence[Conditions], facts: Facts) -> list[str] | None:
    found: list[str] = []
    for part in parts:
        reasons = _reasons(part, facts)
        if reasons is None:
            return None
        found += reasons
    return found


def _reason_of_number(key: str, bound: float, facts: Facts) -> list[str] | None:
    side, field = key.split("_", 1)
    number: float | None = getattr(facts, field)
    if number is None or (number < bound if side == "min" else number > bound):
        return None
    return [f"{_spoken(field)} {number:g} is at {'least' if side == 'min' else 'most'} {bound:g}"]


def _reason_of_regex(pattern: str, facts: Facts) -> list[str] | None:
    try:
        found = regex_find(pattern, facts.folded_text)
    except TimeoutError:
        raise _SlowRegexError(pattern) from None
    if found is None:
        return None
    # a person reads what was said sooner than how it was looked for
    said = found.strip()
    if len(said) > SHOWN:
        said = f"{said[: SHOWN - 1]}\u2026"
    return [f"says '{said}'" if said else f"matches /{pattern}/"]


def _reason_of_text(key: str, terms: Sequence[str], facts: Facts) -> list[str] | None:
    present = [term for term in terms if contains_term(facts.searched_text, term)]
    if not present or (key == "contains_all" and len(present) < len(terms)):
        return None
    shown = present if key == "contains_all" else present[:1]
    return [f"contains '{term}'" for term in shown]


def _reason_of_fuzzy(terms: Sequence[str], facts: Facts) -> list[str] | None:
    for term in terms:
        said = find_nearly(facts.words, term)
        if said is not None:
            return [f"says '{said}', nearly '{term}'"]
    return None


def _reason_of_equality(field: str, wanted: Sequence[str], facts: Facts) -> list[str] | None:
    folding = fold_tag if field in ("tag", "target_audience") else fold
    have = {folding(value) for value in _values(field, facts)}
    return next(([f"{_spoken(field)} is '{value}'"] for value in wanted if folding(value) in have), None)


def _spoken(field: str) -> str:
    return field.replace("_", " ")


def _values(field: str, facts: Facts) -> Sequence[str]:
    if field == "platform":
        return facts.platforms
    if field == "tag":
        return tuple(facts.tags)
    value: str | None = getattr(facts, field)
    return () if value is None else (value,)


def _as_list(value: str | Sequence[str]) -> Sequence[str]:
    return (value,) if isinstance(value, str) else value


def describe(conditions: Conditions) -> str:
    """The conditions in words: `contains 'clinical' or 'trial' and word count is at most 80`."""
    return " and ".join(_describe_one(key, conditions[key]) for key in sorted(conditions))


def _describe_one(key: str, value: Any) -> str:
    if key == "not":
        return f"not ({describe(value)})"
    if key in ("all", "any"):
        joiner = " and " if key == "all" else " or "
        return "(" + joiner.join(describe(part) for part in value) + ")"
    if key in NUMBER_FIELDS:
        side, field = key.split("_", 1)
        return f"{_spoken(field)} is at {'least' if side == 'min' else 'most'} {value:g}"
    if key == REGEX_FIELD:
        return f"matches /{value}/"
    verb = "contains" if key in TEXT_FIELDS else f"{_spoken(key)} is"
    verb = "says nearly" if key == FUZZY_FIELD else verb
    joiner = " and " if key == "contains_all" else " or "
    return f"{verb} " + joiner.join(f"'{term}'" for term in _as_list(value))
