"""What a head learns from, the versions of it, and what they are measured with, on SQLite."""

from collections.abc import Sequence
from uuid import uuid4

import numpy as np

from campaignbase.core.golden import check_golden, contradiction, unfiled
from campaignbase.core.vectors import pack, unpack
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import DIMENSIONS, Confirmed, TrainedHead, Vector
from campaignbase.models.learning import (
    Golden,
    HeadVersion,
    Judgement,
    LearningState,
    Prediction,
    ReviewRow,
)
from campaignbase.stores import learning_rows as read
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_context import head_scores
from campaignbase.stores.sqlite_file import SqliteFile
from campaignbase.stores.sqlite_rows import decode, id_list, moment, text_of_asset, to_json

MOST_VERSIONS = 500


class SqliteLearning(SqliteFile):
    """`campaignbase.ports.learning.Learning`."""

    async def corrections(self, workspace_id: str, limit: int = 100) -> list[Judgement]:
        return await self._run(corrections, workspace_id, limit)

    async def learning_state(self, workspace_id: str) -> LearningState:
        return await self._run(learning_state, workspace_id)

    async def confirmed(self, workspace_id: str) -> Confirmed:
        return await self._run(confirmed, workspace_id)

    async def label_vectors(self, workspace_id: str, embedding_model: str) -> dict[str, Vector]:
        return await self._run(label_vectors, workspace_id, embedding_model)

    async def save_head(self, workspace_id: str, head: TrainedHead, *, activate: bool = True) -> int:
        return await self._run(save_head, workspace_id, head, activate)

    async def heads(self, workspace_id: str) -> list[HeadVersion]:
        return await self._run(heads, workspace_id)

    async def activate_head(self, workspace_id: str, version: int | None) -> None:
        await self._run(activate_head, workspace_id, version)

    async def head_predictions(
        self, workspace_id: str, version: int, target_ids: Sequence[str]
    ) -> list[Prediction]:
        return await self._run(head_predictions, workspace_id, version, target_ids)

    async def golden(self, workspace_id: str) -> list[Golden]:
        return await self._run(golden, workspace_id)

    async def set_golden(self, target_ids: Sequence[str], golden: bool) -> int:
        return await self._run(set_golden, target_ids, golden)

    async def review_rows(self, workspace_id: str, limit: int = 400) -> list[ReviewRow]:
        return await self._run(review_rows, workspace_id, limit)


def corrections(db: Database, workspace_id: str, limit: int) -> list[Judgement]:
    found = db.all(
        "select * from corrections where workspace_id = ? order by created_at desc, id desc limit ?",
        (workspace_id, limit),
    )
    return [read.judgement(decode(row)) for row in found]


def learning_state(db: Database, workspace_id: str) -> LearningState:
    with db.read():
        rows = db.value(
            "select count(*) from content_assets where workspace_id = ? and not golden"
            " and confirmed_at is not null and primary_category is not null and embedding is not null"
            # counted and not learned from, they would ask for a new fit for ever
            " and not exists (select 1 from content_assets as golden"
            " where golden.workspace_id = content_assets.workspace_id and golden.golden"
            " and golden.content_hash = content_assets.content_hash)",
            (workspace_id,),
        )
        newest = db.one(
            "select train_rows, trained_heads.created_at,"
            " max(0, coalesce(json_array_length(measures, '$.labels'), 0) - (select count(*)"
            " from trained_head_labels where head_id = trained_heads.id)) as lost"
            " from trained_heads inner join workspaces"
            " on trained_heads.workspace_id = workspaces.id where workspaces.id = ?"
            # that of other vectors says nothing of these
            " and trained_heads.embedding_model"
            " = coalesce(workspaces.embedding_model, trained_heads.embedding_model)"
            " order by version desc limit 1",
            (workspace_id,),
        )
        corrected = db.value(
            "select count(*) from categorizations where workspace_id = ? and judged_id is not null"
            " and field = 'category' and label is not previous_label and created_at > ?",
            (workspace_id, "" if newest is None else newest["created_at"]),
        )
    if newest is None:
        return LearningState(rows, 0, corrected)
    return LearningState(rows, newest["train_rows"], corrected, newest["lost"])


def confirmed(db: Database, workspace_id: str) -> Confirmed:
    found = db.all(
        """
        select
            content_assets.id, content_assets.embedding, content_assets.confirmed_at,
            categories.id as category_id
        from content_assets
        inner join categories
            on
                content_assets.workspace_id = categories.workspace_id
                and content_assets.primary_category = categories.name
        where
            content_assets.workspace_id = ?
            and content_assets.confirmed_at is not null
            and content_assets.embedding is not null
            and not content_assets.golden
            -- nor the text of a golden row: it would be measured with what it taught
            and not exists (
                select 1
                from content_assets as golden
                where
                    golden.workspace_id = content_assets.workspace_id
                    and golden.golden
                    and golden.content_hash = content_assets.content_hash
            )
        order by content_assets.id
        """,
        (workspace_id,),
    )
    blobs = b"".join(row["embedding"] for row in found)
    matrix = np.frombuffer(blobs, dtype="<f4").reshape(-1, DIMENSIONS).astype(np.float32)
    return Confirmed(
        matrix,
        [row["category_id"] for row in found],
        [row["id"] for row in found],
        [moment(row["confirmed_at"]) for row in found],
    )


def label_vectors(db: Database, workspace_id: str, embedding_model: str) -> dict[str, Vector]:
    found = db.all(
        "select id, embedding from categories"
        " where workspace_id = ? and embedding_model = ? and embedding is not null",
        (workspace_id, embedding_model),
    )
    return {row["id"]: unpack(row["embedding"]) for row in found}


def save_head(db: Database, workspace_id: str, head: TrainedHead, activate: bool) -> int:
    key = str(uuid4())
    with db.write():
        version = 1 + int(
            db.value(
                "select coalesce(max(version), 0) from trained_heads where workspace_id = ?", (workspace_id,)
            )
        )
        values = {
            "id": key,
            "workspace_id": workspace_id,
            "version": version,
            "origin": head.origin,
            "embedding_model": head.embedding_model,
            "train_rows": head.train_rows,
            "threshold": head.threshold,
            "target_precision": head.target_precision,
            "margin": head.margin,
            "measures": to_json(dict(head.measures)),
            "comparison": None if head.comparison is None else to_json(dict(head.comparison)),
        }
        columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
        db.run(f"insert into trained_heads ({columns}) values ({places})", values)  # noqa: S608
        thresholds = [None] * len(head.category_ids) if head.thresholds is None else head.thresholds.tolist()
        db.run_many(
            "insert into trained_head_labels (workspace_id, head_id, category_id, weights, bias, threshold)"
            # a category removed while the head was fitted takes no part
            " select workspace_id, ?, id, ?, ?, ? from categories where id = ? and workspace_id = ?",
            [
                (key, pack(weights), float(bias), threshold, category_id, workspace_id)
                for category_id, weights, bias, threshold in zip(
                    head.category_ids, head.weights, head.bias, thresholds, strict=True
                )
            ],
        )
        if activate:
            _activate(db, workspace_id, version)
        # measures are kept, the vectors of old versions are not
        db.run(
            "delete from trained_head_labels where head_id in (select id from trained_heads"
            " where workspace_id = ? and version <= ? and not active)",
            (workspace_id, version - 10),
        )
    return version


def heads(db: Database, workspace_id: str) -> list[HeadVersion]:
    found = db.all(
        "select * from trained_heads where workspace_id = ? order by version desc limit ?",
        (workspace_id, MOST_VERSIONS),
    )
    return [read.head_version(decode(row)) for row in found]


def activate_head(db: Database, workspace_id: str, version: int | None) -> None:
    with db.write():
        _activate(db, workspace_id, version)


def _activate(db: Database, workspace_id: str, version: int | None) -> None:
    if version is not None:
        wanted = db.one(
            "select id, (select count(*) from trained_head_labels where head_id = trained_heads.id) as labels"
            " from trained_heads where workspace_id = ? and version = ?",
            (workspace_id, version),
        )
        if wanted is None:
            raise NotFoundError(f"no version {version} of a trained head")
        if not wanted["labels"]:
            raise InputError(f"version {version} of the trained head has no labels any more; Fit a new one.")
    db.run(
        "update trained_heads set active = 0 where workspace_id = :home and active"
        " and version is not :version"
        # the head of other vectors is not in its place
        " and (:version is null or embedding_model = (select embedding_model from trained_heads"
        " where workspace_id = :home and version = :version))",
        {"home": workspace_id, "version": version},
    )
    db.run(
        "update trained_heads set active = 1, activated_at = ?"
        " where workspace_id = ? and version = ? and not active",
        (db.now(), workspace_id, version),
    )


def head_predictions(
    db: Database, workspace_id: str, version: int, target_ids: Sequence[str]
) -> list[Prediction]:
    with db.read():
        head = db.one(
            "select id, embedding_model, threshold from trained_heads where workspace_id = ? and version = ?",
            (workspace_id, version),
        )
        if head is None:
            return []
        labels = db.all(
            "select category_id, weights, bias, threshold from trained_head_labels where head_id = ?"
            " order by category_id",
            (head["id"],),
        )
        rows = db.all(
            "select id, embedding from content_assets where workspace_id = ? and embedding_model = ?"
            " and embedding is not null and id in (select value from json_each(?)) order by id",
            (workspace_id, head["embedding_model"], id_list(target_ids)),
        )
    if not labels or not rows:
        return []
    scores = head_scores(labels, np.array([unpack(row["embedding"]) for row in rows], dtype=np.float32))
    best = scores.argmax(axis=1)
    return [
        Prediction(
            row["id"],
            labels[place]["category_id"],
            float(line[place]),
            head["threshold"] if labels[place]["threshold"] is None else labels[place]["threshold"],
        )
        for row, line, place in zip(rows, scores, best, strict=True)
    ]


_GOLDEN = """
    select
        content_assets.id, content_assets.content, content_assets.prompt, content_assets.alt_text,
        content_assets.file_path, content_assets.content_hash, content_assets.embedding,
        content_assets.embedding_model, content_assets.confirmed_at,
        categories.id as category_id, categories.name as category
    from content_assets
    inner join categories
        on
            content_assets.workspace_id = categories.workspace_id
            and content_assets.primary_category = categories.name
    where
        content_assets.workspace_id = ?
        and content_assets.golden
        and content_assets.confirmed_at is not null
    order by content_assets.id
"""


def golden(db: Database, workspace_id: str) -> list[Golden]:
    found = [
        Golden(
            row["id"],
            row["category_id"],
            row["category"],
            text_of_asset(row),
            row["content_hash"],
            None if row["embedding"] is None else unpack(row["embedding"]),
            row["embedding_model"],
            moment(row["confirmed_at"]),
        )
        for row in db.all(_GOLDEN, (workspace_id,))
    ]
    check_golden((row.id, row.category, row.text) for row in found)
    return found


def set_golden(db: Database, target_ids: Sequence[str], golden: bool) -> int:
    with db.write():
        rows = db.all(
            "select id, workspace_id, confirmed_at, primary_category, golden from content_assets"
            " where id in (select value from json_each(?)) order by id",
            (id_list(target_ids),),
        )
        for row in rows:
            if golden and (row["confirmed_at"] is None or row["primary_category"] is None):
                raise InputError(unfiled(row["id"]))
        changed = [row["id"] for row in rows if bool(row["golden"]) != golden]
        db.run(
            "update content_assets set golden = ? where id in (select value from json_each(?))",
            (golden, id_list(changed)),
        )
        for workspace_id in {row["workspace_id"] for row in rows} if golden else ():
            refuse_contradiction(db, workspace_id, set(changed))
    return len(changed)


def refuse_contradiction(db: Database, workspace_id: str, changed: set[str]) -> None:
    """Raise InputError when a golden row that was changed has the text of one with another category."""
    written = "select 1 from content_assets where golden and id in (select value from json_each(?)) limit 1"
    if db.one(written, (id_list(changed),)) is None:
        return
    by_text: dict[str, list[tuple[str, str]]] = {}
    for row in db.all(_GOLDEN, (workspace_id,)):
        by_text.setdefault(text_of_asset(row) or "", []).append((row["id"], row["category"]))
    for same in by_text.values():
        for row_id, category in same:
            for other_id, other in same:
                if row_id in changed and other != category:
                    raise InputError(contradiction(row_id, category, other_id, other))


def review_rows(db: Database, workspace_id: str, limit: int) -> list[ReviewRow]:
    found = db.all(
        """
        select
            content_assets.id, content_assets.content, content_assets.prompt, content_assets.alt_text,
            content_assets.file_path, content_assets.embedding, content_assets.content_hash,
            decisions.candidate, decisions.score, coalesce(decisions.reasons, '[]') as reasons,
            coalesce(decisions.created_at, content_assets.updated_at) as waiting_since
        from content_assets
        left join categorizations as decisions
            on decisions.rowid = (
                select last.rowid
                from categorizations as last
                where
                    last.workspace_id = content_assets.workspace_id
                    and last.content_asset_id = content_assets.id
                    and last.field = 'category'
                order by last.created_at desc, last.rowid desc
                limit 1
            )
        where
            content_assets.workspace_id = ?
            and content_assets.label_state = 'review'
            -- rightly empty, a person said
            and content_assets.category_source is not 'human'
        order by waiting_since, content_assets.id
        limit ?
        """,
        (workspace_id, min(max(limit, 1), 1000)),
    )
    return [
        ReviewRow(
            row["id"],
            text_of_asset(row),
            row["candidate"],
            row["score"],
            tuple(decode(row)["reasons"]),
            moment(row["waiting_since"]),
            None if row["embedding"] is None else unpack(row["embedding"]),
            row["content_hash"],
        )
        for row in found
    ]
