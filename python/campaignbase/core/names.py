"""Names that people give: which are fit, and which known one is meant. Pure."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from campaignbase.core.storable import check_text
from campaignbase.core.tags import fold_tag
from campaignbase.errors import ExistsError, InputError
from campaignbase.models import Category, Tag, TagGroup

LONGEST = {"category": 100, "tag": 100, "group": 100, "campaign": 255, "rule": 255}  # characters


def check_name(what: str, name: str) -> None:
    """The constraints in sql/tables/ say the same, in less readable words.

    Raises:
        InputError: it is blank, too long, has spaces around it, or holds a control character.
    """
    most = LONGEST.get(what)
    if most is not None and len(name) > most:
        raise InputError(f"the name of a {what} has {len(name):,} characters, at most {most} fit; shorten it")
    if not name.strip():
        raise InputError(f"the name of a {what} is blank; give it one")
    for place, letter in enumerate(name, start=1):
        if letter < " " or letter == "\x7f":
            raise InputError(
                f"the name of a {what} is one line without control characters;"
                f" {name!r} holds {letter!r} at character {place}"
            )
    if name != name.strip():
        raise InputError(f"the name {name!r} of a {what} has spaces around it; write {name.strip()!r}")


def check_label(what: str, label: Category | Tag) -> None:
    """Raise InputError for a category or tag whose name, description or words no store takes."""
    check_name(what, label.name)
    if isinstance(label, Tag) and not fold_tag(label.name):
        raise InputError(f"{label.name!r} is no tag: expected a word with letters or digits")
    for field in ("description", "keywords", "aliases"):
        said = getattr(label, field, None) or ()
        for text in (said,) if isinstance(said, str) else said:
            check_text(f"{field} of the {what} {label.name!r}", text)


def rule_exists(name: str) -> ExistsError:
    return ExistsError(f"a rule {name!r} exists already; choose another name")


def fold_name(name: str) -> str:
    """What two spellings of one category share; private.find_category folds alike."""
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())


def find_name(name: str, known: Collection[str]) -> str | None:
    """The known name that is meant: itself, else the only one that differs in case, spaces, '-' and '_'."""
    if name in known:
        return name
    folded = fold_name(name)
    same = [other for other in known if fold_name(other) == folded]
    return same[0] if len(same) == 1 else None


def find_category(name: str, categories: Iterable[Category]) -> str | None:
    """The category that is meant: by its own name as `find_name` finds it, else by another name of it."""
    known = list(categories)
    return find_name(name, [category.name for category in known]) or category_of_alias(name, known)


def category_of_alias(name: str, categories: Iterable[Category]) -> str | None:
    """The category that has this other name; private.category_of_alias folds alike."""
    folded = fold_name(name)
    return min((one.name for one in categories if folded in map(fold_name, one.aliases)), default=None)


def joined_aliases(name: str, aliases: Iterable[str], gone: str, gone_aliases: Iterable[str]) -> list[str]:
    """The other names of the label `name` when the label `gone` went into it; private.joined_aliases."""
    found = {fold_tag(name): name}
    for word in (*aliases, gone, *gone_aliases):
        found.setdefault(fold_tag(word), word)
    return list(found.values())[1:]


def check_new_category(name: str, known: Collection[str]) -> None:
    """Raise InputError for an unfit name, ExistsError for one that differs from a known one in case alone."""
    check_name("category", name)
    for other in known:
        if other.casefold() == name.casefold():
            is_it = "" if other == name else f", written {other!r}"
            raise ExistsError(f"a category {name!r} exists already{is_it}; choose another name")


def near_name(name: str, known: Collection[str]) -> str | None:
    """For "did you mean": also where only the case is another."""
    folded = {fold_name(other): other for other in known}
    near = get_close_matches(fold_name(name), list(folded), n=1)
    return folded[near[0]] if near else None


MOST_TAGS = 100


def check_group(group: TagGroup) -> None:
    """Raise InputError for a group that no store takes."""
    check_name("group", group.name)
    most = group.max_tags
    if not 0 <= group.min_tags <= 8:
        raise InputError(f"group {group.name!r}: min is {group.min_tags}, expected 0 to 8")
    if most is not None and not 1 <= most <= MOST_TAGS:
        raise InputError(f"group {group.name!r}: max is {most}, expected 1 to {MOST_TAGS}, or none")
    if most is not None and group.min_tags > most:
        raise InputError(
            f"group {group.name!r}: min is {group.min_tags} and max {most}; max must not be less"
        )
