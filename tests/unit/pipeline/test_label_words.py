"""What embedders are given for labels: words, within the sentence an embedder asks for."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from campaignbase.models import Job, JobKind, LabeledText
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.evaluate import evaluate
from campaignbase.pipeline.vectors import JobVectors
from campaignbase.providers.minilm import MiniLMEmbedder
from campaignbase.testing import HashEmbedder


class Plain(HashEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.given += texts
        return await super().embed(texts)


class Prompted(Plain):
    label_prompt = "A message about: "


def job(number: int, kind: JobKind, text: str) -> Job:
    return Job(number, 1, kind, "w", str(number), "hash", text, None, None)


@pytest.mark.parametrize(
    ("embedder", "category"),
    [(Plain(), "brand story\nwho we are"), (Prompted(), "A message about: brand story\nwho we are")],
)
async def test_labels_are_words_in_a_sentence_and_content_is_as_it_is(embedder: Plain, category: str) -> None:
    jobs = [
        job(1, "embed_category", "brand_story\nwho we are"),
        job(2, "categorize_content", "our brand_story"),
    ]
    await JobVectors(Embedders(embedder)).embed(jobs)
    assert embedder.given == [category, "our brand_story"]


async def test_an_evaluation_embeds_labels_as_a_workspace_does() -> None:
    embedder = Prompted()
    rows = [LabeledText("a b c", "brand_story"), LabeledText("d e f", "offer")]
    await evaluate(embedder, rows, rows, shots=1)
    assert embedder.given[:2] == ["A message about: brand story", "A message about: offer"]


def test_minilm_asks_for_a_sentence() -> None:
    assert MiniLMEmbedder().label_prompt
