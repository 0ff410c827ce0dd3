"""What is learned from, and what comes of it: confirmed rows, labeled texts, a trained head. Plain data."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TrainedHead:
    """One vector and one bias a category; score = softmax over weights . embedding + bias."""

    embedding_model: str
    train_rows: int
    threshold: float
    category_ids: tuple[str, ...]
    weights: NDArray[np.float32]  # (categories, 1536)
    bias: NDArray[np.float32]  # (categories,)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Rows a head can be fitted on: one vector and one category id a row."""

    embeddings: NDArray[np.float32]  # (rows, 1536)
    category_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class LabeledText:
    """A text whose category is known, to measure with."""

    text: str
    category: str
