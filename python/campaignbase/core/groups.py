"""Of some tags content has only so many: cut what a machine chose to that, and fill it up. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence

from campaignbase.models import MAX_MACHINE_TAGS, ItemContext, TagChoice, Vocabulary


def keep_groups(
    chosen: Sequence[TagChoice], item: ItemContext, vocabulary: Vocabulary, removed: Collection[str] = ()
) -> tuple[TagChoice, ...]:
    """The best of each group that has room beside a person's tags, then the nearest of one that lacks some.

    Args:
        chosen: best first.
        removed: tag ids that a rule takes away.
    """
    if not vocabulary.groups:
        return tuple(chosen)
    bounds = {group.name: group for group in vocabulary.groups}
    group_of = {tag.id: tag.group for tag in vocabulary.tags if tag.group in bounds}
    taken = Counter(group_of[key] for key in item.human_tags if key in group_of)
    kept: list[TagChoice] = []
    for choice in chosen:
        group = group_of.get(choice.id)
        if group is not None and choice.id not in item.human_tags:
            most = bounds[group].max_tags
            if most is not None and taken[group] >= most:
                continue
            taken[group] += 1
        kept.append(choice)
    closed = {tag.id for tag in vocabulary.tags if tag.manual_only}
    closed |= {*item.rejected_tags, *item.human_tags, *removed, *(choice.id for choice in kept)}
    filled = []
    for key, similarity in item.tags:
        group = group_of.get(key)
        if group is None or key in closed or taken[group] >= bounds[group].min_tags:
            continue
        taken[group] += 1
        reason = (
            f"nearest of the group '{group}', of which content has at least {bounds[group].min_tags}"
            f" (similarity {similarity:.2f})"
        )
        filled.append(TagChoice(key, "model", round(min(max(similarity, 0.0), 1.0), 4), reason))
    return (*kept[: MAX_MACHINE_TAGS - len(filled)], *filled)
