"""Rules that people's corrections suggest: words of what they filed in one place, and hardly elsewhere.

Pure. A word or phrase is proposed when MIN_SUPPORT corrected texts or more say it, and MIN_PRECISION or more
of the texts people filed that say it are in the category. Counts are those of the rule itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from campaignbase.core.text import contains_term, search_text, words
from campaignbase.models.rule_trials import JudgedRow, RuleProposal

MIN_SUPPORT = 3
MIN_PRECISION = 0.9
MAX_TERMS = 5  # of one rule
LONGEST = 3  # words of a phrase
READ_WORDS = 200  # of each text
TRIED = 50  # terms a category, the best by a first count
MAX_TERM = 100  # characters


@dataclass(frozen=True, slots=True)
class _Text:
    searched: str
    category: str
    corrected: bool


def propose(rows: Iterable[JudgedRow], min_support: int = MIN_SUPPORT) -> list[RuleProposal]:
    """The best first: by support, then precision, then category.

    Args:
        rows: those whose category a person decided count.
    """
    texts = [
        _Text(search_text(row.text), row.category, row.corrected)
        for row in rows
        if row.category_by_person and row.category is not None and row.text
    ]
    everywhere: Counter[str] = Counter()
    by_category: dict[str, Counter[str]] = defaultdict(Counter)
    corrected: dict[str, list[_Text]] = defaultdict(list)
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        terms = _terms(text.searched)
        everywhere.update(terms)
        by_category[text.category].update(terms)
        if text.corrected:
            corrected[text.category].append(text)
            said[text.category].update(terms)
    found = []
    for category, wanted in corrected.items():
        near = [
            term
            for term, count in said[category].items()
            if count >= min_support and by_category[category][term] >= MIN_PRECISION * everywhere[term]
        ]
        near.sort(key=lambda term: (said[category][term], *_plainness(term)), reverse=True)
        proposal = _proposal(category, near[:TRIED], wanted, texts, min_support)
        if proposal is not None:
            found.append(proposal)
    return sorted(found, key=lambda one: (-one.support, -one.precision, one.name))


def _terms(searched: str) -> set[str]:
    spoken = words(searched)[:READ_WORDS]
    return {
        term
        for size in range(1, LONGEST + 1)
        for start in range(len(spoken) - size + 1)
        if len(term := " ".join(spoken[start : start + size])) <= MAX_TERM
        and len(term) > 2
        and not term.replace(" ", "").isdigit()
    }


def _plainness(term: str) -> tuple[int, int, str]:
    """One word before a phrase that says as much: it will be said again."""
    return -len(term.split()), len(term), term


def _said_by(texts: Iterable[_Text], term: str) -> int:
    return sum(contains_term(text.searched, term) for text in texts)


def _proposal(
    category: str, near: Sequence[str], wanted: Sequence[_Text], texts: Sequence[_Text], min_support: int
) -> RuleProposal | None:
    """The fewest terms that say most, each for corrected texts that no other says."""
    taken: list[str] = []
    left = list(wanted)
    while len(taken) < MAX_TERMS:
        best = max(near, key=lambda term: (_said_by(left, term), *_plainness(term)), default="")
        said = [text for text in left if contains_term(text.searched, best)]
        # the first must hold alone, a further one must bring as much
        if not best or len(said) < (min_support if not taken else max(2, min_support - 1)):
            break
        hits = [text for text in texts if contains_term(text.searched, best)]
        near = [term for term in near if term != best]
        if sum(text.category == category for text in hits) < MIN_PRECISION * len(hits):
            continue
        taken.append(best)
        left = [text for text in left if text not in said]
    if not taken:
        return None
    hit = [text for text in texts if any(contains_term(text.searched, term) for term in taken)]
    right = sum(text.category == category for text in hit)
    return RuleProposal(
        name=f"says {taken[0]}: {category}"[:255],
        rule_type="categorization",
        conditions={"contains_keyword": taken},
        actions={"add_category": category},
        support=len(wanted) - len(left),
        corrected=len(wanted),
        precision=right / len(hit),
        judged_hits=len(hit),
    )
