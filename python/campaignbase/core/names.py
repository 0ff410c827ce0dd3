"""Names that people give: which are fit, and which known one is meant. Pure."""

from collections.abc import Collection
from difflib import get_close_matches

from campaignbase.core.storable import check_text
from campaignbase.core.tags import fold_tag
from campaignbase.errors import ExistsError, InputError
from campaignbase.models import Category, Tag

LONGEST = {"category": 100, "tag": 100, "campaign": 255, "rule": 255}  # characters


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
