"""What the rules that hit one asset ask for, and what of it stands. Pure."""

from collections.abc import Collection, Sequence

from campaignbase.core.rule_schema import APPROVAL_ACTIONS, SCHEDULE_ACTION
from campaignbase.core.tags import fold_tag
from campaignbase.models import AUDIENCE, ItemContext, LabelChoice, Rule, Tag, TagChoice

Asked = tuple[str, str]  # (add, remove, category, sentiment, audience or done, of tags the id)


class Effects:
    """What the rules asked for so far; the first to speak about a thing has priority and stands."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self._tags = {fold_tag(tag.name): tag for tag in tags}
        for tag in tags:
            for alias in tag.aliases:
                self._tags.setdefault(fold_tag(alias), tag)
        self.added: dict[str, TagChoice] = {}
        self.removed: set[str] = set()
        self.sentiment: LabelChoice | None = None
        self.audience: LabelChoice | None = None
        self.gone: list[str] = []  # of which label nothing came, and why
        self._asked: dict[str, set[Asked]] = {}  # by rule, in the order they hit
        self._approval_is_said = False

    def apply(self, rule: Rule, reason: str) -> None:
        """Take up the rule's actions but for its category, which is the caller's."""
        asked = self._asked.setdefault(rule.id, set())
        lost = [name for name in rule.given_tags if fold_tag(name) not in self._tags]
        self.gone += [f"rule '{rule.name}': there is no tag '{name}' any more" for name in lost]
        for tag in self._named(rule.actions.get("add_tags", ())):
            if tag.id not in self.removed:
                self.added.setdefault(tag.id, TagChoice(tag.id, "rule", 1.0, reason, rule.id))
                asked.add(("add", tag.id))
        for tag in self._named(rule.actions.get("remove_tags", ())):
            if tag.id not in self.added:
                self.removed.add(tag.id)
                asked.add(("remove", tag.id))
        if "set_sentiment" in rule.actions and self.sentiment is None:
            self.sentiment = LabelChoice(
                "rule", 1.0, (reason,), label=rule.actions["set_sentiment"], rule_id=rule.id
            )
            asked.add(("sentiment", ""))
        for tag in self._named(rule.actions.get("set_audience", ())):
            if self.audience is None and tag.tag_type == AUDIENCE:
                self.audience = LabelChoice("rule", 1.0, (reason,), tag.id, rule_id=rule.id)
                asked.add(("audience", ""))
        if any(action in rule.actions for action in APPROVAL_ACTIONS) and not self._approval_is_said:
            self._approval_is_said = True
            asked.add(("done", ""))
        # done by the store, in the transaction that writes this decision
        if "webhook" in rule.actions or SCHEDULE_ACTION in rule.actions:
            asked.add(("done", ""))

    def file(self, rule: Rule) -> None:
        """The category is this rule's."""
        self._asked[rule.id].add(("category", ""))

    def outcomes(
        self, item: ItemContext, tags: Sequence[TagChoice], offered: Collection[str]
    ) -> tuple[tuple[str, bool], ...]:
        """(rule id, did something of it stand) of all that hit. What a person decided is no rule's doing.

        Args:
            tags: those that were chosen.
            offered: ids of tags that other witnesses named.
        """
        chosen = {tag.id for tag in tags}

        def stands(what: str, tag_id: str) -> bool:
            if what == "add":
                return tag_id in chosen and tag_id not in item.human_tags
            if what == "remove":
                return tag_id in offered and tag_id not in item.human_tags | item.rejected_tags
            return what not in item.human_fields

        return tuple((rule_id, any(stands(*one) for one in asked)) for rule_id, asked in self._asked.items())

    def _named(self, names: str | Sequence[str]) -> list[Tag]:
        wanted = (names,) if isinstance(names, str) else names
        return [self._tags[fold_tag(name)] for name in wanted if fold_tag(name) in self._tags]
