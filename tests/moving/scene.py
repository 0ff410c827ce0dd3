"""A SQLite file and a Postgres with something in every table, and ways to look at them."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import psycopg
from tests.support.postgres import Database

from campaignbase.models import Correction, NewCampaign, NewContent, Tag, TagGroup, TrainedHead
from campaignbase.models.api_keys import ApiRequest, NewApiKey
from campaignbase.models.backfills import ModelBatch, NewBackfill, SpareVector
from campaignbase.models.budget import Settlement, Wish
from campaignbase.models.learning import GateVerdict
from campaignbase.moving.copy import CopyReport, copy
from campaignbase.moving.shape import tables
from campaignbase.moving.sides import Side
from campaignbase.pipeline.labeler import Labeler
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock, HashEmbedder, hash_vectors
from campaignbase.wiring import labeler

ROWS = 7
NUMBERED = {("webhook_secrets", "id")}  # by each database


async def fill(path: Path, name: str = "Fernway") -> str:
    """The id of a workspace whose rows fill every table that SQLite can fill."""
    clock = FakeClock()
    store = SqliteStore(path, clock=clock)
    workspace = (await store.create_workspace(name)).id
    [campaign] = await store.insert_campaigns(workspace, [NewCampaign("Spring", "product_launch")])
    added = await store.insert_content(
        workspace,
        [
            NewContent(content=f"Spring sale {n}: 20% off \N{TULIP}", campaign_id=campaign)
            for n in range(ROWS)
        ],
    )
    working: Labeler = labeler(store)
    await working.drain(batch=50)
    await store.correct(added.ids[0], Correction(category="event", add_tags=("urgency",), sentiment="mixed"))
    await store.set_approval(added.ids[0], "approved", "fine")
    await store.save_tag_group(workspace, TagGroup("stage", 0, 2, ("urgency",)))
    await store.add_tags(workspace, [Tag("", "of no use")])
    await store.remove_tag(workspace, "of no use")
    endpoint, _ = await store.add_webhook(
        workspace, "crm", "https://hooks.example.com/x", ["content.labeled"]
    )
    await store.rotate_webhook_secret(endpoint.id)
    await store.test_webhook(endpoint.id)
    known = hashlib.sha256(name.encode()).hexdigest()
    new = NewApiKey("import", "editor", ("content:write",), known[:8], known)
    key = await store.add_api_key(workspace, new)
    asked = ApiRequest(str(uuid4()), key.id, "POST", "/content", 201, "r1", "10.0.0.7", 1.5)
    await store.log_api_requests([asked])
    await store.revoke_api_key(key.id)
    categories = [one.id for one in await store.categories(workspace)][:2]
    vectors = hash_vectors(["one", "two"])
    await store.save_head(
        workspace, TrainedHead(HashEmbedder().model, 9, 0.7, categories, vectors, vectors[:, 0])
    )
    told = {"basis": "golden", "rows": 30}
    await store.record_verdict(workspace, GateVerdict("analyst", "m", "1", 0.02, told, passed=False))
    await store.set_daily_budget(workspace, Decimal(2))
    for _ in range(2):
        [grant] = await store.reserve_spend([Wish(workspace, "embedding", "m", (Decimal("0.5"),))])
    await store.settle_spend([Settlement(str(grant.reservation_id), Decimal("0.123456"))])
    labels = await store.start_backfill(workspace, NewBackfill("labels", {"label_state": ["review"]}))
    await store.add_model_batch(
        ModelBatch(str(uuid4()), workspace, labels, "m", {"id": "b"}, {}, None, clock.now())
    )
    made = await store.start_backfill(workspace, NewBackfill("vectors", embedding_model="next"))
    await store.write_vectors(made, [SpareVector("categorize_content", added.ids[0], known, vectors[0])])
    db = store._db
    with db.write():
        db.run(
            "insert into cache_entries (cache_key, workspace_id, cache_value, cache_type, expires_at)"
            " values ('k', ?, '{\"n\": 1.50, \"u\": \"\u00fc\"}', 'x', '2030-01-01T00:00:00.000001Z')",
            (workspace,),
        )
        db.run(
            "insert into social_posts (workspace_id, campaign_id, content_asset_id, platform, hashtags,"
            " views, likes, posting_cost) values (?, ?, ?, 'x', ?, 100, 7, '1.2500')",
            (workspace, campaign, added.ids[1], json.dumps(["#a,b", 'q"uote', ""])),
        )
        db.run(
            "insert into schedulings (workspace_id, content_asset_id, platform, rule, scheduled_time)"
            " values (?, ?, 'x', 'plan it', '2030-01-01T00:00:00.000001Z')",
            (workspace, added.ids[1]),
        )
        db.run(
            "insert into label_proposal_uses (workspace_id, proposal_id, content_asset_id)"
            " select workspace_id, id, ? from label_proposals",
            (added.ids[1],),
        )
        db.run(
            "insert into invitations (workspace_id, email, role) values (?, 'ada@example.com', 'editor')",
            (workspace,),
        )
        db.run(
            'update content_assets set parameters = \'{"b":1,"a":[null,true]}\' where id = ?', (added.ids[2],)
        )
        db.run("update categories set parent_id = ? where id = ?", (categories[0], categories[1]))
    await store.queue_content(added.ids[3:6])
    await store.claim_jobs("w", 1)
    [dead] = db.all("select id from jobs where state = 'waiting' limit 1")
    db.run("update jobs set state = 'dead', failures = 5, last_error = 'boom' where id = ?", (dead["id"],))
    await store.close()
    return workspace


def moved(source: Side, target: Side, **options: Any) -> CopyReport:
    with closing(source), closing(target):
        return copy(source, target, **options)


def contents(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every value of every table but the jobs, read as what it means."""
    with closing(sqlite3.connect(path)) as file:
        file.row_factory = sqlite3.Row
        return {
            table.name: [
                {
                    name: meaning(name, row[name])
                    for name in row.keys()  # noqa: SIM118 a Row iterates its values
                    if (table.name, name) not in NUMBERED
                }
                for row in file.execute(f"select * from {table.name} order by {', '.join(table.key)}")
            ]
            for table in tables()
            if table.name != "jobs"
        }


def meaning(column: str, value: Any) -> Any:
    if isinstance(value, float):
        return np.float32(value).item()  # Postgres keeps four bytes
    if column.endswith(("cost", "budget", "reserved", "settled", "amount")) and value is not None:
        return Decimal(value)
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    return value


def sqlite(path: Path, query: str, values: Sequence[Any] = ()) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("pragma foreign_keys = on")
        return connection.execute(query, values).fetchall()


def postgres(database: Database, query: str, values: Sequence[Any] | None = None) -> list[Any]:
    with psycopg.connect(database.url, autocommit=True) as connection:
        cursor = connection.execute(query.encode(), values)
        return cursor.fetchall() if cursor.description else []


def counts(database: Database) -> dict[str, int]:
    schemas = dict(
        postgres(
            database,
            "select table_name, table_schema from information_schema.tables"
            " where table_schema in ('public', 'private')",
        )
    )
    return {
        table.name: postgres(database, f"select count(*) from {schemas[table.name]}.{table.name}")[0][0]
        for table in tables()
    }
