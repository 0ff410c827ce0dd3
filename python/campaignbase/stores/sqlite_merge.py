"""One label into another on SQLite: twins of private.merge_tags and private.merge_categories."""

# ruff: noqa: S608 - what is put into queries are names from these modules

from campaignbase.core.names import category_of_alias, find_category, joined_aliases
from campaignbase.core.rule_names import CATEGORY_FIELDS, TAG_FIELDS
from campaignbase.core.tags import fold_tag, spellings
from campaignbase.core.text import fold
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import AUDIENCE, Category, Tag
from campaignbase.models.curation import Merge
from campaignbase.stores.sqlite_categories import categories
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_labels import APPLIED_TAGS
from campaignbase.stores.sqlite_rows import decode, id_list, to_json
from campaignbase.stores.sqlite_tags import no_doubles, rename_in_rules, tags


def merge_tags(db: Database, workspace_id: str, source: str, target: str) -> Merge:
    with db.write(machine=True), no_doubles(db, workspace_id):
        known = tags(db, workspace_id)
        stays = _meant(known, target)
        gone = next((tag for tag in known if fold_tag(tag.name) == fold_tag(source.strip())), None)
        if gone is None:
            other = spellings(known).get(fold_tag(source.strip()))
            if other == stays.name:  # somebody else merged them already
                return Merge(stays.name, 0, 0, 0)
            told = f"; that is another name of {other!r}" if other else ""
            raise NotFoundError(f"no tag {source!r}{told}; see: campaignbase tags")
        if gone.id == stays.id:
            raise InputError(f"{source!r} and {stays.name!r} are the same tag; Name two tags.")
        return _merge_tags(db, workspace_id, gone, stays)


def _meant(known: list[Tag], name: str) -> Tag:
    meant = spellings(known).get(fold_tag(name.strip()))
    for tag in known:
        if tag.name == meant:
            return tag
    raise NotFoundError(f"no tag {name!r}; see: campaignbase tags")


def _merge_tags(db: Database, workspace_id: str, gone: Tag, stays: Tag) -> Merge:
    aimed = "workspace_id = ? and target_audience = ?"
    if stays.tag_type != AUDIENCE and db.value(
        f"select 1 from content_assets where {aimed}", (workspace_id, gone.name)
    ):
        raise InputError(
            f"tag {gone.name!r} is the target audience of content,"
            f" and {stays.name!r} is not of type audience; Give tag {stays.name!r} the type audience first."
        )
    ids = [
        row["id"]
        for row in db.all(
            "select content_asset_id as id from content_asset_tags where tag_id = ?"
            f" union select id from content_assets where {aimed}",
            (gone.id, workspace_id, gone.name),
        )
    ]
    group = "(select tag_group from tags where id = ?)"
    db.run(f"update tags set tag_group = coalesce(tag_group, {group}) where id = ?", (gone.id, stays.id))
    _join_distinct(db, "tags", workspace_id, gone.id, stays.id)
    # A person's word beats a machine's; else that on the tag that stays does: what is refused stays refused.
    both = "content_asset_id in (select content_asset_id from content_asset_tags where tag_id = ?"
    db.run(
        f"delete from content_asset_tags where tag_id = ? and source <> 'human' and {both}"
        " and source = 'human')",
        (stays.id, gone.id),
    )
    db.run(f"delete from content_asset_tags where tag_id = ? and {both})", (gone.id, stays.id))
    db.run("update content_asset_tags set tag_id = ? where tag_id = ?", (stays.id, gone.id))
    db.run_many("insert into evict_tags (content_asset_id) values (?)", [(key,) for key in ids])
    db.run(
        f"update content_assets set tags = {APPLIED_TAGS},"
        " target_audience = case when target_audience = ? then ? else target_audience end, updated_at = ?"
        f" where id in (select value from json_each(?)) and (target_audience = ? or tags <> {APPLIED_TAGS})",
        (gone.name, stays.name, db.now(), id_list(ids), gone.name),
    )
    folded = fold_tag(gone.name)
    rules = rename_in_rules(db, workspace_id, TAG_FIELDS, lambda word: fold_tag(word) == folded, stays.name)
    db.run(
        "update tags set aliases = ? where id = ?",
        (to_json(joined_aliases(stays.name, stays.aliases, gone.name, gone.aliases)), stays.id),
    )
    found = db.all("select id, name, related_tags from tags where workspace_id = ?", (workspace_id,))
    for row in map(decode, found):
        if gone.name in row["related_tags"]:
            now = dict.fromkeys(stays.name if word == gone.name else word for word in row["related_tags"])
            now.pop(row["name"], None)
            db.run("update tags set related_tags = ? where id = ?", (to_json(list(now)), row["id"]))
    db.run("delete from tags where id = ?", (gone.id,))
    return Merge(stays.name, len(ids), 0, rules)


def _join_distinct(db: Database, table: str, workspace_id: str, gone: str, stays: str) -> None:
    """What the one that goes is not, the one that stays is not either."""
    rows = db.all(f"select id, distinct_from from {table} where workspace_id = ?", (workspace_id,))
    known = {row["id"]: set(row["distinct_from"]) for row in map(decode, rows)}
    others = {key for key, words in known.items() if gone in words}
    changed = {key: known[key] - {gone} for key in others}
    changed[stays] = (known[stays] | known[gone] | others) - {gone, stays}
    db.run_many(
        f"update {table} set distinct_from = ? where id = ?",
        [(to_json(sorted(words)), key) for key, words in changed.items() if words != known[key]],
    )


def merge_categories(db: Database, workspace_id: str, source: str, target: str) -> Merge:
    with db.write(machine=True):
        known = categories(db, workspace_id)
        name = find_category(target, known)
        stays = next((category for category in known if category.name == name), None)
        if stays is None:
            raise NotFoundError(f"no category {target!r}; see: campaignbase categories")
        gone = next((category for category in known if category.name == source), None)
        if gone is None:
            other = category_of_alias(source, known)
            if other == stays.name:  # somebody else merged them already
                return Merge(stays.name, 0, 0, 0)
            told = f"; that is another name of {other!r}" if other else ""
            raise NotFoundError(f"no category {source!r}{told}; see: campaignbase categories")
        if gone.id == stays.id:
            raise InputError(f"{source!r} and {stays.name!r} are the same category; Name two categories.")
        below = any(category.parent_id == gone.id for category in known)
        if below and stays.parent_id not in (None, gone.id):
            raise InputError(
                f"category {gone.name!r} has categories below it and {stays.name!r} is itself below another;"
                " categories have two levels; move those below it first,"
                " or merge into a category of the first level"
            )
        return _merge_categories(db, workspace_id, gone, stays)


def _merge_categories(db: Database, workspace_id: str, gone: Category, stays: Category) -> Merge:
    filed = (stays.name, db.now(), workspace_id, gone.name)
    changed = {
        table: db.run(
            f"update {table} set primary_category = ?, updated_at = ?"
            " where workspace_id = ? and primary_category = ?",
            filed,
        )
        for table in ("content_assets", "campaigns")
    }
    folded = fold(gone.name)
    rules = rename_in_rules(db, workspace_id, CATEGORY_FIELDS, lambda name: fold(name) == folded, stays.name)
    # what a head learned of the one that goes counts for the one that stays, where it knows nothing of that
    db.run(
        "update trained_head_labels set category_id = :stays where category_id = :gone and not exists ("
        " select 1 from trained_head_labels as own"
        " where own.head_id = trained_head_labels.head_id and own.category_id = :stays)",
        {"stays": stays.id, "gone": gone.id},
    )
    db.run(
        "update categories set aliases = ?, parent_id = case when parent_id = ? then null else parent_id end"
        " where id = ?",
        (to_json(joined_aliases(stays.name, stays.aliases, gone.name, gone.aliases)), gone.id, stays.id),
    )
    db.run("update categories set parent_id = ? where parent_id = ?", (stays.id, gone.id))
    _join_distinct(db, "categories", workspace_id, gone.id, stays.id)
    db.run("delete from categories where id = ?", (gone.id,))
    return Merge(stays.name, changed["content_assets"], changed["campaigns"], rules)
