"""Weigh what speaks for each category of a text and choose one, or none.

Pure. Three kinds of evidence: how near the text is to the label's description, which of its keywords the text
contains, and what people filed similar texts under. "None of them" competes like a label.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaignbase.core.tags import ScoredTag
from campaignbase.models import Category, LabelChoice, Neighbor

# Weights of the evidence, in logits; measured on the demo texts, see tests/unit/core/test_choose.py
SIMILARITY_WEIGHT = 9.0  # times cosine to the label's text
KEYWORD_WEIGHT = 3.5  # times the keyword score, 0..1
EXAMPLE_WEIGHT = 4.0  # times the share of similar confirmed texts, 0..1
NOTHING_FITS = 3.4  # the logit of "none of them": cosine 0.38 alone is a draw
MIN_CONFIDENCE = 0.5  # 0..1; below it the text goes to review
MIN_EXAMPLE_SIMILARITY = 0.4  # cosine; a less similar confirmed text is no evidence


@dataclass(frozen=True, slots=True)
class Weighed:
    """A category with its probability, 0..1, and what spoke for it, for people."""

    category: Category
    probability: float
    reasons: tuple[str, ...]


def weigh_categories(
    *,
    categories: Mapping[str, Category],
    nearest: Sequence[tuple[str, float]],
    keywords: Sequence[ScoredTag],
    neighbors: Sequence[Neighbor],
) -> list[Weighed]:
    """Every category that anything speaks for, most probable first; probabilities leave room for "none".

    Args:
        categories: by id; manual-only ones take no part.
        nearest: (category id, cosine), as found by vector.
        keywords: matches of category names and keywords, `tag_id` being the category's id.
        neighbors: confirmed rows.
    """
    similarity = dict(nearest)
    spoken = {match.tag_id: match for match in keywords}
    shares = example_shares(neighbors)
    logits: dict[str, float] = {}
    for category_id in {*similarity, *spoken, *shares}:
        category = categories.get(category_id)
        if category is None or category.manual_only:
            continue
        logits[category_id] = (
            SIMILARITY_WEIGHT * max(0.0, similarity.get(category_id, 0.0))
            + KEYWORD_WEIGHT * (spoken[category_id].score if category_id in spoken else 0.0)
            + EXAMPLE_WEIGHT * shares.get(category_id, 0.0)
        )
    top = max([NOTHING_FITS, *logits.values()])
    total = math.exp(NOTHING_FITS - top) + sum(math.exp(logit - top) for logit in logits.values())
    weighed = [
        Weighed(
            categories[category_id],
            math.exp(logit - top) / total,
            _reasons(category_id, similarity, spoken, shares),
        )
        for category_id, logit in logits.items()
    ]
    return sorted(weighed, key=lambda found: (-found.probability, found.category.name))


def choose_category(weighed: Sequence[Weighed]) -> LabelChoice:
    """The most probable category; its parent when only the family is clear; nothing when nobody is sure."""
    if not weighed:
        return LabelChoice(reasons=("nothing speaks for any category",))
    best = weighed[0]
    if best.probability >= MIN_CONFIDENCE:
        sure = f"share of the evidence {best.probability:.2f} ({MIN_CONFIDENCE:.2f} suffices)"
        reasons = (*best.reasons, sure)
        return LabelChoice(source="model", score=best.probability, reasons=reasons, id=best.category.id)
    family_id = best.category.parent_id or best.category.id
    family = [found for found in weighed if family_id in (found.category.id, found.category.parent_id)]
    probability = sum(found.probability for found in family)
    parent = next((found.category for found in family if found.category.id == family_id), None)
    if parent is not None and not parent.manual_only and probability >= MIN_CONFIDENCE:
        between = (
            f"share of the evidence {_listed(family)}, together {probability:.2f}: filed under their parent"
        )
        return LabelChoice(source="model", score=probability, reasons=(*best.reasons, between), id=parent.id)
    reason = f"nobody was sure: share of the evidence {_listed(weighed)} ({MIN_CONFIDENCE:.2f} would suffice)"
    return LabelChoice(score=best.probability, reasons=(reason,), candidate=best.category.id)


def _listed(weighed: Sequence[Weighed]) -> str:
    return ", ".join(f"{found.category.name} {found.probability:.2f}" for found in weighed[:3])


def example_shares(neighbors: Sequence[Neighbor]) -> dict[str, float]:
    """Per category its share, 0..1, of the confirmed texts similar enough, the more similar counting more.

    Fewer than three such texts are never the whole evidence: the share is of at least three.
    """
    weights: dict[str, float] = {}
    counted = 0
    for neighbor in neighbors:
        if neighbor.similarity >= MIN_EXAMPLE_SIMILARITY:
            counted += 1
            weights[neighbor.category_id] = weights.get(neighbor.category_id, 0.0) + neighbor.similarity**2
    total = sum(weights.values())
    if not total:
        return {}
    fullness = min(1.0, counted / 3)
    return {category_id: fullness * weight / total for category_id, weight in weights.items()}


def _reasons(
    category_id: str,
    similarity: Mapping[str, float],
    spoken: Mapping[str, ScoredTag],
    shares: Mapping[str, float],
) -> tuple[str, ...]:
    reasons = []
    if category_id in spoken:
        reasons.append(spoken[category_id].reason)
    if category_id in similarity:
        reasons.append(f"near its description (similarity {similarity[category_id]:.2f})")
    if category_id in shares:
        reasons.append(f"share {shares[category_id]:.2f} of the similar texts that people filed")
    return tuple(reasons)
