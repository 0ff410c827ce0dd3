"""Embedders side by side: the same labeled texts in one collection each, whose neighbors tell labels."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.blend import NEIGHBORS, STEEPNESS, nearest
from campaignbase.errors import InputError
from campaignbase.models import LabeledText
from campaignbase.ports import Embedder, PaidEmbedder

Vectors = NDArray[np.float32]


class Collection(Protocol):
    """Vectors under their numbers, with an index."""

    def fill(self, vectors: Vectors, labels: Sequence[str]) -> None: ...

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float, str]]:
        """(number, cosine, label), nearest first."""
        ...

    def drop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Compared:
    embedder: str
    width: int  # numbers of a vector that are not always zero
    accuracy: float  # of the label most of the nearest have, the nearer counting more
    recall: float  # share of the truly nearest that the collection found
    texts_per_second: float
    filled_per_second: float  # rows, with the index
    query_ms: float  # median
    cost: Decimal  # US dollars for these texts


async def compare(
    embedders: Sequence[Embedder],
    train: Sequence[LabeledText],
    test: Sequence[LabeledText],
    open_collection: Callable[[int, int], Collection],
    say: Callable[[str], None] = lambda _: None,
) -> list[Compared]:
    """One after the other, in the order given; each collection is dropped when it was asked.

    Args:
        open_collection: an empty one, by its number and the width of its vectors.
    Raises:
        InputError: no rows to fill it with, or to ask about.
    """
    if not train or not test:
        raise InputError(f"a comparison needs rows to train and to test on; got {len(train)} and {len(test)}")
    found = []
    for number, embedder in enumerate(embedders):
        say(f"embedding with {embedder.model}")
        started = time.perf_counter()
        texts = [row.text for row in (*train, *test)]
        vectors, cost = await _embed(embedder, texts)
        speed = len(texts) / (time.perf_counter() - started)
        used = np.flatnonzero(vectors.any(axis=0))
        width = int(used[-1]) + 1 if used.size else 1
        narrow = np.ascontiguousarray(vectors[:, :width])
        say(f"filling a collection of {len(train):,} vectors, {width} wide")
        collection = open_collection(number, width)
        try:
            measured = _ask(collection, narrow[: len(train)], narrow[len(train) :], train, test)
        finally:
            collection.drop()
        found.append(Compared(embedder.model, width, *measured[:2], round(speed, 1), *measured[2:], cost))
    return found


async def _embed(embedder: Embedder, texts: Sequence[str]) -> tuple[Vectors, Decimal]:
    if isinstance(embedder, PaidEmbedder):
        return await embedder.embed_paid(texts)
    return await embedder.embed(texts), Decimal(0)


def _ask(
    collection: Collection,
    filled: Vectors,
    asked: Vectors,
    train: Sequence[LabeledText],
    test: Sequence[LabeledText],
) -> tuple[float, float, float, float]:
    started = time.perf_counter()
    collection.fill(filled, [row.category for row in train])
    filling = time.perf_counter() - started
    _, _, exact = nearest(asked, filled, np.arange(len(filled)))
    right, hits, taken = 0, 0, []
    for vector, row, truly in zip(asked, test, exact, strict=True):
        started = time.perf_counter()
        near = collection.nearest(vector, NEIGHBORS)
        taken.append(time.perf_counter() - started)
        votes: dict[str, float] = defaultdict(float)
        for _, cosine, label in near:
            votes[label] += max(0.0, cosine) ** STEEPNESS
        right += bool(votes) and max(votes, key=lambda label: (votes[label], label)) == row.category
        hits += len({number for number, _, _ in near} & set(truly.tolist()))
    return (
        round(right / len(test), 4),
        round(hits / exact.size, 4),
        round(len(train) / filling, 1),
        round(float(np.median(taken)) * 1000, 3),
    )
