"""Decide every label of a row by the surest witness: rules, people's texts, the trained head, the model.

Pure. What a person decided is kept by the store, field by field; this says what a machine would answer.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from campaignbase.core.rules import Facts, explain_match, rule_matches
from campaignbase.core.tags import fold_tag
from campaignbase.models import (
    AUDIENCE,
    MAX_MACHINE_TAGS,
    Analysis,
    Category,
    HeadInfo,
    ItemContext,
    LabelChoice,
    Neighbor,
    Rule,
    Tag,
    TagChoice,
    Vocabulary,
)

NEAR_EQUAL = 0.96  # cosine; from there on two texts differ by a date or a name, and 97 % of them in one label
AGREEING_NEIGHBORS = 3  # this many confirmed rows at least must agree
AGREEMENT = 0.8  # 0..1; their share of the similar confirmed rows, weighed by similarity
AGREEING_SIMILARITY = 0.6  # cosine; less similar rows do not vote
NAMED = 3  # texts that a reason names, at most
SHARING_NEIGHBORS = 2  # one text with a tag is an anecdote
SHARED_TAG_SCORE = 0.4  # a tag that the nearest confirmed rows agree on


@dataclass(frozen=True, slots=True)
class Decision:
    category: LabelChoice
    sentiment: LabelChoice
    audience: LabelChoice
    tags: tuple[TagChoice, ...]
    rules: tuple[tuple[str, bool], ...]  # (rule id, took effect)


def facts_of(stored: Mapping[str, Any]) -> Facts:
    """The store's facts as rules read them; see sql/functions/asset_facts.sql."""
    quality = stored.get("quality_score")
    return Facts(
        text=stored["text"],
        content_type=stored["content_type"],
        campaign_type=stored["campaign_type"],
        platforms=tuple(stored["platforms"]),
        generator=stored["generator"],
        language=stored["language"],
        category=stored["category"],
        tags=frozenset(stored["tags"]),
        sentiment=stored["sentiment"],
        target_audience=stored["target_audience"],
        quality_score=None if quality is None else float(quality),
        similarity=stored["similarity"],
    )


def decide_category(
    item: ItemContext, vocabulary: Vocabulary, analysis: Analysis, rule_category: LabelChoice | None
) -> LabelChoice:
    """The first witness who is sure. Where only people and rules file, no other witness is heard."""
    open_ids = {category.id for category in vocabulary.categories if not category.manual_only}
    if rule_category is not None:
        return rule_category
    if item.neighbors:
        nearest = item.neighbors[0]
        if nearest.equal:
            reason = f"same text as {nearest.id[:8]}, filed by a person"
            return _reused(nearest, 1.0, reason, open_ids)
        if nearest.similarity >= NEAR_EQUAL:
            reason = f"nearly the text of {_named([nearest])}, filed by a person"
            return _reused(nearest, min(1.0, nearest.similarity), reason, open_ids)
    agreed = _agreement(item.neighbors, open_ids)
    if agreed is not None:
        return agreed
    if item.trained and vocabulary.head is not None:
        category_id, probability = item.trained[0]
        if probability >= vocabulary.head.threshold and category_id in open_ids:
            reasons = _fitted(vocabulary.head, probability, category_id, item.neighbors)
            return LabelChoice("trained", probability, reasons, category_id)
    return _heard(analysis.category, open_ids)


def is_decided(item: ItemContext, vocabulary: Vocabulary) -> bool:
    """Does a witness surer than a model say what the category is, or that only people may? Then ask none."""
    if "category" in item.human_fields:
        return True
    named = {category.name for category in vocabulary.categories}
    if any(
        rule.category in named
        for rule in vocabulary.rules
        if rule.rule_type == "categorization" and rule.id in item.matched_rules
    ):
        return True
    choice = decide_category(item, vocabulary, Analysis(), None)
    return choice.id is not None or choice.candidate is not None


def _heard(choice: LabelChoice, open_ids: Collection[str]) -> LabelChoice:
    """What the store would refuse, and the job would wait for ever, is no answer."""
    if choice.id is None or choice.id in open_ids:
        return choice
    return LabelChoice(reasons=(f"{choice.source} named a label that is not there or not for machines",))


def _reused(nearest: Neighbor, score: float, reason: str, open_ids: Collection[str]) -> LabelChoice:
    if nearest.category_id not in open_ids:
        reason = f"{reason} where only people file"
        return LabelChoice(reasons=(reason,), score=score, candidate=nearest.category_id)
    return LabelChoice("reuse", score, (reason,), nearest.category_id)


def _agreement(neighbors: Sequence[Neighbor], open_ids: Collection[str]) -> LabelChoice | None:
    voting = [neighbor for neighbor in neighbors if neighbor.similarity >= AGREEING_SIMILARITY]
    if len(voting) < AGREEING_NEIGHBORS:
        return None
    weights: dict[str, float] = {}
    for neighbor in voting:
        weights[neighbor.category_id] = weights.get(neighbor.category_id, 0.0) + neighbor.similarity
    winner = max(weights, key=lambda category_id: (weights[category_id], category_id))
    agreeing = [neighbor for neighbor in voting if neighbor.category_id == winner]
    share = weights[winner] / sum(weights.values())
    if len(agreeing) < AGREEING_NEIGHBORS or share < AGREEMENT or winner not in open_ids:
        return None
    best = max(neighbor.similarity for neighbor in agreeing)
    told = f"{len(agreeing)} of {len(voting)} similar texts were filed here by people"
    return LabelChoice("neighbor", share * best, (f"{told}: {_named(agreeing)}",), winner)


def _fitted(
    head: HeadInfo, probability: float, category_id: str, neighbors: Sequence[Neighbor]
) -> tuple[str, ...]:
    """What the head rests on, and the texts nearest to this one that taught it the category."""
    fitted = (
        f"fitted on {head.train_rows} texts that people filed:"
        f" probability {probability:.2f} ({head.threshold:.2f} suffices)"
    )
    taught = [neighbor for neighbor in neighbors if neighbor.category_id == category_id]
    if taught:
        return fitted, f"nearest of those filed here: {_named(taught)}"
    return (fitted, f"no text filed here is among the nearest {len(neighbors)}") if neighbors else (fitted,)


def _named(neighbors: Sequence[Neighbor]) -> str:
    """ "50fd7c42 (similarity 0.94), 7f3eb49f (similarity 0.88)": the nearest few."""
    nearest = sorted(neighbors, key=lambda neighbor: (-neighbor.similarity, neighbor.id))[:NAMED]
    return ", ".join(f"{neighbor.id[:8]} (similarity {neighbor.similarity:.2f})" for neighbor in nearest)


def decide_content(
    item: ItemContext,
    vocabulary: Vocabulary,
    analysis: Analysis,
    *,
    language: str | None,
    quality_score: float | None,
) -> Decision:
    """All labels of an asset. Rules see one snapshot: categorization rules the stored row, the others also
    what was decided here; the action of the rule with the higher priority stands."""
    stored = facts_of(item.facts or {})
    by_id = {category.id: category for category in vocabulary.categories}
    by_name = {category.name: category for category in vocabulary.categories}
    matched = set(item.matched_rules)
    first = [rule for rule in vocabulary.rules if rule.rule_type == "categorization" and rule.id in matched]
    open_tags = {tag.id: tag for tag in vocabulary.tags if not tag.manual_only}
    spoken = [choice for choice in analysis.tags if choice.id in open_tags]
    spoken_audience = _heard(
        analysis.audience, [tag.id for tag in open_tags.values() if tag.tag_type == AUDIENCE]
    )
    effects = _Effects(vocabulary.tags)
    rule_category: LabelChoice | None = None
    for rule in first:
        reason = _reason(rule, stored)
        name = rule.category
        took = effects.apply(rule, reason)
        if name is not None and name not in by_name:
            effects.gone.append(f"rule '{rule.name}': there is no category '{name}' any more")
        elif name is not None and rule_category is None:
            rule_category = LabelChoice("rule", 1.0, (reason,), by_name[name].id)
            took = True
        effects.fired[rule.id] = took

    category = decide_category(item, vocabulary, analysis, rule_category)
    sentiment = effects.sentiment or analysis.sentiment
    audience = effects.audience or spoken_audience
    shared = _shared_tags(item.neighbors, open_tags.values())
    tags = _merge(effects, spoken, shared, item.rejected_tags)

    tag_names = {tag.id: tag.name for tag in vocabulary.tags}
    decided = replace(
        stored,
        category=stored.category if "category" in item.human_fields else _name(category, by_id),
        sentiment=stored.sentiment if "sentiment" in item.human_fields else sentiment.label,
        target_audience=stored.target_audience
        if "audience" in item.human_fields
        else tag_names.get(audience.id or ""),
        tags=frozenset(tag_names[tag.id] for tag in tags),
        language=language,
        quality_score=quality_score,
    )
    later = [rule for rule in vocabulary.rules if rule.rule_type == "tagging"]
    slow = [rule.name for rule in vocabulary.rules if rule.id in item.slow_rules]
    for rule in later:
        timeouts: list[str] = []
        if rule_matches(rule.conditions, decided, on_timeout=timeouts.append):
            effects.fired[rule.id] = effects.apply(rule, _reason(rule, decided))
        slow += [rule.name] if timeouts else []
    unanswered = tuple(f"rule '{name}': no answer in time, counts as no match" for name in slow)
    return Decision(
        category=replace(category, reasons=(*category.reasons, *unanswered, *effects.gone)),
        sentiment=effects.sentiment or analysis.sentiment,
        audience=effects.audience or spoken_audience,
        tags=_merge(effects, spoken, shared, item.rejected_tags),
        rules=tuple(
            (rule_id, took and not (rule_id in effects.category_rules and "category" in item.human_fields))
            for rule_id, took in effects.fired.items()
        ),
    )


class _Effects:
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
        self.fired: dict[str, bool] = {}
        self.category_rules: set[str] = set()
        self.gone: list[str] = []  # of which label nothing came, and why

    def apply(self, rule: Rule, reason: str) -> bool:
        """Take the rule's actions up; True when one of them stands."""
        took = False
        lost = [name for name in rule.given_tags if fold_tag(name) not in self._tags]
        self.gone += [f"rule '{rule.name}': there is no tag '{name}' any more" for name in lost]
        if rule.category is not None:
            self.category_rules.add(rule.id)
        for tag in self._named(rule.actions.get("add_tags", ())):
            if tag.id not in self.removed:
                self.added.setdefault(tag.id, TagChoice(tag.id, "rule", 1.0, reason))
                took = True
        for tag in self._named(rule.actions.get("remove_tags", ())):
            if tag.id not in self.added:
                self.removed.add(tag.id)
                took = True
        if "set_sentiment" in rule.actions and self.sentiment is None:
            self.sentiment = LabelChoice("rule", 1.0, (reason,), label=rule.actions["set_sentiment"])
            took = True
        for tag in self._named(rule.actions.get("set_audience", ())):
            if self.audience is None and tag.tag_type == AUDIENCE:
                self.audience = LabelChoice("rule", 1.0, (reason,), tag.id)
                took = True
        # sent by the store, in the transaction that writes this decision
        return took or "webhook" in rule.actions

    def _named(self, names: str | Sequence[str]) -> list[Tag]:
        wanted = (names,) if isinstance(names, str) else names
        return [self._tags[fold_tag(name)] for name in wanted if fold_tag(name) in self._tags]


def _merge(
    effects: _Effects, analyzed: Sequence[TagChoice], shared: Sequence[TagChoice], rejected: frozenset[str]
) -> tuple[TagChoice, ...]:
    best: dict[str, TagChoice] = {}
    for choice in (*effects.added.values(), *analyzed, *shared):
        if choice.id in rejected or choice.id in effects.removed:
            continue
        if choice.id not in best or choice.score > best[choice.id].score:
            best[choice.id] = choice
    return tuple(sorted(best.values(), key=lambda choice: -choice.score)[:MAX_MACHINE_TAGS])


def _shared_tags(neighbors: Sequence[Neighbor], tags: Iterable[Tag]) -> list[TagChoice]:
    """Tags that most of the similar confirmed rows carry."""
    by_name = {tag.name: tag for tag in tags}
    voting = [neighbor for neighbor in neighbors if neighbor.similarity >= AGREEING_SIMILARITY]
    counts: dict[str, int] = {}
    for neighbor in voting:
        for name in neighbor.tags:
            counts[name] = counts.get(name, 0) + 1
    shared = []
    for name, count in counts.items():
        tag = by_name.get(name)
        if tag is not None and count >= SHARING_NEIGHBORS and count * 2 > len(voting):
            reason = f"put on {count} of {len(voting)} similar texts by people"
            shared.append(TagChoice(tag.id, "neighbor", SHARED_TAG_SCORE * count / len(voting), reason))
    return shared


def _reason(rule: Rule, facts: Facts) -> str:
    reasons = explain_match(rule.conditions, facts)
    # what is there explains more than what is not
    why = "; ".join([reason for reason in reasons if not reason.startswith("not (")] or reasons)
    return f"rule '{rule.name}': {why}" if why else f"rule '{rule.name}'"


def _name(choice: LabelChoice, categories: Mapping[str, Category]) -> str | None:
    found = None if choice.id is None else categories.get(choice.id)
    return None if found is None else found.name
