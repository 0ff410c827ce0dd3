"""Random operations on content, campaigns and posts."""

from collections.abc import Callable

from tests.support.parity_chance import Chance
from tests.support.parity_operations import (
    CATEGORY_NAMES,
    MONEY,
    PATHS,
    PLATFORMS,
    SENTIMENTS,
    TAG_WORDS,
    TIMES,
    Operation,
    Value,
    Write,
    campaign_id,
    content_id,
    post_id,
)


class Rows(Chance):
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
