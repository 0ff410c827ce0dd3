"""What an embedder is given for a label. The hash beside the vector is that of the text as stored."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.text import spoken
from campaignbase.ports import Embedder, PromptedEmbedder


def label_phrases(embedder: Embedder, text: str) -> tuple[str, ...]:
    """One or more; the vector of the label is that of them `together`."""
    prompts = embedder.label_prompts if isinstance(embedder, PromptedEmbedder) else ("",)
    return tuple(prompt + spoken(text) for prompt in prompts)


def together(vectors: NDArray[np.float32], counts: Sequence[int]) -> NDArray[np.float32]:
    """The mean direction of `counts[0]` rows, of the next `counts[1]` and so on; zeros stay zeros."""
    if len(counts) == len(vectors):
        return vectors
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    sums: NDArray[np.float32] = np.add.reduceat(vectors, starts, axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return (sums / np.where(lengths > 0, lengths, 1)).astype(np.float32)


async def embed_labels(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float32]:
    """(len(texts), 1536), of labels as a workspace embeds them."""
    phrases = [label_phrases(embedder, text) for text in texts]
    vectors = await embedder.embed([phrase for found in phrases for phrase in found])
    return together(vectors, [len(found) for found in phrases])
