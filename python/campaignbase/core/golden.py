"""What a golden set may be, and what of it a version of the head has not learned from. Pure."""

from collections.abc import Iterable, Sequence

from campaignbase.errors import InputError
from campaignbase.models.learning import Golden, HeadVersion

ID_CHARACTERS = 8  # of an id; enough to know a row again


def check_golden(rows: Iterable[tuple[str, str, str | None]]) -> None:
    """Raise InputError when two rows with the same text have different categories.

    Args:
        rows: (id, category, text).
    """
    first: dict[str, tuple[str, str]] = {}
    for row_id, category, text in rows:
        if text is None:
            continue
        other_id, other = first.setdefault(text, (row_id, category))
        if other != category:
            raise InputError(contradiction(row_id, category, other_id, other))


def contradiction(row_id: str, category: str, other_id: str, other: str) -> str:
    """As private.tg_content_assets__check_golden says it."""
    return (
        f"golden rows contradict each other: {row_id} is {category!r}, and {other_id} with the same text is"
        f" {other!r}; Give both the same category, or take one out of the golden set."
    )


def unfiled(row_id: str) -> str:
    """As public.set_golden says it."""
    return f"{row_id} cannot be golden: no person has set its category; Set or confirm it first."


def known_later(rows: Iterable[Golden]) -> list[str]:
    """What a version keeps of the golden set it was fitted beside, for `unseen`."""
    return [row.id[:ID_CHARACTERS] for row in rows]


def unseen(rows: Sequence[Golden], version: HeadVersion) -> list[Golden]:
    """Those that were golden when it was fitted, or filed since. It knows the others by heart."""
    beside = version.measures.get("golden")
    if beside is None:
        return list(rows)
    return [row for row in rows if row.id[:ID_CHARACTERS] in beside or row.confirmed_at > version.created_at]
