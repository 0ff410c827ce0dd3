"""Labels as a file spells them to labels as the workspace spells them. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from campaignbase.core.names import fold_name, near_name
from campaignbase.ingest.rows import Row
from campaignbase.models import AUDIENCE, Category, Tag

_KNOWN_SHOWN = 30


@dataclass(frozen=True, slots=True)
class LabelMatch:
    rows: tuple[Row, ...]  # with the workspace's spelling
    new_categories: Counter[str]  # names the workspace does not have, and in how many rows
    unknown_audiences: Counter[str]


def match_labels(rows: Sequence[Row], categories: Sequence[Category], tags: Sequence[Tag]) -> LabelMatch:
    """Case, spaces and hyphens do not make another label: "Event Recap" is event_recap where that exists."""
    known_categories = [category.name for category in categories]
    known_audiences = [tag.name for tag in tags if tag.tag_type == AUDIENCE]
    aliases = {fold_name(alias): one.name for one in categories for alias in one.aliases}
    category_of = _Speller(known_categories, aliases)
    audience_of = _Speller(known_audiences)
    matched = tuple(
        replace(
            row,
            content=replace(
                row.content,
                primary_category=category_of.spell(row.content.primary_category),
                target_audience=audience_of.spell(row.content.target_audience),
            ),
        )
        for row in rows
    )
    return LabelMatch(matched, category_of.unknown, audience_of.unknown)


def unknown_labels(what: str, unknown: Counter[str], known: Sequence[str], advice: str) -> str:
    """For an error: each unknown name with its rows and a near one, then what there is."""
    parts = []
    for name, count in unknown.most_common():
        near = near_name(name, known)
        meant = f", did you mean {near!r}?" if near else ""
        parts.append(f"{name!r} ({count} {'row' if count == 1 else 'rows'}{meant})")
    shown = ", ".join(known[:_KNOWN_SHOWN]) + (", ..." if len(known) > _KNOWN_SHOWN else "")
    return f"unknown {what}: {', '.join(parts)}; known: {shown or 'none'}; {advice}"


class _Speller:
    def __init__(self, known: Sequence[str], aliases: Mapping[str, str] | None = None) -> None:
        """`aliases`: the known name by each fold that means it too."""
        self._exact = set(known)
        self._folded = dict(aliases or {})
        for fold, count in Counter(map(fold_name, known)).items():
            if count == 1:
                self._folded[fold] = next(name for name in known if fold_name(name) == fold)
        self.unknown: Counter[str] = Counter()

    def spell(self, name: str | None) -> str | None:
        """The known spelling; a new name by the first spelling met."""
        if name is None or name in self._exact:
            return name
        spelled = self._folded.setdefault(fold_name(name), name)
        if spelled not in self._exact:
            self.unknown[spelled] += 1
        return spelled
