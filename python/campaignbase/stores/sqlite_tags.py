"""Tags on SQLite, and the words people write for them.

The schema folds only the letters a to z, as SQLite's lower() does for every program. The store folds the
others too, here, before it writes: a word is replaced by the name of the tag it means.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from campaignbase.core.names import check_label
from campaignbase.core.rule_names import TAG_FIELDS
from campaignbase.core.tags import fold_tag, spellings
from campaignbase.errors import ExistsError, InputError, NotFoundError
from campaignbase.models import Tag
from campaignbase.stores import rows as read
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_rows import decode, to_json


def tags(db: Database, workspace_id: str) -> list[Tag]:
    found = db.all(
        "select id, name, tag_type, tag_group, description, keywords, aliases, related_tags, manual_only,"
        " usage_count from tags where workspace_id = ? order by name",
        (workspace_id,),
    )
    return [read.tag(decode(row)) for row in found]


def add_tags(db: Database, workspace_id: str, new: Sequence[Tag]) -> int:
    with db.write():
        known = {fold_tag(tag.name) for tag in tags(db, workspace_id)}
        added = 0
        for tag in new:
            check_label("tag", tag)
            if fold_tag(tag.name) in known:
                continue
            known.add(fold_tag(tag.name))
            added += db.run(
                "insert into tags"
                " (workspace_id, name, tag_type, description, keywords, aliases, manual_only)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (workspace_id, tag.name, *_values(tag)),
            )
        return added


def edit_tag(db: Database, workspace_id: str, name: str, new: Tag) -> None:
    with db.write(), no_doubles(db, workspace_id):
        check_label("tag", new)
        known = tags(db, workspace_id)
        key = _tag_id(known, name)
        for tag in known:
            if tag.id != key and fold_tag(tag.name) == fold_tag(new.name):
                raise ExistsError(f"{new.name!r} is the tag {tag.name!r}; choose another name")
        if new.name != name:
            # rules call the tag by its very name, so that the trigger on renames finds it there
            rename_in_rules(db, workspace_id, TAG_FIELDS, lambda word: fold_tag(word) == fold_tag(name), name)
        db.run(
            "update tags set name = ?, tag_type = ?, description = ?, keywords = ?, aliases = ?,"
            " manual_only = ? where id = ?",
            (new.name, *_values(new), key),
        )


def remove_tag(db: Database, workspace_id: str, name: str) -> None:
    with db.write():
        key = _tag_id(tags(db, workspace_id), name)
        if db.value(
            "select 1 from content_assets where workspace_id = ? and target_audience = ?",
            (workspace_id, name),
        ):
            raise InputError(
                f"tag {name!r} is the target audience of content and cannot be deleted;"
                " Give that content another target audience first."
            )
        db.run("delete from tags where id = ?", (key,))


def known_words(db: Database, workspace_id: str) -> dict[str, str]:
    """The name of a tag by each fold that means it; new words may be put in with `spelled`."""
    return spellings(tags(db, workspace_id))


def spelled(known: dict[str, str], word: str) -> str:
    """The name of the tag that a word means; of words for a new tag, the first one."""
    folded = fold_tag(word.strip(" "))
    return known.setdefault(folded, word) if folded else word


@contextmanager
def no_doubles(db: Database, workspace_id: str) -> Iterator[None]:
    """Around changes of rules: triggers make tags of the words they name; those of a known tag go again."""
    before = {row["id"] for row in db.all("select id from tags where workspace_id = ?", (workspace_id,))}
    yield
    now = tags(db, workspace_id)
    new = [tag for tag in now if tag.id not in before]
    if new:
        known = spellings(tag for tag in now if tag.id in before)
        kept = {spelled(known, word).strip(" ") for word in _words_of_rules(db, workspace_id)}
        # no person removed these, so nothing is remembered of them
        db.run("insert into acting (actor) values ('double')")
        db.run_many("delete from tags where id = ?", [(tag.id,) for tag in new if tag.name not in kept])
        db.run("delete from acting where actor = 'double'")


def _words_of_rules(db: Database, workspace_id: str) -> Iterator[str]:
    """What rules name as tags to give."""
    for row in db.all("select actions from automation_rules where workspace_id = ?", (workspace_id,)):
        actions = decode(row)["actions"]
        for value in (actions.get("add_tags"), actions.get("set_audience")):
            yield from (word for word in (value if isinstance(value, list) else [value]) if word is not None)


def rename_in_rules(
    db: Database, workspace_id: str, fields: Collection[str], same: Callable[[str], bool], name: str
) -> int:
    """Put `name` where rules name what is the `same` below one of these keys; how many rules did.

    Twin of private.rename_in_rules.
    """

    def renamed(part: Any, below: bool = False) -> Any:
        if isinstance(part, dict):
            return {key: renamed(value, key in fields) for key, value in part.items()}
        if isinstance(part, list):
            return [renamed(value, below) for value in part]
        return name if below and isinstance(part, str) and same(part) else part

    found = db.all(
        "select id, conditions, actions from automation_rules where workspace_id = ?", (workspace_id,)
    )
    changed = 0
    for rule in map(decode, found):
        parts = [rule["conditions"], rule["actions"]]
        if (now := renamed(parts)) != parts:
            changed += 1
            db.run("insert into acting (actor) values ('rename in rules')")
            db.run(
                "update automation_rules set conditions = ?, actions = ? where id = ?",
                (to_json(now[0]), to_json(now[1]), rule["id"]),
            )
            db.run("delete from acting where actor = 'rename in rules'")
    return changed


def _values(tag: Tag) -> tuple[Any, ...]:
    return tag.tag_type, tag.description, to_json(tag.keywords), to_json(tag.aliases), tag.manual_only


def _tag_id(known: Sequence[Tag], name: str) -> str:
    for tag in known:
        if tag.name == name:
            return tag.id
    raise NotFoundError(f"no tag {name!r}; see: campaignbase tags")
