"""How a text feels, by a lexicon: words that count, what turns them, what makes them louder.

Pure. The shipped lexicon is English.
"""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from campaignbase.core.text import fold
from campaignbase.models import LabelChoice, Sentiment

NEGATION_WINDOW = 3  # words before a feeling in which a negator turns it
NEGATION = -0.5  # "not great" is less bad than "bad"
EXCLAMATION = 1.2  # a sentence that ends in '!' is louder
QUESTION = 0.5  # "Tired of slow tools?" raises a problem and feels nothing

# Marketing praises by habit and names the problems it solves, so one mild word is no feeling: a label needs
# a strong word or two. The total is divided by sqrt(total ** 2 + CALM + words / WORDS_PER_CALM): -1..1.
CALM = 15.0
WORDS_PER_CALM = 8.0
POSITIVE = 0.36
NEGATIVE = -0.44
MIXED_TOTAL = 2.0  # both sides must weigh this much,
MIXED_SHARE = 0.5  # and the weaker this share of the stronger
MIXED_SURE = 0.5

REASONS = 12  # told of one text, at most

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*%?|[^\w\s]|\n")
_CLAUSE_BREAKS = frozenset({*".!?;:,\n\u2026", "but", "however", "yet", "although", "though"})
_SENTENCE_ENDS = frozenset(".!?\n\u2026")

Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feeling:
    """`score`: -1..1. `reasons`: the words that counted, in order, each with its weight."""

    label: Sentiment
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    weight: float
    reason: str


class SentimentLexicon:
    def __init__(
        self, scores: Mapping[str, float], negators: Collection[str], boosters: Mapping[str, float]
    ) -> None:
        """Prepare the lists.

        Args:
            scores: word, phrase or emoji to -3..3.
            negators: words that turn the feeling after them.
            boosters: word or phrase to what multiplies the feeling right after it; below 1 weakens.
        """
        self._scores = {_tokens(phrase): score for phrase, score in scores.items()}
        self._boosters = {_tokens(phrase): factor for phrase, factor in boosters.items()}
        self._negators = {fold(word) for word in negators}
        self._longest = max((len(phrase) for phrase in self._scores), default=1)
        self._longest_booster = max((len(phrase) for phrase in self._boosters), default=0)

    def analyze(self, text: str) -> LabelChoice:
        """As a decision, its score 0..1 for how sure; abstains when there is nothing to read."""
        feeling = self.read(text)
        if feeling is None:
            return LabelChoice(reasons=("nothing to read",))
        match feeling.label:
            case "mixed":
                sure = MIXED_SURE
            case "neutral":
                sure = 1 - abs(feeling.score)
            case _:
                sure = abs(feeling.score)
        reasons = feeling.reasons[:REASONS] or ("no word of feeling",)
        if len(feeling.reasons) > REASONS:
            reasons = (*reasons, f"and {len(feeling.reasons) - REASONS:,} more")
        if feeling.reasons:
            reasons = (*reasons, f"together {feeling.score:+.2f} between -1 and +1")
        return LabelChoice("model", round(sure, 4), reasons, label=feeling.label)

    def read(self, text: str) -> Feeling | None:
        """How the text feels; None when there is no word or emoji to read."""
        tokens = _tokens(text)
        words = sum(token[0].isalnum() for token in tokens)
        hits = [hit for clause, ending in _clauses(tokens) for hit in self._read_clause(clause, ending)]
        if not words and not hits:
            return None
        good = sum(hit.weight for hit in hits if hit.weight > 0)
        bad = -sum(hit.weight for hit in hits if hit.weight < 0)
        total = good - bad
        score = round(total / math.sqrt(total**2 + CALM + words / WORDS_PER_CALM), 4)
        return Feeling(_label(good, bad, score), score, tuple(hit.reason for hit in hits))

    def _read_clause(self, clause: Tokens, ending: str) -> list[_Hit]:
        hits = []
        place = 0
        read_until = 0  # words of one feeling neither turn nor boost the next
        reach = self._longest_booster + NEGATION_WINDOW  # further back nothing is looked at
        while place < len(clause):
            length = self._match(clause[place : place + self._longest])
            if length:
                before = clause[max(read_until, place - reach) : place]
                hits.append(self._weigh(clause[place : place + length], before, ending))
                read_until = place + length
            place += length or 1
        return hits

    def _match(self, tokens: Tokens) -> int:
        """Length of the longest phrase of the lexicon that these few tokens start with; 0 for none."""
        lengths = range(len(tokens), 0, -1)
        return next((length for length in lengths if tokens[:length] in self._scores), 0)

    def _weigh(self, phrase: Tokens, before: Tokens, ending: str) -> _Hit:
        weight = self._scores[phrase]
        said = phrase
        for length in range(min(self._longest_booster, len(before)), 0, -1):
            booster = before[-length:]
            if booster in self._boosters:
                weight *= self._boosters[booster]
                said, before = booster + said, before[:-length]
                break
        negators = [word for word in before[-NEGATION_WINDOW:] if word in self._negators]
        if negators:
            weight *= NEGATION
            said = (negators[-1], *said)
        if ending == "!":
            weight *= EXCLAMATION
        elif ending == "?":
            weight *= QUESTION
        return _Hit(weight, f"'{' '.join(said)}' {weight:+.1f}")


def _tokens(text: str) -> Tokens:
    """Folded words, punctuation marks and emoji, one by one."""
    # hyphens join what the lexicon may write apart; the variation selector only asks for a colored picture
    return tuple(_TOKEN.findall(fold(text).replace("-", " ").replace("\ufe0f", "")))


def _clauses(tokens: Tokens) -> list[tuple[Tokens, str]]:
    """(tokens of a clause, the mark that ends its sentence), in order."""
    clauses = []
    ending = "."
    end = len(tokens)
    for place in range(len(tokens) - 1, -2, -1):  # from the end on, where sentences tell how they end
        if place < 0 or tokens[place] in _CLAUSE_BREAKS:
            if end > place + 1:
                clauses.append((tokens[place + 1 : end], ending))
            end = place
            if place >= 0 and tokens[place] in _SENTENCE_ENDS:
                ending = tokens[place]
    return clauses[::-1]


def _label(good: float, bad: float, score: float) -> Sentiment:
    if min(good, bad) >= MIXED_TOTAL and min(good, bad) >= MIXED_SHARE * max(good, bad):
        return "mixed"
    if score >= POSITIVE:
        return "positive"
    if score <= NEGATIVE:
        return "negative"
    return "neutral"
