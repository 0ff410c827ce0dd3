"""The embedder that ships with the package: one vector a word piece, the mean of them a text.

No key, no network, no server; English first. scripts/distill_embedder.py makes the files in `data/embedder`,
in the form model2vec reads. Here tokenizers, safetensors and numpy read them and take the mean: importing
model2vec would add a fifth of a second to every command.
"""

import asyncio
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from campaignbase.errors import NotConfiguredError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FOLDER = Path(__file__).resolve().parents[1] / "data" / "embedder"
UNKNOWN = "[UNK]"
TEXTS_AT_ONCE = 256  # one call of the tokenizer, which spreads it over the cores
CHARACTERS_AT_ONCE = 1_000_000  # a second or two, then whoever wants to stop is heard
PIECES_AT_ONCE = 1024  # rows gathered together: 1 MB


class Model(NamedTuple):
    tokenizer: "Tokenizer"
    vectors: NDArray[
        np.float32
    ]  # (word pieces, width); the length of a row is its weight, the unknown piece has none


class StaticEmbedder:
    """Implements ports.Embedder."""

    model = "campaignbase-static-1"
    dim = 1536  # vector(1536) in sql/tables; what the model does not fill is zero, which changes no cosine

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `encode`, in a thread, a part at a time: the event loop stays free.

        Raises:
            NotConfiguredError: the model's files are not in the package.
        """
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        start, characters = 0, 0
        for end, text in enumerate(texts, start=1):
            characters += len(text)
            if characters >= CHARACTERS_AT_ONCE or end == len(texts):
                vectors[start:end] = await asyncio.to_thread(self.encode, texts[start:end])
                start, characters = end, 0
        return vectors

    async def close(self) -> None:
        """Nothing is held."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), 1536), order kept, each row of unit length; all zeros where no word piece is known.

        A text's vector does not depend on the texts beside it. Nothing is cut off, however long.
        """
        tokenizer, pieces = load_model(FOLDER)
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            batch = list(texts[start : start + TEXTS_AT_ONCE])
            encodings = tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            sums = np.stack([_sum(pieces, encoding.ids) for encoding in encodings])
            lengths = np.linalg.norm(sums, axis=1, keepdims=True)
            lengths[lengths == 0] = 1
            vectors[start : start + len(batch), : sums.shape[1]] = sums / lengths
        return vectors


@cache
def load_model(folder: Path) -> Model:
    """Read once a process.

    Raises:
        NotConfiguredError: a file is missing.
    """
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    for name in ("model.safetensors", "tokenizer.json"):
        if not (folder / name).is_file():
            raise NotConfiguredError(
                f"the shipped embedder: {name} is not in {folder}; install campaignbase again, "
                "or in a checkout run scripts/distill_embedder.py"
            )
    arrays = load_file(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    vectors = arrays["embeddings"].astype(np.float32) * arrays["weights"][:, None]
    vectors[tokenizer.token_to_id(UNKNOWN)] = 0
    return Model(tokenizer, vectors)


def _sum(vectors: NDArray[np.float32], pieces: Sequence[int]) -> NDArray[np.float32]:
    ids = np.array(pieces, dtype=np.intp)
    total: NDArray[np.float32] = vectors[ids[:PIECES_AT_ONCE]].sum(axis=0)
    for start in range(PIECES_AT_ONCE, len(ids), PIECES_AT_ONCE):
        total += vectors[ids[start : start + PIECES_AT_ONCE]].sum(axis=0)
    return total
