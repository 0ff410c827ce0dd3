"""Workspaces, categories, tags and rules on Postgres."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from campaignbase.core.rule_schema import validate_rule
from campaignbase.errors import InputError, NotFoundError, RuleError
from campaignbase.models import (
    DEFAULT_WORKSPACE_ID,
    Category,
    ContentAsset,
    Rule,
    Tag,
    Workspace,
)
from campaignbase.stores import rows as read
from campaignbase.stores.postgres_content import ASSET_QUERY

_WORKSPACE = "select id::text as id, name, embedding_model, vocabulary_version from public.workspaces"
_RULE = """
    select
        id, name, rule_type, conditions, actions, priority, enabled, execution_count, success_count,
        last_execution
    from public.automation_rules
"""


class PostgresVocabulary:
    if TYPE_CHECKING:

        def _transaction(self) -> AbstractAsyncContextManager[psycopg.AsyncConnection[DictRow]]: ...

        async def _all(self, query: str, values: Any = ()) -> list[DictRow]: ...

    async def workspaces(self) -> list[Workspace]:
        return [Workspace(**row) for row in await self._all(_WORKSPACE + " order by created_at, id")]

    async def create_workspace(self, name: str) -> Workspace:
        if name == "default":
            await self._all(
                "insert into public.workspaces (id, name) values (%s, %s)"
                " on conflict (id) do nothing returning id",
                (DEFAULT_WORKSPACE_ID, name),
            )
            found = await self._all(_WORKSPACE + " where id = %s", (DEFAULT_WORKSPACE_ID,))
        else:
            found = await self._all(
                "insert into public.workspaces (name) values (%s)"
                " returning id::text as id, name, embedding_model, vocabulary_version",
                (name,),
            )
        return Workspace(**found[0])

    async def categories(self, workspace_id: str) -> list[Category]:
        found = await self._all(
            "select id, name, parent_id, description, keywords, manual_only, usage_count"
            ' from public.categories where workspace_id = %s order by name collate "C"',
            (workspace_id,),
        )
        return [read.category(row) for row in found]

    async def tags(self, workspace_id: str) -> list[Tag]:
        found = await self._all(
            "select id, name, tag_type, description, keywords, aliases, manual_only, usage_count"
            ' from public.tags where workspace_id = %s order by name collate "C"',
            (workspace_id,),
        )
        return [read.tag(row) for row in found]

    async def add_categories(self, workspace_id: str, categories: Sequence[Category]) -> int:
        added = await self._all(
            """
            insert into public.categories (workspace_id, name, parent_id, description, keywords, manual_only)
            select %(workspace_id)s, new.name, new.parent_id, new.description, new.keywords, new.manual_only
            from jsonb_to_recordset(%(categories)s)
                as new (name text, parent_id uuid, description text, keywords text[], manual_only boolean)
            on conflict on constraint categories_name_is_unique do nothing
            returning id
            """,
            {
                "workspace_id": workspace_id,
                "categories": Jsonb(
                    [
                        {
                            "name": category.name,
                            "parent_id": category.parent_id,
                            "description": category.description,
                            "keywords": list(category.keywords),
                            "manual_only": category.manual_only,
                        }
                        for category in categories
                    ]
                ),
            },
        )
        return len(added)

    async def remove_category(self, workspace_id: str, name: str) -> None:
        gone = await self._all(
            "delete from public.categories where workspace_id = %s and name = %s returning id",
            (workspace_id, name),
        )
        if not gone:
            raise NotFoundError(f"no category {name!r}; see: campaignbase categories")

    async def rename_category(self, workspace_id: str, name: str, new_name: str) -> None:
        renamed = await self._all(
            "update public.categories set name = %s where workspace_id = %s and name = %s returning id",
            (new_name, workspace_id, name),
        )
        if not renamed:
            raise NotFoundError(f"no category {name!r}; see: campaignbase categories")

    async def edit_category(self, workspace_id: str, name: str, new: Category) -> None:
        async with self._transaction() as connection:
            cursor = await connection.execute(
                "select name from public.categories where workspace_id = %s", (workspace_id,)
            )
            known = {row["name"] for row in await cursor.fetchall()}
            if name not in known:
                raise NotFoundError(f"no category {name!r}; see: campaignbase categories")
            if new.name != name and new.name in known:
                raise InputError(f"a category {new.name!r} exists already; choose another name")
            await connection.execute(
                "update public.categories set name = %s, parent_id = %s, description = %s, keywords = %s,"
                " manual_only = %s where workspace_id = %s and name = %s",
                (
                    new.name,
                    new.parent_id,
                    new.description,
                    list(new.keywords),
                    new.manual_only,
                    workspace_id,
                    name,
                ),
            )

    async def add_tags(self, workspace_id: str, tags: Sequence[Tag]) -> int:
        added = 0
        async with self._transaction() as connection:
            for tag in tags:
                cursor = await connection.execute(
                    "insert into public.tags"
                    " (workspace_id, name, tag_type, description, keywords, aliases, manual_only)"
                    " values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
                    (workspace_id, tag.name, *_tag_values(tag)),
                )
                added += cursor.rowcount
        return added

    async def edit_tag(self, workspace_id: str, name: str, new: Tag) -> None:
        async with self._transaction() as connection:
            cursor = await connection.execute(
                "select name, folded_name = private.fold_tag(%s) as folds_alike from public.tags"
                " where workspace_id = %s",
                (new.name, workspace_id),
            )
            known = {row["name"]: row["folds_alike"] for row in await cursor.fetchall()}
            if name not in known:
                raise NotFoundError(f"no tag {name!r}; see: campaignbase tags")
            for other, folds_alike in known.items():
                if folds_alike and other != name:
                    raise InputError(f"{new.name!r} is the tag {other!r}; choose another name")
            await connection.execute(
                "update public.tags set name = %s, tag_type = %s, description = %s, keywords = %s,"
                " aliases = %s, manual_only = %s where workspace_id = %s and name = %s",
                (new.name, *_tag_values(new), workspace_id, name),
            )

    async def remove_tag(self, workspace_id: str, name: str) -> None:
        gone = await self._all(
            "delete from public.tags where workspace_id = %s and name = %s returning id", (workspace_id, name)
        )
        if not gone:
            raise NotFoundError(f"no tag {name!r}; see: campaignbase tags")

    async def rules(self, workspace_id: str) -> list[Rule]:
        found = await self._all(
            _RULE + " where workspace_id = %s order by priority desc, created_at, id", (workspace_id,)
        )
        return [read.rule(row) for row in found]

    async def add_rule(self, workspace_id: str, rule: Rule) -> Rule:
        validate_rule(rule.rule_type, rule.conditions, rule.actions, name=rule.name)
        try:
            found = await self._all(
                "insert into public.automation_rules"
                " (workspace_id, name, rule_type, conditions, actions, priority, enabled)"
                " values (%s, %s, %s, %s, %s, %s, %s)"
                " returning id, name, rule_type, conditions, actions, priority, enabled",
                (
                    workspace_id,
                    rule.name,
                    rule.rule_type,
                    Jsonb(rule.conditions),
                    Jsonb(rule.actions),
                    rule.priority,
                    rule.enabled,
                ),
            )
        except InputError as error:
            raise RuleError(str(error)) from error
        return read.rule(found[0])

    async def enable_rule(self, workspace_id: str, rule_id: str, enabled: bool) -> None:
        changed = await self._all(
            "update public.automation_rules set enabled = %s where workspace_id = %s and id::text = %s"
            " returning id",
            (enabled, workspace_id, rule_id),
        )
        if not changed:
            raise NotFoundError(f"no rule {rule_id!r}; see: campaignbase rules")

    async def remove_rule(self, workspace_id: str, rule_id: str) -> None:
        gone = await self._all(
            "delete from public.automation_rules where workspace_id = %s and id::text = %s returning id",
            (workspace_id, rule_id),
        )
        if not gone:
            raise NotFoundError(f"no rule {rule_id!r}; see: campaignbase rules")

    async def preview_rule(
        self, workspace_id: str, conditions: Mapping[str, Any], limit: int = 100
    ) -> list[ContentAsset]:
        try:
            found = await self._all(
                ASSET_QUERY
                + """
                inner join public.preview_rule(%(conditions)s, %(workspace_id)s, %(limit)s) as hit
                    on content_assets.id = hit.id
                order by content_assets.created_at desc, content_assets.id desc
                """,
                {"conditions": Jsonb(conditions), "workspace_id": workspace_id, "limit": limit},
            )
        except InputError as error:
            raise RuleError(str(error)) from error
        return [read.asset(row) for row in found]


def _tag_values(tag: Tag) -> tuple[Any, ...]:
    return tag.tag_type, tag.description, list(tag.keywords), list(tag.aliases), tag.manual_only
