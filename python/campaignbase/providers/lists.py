"""The word lists that ship with the package, read once."""

from functools import cache, lru_cache
from importlib import resources

from campaignbase.core.language import LanguageDetector
from campaignbase.core.sentiment import SentimentLexicon

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")


@cache
def sentiment_lexicon() -> SentimentLexicon:
    return SentimentLexicon(
        _numbers("sentiment_lexicon.tsv"), _lines("negators.txt"), _numbers("boosters.tsv")
    )


@cache
def language_detector() -> LanguageDetector:
    return LanguageDetector(
        {code: stopwords(code) for code in LANGUAGES},
        {code: frozenset(_lines(f"common_words/{code}.txt")) for code in LANGUAGES},
        frozenset(_lines("other_languages.txt")),
    )


@lru_cache(maxsize=512)
def language(text: str) -> str | None:
    """Kept for the texts of a batch: several ask about the same one."""
    return language_detector().detect(text)


@cache
def stopwords(code: str) -> frozenset[str]:
    return frozenset(_lines(f"stopwords/{code}.txt"))


def _lines(name: str) -> list[str]:
    return (resources.files("campaignbase") / "data" / name).read_text("utf-8").splitlines()


def _numbers(name: str) -> dict[str, float]:
    pairs = (line.split("\t") for line in _lines(name))
    return {word: float(number) for word, number in pairs}
