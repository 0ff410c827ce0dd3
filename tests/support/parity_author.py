"""Draws random sequences of operations. Pure: a seed gives the same sequence always."""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from tests.support import parity_webhooks
from tests.support.parity_operations import (
    CATEGORY_NAMES,
    HOME,
    MONEY,
    NEW_NAMES,
    OTHER,
    PATHS,
    PLATFORMS,
    RULE_ACTIONS,
    RULE_CONDITIONS,
    SENTIMENTS,
    TAG_NAMES,
    TAG_WORDS,
    TEXTS,
    THIRD,
    TIMES,
    Call,
    Claim,
    Complete,
    Operation,
    Pass,
    Release,
    Value,
    Write,
    campaign_id,
    content_id,
    label_id,
    post_id,
)

from campaignbase.models import Category, Correction, NewContent, Rule

SHORTEST, LONGEST = 5, 25  # operations of a sequence


def sequence(seed: str) -> list[Operation]:
    """The operations of one sequence."""
    return _Author(random.Random(seed)).write()


class _Author:
    """Draws operations; knows which rows it inserted, not which are still there."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.contents: list[tuple[str, str]] = []  # id, workspace
        self.campaigns: list[tuple[str, str]] = []
        self.posts: list[tuple[str, str]] = []
        self.labels = 100

    def write(self) -> list[Operation]:
        kinds: dict[Callable[[], list[Operation]], int] = {
            self.insert_content: 14, self.edit_content: 18, self.edit_many: 3, self.delete_content: 3,
            self.insert_campaign: 5, self.edit_campaign: 5, self.delete_campaign: 1,
            self.insert_category: 4, self.edit_category: 6, self.delete_category: 3,
            self.insert_tag: 4, self.edit_tag: 7, self.delete_tag: 3, self.edit_link: 10,
            self.insert_post: 3, self.edit_post: 4, self.insert_rule: 4, self.edit_rule: 3,
            self.move: 2, self.edit_workspace: 1, self.call: 6,
            self.complete: 16, self.release: 2, self.requeue: 3, lambda: [Claim()]: 10,
            lambda: [Call("replay_jobs", ())]: 3, lambda: [Pass()]: 2,
            self.neglect: 1, self.label: 5, **parity_webhooks.draws(self.chance),
        }  # fmt: skip
        length = self.chance.randint(SHORTEST, LONGEST)
        drawn = self.insert_content()
        while len(drawn) < length:
            [kind] = self.chance.choices([*kinds], [*kinds.values()])
            drawn += kind()
        return drawn[:LONGEST]

    # small choices

    def pick(self, choices: Sequence[Any]) -> Any:
        return self.chance.choice(choices)

    def likely(self, share: float) -> bool:
        return self.chance.random() < share

    def workspace(self) -> str:
        return HOME if self.likely(0.8) else OTHER

    def row(self, rows: list[tuple[str, str]], make: Callable[[int], str]) -> str:
        return str(self.pick(rows)[0]) if rows and self.likely(0.95) else make(999)

    def words(self) -> list[str]:
        return self.chance.choices(TAG_WORDS, k=self.chance.randint(0, 3))

    def keywords(self) -> list[str]:
        return self.chance.choices(("sale", "two, three", "", " ", "now"), k=self.chance.randint(0, 2))

    def text(self) -> str | None:
        return self.pick(TEXTS)  # type: ignore[no-any-return]

    def insert(self, table: str, values: dict[str, Value]) -> Write:
        places = ", ".join(["%s"] * len(values))
        return Write(f"insert into {table} ({', '.join(values)}) values ({places})", tuple(values.values()))

    def update(self, table: str, values: dict[str, Value], where: str, *which: Value) -> Write:
        settings = ", ".join(f"{name} = %s" for name in values)
        return Write(f"update {table} set {settings} where {where}", (*values.values(), *which))

    # content

    def content_fields(self, most: int) -> dict[str, Value]:
        fields: dict[str, Callable[[], Value]] = {
            **dict.fromkeys(("content", "prompt", "alt_text"), self.text),
            "file_path": lambda: self.pick(PATHS),
            "primary_category": lambda: self.pick((*CATEGORY_NAMES, "offer", "event", None)),
            "tags": self.words,
            "sentiment": lambda: self.pick(SENTIMENTS),
            "target_audience": lambda: self.pick((*TAG_WORDS, "students", None, None)),
            "campaign_id": lambda: self.row(self.campaigns, campaign_id) if self.likely(0.8) else None,
            "generation_cost": lambda: self.pick(MONEY),
            "asset_type": lambda: self.pick(("text", "image", "song")),
            "source_key": lambda: self.pick(("k1", "k2", None)),
            "category_source": lambda: self.pick(("model", "human", None, "rule")),
            "approval": lambda: self.pick(("none", "approved")),
        }
        weights = [8, 3, 3, 3, 7, 9, 4, 6, 4, 4, 1, 1, 1, 1]
        names = self.chance.choices([*fields], weights, k=self.chance.randint(1, most))
        return {name: fields[name]() for name in dict.fromkeys(names)}

    def insert_content(self) -> list[Operation]:
        new, workspace = content_id(len(self.contents)), self.workspace()
        self.contents.append((new, workspace))
        values: dict[str, Value] = {"id": new, "workspace_id": workspace}
        if self.likely(0.7):
            values["content"] = self.text()
        return [self.insert("content_assets", values | self.content_fields(4))]

    def edit_content(self) -> list[Operation]:
        which = self.row(self.contents, content_id)
        return [self.update("content_assets", self.content_fields(3), "id = %s", which)]

    def edit_many(self) -> list[Operation]:
        return [self.update("content_assets", self.content_fields(1), "workspace_id = %s", self.workspace())]

    def delete_content(self) -> list[Operation]:
        return [Write("delete from content_assets where id = %s", (self.row(self.contents, content_id),))]

    # campaigns and posts

    def campaign_fields(self, most: int) -> dict[str, Value]:
        fields: dict[str, Callable[[], Value]] = {
            "name": lambda: self.pick(("Spring", "Summer sale", "Fair")),
            "content_style": self.text,
            "visual_style": self.text,
            "hashtag_strategy": self.text,
            "cta_pattern": self.text,
            "primary_category": lambda: self.pick((*CATEGORY_NAMES, None)),
            "status": lambda: self.pick(("active", "paused", "lost")),
            "target_platforms": lambda: ["instagram", "x"][: self.chance.randint(0, 2)],
            "estimated_cost": lambda: self.pick(("10.50", "0", "-2")),
            "start_date": lambda: self.pick(TIMES),
            "end_date": lambda: self.pick(TIMES),
        }
        names = self.chance.choices([*fields], k=self.chance.randint(1, most))
        return {name: fields[name]() for name in dict.fromkeys(names)}

    def insert_campaign(self) -> list[Operation]:
        new, workspace = campaign_id(len(self.campaigns)), self.workspace()
        self.campaigns.append((new, workspace))
        values: dict[str, Value] = {
            "id": new, "workspace_id": workspace, "name": "Spring", "campaign_type": "launch"
        }  # fmt: skip
        return [self.insert("campaigns", values | self.campaign_fields(3))]

    def edit_campaign(self) -> list[Operation]:
        which = self.row(self.campaigns, campaign_id)
        return [self.update("campaigns", self.campaign_fields(2), "id = %s", which)]

    def delete_campaign(self) -> list[Operation]:
        return [Write("delete from campaigns where id = %s", (self.row(self.campaigns, campaign_id),))]

    def post_fields(self) -> dict[str, Value]:
        return {
            "campaign_id": self.row(self.campaigns, campaign_id) if self.likely(0.8) else None,
            "content_asset_id": self.row(self.contents, content_id) if self.likely(0.3) else None,
            "posting_cost": self.pick(MONEY),
            "views": self.pick((None, 0, 7)),
            "likes": self.pick((None, 2, -1, 3)),
        }

    def insert_post(self) -> list[Operation]:
        new, workspace = post_id(len(self.posts)), self.workspace()
        self.posts.append((new, workspace))
        values: dict[str, Value] = {"id": new, "workspace_id": workspace, "platform": self.pick(PLATFORMS)}
        return [self.insert("social_posts", values | self.post_fields())]

    def edit_post(self) -> list[Operation]:
        which = self.row(self.posts, post_id)
        if self.likely(0.3):
            return [Write("delete from social_posts where id = %s", (which,))]
        fields = self.post_fields()
        name = self.pick([*fields])
        return [self.update("social_posts", {name: fields[name]}, "id = %s", which)]

    # vocabulary

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

    # rules and workspaces

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

    def move(self) -> list[Operation]:
        tables = {
            "content_assets": (self.contents, content_id),
            "campaigns": (self.campaigns, campaign_id),
            "social_posts": (self.posts, post_id),
            "categories": ([], lambda _: label_id(self.chance.randrange(4))),
            "tags": ([], lambda _: label_id(self.chance.randrange(6, 10))),
        }
        table = self.pick([*tables])
        which = self.row(*tables[table])
        return [self.update(table, {"workspace_id": self.pick((OTHER, HOME))}, "id = %s", which)]

    def edit_workspace(self) -> list[Operation]:
        kind = self.pick(("name", "name", "blank", "delete", "new"))
        if kind == "delete":
            return [Write("delete from workspaces where id = %s", (OTHER,))]
        if kind == "new":
            return [self.insert("workspaces", {"id": THIRD, "name": "third"})]
        name = "second team" if kind == "name" else " "
        return [self.update("workspaces", {"name": name}, "id = %s", OTHER)]

    # the store

    def call(self) -> list[Operation]:
        workspace, name = self.workspace(), self.pick(CATEGORY_NAMES)
        kind = self.pick(("correct", "correct", "add", "rename", "remove", "content", "rule"))
        if kind == "correct":
            fields: dict[str, Any] = {
                "category": self.pick((None, "", *CATEGORY_NAMES)),
                "sentiment": self.pick((None, "", "mixed", "angry")),
                "audience": self.pick((None, "", "student", "pupils", "nobody", "hurry")),
                "add_tags": tuple(self.words()),
                "remove_tags": tuple(self.words()),
            }
            chosen = {
                field: fields[field] for field in self.chance.sample([*fields], self.chance.randint(1, 3))
            }
            return [Call("correct", (self.row(self.contents, content_id), Correction(**chosen)))]
        if kind == "add":
            category = Category("", self.pick((*CATEGORY_NAMES, *NEW_NAMES)), None, self.text(), ("now",))
            return [Call("add_categories", (workspace, (category,)))]
        if kind == "rename":
            return [Call("rename_category", (workspace, name, self.pick((*CATEGORY_NAMES, *NEW_NAMES))))]
        if kind == "remove":
            return [Call("remove_category", (workspace, name))]
        if kind == "rule":
            rule_type, conditions, actions = self.rule_parts()
            if conditions[0] != "{" or actions[0] != "{":
                conditions, actions = '{"contain_keyword": "two"}', '{"add_tags": ["clip"]}'
            name = self.pick(("first", "third"))
            rule = Rule("", name, rule_type, json.loads(conditions), json.loads(actions), 3)
            return [Call("add_rule", (workspace, rule))]
        row = NewContent(
            content=self.text(), source_key=self.pick(("k1", "k2")), primary_category=self.pick((None, name)),
            tags=tuple(self.words()), target_audience=self.pick((None, None, *TAG_WORDS)),
        )  # fmt: skip
        return [Call("insert_content", (workspace, (row,)))]

    def complete(self) -> list[Operation]:
        return [Complete(self.chance.randrange(10**6))]

    def label(self) -> list[Operation]:
        """What a worker does when nobody interferes: labels first, then content."""
        return [op for _ in range(2) for op in (Claim(), *self.complete())]

    def release(self) -> list[Operation]:
        return [Release(self.chance.randrange(10**6))]

    def requeue(self) -> list[Operation]:
        ids = (self.row(self.contents, content_id), self.row(self.campaigns, campaign_id))
        return [Call("queue_content", (ids[: self.chance.randint(0, 2)],))]

    def neglect(self) -> list[Operation]:
        return [op for _ in range(self.chance.randint(2, 6)) for op in (Claim(), Pass())]
