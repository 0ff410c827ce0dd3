"""Values as JSON and back: anything JSON has, and vectors as base64 of float32. Nothing is ever unpickled."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

MAX_BYTES = 1_000_000  # of a value as JSON; larger ones are not kept
MAX_WIDTH = 100_000  # numbers of a vector


class Missing:
    """No value is there. None, False, 0 and "" are values."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()
Payload = dict[str, Any]  # {"j": any JSON} or {"f": base64 of float32, "n": width}


@dataclass(slots=True)
class Entry:
    value: Any
    payload: Payload  # the value as JSON
    expires: float  # seconds since 1970
    epoch: int  # of invalidations, when its computing began
    seconds: float = 0.0  # that computing took
    cost: float = 0.0  # US dollars
    size: int = 0  # bytes as JSON


def pack(value: Any) -> Payload:
    """
    Raises:
        TypeError, ValueError: neither JSON nor a vector of float32.
    """
    if isinstance(value, np.ndarray):
        if value.ndim != 1 or value.dtype != np.float32 or len(value) > MAX_WIDTH:
            raise TypeError(
                f"cannot cache an array of {value.dtype} {value.shape}; expected a vector of float32"
            )
        last = np.flatnonzero(value)
        used = value[: int(last[-1]) + 1 if len(last) else 0]  # shorter embeddings end in zeros
        return {"f": base64.b64encode(used.astype("<f4").tobytes()).decode(), "n": len(value)}
    return {"j": value}


def unpack(payload: Any, *, trusted: bool = False) -> Any:
    """The value, or MISSING where this was made by nobody of us. Vectors cannot be written to.

    `trusted`: its signature was checked, so that the slow look at every letter is left out.
    """
    if not isinstance(payload, dict):
        return MISSING
    if set(payload) == {"j"}:
        return payload["j"]
    if set(payload) != {"f", "n"}:
        return MISSING
    width, packed = payload["n"], payload["f"]
    if type(width) is not int or not 0 <= width <= MAX_WIDTH or not isinstance(packed, str):
        return MISSING
    try:
        used = np.frombuffer(binascii.a2b_base64(packed, strict_mode=not trusted), dtype="<f4")
    except (binascii.Error, ValueError):
        return MISSING
    if len(used) > width or not (trusted or np.isfinite(used).all()):
        return MISSING
    vector = np.zeros(width, np.float32)
    vector[: len(used)] = used
    vector.flags.writeable = False
    return vector


def dump(value: Any) -> str:
    """
    Raises:
        TypeError, ValueError: not JSON; NaN and infinity are not.
    """
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
