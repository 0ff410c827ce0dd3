"""What another model, or another vocabulary, would say of the golden set: nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from campaignbase.core.answer import GARBAGE
from campaignbase.core.decide import decide_category
from campaignbase.core.gate import Answer
from campaignbase.core.text import label_text
from campaignbase.core.vectors import top_k
from campaignbase.errors import ProviderError
from campaignbase.models import AnalysisRequest, Category, ContextRequest, ItemContext, Vocabulary
from campaignbase.models.learning import Golden
from campaignbase.pipeline.label_words import embed_labels
from campaignbase.ports import Analyst, Embedder, Store

BATCH = 50  # rows a question
SHORTLIST = 12  # labels a text is compared with, as categorization_context finds them


async def ask_golden(
    store: Store,
    golden: Sequence[Golden],
    analyst: Analyst,
    descriptions: Mapping[str, str] | None = None,
    embedder: Embedder | None = None,
) -> list[Answer]:
    """How each row would be decided now, without what a person said of it and of its very text.

    Args:
        golden: of one workspace.
        descriptions: other ones of categories, by name, with the embedder of the workspace's vectors; a name
            that is not there is a new category.
    Raises:
        ProviderError: the analyst did not answer all of them, so nothing is known of it.
    """
    answers: list[Answer] = []
    for start in range(0, len(golden), BATCH):
        part = golden[start : start + BATCH]
        requests = [
            ContextRequest("categorize_content", row.id, row.embedding, row.content_hash) for row in part
        ]
        context = await store.categorization_context(requests)
        items = [_unfiled(context.items[row.id]) for row in part]
        vocabularies = [context.workspaces[item.workspace_id] for item in items]
        if descriptions and embedder is not None:
            edited = described(vocabularies[0], descriptions)
            items = await _compared(items, part, edited, embedder)
            vocabularies = [edited] * len(items)
        analyses = await analyst.analyze(
            [
                AnalysisRequest(row.text or "", item, vocabulary)
                for row, item, vocabulary in zip(part, items, vocabularies, strict=True)
            ]
        )
        for item, vocabulary, analysis in zip(items, vocabularies, analyses, strict=True):
            unheard = analysis.fallback in ("budget", "provider") or analysis.refused in GARBAGE
            if analysis.failure is not None or unheard:
                why = (
                    (analysis.category.reasons or ("no answer",))[0]
                    if analysis.failure is None
                    else analysis.failure.message
                )
                why = why.removesuffix("; decided offline").removeprefix("no label: ")
                raise ProviderError(
                    f"no verdict: {analyst.name} did not answer every golden row: {why};"
                    " remove what is in its way and ask again"
                )
            choice = decide_category(item, vocabulary, analysis, None)
            answers.append(Answer(choice.id or choice.candidate, choice.id is not None))
    return answers


def described(vocabulary: Vocabulary, descriptions: Mapping[str, str]) -> Vocabulary:
    """As it would be; a new category has its name as its id."""
    found = {category.name: category for category in vocabulary.categories}
    for name, description in descriptions.items():
        found[name] = replace(found.get(name, Category(name, name)), description=description)
    return replace(vocabulary, categories=tuple(found[name] for name in sorted(found)))


def _unfiled(item: ItemContext) -> ItemContext:
    others = tuple(neighbor for neighbor in item.neighbors if not neighbor.equal)
    return replace(item, human_fields=frozenset(), neighbors=others, category=None)


async def _compared(
    items: Sequence[ItemContext], rows: Sequence[Golden], vocabulary: Vocabulary, embedder: Embedder
) -> list[ItemContext]:
    """With the nearest labels of another vocabulary."""
    labels = [category for category in vocabulary.categories if not category.manual_only]
    texts = [label_text(one.name, one.description, one.keywords) or one.name for one in labels]
    vectors = await embed_labels(embedder, texts)
    found = []
    for item, row in zip(items, rows, strict=True):
        if row.embedding is None:
            found.append(item)
            continue
        cosines = np.asarray(vectors @ row.embedding, dtype=np.float32)
        near = tuple((labels[place].id, float(cosines[place])) for place in top_k(cosines, SHORTLIST))
        found.append(replace(item, categories=near))
    return found
