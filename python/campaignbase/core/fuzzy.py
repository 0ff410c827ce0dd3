"""Does a text say nearly these words: `fuzzy` forgives typing errors and knows no synonyms.

Pure. The twin in SQL is private.rule_fuzzy_holds. The formula:

words      maximal runs of word characters (`text.WORD_CHARACTERS`) of the first FUZZY_CHARACTERS of the text,
           searched as keywords are.
edits      the fewest letters put in, left out, replaced, or swapped with the next one, that make one word of
           the other, where no part is edited twice (optimal string alignment).
allowance  of a word that is asked for: 0 up to 4 letters, 1 from 5 to 8, 2 from 9.
holds      some n words of the text that follow each other begin with the letters of the n words of a term,
           each with its own, and are as many edits from them as allowed, at most.
"""

import re
from collections.abc import Sequence

from campaignbase.core.text import WORD_CHARACTERS, search_text

FUZZY_CHARACTERS = 20_000
SURE_LETTERS = 4  # that many or fewer: shorter words have too many others beside them
ONE_EDIT_LETTERS = 8  # up to here one, two beyond

_WORD = re.compile(f"[{WORD_CHARACTERS}]+")


def text_words(searched: str) -> list[str]:
    """Args: searched: from `text.search_text`."""
    return _WORD.findall(searched[:FUZZY_CHARACTERS])


def term_words(term: str) -> list[str]:
    return _WORD.findall(search_text(term))


def find_nearly(words: Sequence[str], term: str) -> str | None:
    """The first words of the text that are nearly those of the term; None without any."""
    wanted = term_words(term)
    if not wanted:
        return None
    for start in range(len(words) - len(wanted) + 1):
        said = words[start : start + len(wanted)]
        if all(is_nearly(one, other) for one, other in zip(wanted, said, strict=True)):
            return " ".join(said)
    return None


def is_nearly(wanted: str, said: str) -> bool:
    most = allowance(wanted)
    if wanted[0] != said[0] or abs(len(wanted) - len(said)) > most:
        return False
    return wanted == said or (most > 0 and edits(wanted, said) <= most)


def allowance(word: str) -> int:
    if len(word) <= SURE_LETTERS:
        return 0
    return 1 if len(word) <= ONE_EDIT_LETTERS else 2


def edits(one: str, other: str) -> int:
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, mine in enumerate(other, start=1):
            best = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != mine))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == mine:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]
