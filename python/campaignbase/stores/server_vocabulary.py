"""Workspaces, categories, tags and rules on a server."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from campaignbase.core.names import check_label, check_name, check_new_category, rule_exists
from campaignbase.core.rule_names import in_own_names
from campaignbase.core.rule_schema import validate_rule
from campaignbase.core.tags import fold_tag
from campaignbase.errors import ExistsError, InputError, NotFoundError, RuleError
from campaignbase.models import DEFAULT_WORKSPACE_ID, Category, ContentAsset, Rule, Tag, Workspace
from campaignbase.stores import rows as read
from campaignbase.stores.calls import Json, RefusedError, again
from campaignbase.stores.server_rule_trials import ServerRuleTrials

_CATEGORY = (
    *("id", "name", "parent_id", "description", "keywords", "aliases", "manual_only", "usage_count"),
)
_WORKSPACE = ("id", "name", "embedding_model", "vocabulary_version", "timezone", "created_at")
_TAG = (
    *("id", "name", "tag_type", "tag_group", "description", "keywords", "aliases", "related_tags"),
    *("manual_only", "usage_count"),
)
_RULE = (
    *("id", "name", "rule_type", "conditions", "actions", "priority", "enabled", "execution_count"),
    *("success_count", "last_execution", "created_at"),
)
MOST_PREVIEWED = 1000


class ServerVocabulary(ServerRuleTrials):
    async def workspaces(self) -> list[Workspace]:
        found = await self._all("workspaces", _WORKSPACE, {})
        by_age = sorted(found, key=lambda row: (read.time(row["created_at"]), str(row["id"])))
        return [read.workspace(row) for row in by_age]

    async def create_workspace(self, name: str) -> Workspace:
        check_name("workspace", name)
        given = DEFAULT_WORKSPACE_ID if name == "default" else None
        [made] = await self._rows("create_workspace", name=name, id=given)
        return read.workspace(made)

    async def delete_workspace(self, workspace_id: str) -> None:
        if not await self._delete("workspaces", {"id": workspace_id}):
            raise NotFoundError(f"no workspace with id {workspace_id!r}")

    async def categories(self, workspace_id: str) -> list[Category]:
        found = await self._all("categories", _CATEGORY, {"workspace_id": workspace_id})
        return sorted(map(read.category, found), key=lambda category: category.name)

    async def tags(self, workspace_id: str) -> list[Tag]:
        found = await self._all("tags", _TAG, {"workspace_id": workspace_id})
        return sorted(map(read.tag, found), key=lambda tag: tag.name)

    async def add_categories(self, workspace_id: str, categories: Sequence[Category]) -> int:
        known = {category.name for category in await self.categories(workspace_id)}
        for one in categories:
            if one.name not in known:
                check_label("category", one)
                check_new_category(one.name, known)
                known.add(one.name)
        new = Json([{"name": one.name, **_category_values(one)} for one in categories])
        add = partial(self._value, "add_categories", workspace_id=workspace_id, categories=new)
        return int(await again(add))

    async def remove_category(self, workspace_id: str, name: str) -> None:
        where = {"workspace_id": workspace_id, "name": name}
        try:
            removed = await again(partial(self._delete, "categories", where))
        except RefusedError as error:
            if "categories_parent_id_fkey" not in error.told:
                raise
            raise InputError(
                f"category {name!r} has categories below it; remove or move those first"
            ) from error
        if not removed:
            raise _no_category(name)

    async def rename_category(self, workspace_id: str, name: str, new_name: str) -> None:
        await self._change_category(workspace_id, name, {"name": new_name})

    async def edit_category(self, workspace_id: str, name: str, new: Category) -> None:
        check_label("category", new)
        await self._change_category(workspace_id, name, {"name": new.name, **_category_values(new)})

    async def _change_category(self, workspace_id: str, name: str, values: Mapping[str, Any]) -> None:
        check_name("category", values["name"])
        where = {"workspace_id": workspace_id, "name": name}
        try:
            changed = await again(partial(self._update, "categories", where, values))
        except RefusedError as error:
            if "categories_name_is_unique" in error.told or "categories_folded_name" in error.told:
                known = [one.name for one in await self.categories(workspace_id) if one.name != name]
                check_new_category(values["name"], known)
            raise
        if not changed:
            raise _no_category(name)

    async def add_tags(self, workspace_id: str, tags: Sequence[Tag]) -> int:
        for tag in tags:
            check_label("tag", tag)
        new = Json([{"name": tag.name, **_tag_values(tag)} for tag in tags])
        return int(await again(partial(self._value, "add_tags", workspace_id=workspace_id, tags=new)))

    async def edit_tag(self, workspace_id: str, name: str, new: Tag) -> None:
        check_label("tag", new)
        where = {"workspace_id": workspace_id, "name": name}
        try:
            values = {"name": new.name, **_tag_values(new)}
            changed = await again(partial(self._update, "tags", where, values))
        except RefusedError as error:
            if "tags_folded_name_is_unique" not in error.told and "tags_name_" not in error.told:
                raise
            others = (tag.name for tag in await self.tags(workspace_id) if tag.name != name)
            other = next((known for known in others if fold_tag(known) == fold_tag(new.name)), new.name)
            raise ExistsError(f"{new.name!r} is the tag {other!r}; choose another name") from error
        if not changed:
            raise _no_tag(name)

    async def remove_tag(self, workspace_id: str, name: str) -> None:
        where = {"workspace_id": workspace_id, "name": name}
        if not await again(partial(self._delete, "tags", where)):
            raise _no_tag(name)

    async def rules(self, workspace_id: str) -> list[Rule]:
        found = await self._all("automation_rules", _RULE, {"workspace_id": workspace_id})
        found.sort(key=lambda row: (-int(row["priority"]), read.time(row["created_at"]), str(row["id"])))
        results = await self.rule_results(workspace_id)
        return [read.rule(row, results) for row in found]

    async def add_rule(self, workspace_id: str, rule: Rule) -> Rule:
        check_name("rule", rule.name)
        validate_rule(rule.rule_type, rule.conditions, rule.actions, name=rule.name)
        labels = await self.categories(workspace_id), await self.tags(workspace_id)
        new = {
            "workspace_id": workspace_id,
            "name": rule.name,
            "rule_type": rule.rule_type,
            "conditions": Json(in_own_names(rule.conditions, *labels)),
            "actions": Json(in_own_names(rule.actions, *labels)),
            "priority": rule.priority,
            "enabled": rule.enabled,
        }
        try:
            return read.rule(await self._insert("automation_rules", new, _RULE))
        except RefusedError as error:
            if "automation_rules_name_is_unique" in error.told:
                raise rule_exists(rule.name) from error
            raise RuleError(str(error)) from error

    async def enable_rule(self, workspace_id: str, rule_id: str, enabled: bool) -> None:
        where = {"workspace_id": workspace_id, "id": rule_id}
        if not _is_id(rule_id) or not await self._update("automation_rules", where, {"enabled": enabled}):
            raise _no_rule(rule_id)

    async def remove_rule(self, workspace_id: str, rule_id: str) -> None:
        where = {"workspace_id": workspace_id, "id": rule_id}
        if not _is_id(rule_id) or not await self._delete("automation_rules", where):
            raise _no_rule(rule_id)

    async def preview_rule(
        self,
        workspace_id: str,
        conditions: Mapping[str, Any],
        limit: int = 100,
        *,
        campaign_id: str | None = None,
    ) -> list[ContentAsset]:
        try:
            found = await self._rows(
                "preview_rule",
                conditions=Json(dict(conditions)),
                workspace_id=workspace_id,
                match_count=min(limit, MOST_PREVIEWED),
                of_campaign=campaign_id,
            )
        except RefusedError as error:
            raise RuleError(str(error)) from error
        return [read.stored_asset({**row, "workspace_id": workspace_id}) for row in found]


def _category_values(category: Category) -> dict[str, Any]:
    return {
        "parent_id": category.parent_id,
        "description": category.description,
        "keywords": list(category.keywords),
        "aliases": list(category.aliases),
        "manual_only": category.manual_only,
    }


def _tag_values(tag: Tag) -> dict[str, Any]:
    return {
        "tag_type": tag.tag_type,
        "description": tag.description,
        "keywords": list(tag.keywords),
        "aliases": list(tag.aliases),
        "manual_only": tag.manual_only,
    }


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _no_category(name: str) -> NotFoundError:
    return NotFoundError(f"no category {name!r}; see: campaignbase categories")


def _no_tag(name: str) -> NotFoundError:
    return NotFoundError(f"no tag {name!r}; see: campaignbase tags")


def _no_rule(rule_id: str) -> NotFoundError:
    return NotFoundError(f"no rule {rule_id!r}; see: campaignbase rules")
