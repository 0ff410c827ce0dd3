"""Which tags of the vocabulary a text names: fold, match, keep the best.

Pure. `fold_tag` has a twin in SQL (private.fold_tag).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from campaignbase.core.text import lower, words
from campaignbase.models import MAX_MACHINE_TAGS, Tag

# 0..1: how sure a kind of match makes us
HASHTAG_SCORE = 1.0
NAME_SCORE = 0.9
ALIAS_SCORE = 0.85
KEYWORD_SCORE = 0.5  # the first keyword found; a phrase says more than a word
PHRASE_SCORE = 0.6
FURTHER_KEYWORD_SCORE = 0.15  # each further distinct one
MAX_KEYWORD_SCORE = 0.8

SHORTEST_SPELLING = 2  # a lone letter is no sign of the tag "c++"

_SEPARATORS = str.maketrans("", "", " -_")


def fold_tag(name: str) -> str:
    """What two spellings of one tag share: lower case, no spaces, '-', '_', leading '#', nor plural.

    Source: sql/functions/fold_tag.sql takes the same steps.
    """
    word = lower(name).translate(_SEPARATORS).lstrip("#")
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith(("sses", "shes", "ches", "xes", "zes")) and len(word) > 4:
        return word[:-2]
    if word.endswith("s") and len(word) > 3:
        return word[:-1]
    return word


def spellings(tags: Iterable[Tag]) -> dict[str, str]:
    """The name of the tag that each fold means; a tag's own name before another's alias."""
    ordered = sorted(tags, key=lambda tag: tag.name)
    found = {fold_tag(tag.name): tag.name for tag in reversed(ordered)}
    for tag in ordered:
        for alias in tag.aliases:
            found.setdefault(fold_tag(alias), tag.name)
    return found


@dataclass(frozen=True, slots=True)
class TagEntry:
    """One tag of the vocabulary, as far as words can find it. `manual_only`: never offered by a machine."""

    id: str
    name: str
    aliases: Sequence[str] = ()
    keywords: Sequence[str] = ()
    manual_only: bool = False


@dataclass(frozen=True, slots=True)
class ScoredTag:
    """`score`: 0..1. `reason`: for people."""

    tag_id: str
    score: float
    reason: str


class TagIndex:
    """A vocabulary ready to be looked for in texts.

    Where two tags claim one spelling, a name beats an alias and the earlier entry the later; a keyword may
    belong to several tags.
    """

    def __init__(self, entries: Sequence[TagEntry]) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self._folded: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        self._keywords: dict[str, list[tuple[str, str]]] = {}
        self._longest = 1
        self._spellings: set[str] = set()
        self._beginnings: set[str] = set()  # first three letters
        for entry in entries:
            self._folded.setdefault(fold_tag(entry.name), entry.id)
        for entry in entries:
            for alias in entry.aliases:
                self._folded.setdefault(fold_tag(alias), entry.id)
        for entry in entries:
            self._learn(self._names, entry.name, entry.id)
            for alias in entry.aliases:
                self._learn(self._aliases, alias, entry.id)
            for keyword in entry.keywords:
                self._keywords.setdefault(self._spelling(keyword), []).append((entry.id, keyword))

    def find(self, name: str) -> str | None:
        """The id of the tag with this name or alias, manual-only ones included; None for an unknown word."""
        return self._folded.get(fold_tag(name))

    def match(self, text: str) -> list[ScoredTag]:
        """Every tag the text names, alludes to by alias or keyword, best first; manual-only ones left out."""
        found: dict[str, ScoredTag] = {}
        keywords: dict[str, dict[str, float]] = {}
        tokens = words(text)
        hashtags = {fold_tag(word) for word in text.split() if word.startswith("#")}
        for start in range(len(tokens)):
            joined = ""
            for end in range(start + 1, min(start + self._longest, len(tokens)) + 1):
                joined += tokens[end - 1]
                # folding keeps the beginning of six letters or more: no spelling begins so, whatever follows
                if len(joined) >= 6 and joined[:3] not in self._beginnings:
                    break
                spelling = fold_tag(joined)
                if len(spelling) < SHORTEST_SPELLING or spelling not in self._spellings:
                    continue
                said = " ".join(tokens[start:end])
                if (tag_id := self._names.get(spelling)) is not None:
                    if spelling in hashtags:
                        self._keep(found, ScoredTag(tag_id, HASHTAG_SCORE, f"#{said}"))
                    else:
                        self._keep(found, ScoredTag(tag_id, NAME_SCORE, f"says '{said}'"))
                elif (tag_id := self._aliases.get(spelling)) is not None:
                    self._keep(found, ScoredTag(tag_id, ALIAS_SCORE, f"says '{said}'"))
                for tag_id, keyword in self._keywords.get(spelling, ()):
                    score = KEYWORD_SCORE if end == start + 1 else PHRASE_SCORE
                    keywords.setdefault(tag_id, {}).setdefault(keyword, score)
        for tag_id, hits in keywords.items():
            score = min(MAX_KEYWORD_SCORE, max(hits.values()) + FURTHER_KEYWORD_SCORE * (len(hits) - 1))
            said = ", ".join(f"'{keyword}'" for keyword in hits)
            self._keep(found, ScoredTag(tag_id, round(score, 4), f"mentions {said}"))
        return sorted(found.values(), key=lambda tag: (-tag.score, self._entries[tag.tag_id].name))

    def _learn(self, spellings: dict[str, str], spoken: str, tag_id: str) -> None:
        spellings.setdefault(self._spelling(spoken), tag_id)

    def _spelling(self, spoken: str) -> str:
        spelling, length = _spelling(spoken)
        self._longest = max(self._longest, length)
        self._spellings.add(spelling)
        self._beginnings.add(spelling[:3])
        return spelling

    def _keep(self, found: dict[str, ScoredTag], tag: ScoredTag) -> None:
        if self._entries[tag.tag_id].manual_only:
            return
        known = found.get(tag.tag_id)
        if known is None or tag.score > known.score:
            found[tag.tag_id] = tag


def merge_tags(
    *witnesses: Iterable[ScoredTag], rejected: Collection[str] = (), limit: int = MAX_MACHINE_TAGS
) -> list[ScoredTag]:
    """One entry a tag, its best score, best first, at most `limit`.

    Args:
        witnesses: the earlier witness wins an equal score.
        rejected: ids a person removed from this row; they stay removed.
    """
    best: dict[str, ScoredTag] = {}
    for witness in witnesses:
        for tag in witness:
            if tag.tag_id not in rejected and (tag.tag_id not in best or tag.score > best[tag.tag_id].score):
                best[tag.tag_id] = tag
    return sorted(best.values(), key=lambda tag: -tag.score)[:limit]


def _spelling(spoken: str) -> tuple[str, int]:
    """The fold of its words written together, and how many words they are."""
    parts = words(spoken)
    return fold_tag("".join(parts)), len(parts)
