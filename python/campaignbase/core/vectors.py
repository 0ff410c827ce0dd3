"""Vectors as the stores keep them: unit length, DIMENSIONS wide, float32.

Pure. SQLite keeps little-endian float32 blobs, Postgres takes pgvector's text.
"""

import numpy as np
from numpy.typing import NDArray

from campaignbase.models import DIMENSIONS, Vector

Matrix = NDArray[np.float32]  # one row a vector

_LITTLE_FLOAT32 = np.dtype("<f4")


def pack(vector: Vector) -> bytes:
    """Little-endian float32, 4 bytes a number."""
    return vector.astype(_LITTLE_FLOAT32, copy=False).tobytes()


def unpack(blob: bytes) -> Vector:
    """The vector of a blob, read-only; ValueError when its size is not DIMENSIONS numbers."""
    if len(blob) != DIMENSIONS * 4:
        raise ValueError(f"vector blob has {len(blob)} bytes, expected {DIMENSIONS * 4}")
    return np.frombuffer(blob, dtype=_LITTLE_FLOAT32).astype(np.float32, copy=False)


def to_pgvector(vector: Vector) -> str:
    """pgvector's text, `[0.1,-2,0]`; nine digits a number, so that float32 survives the round trip."""
    nonzero = np.flatnonzero(vector)
    # a padded vector ends in zeros: those need no formatting
    length = int(nonzero[-1]) + 1 if nonzero.size else 0
    numbers = ",".join(["%.9g"] * length) % tuple(vector[:length].tolist())
    zeros = ",".join(["0"] * (len(vector) - length))
    return f"[{numbers}{',' if length and zeros else ''}{zeros}]"


def from_pgvector(text: str) -> Vector:
    """The vector of pgvector's text; ValueError when it is not one."""
    if not (text.startswith("[") and text.endswith("]")):
        raise ValueError(f"expected '[x,y,...]', got {text[:40]!r}")
    return np.array(text[1:-1].split(","), dtype=np.float32)


def top_k(scores: NDArray[np.floating], k: int) -> NDArray[np.intp]:
    """Indices of the k highest scores, best first; the lower index wins a tie, at the border too."""
    if k <= 0:
        return np.empty(0, dtype=np.intp)
    if k < len(scores):
        border = np.partition(scores, len(scores) - k)[len(scores) - k]
        above = np.flatnonzero(scores > border)
        chosen = np.concatenate([above, np.flatnonzero(scores == border)[: k - len(above)]])
    else:
        chosen = np.arange(len(scores))
    return chosen[np.lexsort((chosen, -scores[chosen]))]
