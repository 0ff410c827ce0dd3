"""Everything a worker needs to decide a batch, on SQLite. Twin of public.categorization_context."""

# ruff: noqa: S608 - what is put into queries are names from these modules

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.prompt import EXAMPLE_CHARACTERS
from campaignbase.core.vectors import top_k
from campaignbase.models import (
    DIMENSIONS,
    Context,
    ContextRequest,
    ItemContext,
    Neighbor,
    Rule,
    Vocabulary,
)
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_facts import FACT_COLUMNS, as_facts, facts_of, matches, vocabulary
from campaignbase.stores.sqlite_queue import text_of_campaign
from campaignbase.stores.sqlite_rows import id_list, text_of_asset
from campaignbase.stores.sqlite_vectors import VectorCache, VectorSet

NEAR_CATEGORIES = 12
NEAR_TAGS = 20
NEIGHBORS = 10
TRAINED = 12

_IN = "in (select value from json_each(?))"

Near = dict[str, tuple[tuple[str, float], ...]]  # target id -> (label id, score), best first


def categorization_context(db: Database, vectors: VectorCache, requests: Sequence[ContextRequest]) -> Context:
    if not requests:
        return Context({}, {})
    with db.read():
        stored = _stored(db, requests)
        known = [request for request in requests if request.target_id in stored]
        of_workspace: dict[str, list[ContextRequest]] = {}
        for request in known:
            of_workspace.setdefault(stored[request.target_id]["workspace_id"], []).append(request)
        workspaces = {workspace_id: vocabulary(db, workspace_id) for workspace_id in of_workspace}
        items: dict[str, ItemContext] = {}
        for workspace_id, wanted in of_workspace.items():
            items |= _items(db, vectors, workspace_id, workspaces[workspace_id], wanted, stored)
    return Context(workspaces, {request.target_id: items[request.target_id] for request in known})


def _stored(db: Database, requests: Sequence[ContextRequest]) -> dict[str, Row]:
    contents = id_list(request.target_id for request in requests if request.kind == "categorize_content")
    campaigns = id_list(request.target_id for request in requests if request.kind == "categorize_campaign")
    found = db.all(
        f"select {FACT_COLUMNS} from content_assets"
        f" left join campaigns on content_assets.campaign_id = campaigns.id where content_assets.id {_IN}",
        (contents,),
    )
    found += db.all(
        f"select id, workspace_id, primary_category, category_source from campaigns where id {_IN}",
        (campaigns,),
    )
    return {row["id"]: row for row in found}


def _items(
    db: Database,
    vectors: VectorCache,
    workspace_id: str,
    words: Vocabulary,
    requests: Sequence[ContextRequest],
    stored: Mapping[str, Row],
) -> dict[str, ItemContext]:
    embedded = [request for request in requests if request.embedding is not None]
    contents = [request for request in embedded if request.kind == "categorize_content"]
    campaigns = [request for request in embedded if request.kind == "categorize_campaign"]

    def near(kind: str, wanted: Sequence[ContextRequest], count: int) -> Near:
        return _near(vectors.sets(db, kind).get(workspace_id), wanted, count)

    categories = near("categories", embedded, NEAR_CATEGORIES)
    tags = _with_due(near("tags", contents, NEAR_TAGS), vectors, db, words, contents)
    neighbors = _content_neighbors(
        db, vectors.sets(db, "confirmed").get(workspace_id), workspace_id, contents
    )
    neighbors |= _campaign_neighbors(db, near("confirmed_campaigns", campaigns, NEIGHBORS + 1), campaigns)
    trained = _trained(db, workspace_id, embedded)
    rejected: dict[str, set[str]] = {}
    given: dict[str, set[str]] = {}
    for link in db.all(
        "select content_asset_id, tag_id, state from content_asset_tags"
        f" where (state = 'rejected' or source = 'human') and content_asset_id {_IN}",
        (id_list(request.target_id for request in requests),),
    ):
        of = rejected if link["state"] == "rejected" else given
        of.setdefault(link["content_asset_id"], set()).add(link["tag_id"])
    rules = [rule for rule in words.rules if rule.rule_type == "categorization"]

    items = {}
    for request in requests:
        target, row = request.target_id, stored[request.target_id]
        of_content = request.kind == "categorize_content"
        near_categories = categories.get(target, ())
        facts = facts_of(row, near_categories[0][1] if near_categories else None) if of_content else None
        fields = ("category", "sentiment", "audience") if of_content else ("category",)
        answers = _rules_asked(rules, facts)
        items[target] = ItemContext(
            target_id=target,
            workspace_id=workspace_id,
            facts=facts,
            human_fields=frozenset(field for field in fields if row[f"{field}_source"] == "human"),
            rejected_tags=frozenset(rejected.get(target, ())),
            human_tags=frozenset(given.get(target, ())),
            matched_rules=tuple(rule_id for rule_id, answer in answers.items() if answer),
            categories=near_categories,
            tags=tags.get(target, ()),
            neighbors=neighbors.get(target, ()),
            trained=trained.get(target, ()),
            category=row["primary_category"],
            slow_rules=tuple(rule_id for rule_id, answer in answers.items() if answer is None),
        )
    return items


def _rules_asked(rules: Sequence[Rule], facts: Mapping[str, Any] | None) -> dict[str, bool | None]:
    """By rule id whether it matches; None: it gave no answer in time."""
    if facts is None:
        return {}
    seen = as_facts(facts)
    return {rule.id: matches(rule.name, rule.conditions, seen) for rule in rules}


def _queries(requests: Sequence[ContextRequest]) -> NDArray[np.float32]:
    return np.array([request.embedding for request in requests], dtype=np.float32)


def _near(vectors: VectorSet | None, requests: Sequence[ContextRequest], count: int) -> Near:
    if not vectors or not requests:
        return {}
    scores = vectors.cosines(_queries(requests))
    return {
        request.target_id: tuple((vectors.ids[place], float(line[place])) for place in top_k(line, count))
        for request, line in zip(requests, scores, strict=True)
    }


def _with_due(
    near: Near, vectors: VectorCache, db: Database, words: Vocabulary, requests: Sequence[ContextRequest]
) -> Near:
    """Also those of groups of which content needs one, however far from the text."""
    needy = {group.name for group in words.groups if group.min_tags}
    due = {tag.id for tag in words.tags if tag.group in needy}
    if not due or not requests:
        return near
    home = vectors.sets(db, "tags")
    found = {}
    for request in requests:
        listed = near.get(request.target_id, ())
        missing = due.difference(key for key, _ in listed)
        sets = [one for one in home.values() if any(one.place(key) is not None for key in missing)]
        vector = request.embedding
        more = (
            []
            if vector is None
            else [hit for one in sets for hit in one.nearest(vector, len(due), among=missing)]
        )
        found[request.target_id] = tuple(sorted([*listed, *more], key=lambda hit: -hit[1]))
    return found


def _content_neighbors(
    db: Database, vectors: VectorSet | None, workspace_id: str, requests: Sequence[ContextRequest]
) -> dict[str, tuple[Neighbor, ...]]:
    if not vectors or not requests:
        return {}
    same_text: dict[str, list[str]] = {}
    for row in db.all(
        "select id, content_hash from content_assets indexed by idx_content_assets_confirmed_hash"
        f" where workspace_id = ? and content_hash {_IN}"
        " and confirmed_at is not null and primary_category is not null and not golden"
        " and embedding is not null"
        " order by confirmed_at desc, id",
        (workspace_id, id_list(request.content_hash for request in requests)),
    ):
        same_text.setdefault(row["content_hash"], []).append(row["id"])
    scores = vectors.cosines(_queries(requests))
    chosen: dict[str, dict[str, float]] = {}
    for request, line in zip(requests, scores, strict=True):
        # one more, because the row itself may be among them
        ids = [vectors.ids[place] for place in top_k(line, NEIGHBORS + 1)]
        ids = [row_id for row_id in ids if row_id != request.target_id][:NEIGHBORS]
        equal = next(
            (
                row_id
                for row_id in same_text.get(request.content_hash or "", ())
                if row_id != request.target_id
            ),
            None,
        )
        places = {row_id: vectors.place(row_id) for row_id in [*ids, *([equal] if equal else [])]}
        chosen[request.target_id] = {
            row_id: float(line[place]) for row_id, place in places.items() if place is not None
        }
    details = _confirmed(db, {row_id for found in chosen.values() for row_id in found})
    answer = {}
    for request in requests:
        found = [
            _neighbor(details[row_id], similarity, request.content_hash, text_of_asset(details[row_id]))
            for row_id, similarity in chosen[request.target_id].items()
            if row_id in details
        ]
        answer[request.target_id] = tuple(
            sorted(found, key=lambda one: (not one.equal, -one.similarity, one.id))
        )
    return answer


def _confirmed(db: Database, ids: set[str]) -> dict[str, Row]:
    found = db.all(
        "select content_assets.id, content_assets.content_hash, categories.id as category_id,"
        " content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path,"
        # a person's only: what a machine said of a neighbor is no evidence
        " case when content_assets.audience_source = 'human' then content_assets.target_audience end"
        " as audience,"
        " (select json_group_array(name) from (select tags.name from content_asset_tags as link"
        " inner join tags on link.tag_id = tags.id where link.content_asset_id = content_assets.id"
        " and link.state = 'applied' and link.source = 'human' order by tags.name)) as tags"
        " from content_assets inner join categories on content_assets.workspace_id = categories.workspace_id"
        f" and content_assets.primary_category = categories.name where content_assets.id {_IN}",
        (id_list(ids),),
    )
    return {row["id"]: row for row in found}


def _neighbor(row: Row, similarity: float, wanted_hash: str | None, text: str | None) -> Neighbor:
    return Neighbor(
        id=row["id"],
        category_id=row["category_id"],
        similarity=similarity,
        equal=wanted_hash is not None and row["content_hash"] == wanted_hash,
        tags=tuple(json.loads(row["tags"])),
        audience=row["audience"],
        text=None if text is None else text[:EXAMPLE_CHARACTERS],
    )


def _campaign_neighbors(
    db: Database, near: Near, requests: Sequence[ContextRequest]
) -> dict[str, tuple[Neighbor, ...]]:
    ids = {row_id for found in near.values() for row_id, _ in found}
    if not ids:
        return {}
    details = {
        row["id"]: row
        for row in db.all(
            "select campaigns.id, campaigns.content_hash, categories.id as category_id, '[]' as tags,"
            " null as audience, campaigns.name, content_style, visual_style, hashtag_strategy, cta_pattern"
            " from campaigns inner join categories on campaigns.workspace_id = categories.workspace_id"
            f" and campaigns.primary_category = categories.name where campaigns.id {_IN}",
            (id_list(ids),),
        )
    }
    return {
        request.target_id: tuple(
            _neighbor(details[row_id], similarity, request.content_hash, text_of_campaign(details[row_id]))
            for row_id, similarity in sorted(near[request.target_id], key=lambda found: (-found[1], found[0]))
            if row_id != request.target_id and row_id in details
        )[:NEIGHBORS]
        for request in requests
    }


def _trained(db: Database, workspace_id: str, requests: Sequence[ContextRequest]) -> Near:
    """Softmax over the labels of the workspace's active head."""
    labels = db.all(
        "select category_id, weights, bias from trained_head_labels where head_id ="
        " (select trained_heads.id from trained_heads inner join workspaces"
        " on trained_heads.workspace_id = workspaces.id where workspaces.id = ? and trained_heads.active"
        # the head of other vectors says nothing of these
        " and trained_heads.embedding_model = workspaces.embedding_model) order by category_id",
        (workspace_id,),
    )
    if not labels or not requests:
        return {}
    shares = head_scores(labels, _queries(requests))
    return {
        request.target_id: tuple(
            (labels[place]["category_id"], float(line[place])) for place in top_k(line, TRAINED)
        )
        for request, line in zip(requests, shares, strict=True)
    }


def head_scores(labels: Sequence[Row], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """(vectors, labels): the probability of each.

    Args:
        labels: rows of trained_head_labels.
    """
    blobs = b"".join(row["weights"] for row in labels)
    weights = np.frombuffer(blobs, dtype="<f4").reshape(-1, DIMENSIONS)
    logits = (vectors @ weights.T).astype(np.float64) + [row["bias"] for row in labels]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
