"""Labels that the rows of a backfill are chosen by."""

from collections.abc import Mapping, Sequence
from typing import Any

from campaignbase.core.names import find_category
from campaignbase.core.rule_names import CATEGORY_FIELDS, TAG_FIELDS, in_own_names
from campaignbase.core.tags import fold_tag, spellings
from campaignbase.errors import InputError
from campaignbase.models import Category, Tag
from campaignbase.ports import Store


async def by_own_names(store: Store, workspace_id: str, chosen: Mapping[str, Any]) -> Mapping[str, Any]:
    """`chosen`: of core.selection, where labels may be called by any name of theirs.

    Raises:
        InputError: there is no such label, so no row can have it.
    """
    if "conditions" not in chosen:
        return chosen
    categories, tags = await store.categories(workspace_id), await store.tags(workspace_id)
    _refuse_unknown(chosen["conditions"], None, categories, tags)
    return {**chosen, "conditions": in_own_names(chosen["conditions"], categories, tags)}


def _refuse_unknown(
    part: Any, field: str | None, categories: Sequence[Category], tags: Sequence[Tag]
) -> None:
    if isinstance(part, Mapping):
        for key, below in part.items():
            _refuse_unknown(below, key, categories, tags)
    elif isinstance(part, list):
        for below in part:
            _refuse_unknown(below, field, categories, tags)
    elif isinstance(part, str) and field in CATEGORY_FIELDS:
        if find_category(part, categories) is None:
            raise InputError(f"--where: no category {part!r}; see: campaignbase categories")
    elif isinstance(part, str) and field in TAG_FIELDS and fold_tag(part.strip()) not in spellings(tags):
        raise InputError(f"--where: no tag {part!r}; see: campaignbase tags")
