"""Which labels are like each other, on SQLite."""

from campaignbase.core.names import find_category
from campaignbase.core.related import Label, Together, related, suggest_merges
from campaignbase.core.tags import fold_tag
from campaignbase.core.vectors import unpack
from campaignbase.errors import NotFoundError
from campaignbase.models import AUDIENCE
from campaignbase.models.curation import Kind, MergeSuggestion
from campaignbase.stores.sqlite_categories import categories
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_rows import decode, to_json
from campaignbase.stores.sqlite_tags import known_words

MOST = 100


def merge_suggestions(db: Database, workspace_id: str, kind: Kind, limit: int) -> list[MergeSuggestion]:
    with db.read():
        labels = _labels(db, workspace_id, kind)
        together = _used_together(db, workspace_id) if kind == "tag" else _mistaken(db, workspace_id, labels)
    return suggest_merges(kind, labels, together, min(max(limit, 1), MOST))


def _labels(db: Database, workspace_id: str, kind: Kind) -> list[Label]:
    columns = "id, name, usage_count, embedding, distinct_from"
    query = (
        f"select {columns}, tag_type from tags where workspace_id = ? order by id"  # noqa: S608
        if kind == "tag"
        else f"select {columns}, null as tag_type from categories where workspace_id = ? order by id"  # noqa: S608
    )
    return [
        Label(
            row["id"],
            row["name"],
            row["usage_count"],
            None if row["embedding"] is None else unpack(row["embedding"]),
            frozenset(row["distinct_from"]),
            row["tag_type"] == AUDIENCE,
        )
        for row in map(decode, db.all(query, (workspace_id,)))
    ]


def _used_together(db: Database, workspace_id: str) -> Together:
    found = db.all(
        "select one.tag_id as low, other.tag_id as high, count(*) as together"
        " from content_asset_tags as one"
        " inner join content_asset_tags as other"
        " on one.content_asset_id = other.content_asset_id and one.tag_id < other.tag_id"
        " where one.workspace_id = ? and one.state = 'applied' and other.state = 'applied'"
        " group by one.tag_id, other.tag_id",
        (workspace_id,),
    )
    return {(row["low"], row["high"]): row["together"] for row in found}


def _mistaken(db: Database, workspace_id: str, labels: list[Label]) -> Together:
    """How often people moved content from one category to another."""
    ids = {label.name: label.id for label in labels}
    found: dict[tuple[str, str], int] = {}
    for row in db.all(
        "select previous_label, label, count(*) as moved from categorizations"
        " where workspace_id = ? and field = 'category' and source = 'human' and previous_label <> label"
        " group by previous_label, label",
        (workspace_id,),
    ):
        if row["previous_label"] in ids and row["label"] in ids:
            low, high = sorted((ids[row["previous_label"]], ids[row["label"]]))
            found[low, high] = found.get((low, high), 0) + row["moved"]
    return found


def mark_distinct(db: Database, workspace_id: str, kind: Kind, one: str, other: str) -> None:
    table = "tags" if kind == "tag" else "categories"
    with db.write():
        if kind == "tag":
            words = known_words(db, workspace_id)
            names = {words.get(fold_tag(word.strip())) for word in (one, other)}
        else:
            known = categories(db, workspace_id)
            names = {find_category(word, known) for word in (one, other)}
        found = db.all(
            f"select id, distinct_from from {table} where workspace_id = ?"  # noqa: S608
            " and name in (select value from json_each(?)) order by id",
            (workspace_id, to_json([name for name in names if name is not None])),
        )
        if len(found) != 2:
            raise NotFoundError(
                f"{one!r} and {other!r} are not two labels that are there;"
                " see: campaignbase tags, campaignbase categories"
            )
        low, high = decode(found[0]), found[1]["id"]
        kept = [key for key in low["distinct_from"] if key != high]
        db.run(
            f"update {table} set distinct_from = ? where id = ?",  # noqa: S608
            (to_json([*kept, high]), low["id"]),
        )


def refresh_related_tags(db: Database) -> str | None:
    with db.write():
        home = db.one(
            "select workspaces.id, workspaces.name, vocabulary_version,"
            " coalesce(sum(tags.usage_count), 0) as uses from workspaces"
            " left join tags on workspaces.id = tags.workspace_id"
            " group by workspaces.id"
            " having related_version is not vocabulary_version"
            " or abs(coalesce(sum(tags.usage_count), 0) - related_uses) * 100 > related_uses"
            " order by workspaces.id limit 1"
        )
        if home is None:
            return None
        labels = _labels(db, home["id"], "tag")
        for key, names in related(labels, _used_together(db, home["id"])).items():
            told = to_json(names)
            db.run("update tags set related_tags = ? where id = ? and related_tags <> ?", (told, key, told))
        db.run(
            "update workspaces set related_version = ?, related_uses = ? where id = ?",
            (home["vocabulary_version"], home["uses"], home["id"]),
        )
    return str(home["name"])
