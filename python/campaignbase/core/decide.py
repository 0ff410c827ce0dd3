"""Decide every label of a row by the surest witness: rules, people's texts, the trained head, the model.

Pure. What a person decided is kept by the store, field by field; this says what a machine would answer.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from campaignbase.core.blend import blend
from campaignbase.core.groups import keep_groups
from campaignbase.core.rule_effects import Effects
from campaignbase.core.rules import Facts, explain_match, rule_matches
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
LATER_TYPES = ("tagging", "approval", "scheduling")  # in this order; each sees the tags of those before it
YOUNG = 10  # rows a label, on average; a head of fewer is sure of little, and what it shares is worth more
SHARED_PROBABILITY = 0.7  # 0..1; from there on a young head shares a guess
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
    surer = rule_category or _surer(item, vocabulary, open_ids)
    if surer is not None:
        return surer
    heard = _heard(analysis.category, open_ids)
    # offline guesses were right less often than what the head, measured on these labels, is not sure of
    offline = analysis.prompt_version is None
    return _unsure(item, vocabulary, heard, open_ids) if offline else heard


def _surer(item: ItemContext, vocabulary: Vocabulary, open_ids: Collection[str]) -> LabelChoice | None:
    """What people's texts and the trained head say, where they are sure."""
    ranked = _ranked(item, vocabulary.head)
    if item.neighbors:
        nearest = item.neighbors[0]
        if nearest.equal:
            reason = f"same text as {nearest.id[:8]}, filed by a person"
            return _reused(nearest, 1.0, reason, open_ids)
        nearly = {other.category_id for other in item.neighbors if other.similarity >= NEAR_EQUAL}
        if len(nearly) == 1 and not _contradicts(item, ranked, nearest.category_id):
            reason = f"nearly the text of {_named([nearest])}, filed by a person"
            return _reused(nearest, min(1.0, nearest.similarity), reason, open_ids)
    agreed = _agreement(item.neighbors, open_ids)
    if agreed is not None and not _contradicts(item, ranked, agreed.id):
        return agreed
    if ranked and vocabulary.head is not None:
        category_id, probability = ranked[0]
        if probability >= vocabulary.head.threshold_of(category_id) and category_id in open_ids:
            reasons = _fitted(vocabulary.head, probability, category_id, item.neighbors)
            return LabelChoice(
                "trained", probability, reasons, category_id, head_version=vocabulary.head.version
            )
    return None


def _unsure(
    item: ItemContext, vocabulary: Vocabulary, guess: LabelChoice, open_ids: Collection[str]
) -> LabelChoice:
    """A head that knows the label that was guessed, if any was, is sure of none: a person decides.

    Unless it is young and holds the same label for likely. Of messages of 77 kinds, 200 of them filed, such
    guesses were 24 in 100, nine in ten of them right; guesses without a head 16, and right in 83 %.
    """
    head = vocabulary.head
    if head is None or not head.thresholds or not item.trained:
        return guess
    if guess.id is not None and guess.id not in head.thresholds:
        return guess
    category_id, probability = _ranked(item, head)[0]
    if category_id not in open_ids:
        return guess
    names = {category.id: category.name for category in vocabulary.categories}
    if is_young(head) and guess.id == category_id and probability >= SHARED_PROBABILITY:
        shared = f"head version {head.version}, of few rows, says the same: {probability:.2f}"
        return replace(guess, reasons=(*guess.reasons, shared))
    told = (
        f"head version {head.version} is not sure: {names[category_id]} {probability:.2f}"
        f" ({head.threshold_of(category_id):.2f} would suffice)"
    )
    guessed = () if guess.id is None else (f"{guess.source} guessed {names[guess.id]}",)
    return LabelChoice(reasons=(told, *guessed, *guess.reasons), score=probability, candidate=category_id)


def is_young(head: HeadInfo) -> bool:
    return head.train_rows < YOUNG * len(head.thresholds)


def _ranked(item: ItemContext, head: HeadInfo | None) -> list[tuple[str, float]]:
    """What the head and the neighbors say together, most probable first; nothing without a head."""
    if head is None or not item.trained:
        return []
    filed = [(neighbor.category_id, neighbor.similarity) for neighbor in item.neighbors]
    return blend(item.trained, filed, head.train_rows)


def _contradicts(item: ItemContext, ranked: Sequence[tuple[str, float]], category_id: str | None) -> bool:
    """Does a head that knows this category take the text for another, its neighbors heard?"""
    known = any(category_id == trained for trained, _ in item.trained)
    return bool(ranked) and known and ranked[0][0] != category_id


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
    open_ids = {category.id for category in vocabulary.categories if not category.manual_only}
    return _surer(item, vocabulary, open_ids) is not None


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
        f"head version {head.version}, fitted on {head.train_rows} texts that people filed:"
        f" probability {probability:.2f} ({head.threshold_of(category_id):.2f} suffices for this label)"
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
    """All labels of an asset. Categorization rules see the stored row, the others also what was decided here,
    type by type in the order of LATER_TYPES; the action of the rule with the higher priority stands."""
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
    effects = Effects(vocabulary.tags)
    rule_category: LabelChoice | None = None
    for rule in first:
        reason = _reason(rule, stored)
        name = rule.category
        effects.apply(rule, reason)
        if name is not None and name not in by_name:
            effects.gone.append(f"rule '{rule.name}': there is no category '{name}' any more")
        elif name is not None and rule_category is None:
            rule_category = LabelChoice("rule", 1.0, (reason,), by_name[name].id, rule_id=rule.id)
            effects.file(rule)

    category = decide_category(item, vocabulary, analysis, rule_category)
    sentiment = effects.sentiment or analysis.sentiment
    audience = effects.audience or spoken_audience
    shared = _shared_tags(item.neighbors, open_tags.values())
    tags = keep_groups(_merge(effects, spoken, shared, item.rejected_tags), item, vocabulary, effects.removed)

    tag_names = {tag.id: tag.name for tag in vocabulary.tags}
    by_hand = frozenset(tag_names[key] for key in item.human_tags if key in tag_names)
    decided = replace(
        stored,
        category=stored.category if "category" in item.human_fields else _name(category, by_id),
        sentiment=stored.sentiment if "sentiment" in item.human_fields else sentiment.label,
        target_audience=stored.target_audience
        if "audience" in item.human_fields
        else tag_names.get(audience.id or ""),
        tags=by_hand.union(tag_names[tag.id] for tag in tags),
        language=language,
        quality_score=quality_score,
    )
    slow = [rule.name for rule in vocabulary.rules if rule.id in item.slow_rules]
    for rule_type in LATER_TYPES:
        for rule in vocabulary.rules:
            if rule.rule_type != rule_type:
                continue
            timeouts: list[str] = []
            if rule_matches(rule.conditions, decided, on_timeout=timeouts.append):
                effects.apply(rule, _reason(rule, decided))
            slow += [rule.name] if timeouts else []
        tagged = _merge(effects, spoken, shared, item.rejected_tags)
        decided = replace(decided, tags=by_hand.union(tag_names[tag.id] for tag in tagged))
    unanswered = tuple(f"rule '{name}': no answer in time, counts as no match" for name in slow)
    chosen = keep_groups(
        _merge(effects, spoken, shared, item.rejected_tags), item, vocabulary, effects.removed
    )
    return Decision(
        category=replace(category, reasons=(*category.reasons, *unanswered, *effects.gone)),
        sentiment=effects.sentiment or analysis.sentiment,
        audience=effects.audience or spoken_audience,
        tags=chosen,
        rules=effects.outcomes(item, chosen, {choice.id for choice in (*spoken, *shared)}),
    )


def _merge(
    effects: Effects, analyzed: Sequence[TagChoice], shared: Sequence[TagChoice], rejected: frozenset[str]
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
