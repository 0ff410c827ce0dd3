"""What the offline analyst says of a text: category, tags, audience, from words and vectors alone.

Pure. Word lists and vocabularies come in prepared; providers/offline.py keeps them between batches.
"""

from collections.abc import Sequence

from campaignbase.core.choose import choose_category, weigh_categories
from campaignbase.core.tags import ScoredTag, TagEntry, TagIndex, merge_tags
from campaignbase.core.text import spoken
from campaignbase.models import AUDIENCE, ItemContext, LabelChoice, Tag, TagChoice, Vocabulary

TAG_SIMILARITY = 0.58  # cosine; a tag this near is worth suggesting though no word names it
SIMILAR_TAG_SCORE = 0.45  # 0..1 at most: meaning alone is weaker than a word
SIMILAR_TAGS = 3  # by meaning alone, at most
AUDIENCE_SIMILARITY = 0.45
MIN_AUDIENCE_SCORE = 0.4


class PreparedVocabulary:
    """The lookups of one version of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.version = vocabulary.version
        self.categories = {category.id: category for category in vocabulary.categories}
        self.tags = {tag.id: tag for tag in vocabulary.tags}
        self.category_index = TagIndex(
            [
                TagEntry(
                    category.id,
                    "",
                    # its name is one keyword among others: "we offer dental" is no offer
                    keywords=(spoken(category.name), *category.keywords),
                    manual_only=category.manual_only,
                )
                for category in vocabulary.categories
            ]
        )
        self.tag_index = TagIndex(
            [
                TagEntry(
                    tag.id,
                    spoken(tag.name),
                    tuple(tag.aliases),
                    tuple(tag.keywords),
                    tag.manual_only,
                )
                for tag in vocabulary.tags
            ]
        )


def analyze_category(text: str, item: ItemContext, prepared: PreparedVocabulary) -> LabelChoice:
    return choose_category(
        weigh_categories(
            categories=prepared.categories,
            nearest=item.categories,
            keywords=prepared.category_index.match(text),
            neighbors=item.neighbors,
        )
    )


def analyze_tags(
    text: str, item: ItemContext, prepared: PreparedVocabulary
) -> tuple[tuple[TagChoice, ...], LabelChoice]:
    """(tags best first, audience): a word that names a tag before a meaning that is near it."""
    spoken = prepared.tag_index.match(text)
    similar = _similar(item, prepared.tags)
    merged = merge_tags(spoken, similar, rejected=item.rejected_tags)
    tags = tuple(TagChoice(found.tag_id, "model", found.score, found.reason) for found in merged)
    return tags, _audience(spoken, item, prepared.tags)


def _similar(item: ItemContext, tags: dict[str, Tag]) -> list[ScoredTag]:
    found = [
        ScoredTag(
            tag_id, SIMILAR_TAG_SCORE * similarity, f"near its description (similarity {similarity:.2f})"
        )
        for tag_id, similarity in item.tags
        if similarity >= TAG_SIMILARITY and tag_id in tags and not tags[tag_id].manual_only
    ]
    return found[:SIMILAR_TAGS]


def _audience(spoken: Sequence[ScoredTag], item: ItemContext, tags: dict[str, Tag]) -> LabelChoice:
    """The tag of type audience with the most words for it; by meaning when no word is said."""
    named = [found for found in spoken if tags[found.tag_id].tag_type == AUDIENCE]
    if named and named[0].score >= MIN_AUDIENCE_SCORE:
        return LabelChoice("model", named[0].score, (named[0].reason,), named[0].tag_id)
    for tag_id, similarity in item.tags:
        if tag_id in tags and tags[tag_id].tag_type == AUDIENCE and not tags[tag_id].manual_only:
            if similarity >= AUDIENCE_SIMILARITY:
                reason = f"near its description (similarity {similarity:.2f})"
                return LabelChoice("model", similarity, (reason,), tag_id)
            break
    return LabelChoice()
