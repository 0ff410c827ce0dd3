"""What embedders are given for labels: words, within the sentence an embedder asks for."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from campaignbase.models import Job, JobKind, LabeledText
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.evaluate import evaluate
from campaignbase.pipeline.label_words import together
from campaignbase.pipeline.vectors import JobVectors
from campaignbase.ports import PromptedEmbedder
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
    label_prompts = ("about ", "Subject: ")


def job(number: int, kind: JobKind, text: str) -> Job:
    return Job(number, 1, kind, "w", str(number), "hash", text, None, None)


@pytest.mark.parametrize(
    ("embedder", "category"),
    [
        (Plain(), ["brand story\nwho we are"]),
        (Prompted(), ["about brand story\nwho we are", "Subject: brand story\nwho we are"]),
    ],
)
async def test_labels_are_words_in_sentences_and_content_is_as_it_is(
    embedder: Plain, category: list[str]
) -> None:
    jobs = [
        job(1, "embed_category", "brand_story\nwho we are"),
        job(2, "categorize_content", "our brand_story"),
    ]
    vectors, _ = await JobVectors(Embedders(embedder)).embed(jobs)
    assert embedder.given == [*category, "our brand_story"]
    mean = (await HashEmbedder().embed(category)).sum(axis=0)
    assert vectors[1] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)
    assert vectors[2] == pytest.approx((await HashEmbedder().embed(["our brand_story"]))[0])


async def test_an_evaluation_embeds_labels_as_a_workspace_does() -> None:
    embedder = Prompted()
    rows = [LabeledText("a b c", "brand_story"), LabeledText("d e f", "offer")]
    await evaluate(embedder, rows, rows, shots=1)
    assert embedder.given[:3] == ["about brand story", "Subject: brand story", "about offer"]


def test_minilm_asks_for_sentences() -> None:
    assert isinstance(MiniLMEmbedder(), PromptedEmbedder)


def test_what_nothing_was_read_of_stays_nothing() -> None:
    vectors = np.array([[0, 0], [0, 0], [3, 4], [3, 4]], dtype=np.float32)
    assert together(vectors, [2, 2]).tolist() == [[0, 0], [pytest.approx(0.6), pytest.approx(0.8)]]
