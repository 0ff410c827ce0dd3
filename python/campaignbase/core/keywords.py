"""The phrases a text is about, found by counting: runs of words between function words.

Pure and deterministic. RAKE (Rose et al. 2010: a word scores by the company it keeps) with three changes:
long runs are no phrases, a phrase scores the mean of its words and not their sum, and what stands early or as
a hashtag counts more.
"""

import re
from collections import Counter
from collections.abc import Collection

from campaignbase.core.text import fold

MAX_PHRASE_WORDS = 3
MIN_LETTERS = 3  # of a phrase: "4K" says nothing
MAX_LENGTH = 100  # of a phrase; longer is no phrase but text without spaces
HASHTAG_FACTOR = 2.0
FIRST_SENTENCE_FACTOR = 1.25

_SENTENCE = re.compile(r"[^.!?\n\u2026]+")
_TOKEN = re.compile(r"#?[^\W_]+(?:['\-][^\W_]+)*|[^\w\s]")  # a lone mark parts phrases


def extract_keywords(text: str, stopwords: Collection[str], limit: int = 10) -> list[tuple[str, float]]:
    """(phrase, score 0..1) best first, the best scoring 1; ties in order of appearance.

    Args:
        stopwords: folded function words of the text's language, or of several; they part phrases.
        limit: phrases at most.
    """
    phrases: list[tuple[tuple[str, ...], float]] = []
    for number, sentence in enumerate(_SENTENCE.findall(fold(text))):
        early = FIRST_SENTENCE_FACTOR if number == 0 else 1.0
        phrases += [(phrase, early * factor) for phrase, factor in _phrases(sentence, frozenset(stopwords))]
    frequency: Counter[str] = Counter()
    company: Counter[str] = Counter()  # words it stands with, itself included
    for phrase, _ in phrases:
        for word in phrase:
            frequency[word] += 1
            company[word] += len(phrase)
    scores: dict[str, float] = {}
    for phrase, factor in phrases:
        mean = sum(company[word] / frequency[word] for word in phrase) / len(phrase)
        spelled = " ".join(phrase)
        scores[spelled] = scores.get(spelled, 0.0) + factor * mean
    best = max(scores.values(), default=1.0)
    ranked = sorted(scores.items(), key=lambda scored: -scored[1])
    return [(phrase, round(score / best, 4)) for phrase, score in ranked[:limit]]


def _phrases(sentence: str, stopwords: frozenset[str]) -> list[tuple[tuple[str, ...], float]]:
    """(words, factor) of the runs of content words; a run over MAX_PHRASE_WORDS falls into single words."""
    runs: list[list[str]] = [[]]
    hashtags: list[tuple[tuple[str, ...], float]] = []
    for token in _TOKEN.findall(sentence):
        if token.startswith("#") and len(token) > 1:
            hashtags.append(((token[1:],), HASHTAG_FACTOR))
            runs.append([])
        elif token[0].isalnum() and token not in stopwords:
            runs[-1].append(token)
        else:
            runs.append([])
    phrases = [
        (phrase, 1.0)
        for run in runs
        for phrase in ([tuple(run)] if len(run) <= MAX_PHRASE_WORDS else [(word,) for word in run])
    ]
    return [found for found in (*phrases, *hashtags) if _tells(found[0])]


def _tells(phrase: tuple[str, ...]) -> bool:
    if sum(map(len, phrase)) > MAX_LENGTH:
        return False
    return sum(character.isalpha() for word in phrase for character in word) >= MIN_LETTERS
