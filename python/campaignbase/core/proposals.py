"""Words of a text that may become tags: its hashtags that no label has. Pure."""

import re
from collections.abc import Collection

from campaignbase.core.tags import fold_tag, spellings
from campaignbase.core.text import beginning
from campaignbase.models import Vocabulary

MOST_WORDS = 5  # of one text
SHORTEST, LONGEST = 3, 40
_HASHTAG = re.compile(r"(?<![\w#&/])#(\w+(?:-\w+)*)")


def proposed_words(text: str, known: Collection[str]) -> tuple[str, ...]:
    """At most `MOST_WORDS`, in the order of the text, each once.

    Args:
        known: folds of all that is a label or another name of one; see `core.tags.spellings`.
    """
    found: dict[str, str] = {}
    for word in _HASHTAG.findall(text):
        folded = fold_tag(word)
        if SHORTEST <= len(word) <= LONGEST and not word.isdigit() and folded and folded not in known:
            found.setdefault(folded, word)
    return tuple(found.values())[:MOST_WORDS]


class UnknownWords:
    """`proposed_words` of texts, with what is known of each workspace kept until its vocabulary changes."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, frozenset[str]]] = {}  # by workspace: version, folds

    def of(self, workspace_id: str, vocabulary: Vocabulary, text: str) -> tuple[str, ...]:
        if "#" not in text:
            return ()
        known = self._known.get(workspace_id)
        if known is None or known[0] != vocabulary.version:
            folds = frozenset(spellings(vocabulary.tags)).union(
                fold_tag(word) for one in vocabulary.categories for word in (one.name, *one.aliases)
            )
            known = self._known[workspace_id] = (vocabulary.version, folds)
        return proposed_words(beginning(text), known[1])
