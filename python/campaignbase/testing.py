"""Deterministic stand-ins for everything the pipeline needs from outside: no key, no network, no waiting."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.media import check_size
from campaignbase.core.text import words
from campaignbase.errors import InputError, NotFoundError, ProviderError
from campaignbase.models import DIMENSIONS, Analysis, AnalysisRequest
from campaignbase.models.members import Mail

FAKE_MODEL = "fake-hash-1"


class FakeClock:
    """Stands still until slept on or advanced.

    It starts in 2100, later than any stamp of a database's own clock, so that no job waits for the real one.
    """

    def __init__(self, start: datetime = datetime(2100, 1, 1, tzinfo=UTC)) -> None:
        self._start = start
        self._now = start
        self.slept: list[float] = []  # seconds of each sleep, in order

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class HashEmbedder:
    """Texts that share words are near each other: each counts where its hash says; no words, zeros."""

    def __init__(self, model: str = FAKE_MODEL) -> None:
        self.model = model
        self.texts: list[str] = []  # every text that was embedded, in order

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts.extend(texts)
        return hash_vectors(texts)

    async def close(self) -> None:
        pass


class ScriptedEmbedder(HashEmbedder):
    """Raises the next error of its script, one a call (None: that call answers), then answers always."""

    def __init__(self, script: Iterable[Exception | None], model: str = FAKE_MODEL) -> None:
        super().__init__(model)
        self._script = iter(script)
        self.calls = 0

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls += 1
        error = next(self._script, None)
        if error is not None:
            raise error
        return await super().embed(texts)


class ScriptedAnalyst:
    """Answers what the given function says of each request; without one it abstains from everything."""

    def __init__(
        self,
        answer: Callable[[AnalysisRequest], Analysis] | None = None,
        name: str = "fake-1",
        *,
        price: Decimal = Decimal(0),
        prompt_version: str | None = None,
    ) -> None:
        """`price`: US dollars that one request costs at most."""
        self.name = name
        self.prompt_version = prompt_version
        self.price = price
        self.requests: list[AnalysisRequest] = []
        self._answer = answer or (lambda _: Analysis())

    async def analyze(self, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
        self.requests.extend(requests)
        return [self._answer(request) for request in requests]

    def estimate(self, requests: Sequence[AnalysisRequest]) -> Decimal:
        return self.price * len(requests)

    async def close(self) -> None:
        pass


def hash_vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """(len(texts), 1536): how often each word occurs, at the place its hash names, at unit length."""
    matrix = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, text in zip(matrix, texts, strict=True):
        for word in words(text):
            row[int.from_bytes(hashlib.sha256(word.encode("utf-8")).digest()[:4], "big") % DIMENSIONS] += 1
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    matrix /= np.where(lengths > 0, lengths, 1)
    return matrix


class FileMailer:
    """Writes each mail into a folder as `001-ada_example.com.eml`, in order; refuses while told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.refusal: str | None = None

    async def send(self, mail: Mail) -> None:
        if self.refusal is not None:
            raise ProviderError(self.refusal)
        message = EmailMessage()
        message["To"], message["Subject"] = mail.to, mail.subject
        message.set_content(mail.text)
        number = len(list(self.folder.glob("*.eml"))) + 1
        name = re.sub(r"[^a-z0-9.-]", "_", mail.to)
        (self.folder / f"{number:03}-{name}.eml").write_bytes(message.as_bytes())


class MemoryMedia:
    """`campaignbase.ports.MediaStore` in memory; files by path, with their types."""

    def __init__(self) -> None:
        self.target = "memory"
        self.files: dict[str, tuple[bytes, str]] = {}

    async def aclose(self) -> None:
        pass

    async def upload(self, path: str, content: bytes, content_type: str, *, overwrite: bool = False) -> None:
        check_size(path, len(content))
        if path in self.files and not overwrite:
            raise InputError(f"{path} exists already")
        self.files[path] = (content, content_type)

    async def download(self, path: str) -> bytes:
        if path not in self.files:
            raise NotFoundError(f"no file {path}")
        return self.files[path][0]

    async def signed_url(self, path: str, expires_seconds: int) -> str:
        if path not in self.files:
            raise NotFoundError(f"no file {path}")
        return f"memory:{path}?expires={expires_seconds}"

    async def paths(self, folder: str) -> list[str]:
        return sorted(path for path in self.files if path.startswith(f"{folder}/"))

    async def remove(self, paths: Sequence[str]) -> int:
        return sum(self.files.pop(path, None) is not None for path in paths)
