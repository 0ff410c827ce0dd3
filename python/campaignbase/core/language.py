"""Which language a text is in, by its script and its common words; None when unsure.

Pure. Languages are ISO 639-1 codes; of those in Latin script, the ones whose function words are given.
A close relative of one of them (Catalan, Galician, Afrikaans) may be taken for it in a short text.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set

from campaignbase.core.text import words

MIN_LETTERS = 3
MIN_SHARE_OF_SCRIPT = 0.6  # of the letters; below it scripts are mixed

# Latin script
MIN_WORDS = 4  # fewer say nothing
MIN_HITS = 2  # different known words that occur
MIN_COVERAGE = 0.12  # known words among all words
MIN_SCORE = 1.0  # known words, one that n languages share counting 1/n
MIN_LEAD = 1.4  # times the score of the second language
TELLING_SCORE = 1.0  # a letter that hardly any other of these languages writes
FOREIGN_LETTER_COST = 1.0  # per different letter that the language does not write

_SCRIPTS = {
    "el": re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"),
    "cyrillic": re.compile(r"[\u0400-\u052f]"),
    "hy": re.compile(r"[\u0530-\u058f]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "arabic": re.compile(r"[\u0600-\u06ff\u0750-\u077f]"),
    "devanagari": re.compile(r"[\u0900-\u097f]"),
    "bengali": re.compile(r"[\u0980-\u09ff]"),
    "ta": re.compile(r"[\u0b80-\u0bff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "ka": re.compile(r"[\u10a0-\u10ff]"),
    "ko": re.compile(r"[\u1100-\u11ff\uac00-\ud7af]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "zh": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]"),
    "latin": re.compile(r"[a-z\u00c0-\u024f\u1e00-\u1eff]", re.IGNORECASE),
}
_CYRILLIC = ((re.compile("[іїєґ]"), "uk"), (re.compile("[ыэё]"), "ru"))
_UNTOLD = frozenset({"devanagari", "bengali"})  # several large languages write these alike
_PERSIAN = re.compile("[پچژگ]")

# letters beyond a-z that each language writes, and those of them that tell it from its neighbors
_LETTERS = {
    "de": "äöüß",
    "en": "éï",
    "es": "áéíñóúü",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "it": "àèéìîòù",
    "nl": "éëïóöü",
    "pt": "áâãàçéêíóôõú",
}
_TELLING = {"de": "ß", "es": "ñ¿¡", "fr": "œæ", "pt": "ãõ"}


class LanguageDetector:
    def __init__(
        self,
        function_words: Mapping[str, Set[str]],
        common_words: Mapping[str, Set[str]] | None = None,
        other_words: Set[str] = frozenset(),
    ) -> None:
        """Prepare the lists.

        Args:
            function_words: per code of a language in Latin script its articles, pronouns, prepositions and
                the like, folded.
            common_words: per code what else its short texts often say, folded.
            other_words: of all further languages in Latin script, which are told apart from these only.
        """
        common = common_words or {}
        self._known = {
            code: frozenset(known) | common.get(code, frozenset()) for code, known in function_words.items()
        }
        self._others = other_words
        self._owners = Counter(word for known in (*self._known.values(), other_words) for word in known)

    def detect(self, text: str) -> str | None:
        """The language of the text, as a code; None for little, mixed or unknown text."""
        script = _script(text)
        if script == "latin":
            return self._latin(text)
        if script == "cyrillic":
            found = [code for letters, code in _CYRILLIC if letters.search(text.lower())]
            return found[0] if len(found) == 1 else None
        if script == "arabic":
            return "fa" if _PERSIAN.search(text) else "ar"
        return None if script in _UNTOLD else script

    def _latin(self, text: str) -> str | None:
        said = words(text)
        if len(said) < MIN_WORDS or not self._known:
            return None
        hits = {code: [word for word in said if word in known] for code, known in self._known.items()}
        scores = {code: self._score(code, found, text, said) for code, found in hits.items()}
        ranked = sorted(scores, key=lambda code: (-scores[code], code))
        best = ranked[0]
        second = max(
            scores[ranked[1]] if len(ranked) > 1 else 0.0,
            self._shared(word for word in said if word in self._others),
        )
        sure = (
            len(set(hits[best])) >= MIN_HITS
            and len(hits[best]) >= MIN_COVERAGE * len(said)
            and scores[best] >= max(MIN_SCORE, MIN_LEAD * second)
        )
        return best if sure else None

    def _score(self, code: str, hits: list[str], text: str, said: list[str]) -> float:
        letters = {letter for word in said for letter in word if letter.isalpha() and not letter.isascii()}
        foreign = len(letters.difference(_LETTERS.get(code, "")))
        telling = any(letter in text.lower() for letter in _TELLING.get(code, ""))
        return self._shared(hits) + TELLING_SCORE * telling - FOREIGN_LETTER_COST * foreign

    def _shared(self, hits: Iterable[str]) -> float:
        return sum(1 / self._owners[word] for word in hits)


def _script(text: str) -> str | None:
    counts = {script: len(letters.findall(text)) for script, letters in _SCRIPTS.items()}
    if counts["ja"]:  # Japanese writes Chinese characters too, Chinese no kana
        counts["ja"] += counts.pop("zh")
    script = max(counts, key=lambda name: counts[name])
    total = sum(counts.values())
    if total < MIN_LETTERS or counts[script] < MIN_SHARE_OF_SCRIPT * total:
        return None
    return script
