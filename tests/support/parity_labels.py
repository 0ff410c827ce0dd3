"""Random operations on categories, tags, their links and rules."""

from collections.abc import Callable

from tests.support.parity_chance import Chance
from tests.support.parity_operations import (
    CATEGORY_NAMES,
    NEW_NAMES,
    OTHER,
    RULE_ACTIONS,
    RULE_CONDITIONS,
    TAG_NAMES,
    TAG_WORDS,
    Operation,
    Value,
    Write,
    label_id,
)


class Labels(Chance):
    def new_label(self) -> str:
        self.labels += 1
        return label_id(self.labels)

    def insert_category(self) -> list[Operation]:
        named = "(select id from categories where workspace_id = %s and name = %s)"
        values = (
            self.new_label(), self.workspace(), self.pick((*CATEGORY_NAMES, *NEW_NAMES)), self.text(),
            self.keywords(), self.workspace(), self.pick((*CATEGORY_NAMES, "none", "none", "none")),
        )  # fmt: skip
        columns = "id, workspace_id, name, description, keywords, parent_id"
        query = f"insert into categories ({columns}) values (%s, %s, %s, %s, %s, {named})"
        return [Write(query, values)]

    def edit_category(self) -> list[Operation]:
        workspace, name = self.workspace(), self.pick(CATEGORY_NAMES)
        where = "workspace_id = %s and name = %s"
        if self.likely(0.3):
            parent = f"(select id from categories as parent where {where})"
            values = (self.workspace(), self.pick((*CATEGORY_NAMES, "none")), workspace, name)
            return [Write(f"update categories set parent_id = {parent} where {where}", values)]
        values_of: dict[str, Callable[[], Value]] = {
            "name": lambda: self.pick((*CATEGORY_NAMES, *NEW_NAMES)),
            "description": self.text,
            "keywords": self.keywords,
            "manual_only": lambda: self.likely(0.5),
        }
        [field] = self.chance.choices([*values_of], [5, 2, 2, 1])
        return [self.update("categories", {field: values_of[field]()}, where, workspace, name)]

    def delete_category(self) -> list[Operation]:
        values = (self.workspace(), self.pick(CATEGORY_NAMES))
        return [Write("delete from categories where workspace_id = %s and name = %s", values)]

    def insert_tag(self) -> list[Operation]:
        values: dict[str, Value] = {
            "id": self.new_label(), "workspace_id": self.workspace(),
            "name": self.pick((*TAG_NAMES, *TAG_WORDS)),
            "tag_type": self.pick((None, "audience", "emotion", "Not Snake")),
            "description": self.text(), "aliases": self.words(),
        }  # fmt: skip
        if self.likely(0.7):
            return [self.insert("tags", values)]
        places, names = ("(%s, %s, %s)",) * 2, self.chance.sample(("#one", "two words", "hurry", "three"), 2)
        rows = [value for name in names for value in (self.new_label(), values["workspace_id"], name)]
        return [Write(f"insert into tags (id, workspace_id, name) values {', '.join(places)}", tuple(rows))]

    def edit_tag(self) -> list[Operation]:
        values_of: dict[str, Callable[[], Value]] = {
            "name": lambda: self.pick((*TAG_NAMES, *TAG_WORDS, "x" * 101)),
            "aliases": self.words,
            "description": self.text,
            "keywords": self.keywords,
            "tag_type": lambda: self.pick((None, "audience", "emotion")),
            "manual_only": lambda: self.likely(0.5),
        }
        [field] = self.chance.choices([*values_of], [5, 3, 1, 1, 2, 1])
        where = "workspace_id = %s and name = %s"
        which = (self.workspace(), self.pick(TAG_NAMES))
        return [self.update("tags", {field: values_of[field]()}, where, *which)]

    def delete_tag(self) -> list[Operation]:
        values = (self.workspace(), self.pick(TAG_NAMES))
        return [Write("delete from tags where workspace_id = %s and name = %s", values)]

    def edit_link(self) -> list[Operation]:
        tag = "(select id from tags where workspace_id = %s and name = %s)"
        content, workspace = self.pick(self.contents)
        which = (content, workspace if self.likely(0.95) else OTHER, self.pick(TAG_NAMES))
        where = f"content_asset_id = %s and tag_id = {tag}"
        kind = self.pick(("delete", "delete", "reject", "apply", "insert", "clear"))
        if kind == "delete":
            return [Write(f"delete from content_asset_tags where {where}", which)]
        if kind == "clear":
            return [Write("delete from content_asset_tags where content_asset_id = %s", which[:1])]
        if kind == "insert":
            source, state = self.pick(("human", "model")), self.pick(("applied", "rejected"))
            query = (
                "insert into content_asset_tags"
                " (workspace_id, content_asset_id, tag_id, source, score, state)"
                f" values (%s, %s, {tag}, %s, %s, %s)"
            )
            score = self.pick((None, "0.5", "0.25"))
            return [Write(query, (which[1], *which, source, score, state))]
        changes: dict[str, Value] = {"source": self.pick(("human", "model"))}
        changes["state"] = "rejected" if kind == "reject" else "applied"
        return [self.update("content_asset_tags", changes, where, *which)]

    # rules

    def rule_parts(self) -> tuple[str, str, str]:
        """Type, conditions and actions."""
        conditions, actions = self.pick(RULE_CONDITIONS), self.pick(RULE_ACTIONS)
        return ("categorization" if "category" in actions else "tagging"), conditions, actions

    def insert_rule(self) -> list[Operation]:
        kind, conditions, actions = self.rule_parts()
        values: dict[str, Value] = {
            "id": self.new_label(),
            "workspace_id": self.workspace(),
            "name": self.pick(("first", "second", "third")),
            "rule_type": kind,
            "conditions": conditions,
            "actions": actions,
            "priority": self.pick((0, 5)),
        }
        return [self.insert("automation_rules", values)]

    def edit_rule(self) -> list[Operation]:
        kind, conditions, actions = self.rule_parts()
        changes: dict[str, Value] = self.pick(
            ({"enabled": False}, {"enabled": True}, {"priority": 9}, {"name": "second"},
             {"rule_type": kind, "conditions": conditions, "actions": actions})
        )  # fmt: skip
        which = (self.workspace(), self.pick(("first", "second", "third")))
        where = "workspace_id = %s and name = %s"
        if self.likely(0.2):
            return [Write(f"delete from automation_rules where {where}", which)]
        return [self.update("automation_rules", changes, where, *which)]
