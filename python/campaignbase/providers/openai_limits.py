"""Texts cut to what one call of OpenAI's embeddings takes, as supabase/functions/_shared/limits.ts does.

A token of its tokenizers is at least one byte of UTF-8, so counting bytes keeps every limit without them.
tests/fixtures/embedding_pieces.json holds both sides to the same cuts. Pure.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MAX_PIECE_BYTES = 8_000  # of 8,192 tokens a text
MAX_CALL_BYTES = 290_000  # of 300,000 tokens a call
MAX_CALL_TEXTS = 2_048
_WHITESPACE = frozenset(b" \t\r\n")


def pieces(text: str, size: int = MAX_PIECE_BYTES) -> list[str]:
    """The text in pieces of at most `size` bytes, each cut after whitespace where its second half has any."""
    raw = text.encode("utf-8", "replace")
    found = []
    while len(raw) > size:
        end = next(
            (place + 1 for place in range(size - 1, size // 2 - 1, -1) if raw[place] in _WHITESPACE), 0
        )
        if not end:
            end = size
            while raw[end] & 0xC0 == 0x80:  # inside a character
                end -= 1
        found.append(raw[:end])
        raw = raw[end:]
    return [piece.decode() for piece in (*found, raw) if piece]


def calls(texts: Sequence[str], size: int = MAX_CALL_BYTES, count: int = MAX_CALL_TEXTS) -> list[list[str]]:
    """The texts in order, as few calls as fit."""
    found: list[list[str]] = []
    room = 0
    for text in texts:
        length = len(text.encode())
        if not found or length > room or len(found[-1]) == count:
            found.append([])
            room = size
        found[-1].append(text)
        room -= length
    return found


def mean(parts: Sequence[str], vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The vector of a text from those of its pieces, weighted by their bytes; unit length."""
    if len(vectors) == 1:
        return vectors[0]
    weights = np.array([len(part.encode()) for part in parts], dtype=np.float64)
    total = weights @ np.stack(vectors).astype(np.float64)
    length = np.linalg.norm(total)
    return (total / (length or 1)).astype(np.float32)
