"""What a person says of labels on SQLite: twin of public.record_feedback and what it calls."""

# ruff: noqa: S608 - what is put into queries are names from these modules

from collections.abc import Collection
from typing import Any

from campaignbase.core.names import find_category
from campaignbase.core.new_content import check_correction, check_sentiment, unknown_category, unknown_tag
from campaignbase.core.tags import fold_tag
from campaignbase.errors import InputError, UnknownLabelError
from campaignbase.models import Correction
from campaignbase.stores.sqlite_audience import check_audience
from campaignbase.stores.sqlite_categories import categories
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_learning import refuse_contradiction
from campaignbase.stores.sqlite_reading import resolve_id
from campaignbase.stores.sqlite_rows import decode, id_list, to_json
from campaignbase.stores.sqlite_tags import known_words, spelled

_SOURCES = {
    "category": ("primary_category", "category_source"),
    "sentiment": ("sentiment", "sentiment_source"),
    "audience": ("target_audience", "audience_source"),
}


def correct(db: Database, target_id: str, correction: Correction) -> None:
    check_correction(correction, campaign=False)
    with db.write():
        key = resolve_id(db, target_id)
        row = db.one("select workspace_id, tags, golden from content_assets where id = ?", (key,))
        table = "campaigns" if row is None else "content_assets"
        workspace_id = db.value(f"select workspace_id from {table} where id = ?", (key,))
        changes: dict[str, Any] = {}
        # in the order in which a server refuses
        if correction.category is not None:
            there = categories(db, workspace_id)
            known = find_category(correction.category, there)
            if correction.category and known is None:
                raise UnknownLabelError(unknown_category(correction.category, [one.name for one in there]))
            changes["primary_category"] = known
        check_correction(correction, campaign=row is None)
        words = known_words(db, workspace_id)
        removed = _removed(words, correction)
        if correction.audience is not None:
            check_audience(db, workspace_id, words, correction.audience)
            changes["target_audience"] = spelled(words, correction.audience) or None
        if correction.sentiment is not None:
            check_sentiment(correction.sentiment or None)
            changes["sentiment"] = correction.sentiment or None
        added = [spelled(words, name) for name in correction.add_tags]
        if row is not None and (added or removed):
            before = decode(row)["tags"]
            kept = [name for name in before if name not in removed]
            changes["tags"] = to_json([*kept, *(name for name in added if name not in before)])
        if changes:
            sets = ", ".join(f"{name} = :{name}" for name in changes)
            db.run(f"update {table} set {sets} where id = :id", changes | {"id": key})
        stated = [
            field
            for field, (column, _) in _SOURCES.items()
            if column in changes or field in correction.confirm
        ]
        confirm_labels(db, table, key, stated)
        if "category" in stated and row is not None:
            refuse_contradiction(db, workspace_id, {key})
        if row is not None:
            if "tags" in correction.confirm:
                added += decode(row)["tags"]
            _confirm_tags(db, key, added, removed)


def _removed(words: dict[str, str], correction: Correction) -> list[str]:
    """Names of tags; a word for none is refused, and so is one that is to be added too."""
    removed = []
    for word in correction.remove_tags:
        name = words.get(fold_tag(word.strip(" ")))
        if name is None:
            raise UnknownLabelError(unknown_tag(word, words.values()))
        removed.append(name)
    for word in correction.add_tags:
        if words.get(fold_tag(word.strip(" "))) in removed:
            raise InputError(f"tag {word!r} is both to be added and to be removed; decide for one")
    return removed


def confirm_labels(db: Database, table: str, key: str, fields: Collection[str]) -> None:
    """A label is right as it stands, or rightly empty: from now on it is a person's.

    Args:
        table: content_assets or campaigns.
    """
    for field in fields:
        column, source = _SOURCES[field]
        row = db.row(
            f"select workspace_id, {column} as label, {source} as source from {table} where id = ?", (key,)
        )
        if row["source"] == "human":
            continue
        reason = "left empty by a person" if row["label"] is None else "confirmed by a person"
        _record(db, row["workspace_id"], table, key, field, row["label"], reason)
        db.run("insert into acting (actor) values ('confirm')")
        db.run(f"update {table} set {source} = 'human' where id = ?", (key,))
        if field == "category":
            db.run(
                f"""
                update {table}
                set
                    confirmed_at = case when primary_category is not null then ? end,
                    label_state = case
                        when label_state = 'queued' then 'queued'
                        when primary_category is null then 'review'
                        else 'labeled'
                    end
                where id = ?
                """,
                (db.now(), key),
            )
        db.run("delete from acting where actor = 'confirm'")


def _confirm_tags(db: Database, key: str, wanted: Collection[str], refused: Collection[str]) -> None:
    """Tags that are rightly there, and such as are not there and shall never come."""
    row = db.row("select workspace_id, tags from content_assets where id = ?", (key,))
    there = decode(row)["tags"]
    decided = {
        link["name"]
        for link in db.all(
            "select tags.name from content_asset_tags as link inner join tags on link.tag_id = tags.id"
            " where link.content_asset_id = ? and link.source = 'human'",
            (key,),
        )
    }
    stay = sorted({name for name in wanted if name in there} - decided)
    away = sorted({name for name in refused if name not in there} - decided)
    if not stay and not away:
        return
    db.run("insert into acting (actor) values ('confirm')")
    for names, reason, state in (
        (stay, "added by a person", "applied"),
        (away, "removed by a person", "rejected"),
    ):
        db.run(
            """
            insert into content_asset_tags
            (workspace_id, content_asset_id, tag_id, source, score, reason, state)
            select workspace_id, ?, id, 'human', null, ?, ?
            from tags
            where workspace_id = ? and name in (select value from json_each(?))
            on conflict (content_asset_id, tag_id) do update
                set source = excluded.source, score = null, reason = excluded.reason, state = excluded.state,
                    updated_at = ?
            """,
            (key, reason, state, row["workspace_id"], id_list(names), db.now()),
        )
    if stay:
        db.run(
            "insert into keep_tag_groups (content_asset_id, workspace_id, tags, old_tags)"
            " values (?, ?, ?, '[]')",
            (key, row["workspace_id"], to_json(stay)),
        )
    db.run("delete from acting where actor = 'confirm'")
    told = [f"confirmed by a person: {', '.join(stay)}"] if stay else []
    told += [f"refused by a person: {', '.join(away)}"] if away else []
    _record(db, row["workspace_id"], "content_assets", key, "tags", ", ".join(there) or None, "; ".join(told))


def _record(
    db: Database, workspace_id: str, table: str, key: str, field: str, label: str | None, reason: str
) -> None:
    target = "content_asset_id" if table == "content_assets" else "campaign_id"
    db.run(
        f"insert into categorizations (workspace_id, {target}, field, label, previous_label, source,"
        " judged_id, reasons, outcome, vocabulary_version)"
        " select id, :key, :field, :label, :label, 'human',"
        # as the triggers do: see sql/sqlite/twins/record_human.sql
        f" (select iif(source is not 'human', id, null) from categorizations where {target} = :key"
        " and workspace_id = :workspace_id and field = :field and outcome <> 'kept_human'"
        " and (:field = 'category' or :label is not null) order by created_at desc, rowid desc limit 1),"
        " :reasons, 'applied', vocabulary_version from workspaces where id = :workspace_id",
        {
            "key": key,
            "field": field,
            "label": label,
            "reasons": to_json([reason]),
            "workspace_id": workspace_id,
        },
    )
