"""Search on SQLite: words by FTS5, meaning by comparing vectors, and both fused."""

from collections.abc import Collection
from math import log
from typing import Any

from campaignbase.core.changes import given_id
from campaignbase.core.search import asked_words, check_search, depth, fused, matches
from campaignbase.core.text import SEARCHED_WORD_CHARACTERS
from campaignbase.models.library import FoundContent, SearchQuery
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_reading import check_query
from campaignbase.stores.sqlite_rows import decode, id_list
from campaignbase.stores.sqlite_vectors import VectorCache

# the workspace and the filters of a query, null for none
_PASSES = """
    (:workspace_id is null or content_assets.workspace_id = :workspace_id)
    and (:category is null or content_assets.primary_category = :category)
    and (:tag is null or exists (select 1 from json_each(content_assets.tags) where value = :tag))
    and (:campaign_id is null or content_assets.campaign_id = :campaign_id)
    and (:sentiment is null or content_assets.sentiment = :sentiment)
    and (:language is null or content_assets.language = :language)
"""
_NUMBERED = f"""
    select content_numbers.number, content_numbers.asset_id
    from content_numbers
    inner join content_assets on content_numbers.asset_id = content_assets.id
    where content_numbers.number in (select value from json_each(:numbers)) and {_PASSES}
"""  # noqa: S608 - a constant
# answered by an index: in the rows themselves it stands behind the vector, which takes long to read over
_AGES = "select id, created_at from content_assets"
_FILTERED = f"select content_assets.id from content_assets where {_PASSES}"  # noqa: S608 - a constant
_ROWS = """
    select id, content, prompt, alt_text, file_path, primary_category, tags, created_at
    from content_assets
    where id in (select value from json_each(?))
"""


def search(db: Database, vectors: VectorCache, query: SearchQuery) -> list[FoundContent]:
    check_search(query)
    if query.mode != "keyword" and query.vector is not None:
        check_query(query.vector)
    filters = _filters(query)
    with db.read():
        similarities = _near(db, vectors, query, filters)
        ranks = _ranked(db, query, filters)
        rows = {row["id"]: decode(row) for row in db.all(_ROWS, (id_list({*similarities, *ranks}),))}

    def newest(ids: Collection[str]) -> list[str]:
        return sorted(ids, key=lambda key: (rows[key]["created_at"], key), reverse=True)

    near = sorted(newest(similarities), key=lambda key: -round(similarities[key], 6))
    named = sorted(newest(ranks), key=lambda key: -ranks[key])
    scores = {"semantic": similarities, "keyword": ranks}.get(query.mode) or fused(near, named)
    ordered = {"semantic": near, "keyword": named}.get(query.mode)
    if ordered is None:
        ordered = sorted(newest(scores), key=lambda key: -scores[key])
    return [
        FoundContent(
            id=key,
            text=rows[key]["text"],
            primary_category=rows[key]["primary_category"],
            tags=tuple(rows[key]["tags"]),
            score=scores[key],
            similarity=similarities.get(key),
            rank=ranks.get(key),
        )
        for key in ordered[: matches(query)]
    ]


def _filters(query: SearchQuery) -> dict[str, Any]:
    return {
        "workspace_id": query.workspace_id,
        "category": query.category,
        "tag": query.tag,
        "campaign_id": None if query.campaign_id is None else given_id("campaign_id", query.campaign_id),
        "sentiment": query.sentiment,
        "language": query.language,
    }


def _near(
    db: Database, vectors: VectorCache, query: SearchQuery, filters: dict[str, Any]
) -> dict[str, float]:
    """Id -> cosine of the nearest."""
    if query.mode == "keyword" or query.vector is None:
        return {}
    sets = vectors.sets(db, "content")
    if query.workspace_id is not None:
        sets = {key: found for key, found in sets.items() if key == query.workspace_id}
    among = None
    if any(value is not None for name, value in filters.items() if name != "workspace_id"):
        among = {row["id"] for row in db.all(_FILTERED, filters)}
    count = depth(query)
    found = [hit for one in sets.values() for hit in one.nearest(query.vector, count, query.model, among)]
    best = sorted(found, key=lambda hit: (-hit[1], hit[0]))[:count]
    return {
        key: cosine for key, cosine in best if query.min_similarity is None or cosine >= query.min_similarity
    }


def _ranked(db: Database, query: SearchQuery, filters: dict[str, Any]) -> dict[str, float]:
    """Id -> weight of the words it has, of the best, in no order."""
    having = {word: _numbers(db, word) for word in asked_words(query)}
    everywhere = set().union(*having.values())
    if not everywhere:
        return {}
    rows = {
        row["number"]: row["asset_id"]
        for row in db.all(_NUMBERED, {**filters, "numbers": id_list(everywhere)})
    }
    ranks = dict.fromkeys(rows, 0.0)
    for numbers in having.values():
        found = [number for number in numbers if number in rows]
        weight = log(1 + (len(rows) - len(found) + 0.5) / (len(found) + 0.5))
        for number in found:
            ranks[number] += weight
    weighed = {rows[number]: round(rank, 6) for number, rank in ranks.items()}
    count = depth(query)
    least = sorted(weighed.values(), reverse=True)[:count][-1] if weighed else 0.0
    best = {key: rank for key, rank in weighed.items() if rank >= least}
    if len(best) > count:  # the newest of the last ones
        ages = {row["id"]: row["created_at"] for row in db.all(_AGES)}
        order = sorted(best, key=lambda key: (best[key], ages[key], key), reverse=True)
        best = {key: best[key] for key in order[:count]}
    return best


def _numbers(db: Database, word: str) -> list[int]:
    """Of the rows that have the word; one as long as a word may be stands for all that begin with it."""
    asked = f'"{word}"*' if len(word) == SEARCHED_WORD_CHARACTERS else f'"{word}"'
    return [row[0] for row in db.all("select rowid from content_words where content_words match ?", (asked,))]
