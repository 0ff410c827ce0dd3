"""What people said of content and of what rules did, on SQLite: twins of judged_content and rule_results."""

# ruff: noqa: S608 - what is put into queries are names from these modules

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from campaignbase.core.rule_names import in_own_names
from campaignbase.core.rule_schema import validate_conditions
from campaignbase.core.tags import fold_tag, spellings
from campaignbase.core.vectors import unpack
from campaignbase.models.rule_trials import JudgedChunk, JudgedRow
from campaignbase.stores.sqlite_categories import categories
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_facts import FACT_COLUMNS, as_facts, facts_of, matches
from campaignbase.stores.sqlite_file import SqliteFile
from campaignbase.stores.sqlite_rows import id_list
from campaignbase.stores.sqlite_tags import tags
from campaignbase.stores.sqlite_vectors import VectorCache

MAX_CHUNK = 1000
TEXT_SHOWN = 5000  # characters

_IN = "in (select value from json_each(?))"


class SqliteRuleTrials(SqliteFile):
    """`campaignbase.ports.rule_trials.RuleTrials`."""

    async def judged_content(
        self,
        workspace_id: str,
        conditions: Mapping[str, Any] | None = None,
        after: str | None = None,
        chunk: int = 500,
        campaign_id: str | None = None,
    ) -> JudgedChunk:
        return await self._run(
            judged_content, self._vectors, workspace_id, conditions, after, chunk, campaign_id
        )

    async def rule_results(self, workspace_id: str) -> dict[str, tuple[int, int]]:
        return await self._run(rule_results, workspace_id)


def judged_content(
    db: Database,
    vectors: VectorCache,
    workspace_id: str,
    conditions: Mapping[str, Any] | None,
    after: str | None,
    chunk: int,
    campaign_id: str | None,
) -> JudgedChunk:
    if conditions is not None:
        validate_conditions(conditions)
    wanted = min(max(chunk, 1), MAX_CHUNK)
    with db.read():
        if conditions is not None:
            conditions = in_own_names(conditions, categories(db, workspace_id), tags(db, workspace_id))
        near = vectors.sets(db, "categories").get(workspace_id)
        page = db.all(
            f"select {FACT_COLUMNS}, content_assets.embedding from content_assets"
            " left join campaigns on content_assets.campaign_id = campaigns.id"
            " where content_assets.workspace_id = :workspace and content_assets.id > :after"
            " and (:campaign is null or content_assets.campaign_id = :campaign)"
            " order by content_assets.id limit :wanted",
            {"workspace": workspace_id, "after": after or "", "campaign": campaign_id, "wanted": wanted},
        )
        ids = id_list(row["id"] for row in page)
        given: dict[str, list[str]] = {}
        refused: dict[str, list[str]] = {}
        for link in db.all(
            "select link.content_asset_id, link.state, tags.name from content_asset_tags as link"
            " inner join tags on link.tag_id = tags.id"
            f" where link.source = 'human' and link.content_asset_id {_IN} order by tags.name",
            (ids,),
        ):
            of = given if link["state"] == "applied" else refused
            of.setdefault(link["content_asset_id"], []).append(link["name"])
        corrected = {
            row["content_asset_id"]
            for row in db.all(
                "select distinct content_asset_id from corrections where workspace_id = ?"
                " and field = 'category' and kind in ('corrected', 'decided')"
                f" and content_asset_id {_IN}",
                (workspace_id, ids),
            )
        }
        found = []
        for row in page:
            key = row["id"]
            similarity = None
            if conditions is not None and near and row["embedding"] is not None:
                similarity = float(near.cosines(unpack(row["embedding"])[np.newaxis]).max())
            facts = facts_of(row, similarity)
            matched = conditions is not None and bool(matches("on trial", conditions, as_facts(facts)))
            judged = [f"{field}_source" for field in ("category", "sentiment", "audience")]
            if not (
                matched or key in given or key in refused or any(row[name] == "human" for name in judged)
            ):
                continue
            found.append(
                JudgedRow(
                    id=key,
                    matched=matched,
                    text=facts["text"][:TEXT_SHOWN] or None,
                    category=row["primary_category"],
                    category_by_person=row["category_source"] == "human",
                    corrected=key in corrected,
                    sentiment=row["sentiment"],
                    sentiment_by_person=row["sentiment_source"] == "human",
                    audience=row["target_audience"],
                    audience_by_person=row["audience_source"] == "human",
                    given_tags=tuple(given.get(key, ())),
                    refused_tags=tuple(refused.get(key, ())),
                )
            )
    last = page[-1]["id"] if len(page) == wanted else None
    return JudgedChunk(len(page), last, tuple(found))


def rule_results(db: Database, workspace_id: str) -> dict[str, tuple[int, int]]:
    found = {
        row["rule_id"]: Counter(kept=row["kept"], changed=row["changed"])
        for row in db.all(
            "select rule_id, sum(kind = 'confirmed') as kept, sum(kind <> 'confirmed') as changed"
            " from corrections where workspace_id = ? and rule_id is not null and field <> 'tags'"
            " group by rule_id",
            (workspace_id,),
        )
    }
    known = tags(db, workspace_id)
    ids = {tag.name: tag.id for tag in known}
    there = set(ids.values())
    words = spellings(known)
    for row in db.all(
        """
        select
            json_extract(label.value, '$.rule_id') as rule_id,
            json_extract(label.value, '$.id') as tag_id,
            json_extract(label.value, '$.name') as name,
            (
                select json_group_array(link.tag_id)
                from content_asset_tags as link
                where link.content_asset_id = corrections.content_asset_id and link.state = 'rejected'
            ) as refused
        from corrections
        inner join json_each(corrections.machine_labels) as label
        where
            workspace_id = ?
            and field = 'tags'
            and json_extract(label.value, '$.rule_id') is not null
        """,
        (workspace_id,),
    ):
        # under the name it has now, or what it was merged into; of one that is gone nobody knows any more
        own_name = words.get(fold_tag(row["name"]), "")
        tag_id = row["tag_id"] if row["tag_id"] in there else ids.get(own_name)
        if tag_id is not None:
            outcome = "changed" if tag_id in json.loads(row["refused"]) else "kept"
            found.setdefault(row["rule_id"], Counter())[outcome] += 1
    return {rule_id: (counts["kept"], counts["changed"]) for rule_id, counts in found.items()}
