"""Draws random sequences of operations. Pure: a seed gives the same sequence always."""

import json
import random
from collections.abc import Callable
from typing import Any

from tests.support import parity_webhooks
from tests.support.parity_labels import Labels
from tests.support.parity_operations import (
    CATEGORY_NAMES,
    HOME,
    NEW_NAMES,
    OTHER,
    TAG_WORDS,
    THIRD,
    Call,
    Claim,
    Complete,
    Operation,
    Pass,
    Release,
    Write,
    campaign_id,
    content_id,
    label_id,
    post_id,
)
from tests.support.parity_rows import Rows

from campaignbase.models import Category, Correction, NewContent, Rule

SHORTEST, LONGEST = 5, 25  # operations of a sequence


def sequence(seed: str) -> list[Operation]:
    """The operations of one sequence."""
    return _Author(random.Random(seed)).write()


class _Author(Rows, Labels):
    """Draws operations of every kind."""

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
            campaign_id=self.pick((None, self.row(self.campaigns, campaign_id))),
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
