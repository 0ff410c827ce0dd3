"""Labels that a rule calls by another name of theirs, called by their own.

Pure. The twin in SQL is private.rule_own_names.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from campaignbase.core.names import find_category
from campaignbase.core.tags import fold_tag, spellings
from campaignbase.models import Category, Tag

CATEGORY_FIELDS = frozenset({"category", "add_category"})
TAG_FIELDS = frozenset({"tag", "target_audience", "add_tags", "remove_tags", "set_audience"})


def in_own_names(
    part: Mapping[str, Any], categories: Sequence[Category], tags: Sequence[Tag]
) -> dict[str, Any]:
    """Args: part: conditions or actions that may be saved."""
    words = spellings(tags)

    def of_category(word: str) -> str:
        return find_category(word, categories) or word

    def of_tag(word: str) -> str:
        folded = fold_tag(word.strip(" "))
        name = words.get(folded, word)
        # another spelling of its own name is as good
        return word if fold_tag(name) == folded else name

    def renamed(value: Any, naming: Callable[[str], str] | None) -> Any:
        if isinstance(value, Mapping):
            return {key: renamed(below, _naming(key)) for key, below in value.items()}
        if isinstance(value, list | tuple):
            return [renamed(below, naming) for below in value]
        return naming(value) if naming is not None and isinstance(value, str) else value

    def _naming(key: str) -> Callable[[str], str] | None:
        return of_category if key in CATEGORY_FIELDS else of_tag if key in TAG_FIELDS else None

    return {key: renamed(value, _naming(key)) for key, value in part.items()}
