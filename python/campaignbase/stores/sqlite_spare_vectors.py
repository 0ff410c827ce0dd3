"""Vectors by another model beside those in use, on SQLite: made piece by piece, used all at once."""

# ruff: noqa: S608 - what is put into queries are names from these modules

from collections.abc import Callable, Sequence
from datetime import timedelta

from campaignbase.core.hashing import content_hash
from campaignbase.core.text import label_text
from campaignbase.core.vectors import pack
from campaignbase.errors import InputError
from campaignbase.models.backfills import END, SpareText, SpareTexts, SpareVector, Switched
from campaignbase.stores.sqlite_backfill_account import worked
from campaignbase.stores.sqlite_backfills import STEP
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_queue import MAX_BATCH, text_of_campaign
from campaignbase.stores.sqlite_rows import decode, id_list, stamp, text_of_asset

FEW = 10  # rows, or one in a hundred, may be without a vector for a while
_AGAIN_SECONDS = 60
_NEVER = "3000-01-01T00:00:00.000000Z"


def _text_of_label(row: Row) -> str | None:
    values = decode(row)
    return label_text(values["name"], values["description"], values["keywords"])


# in the order they are made
_SOURCES: dict[str, tuple[str, str, Callable[[Row], str | None]]] = {
    "embed_category": ("categories", "name, description, keywords", _text_of_label),
    "embed_tag": ("tags", "name, description, keywords", _text_of_label),
    "categorize_campaign": (
        "campaigns",
        "name, content_style, visual_style, hashtag_strategy, cta_pattern",
        text_of_campaign,
    ),
    "categorize_content": ("content_assets", "content, prompt, alt_text, file_path", text_of_asset),
}
_KINDS = list(_SOURCES)


def texts_after(db: Database, workspace_id: str, kind: str, after: str) -> list[tuple[str, str | None]]:
    """(id, text) by id, STEP of them at most. Twin of private.texts_after."""
    table, columns, text_of = _SOURCES[kind]
    found = db.all(
        f"select id, {columns} from {table} where workspace_id = ? and id > ? order by id limit ?",
        (workspace_id, after, STEP),
    )
    return [(row["id"], text_of(row)) for row in found]


def claim_vectors(db: Database, backfill_id: str, batch: int) -> SpareTexts | None:
    wanted = min(max(batch, 1), MAX_BATCH)
    now = db.now()
    with db.write(machine=True):
        run = db.one(
            "select * from backfills where id = ? and kind = 'vectors'"
            " and state in ('running', 'switched', 'rolled_back') and run_at <= ?",
            (backfill_id, now),
        )
        if run is None:
            return None
        if run["state"] != "running":
            requeue_strangers(db, run["workspace_id"])
            db.run("update backfills set run_at = ? where id = ?", (_NEVER, backfill_id))
            return SpareTexts(run["state"], END, ())
        area, _, after = run["place"].partition("/")
        area = area or _KINDS[0]
        found = texts_after(db, run["workspace_id"], area, after)
        known = _hashes(db, [row_id for row_id, _ in found], run["embedding_model"])
        looked = 0
        texts: list[SpareText] = []
        for row_id, text in found:
            looked, after = looked + 1, row_id
            text_hash = None if text is None else content_hash(text)
            if text is not None and text_hash is not None and known.get(row_id) != text_hash:
                texts.append(SpareText(area, row_id, text_hash, text))
            if len(texts) == wanted:
                break
        missing, state = run["found_missing"] + len(texts), run["state"]
        if looked == STEP or len(texts) == wanted:
            place = f"{area}/{after}"
        elif area != _KINDS[-1]:
            place = f"{_KINDS[_KINDS.index(area) + 1]}/"
        elif missing and (run["scanned"] + looked < 2 * run["total"] or missing > run["total"] // 1000):
            place = ""  # for what came or changed behind the place, or was lost with a worker
        else:
            place, state = END, "ready"
        db.run(
            "update backfills set place = ?, state = ?, found_missing = ?, scanned = scanned + ?,"
            " taken = taken + ?, last_error = null, seconds = seconds + ?, updated_at = ? where id = ?",
            (
                place, state, 0 if place in ("", END) else missing, looked, len(texts),
                worked(run, db.clock.now()), now, backfill_id,
            ),
        )  # fmt: skip
    return SpareTexts(state, place, tuple(texts))


def _hashes(db: Database, ids: Sequence[str], model: str) -> dict[str, str]:
    found = db.all(
        "select target_id, content_hash from spare_vectors"
        " where embedding_model = ? and target_id in (select value from json_each(?))",
        (model, id_list(ids)),
    )
    return {row["target_id"]: row["content_hash"] for row in found}


def write_vectors(db: Database, backfill_id: str, vectors: Sequence[SpareVector]) -> int:
    with db.write():
        run = db.one(
            "select workspace_id, embedding_model, run_at, updated_at from backfills"
            " where id = ? and kind = 'vectors' and state in ('running', 'paused', 'ready')",
            (backfill_id,),
        )
        if run is None:
            return 0
        db.run_many(
            "insert into spare_vectors"
            " (workspace_id, kind, target_id, embedding_model, content_hash, embedding)"
            " values (?, ?, ?, ?, ?, ?)"
            " on conflict (target_id, embedding_model) do update"
            " set content_hash = excluded.content_hash, embedding = excluded.embedding",
            [
                (
                    run["workspace_id"], one.kind, one.target_id, run["embedding_model"], one.content_hash,
                    None if one.embedding is None else pack(one.embedding),
                )
                for one in vectors
            ],
        )  # fmt: skip
        db.run(
            "update backfills set done = done + ?, seconds = seconds + ?, updated_at = ? where id = ?",
            (len(vectors), worked(run, db.clock.now()), db.now(), backfill_id),
        )
    return len(vectors)


def requeue_strangers(db: Database, workspace_id: str) -> int:
    """Rows whose vector is another model's lose it and wait. Twin of private.requeue_strangers."""
    model = db.value("select embedding_model from workspaces where id = ?", (workspace_id,))
    found = 0
    for kind, (table, _, _) in _SOURCES.items():
        rows = db.all(
            f"update {table} set embedding = null, embedding_model = null"
            " where workspace_id = ? and embedding_model <> ? returning id",
            (workspace_id, model),
        )
        found += len(rows)
        db.run_many(
            "insert into queue_job (workspace_id, kind, target_id) values (?, ?, ?)",
            [(workspace_id, kind, row["id"]) for row in rows],
        )
    return found


def switch_vectors(db: Database, backfill_id: str, back: bool) -> Switched:
    now = db.clock.now()
    with db.write(machine=True):
        run = db.one(
            "select * from backfills where id = ? and kind = 'vectors' and state = ?",
            (backfill_id, "switched" if back else "ready"),
        )
        if run is None:
            raise InputError(
                "there is no switch of vectors to take back;"
                " The way back ends with the next backfill of vectors."
                if back
                else "its vectors are not complete; Let the backfill run on."
            )
        home = run["workspace_id"]
        models = (run["previous_model"], run["embedding_model"])
        old, new = reversed(models) if back else models
        few = max(FEW, run["total"] // 100)
        if not back:
            for kind, (table, _, _) in _SOURCES.items():
                db.run(
                    "insert into spare_vectors"
                    " (workspace_id, kind, target_id, embedding_model, content_hash, embedding)"
                    " select workspace_id, ?, id, embedding_model, content_hash, embedding"
                    f" from {table} where workspace_id = ? and embedding_model = ?"
                    " and content_hash is not null"
                    " on conflict (target_id, embedding_model) do nothing",
                    (kind, home, old),
                )
            refused = db.value(
                "select count(*) from spare_vectors inner join spare_vectors as used"
                " on spare_vectors.target_id = used.target_id and used.embedding_model = ?"
                " where spare_vectors.workspace_id = ? and spare_vectors.embedding_model = ?"
                " and spare_vectors.embedding is null and used.embedding is not null",
                (old, home, new),
            )
            if refused > few:
                raise InputError(
                    f"{refused} rows have no vector by '{new}', which refused their texts;"
                    " The old vectors stay in use; cancel the backfill, see why, and start another one."
                )
        switched = sum(_use(db, home, kind, new) for kind in _SOURCES)
        db.run("update workspaces set embedding_model = ? where id = ?", (new, home))
        queued = requeue_strangers(db, home)
        if not back and queued > few:
            raise InputError(
                f"{queued} rows came or changed and have no vector by '{new}' yet;"
                " Resume the backfill, then switch."
            )
        db.run(
            "delete from spare_vectors where workspace_id = ? and (? or embedding_model = ?)",
            (home, back, new),
        )
        db.run(
            "update backfills set state = ?, run_at = ?, finished_at = ?, updated_at = ? where id = ?",
            (
                "rolled_back" if back else "switched", stamp(now + timedelta(seconds=_AGAIN_SECONDS)),
                stamp(now), stamp(now), backfill_id,
            ),
        )  # fmt: skip
    return Switched(switched, queued)


def _use(db: Database, workspace_id: str, kind: str, model: str) -> int:
    """Where the text is still the one it was made from."""
    table, columns, text_of = _SOURCES[kind]
    used, after = 0, ""
    while found := db.all(
        f"select {table}.id, {', '.join(f'{table}.{c}' for c in columns.split(', '))},"
        " spare_vectors.content_hash as spare_hash"
        f" from {table} inner join spare_vectors on {table}.id = spare_vectors.target_id"
        f" and spare_vectors.embedding_model = ? where {table}.workspace_id = ? and {table}.id > ?"
        f" order by {table}.id limit ?",
        (model, workspace_id, after, STEP),
    ):
        after = found[-1]["id"]
        right = [
            row["id"]
            for row in found
            if (text := text_of(row)) is not None and content_hash(text) == row["spare_hash"]
        ]
        used += db.run(
            f"update {table} set embedding = spare_vectors.embedding,"
            " embedding_model = case when spare_vectors.embedding is not null then ? end,"
            " content_hash = spare_vectors.content_hash from spare_vectors"
            f" where {table}.id = spare_vectors.target_id and spare_vectors.embedding_model = ?"
            f" and {table}.id in (select value from json_each(?))",
            (model, model, id_list(right)),
        )
    return used
