"""New content and campaigns on Postgres."""

import json
import uuid
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from campaignbase.core.new_content import check_new_content, last_by_source_key
from campaignbase.errors import InputError
from campaignbase.models import InsertCounts, NewCampaign, NewContent


def _insert(workspace_id: str, rows: str) -> str:
    """The statement, with what it shall say for a workspace's id and for a JSON array of rows."""
    return f"""
        with
        incoming as (
            select *
            from jsonb_to_recordset({rows}) as given (
                id uuid, asset_type text, content text, prompt text, alt_text text, file_path text,
                file_url text, source_key text, campaign_id uuid, generator text, generation_cost numeric,
                parameters jsonb, primary_category text, tags text[], sentiment text, target_audience text
            )
        ),
        known as (
            select content_assets.source_key
            from public.content_assets
            where
                content_assets.workspace_id = {workspace_id}
                and content_assets.source_key in (select incoming.source_key from incoming)
            for key share
        )
        insert into public.content_assets
        (
            id, workspace_id, asset_type, content, prompt, alt_text, file_path, file_url, source_key,
            campaign_id, generator, generation_cost, parameters, primary_category, tags, sentiment,
            target_audience
        )
        select
            incoming.id, {workspace_id}, incoming.asset_type, incoming.content, incoming.prompt,
            incoming.alt_text, incoming.file_path, incoming.file_url, incoming.source_key,
            incoming.campaign_id, incoming.generator, incoming.generation_cost, incoming.parameters,
            incoming.primary_category,
            -- of a row that is known these are not taken, so their words must not become tags
            case when known.source_key is null then coalesce(incoming.tags, '{{}}') else '{{}}' end,
            case when known.source_key is null then incoming.sentiment end,
            case when known.source_key is null then incoming.target_audience end
        from incoming
        left join known on incoming.source_key = known.source_key
        on conflict on constraint content_assets_source_key_is_unique do update
            set
                asset_type = excluded.asset_type,
                content = excluded.content,
                prompt = excluded.prompt,
                alt_text = excluded.alt_text,
                file_path = excluded.file_path,
                file_url = excluded.file_url,
                campaign_id = excluded.campaign_id,
                parameters = excluded.parameters,
                primary_category = coalesce(excluded.primary_category, content_assets.primary_category)
            where
                private.asset_text(
                    content_assets.content, content_assets.prompt, content_assets.alt_text,
                    content_assets.file_path
                ) is distinct from private.asset_text(
                    excluded.content, excluded.prompt, excluded.alt_text, excluded.file_path
                )
                -- a person's label for a row that is known is news too
                or excluded.primary_category <> content_assets.primary_category
                or (excluded.primary_category is not null and content_assets.primary_category is null)
    """  # noqa: S608 two places of our own


_INSERT_ALL = _insert("%(workspace_id)s", "%(rows)s") + " returning content_assets.id"
# One by one until a row is refused; its place, from 0, is the error's detail. It always ends with an error.
_INSERT_EACH = f"""
    do $each$
    declare
        here constant uuid := current_setting('campaignbase.workspace');
        listed jsonb;
        place integer := 0;
        told text;
        advice text;
        broken text;
    begin
        for listed in select * from jsonb_array_elements(current_setting('campaignbase.rows')::jsonb)
        loop
            begin
                {_insert("here", "jsonb_build_array(listed)")};
            exception
                when integrity_constraint_violation or data_exception then
                    get stacked diagnostics
                        told = message_text, advice = pg_exception_hint, broken = constraint_name;
                    raise exception using
                        errcode = 'data_exception', message = told, hint = advice, constraint = broken,
                        detail = place;
            end;
            place := place + 1;
        end loop;
        raise exception using errcode = 'data_exception', message = 'each row alone can be stored';
    end
    $each$
"""  # noqa: S608 as above
_INSERT_CAMPAIGN = """
    insert into public.campaigns
    (
        workspace_id, name, campaign_type, status, target_platforms, content_style, visual_style,
        hashtag_strategy, cta_pattern, primary_category
    )
    values (
        %(workspace_id)s, %(name)s, %(campaign_type)s, %(status)s, %(target_platforms)s, %(content_style)s,
        %(visual_style)s, %(hashtag_strategy)s, %(cta_pattern)s, %(primary_category)s
    )
    returning id
"""


class PostgresInsert:
    if TYPE_CHECKING:

        def _transaction(self) -> AbstractAsyncContextManager[psycopg.AsyncConnection[DictRow]]: ...

    async def insert_content(self, workspace_id: str, rows: Sequence[NewContent]) -> InsertCounts:
        kept = last_by_source_key(rows)
        new_ids = [str(uuid.uuid4()) for _ in kept]
        records = Jsonb([_record(key, row) for key, row in zip(new_ids, kept, strict=True)])
        try:
            async with self._transaction() as connection:
                cursor = await connection.execute(
                    "select name from public.categories where workspace_id = %s", (workspace_id,)
                )
                check_new_content(rows, {row["name"] for row in await cursor.fetchall()})
                cursor = await connection.execute(
                    _INSERT_ALL, {"workspace_id": workspace_id, "rows": records}
                )
                written = [str(row["id"]) for row in await cursor.fetchall()]
        except InputError as error:
            if not isinstance(error.__cause__, psycopg.Error):
                raise
            refused = await self._first_refused(workspace_id, rows, kept, records)
            raise (refused or error) from error.__cause__
        fresh = set(new_ids)
        inserted = sum(1 for key in written if key in fresh)
        return InsertCounts(inserted, len(written) - inserted, len(rows) - len(written), tuple(written))

    async def _first_refused(
        self, workspace_id: str, rows: Sequence[NewContent], kept: Sequence[NewContent], records: Jsonb
    ) -> InputError | None:
        """What is wrong with which row; None when each can be stored now."""
        settings = sql.SQL(
            "select set_config('campaignbase.workspace', {}, true),"
            " set_config('campaignbase.rows', {}, true);"
        ).format(sql.Literal(workspace_id), sql.Literal(json.dumps(records.obj)))
        try:
            async with self._transaction() as connection:
                await connection.execute(settings + sql.SQL(_INSERT_EACH))
        except InputError as error:
            found = error.__cause__.diag if isinstance(error.__cause__, psycopg.Error) else None
            if found is None or not (found.message_detail or "").isdigit():
                return None
            row = kept[int(found.message_detail or 0)]
            place = next(place for place, given in enumerate(rows, start=1) if given is row)
            if found.constraint_name == "content_assets_campaign_id_fkey":
                return InputError(
                    f"row {place}: no campaign {row.campaign_id!r} in this workspace;"
                    " see: campaignbase campaigns"
                )
            return InputError(f"row {place}: {error}")
        return None

    async def insert_campaigns(self, workspace_id: str, rows: Sequence[NewCampaign]) -> list[str]:
        ids = []
        async with self._transaction() as connection:
            # two imports that create the same campaign wait for each other here
            await connection.execute(
                "select id from public.workspaces where id = %s for no key update", (workspace_id,)
            )
            for row in rows:
                values = {
                    "workspace_id": workspace_id,
                    "name": row.name,
                    "campaign_type": row.campaign_type,
                    "status": row.status,
                    "target_platforms": list(row.target_platforms),
                    "content_style": row.content_style,
                    "visual_style": row.visual_style,
                    "hashtag_strategy": row.hashtag_strategy,
                    "cta_pattern": row.cta_pattern,
                    "primary_category": row.primary_category,
                }
                cursor = await connection.execute(
                    "select id from public.campaigns"
                    " where workspace_id = %(workspace_id)s and name = %(name)s order by created_at limit 1",
                    values,
                )
                found = await cursor.fetchone()
                if found is None:
                    cursor = await connection.execute(_INSERT_CAMPAIGN, values)
                    found = await cursor.fetchone()
                ids += [str(found["id"])] if found else []
        return ids


def _record(key: str, row: NewContent) -> dict[str, Any]:
    return {
        "id": key,
        "asset_type": row.asset_type,
        "content": row.content,
        "prompt": row.prompt,
        "alt_text": row.alt_text,
        "file_path": row.file_path,
        "file_url": row.file_url,
        "source_key": row.source_key,
        "campaign_id": row.campaign_id,
        "generator": row.generator,
        "generation_cost": None if row.generation_cost is None else str(row.generation_cost),
        "parameters": dict(row.parameters),
        "primary_category": row.primary_category,
        "tags": list(row.tags),
        "sentiment": row.sentiment,
        "target_audience": row.target_audience,
    }
