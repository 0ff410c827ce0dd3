"""Groups of tags on SQLite: of which content has only so many."""

from collections.abc import Sequence

from campaignbase.core.names import check_group
from campaignbase.core.tags import fold_tag
from campaignbase.errors import NotFoundError
from campaignbase.models import TagGroup
from campaignbase.models.curation import GroupGap
from campaignbase.stores import curation_rows as read
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_rows import id_list
from campaignbase.stores.sqlite_tags import known_words, tags


def tag_groups(db: Database, workspace_id: str) -> list[TagGroup]:
    with db.read():
        found = db.all(
            "select name, min_tags, max_tags from tag_groups where workspace_id = ?", (workspace_id,)
        )
        return read.tag_groups(map(dict, found), tags(db, workspace_id))


def save_tag_group(db: Database, workspace_id: str, group: TagGroup) -> TagGroup:
    check_group(group)
    with db.write():
        known = known_words(db, workspace_id)
        members = _members(known, group.tags)
        db.run(
            "insert into tag_groups (workspace_id, name, min_tags, max_tags) values (?, ?, ?, ?)"
            " on conflict (workspace_id, name) do update"
            " set min_tags = excluded.min_tags, max_tags = excluded.max_tags",
            (workspace_id, group.name, group.min_tags, group.max_tags),
        )
        db.run(
            "update tags set tag_group = null where workspace_id = ? and tag_group = ?",
            (workspace_id, group.name),
        )
        db.run(
            "update tags set tag_group = ? where workspace_id = ?"
            " and name in (select value from json_each(?))",
            (group.name, workspace_id, id_list(members)),
        )
    return TagGroup(group.name, group.min_tags, group.max_tags, tuple(sorted(members)))


def _members(known: dict[str, str], words: Sequence[str]) -> set[str]:
    for word in words:
        if fold_tag(word.strip()) not in known:
            raise NotFoundError(f"no tag {word!r}; see: campaignbase tags")
    return {known[fold_tag(word.strip())] for word in words}


def remove_tag_group(db: Database, workspace_id: str, name: str) -> None:
    here = (workspace_id, name)
    with db.write():
        db.run("update tags set tag_group = null where workspace_id = ? and tag_group = ?", here)
        if not db.run("delete from tag_groups where workspace_id = ? and name = ?", here):
            raise NotFoundError(f"no group {name!r}; see: campaignbase tags groups")


def group_gaps(db: Database, workspace_id: str, limit: int) -> list[GroupGap]:
    found = db.all(
        "select * from tag_group_gaps where workspace_id = ? order by content_asset_id, tag_group limit ?",
        (workspace_id, limit),
    )
    return read.group_gaps(map(dict, found))
