"""POST /v1/embeddings as OpenAI answers it, on loopback, with faults to order.

From Python: `with FakeOpenAI() as server: server.script("rate_limited"); ... server.url`. From elsewhere:
`python -m tests.support.fake_openai` prints its URL; POST a JSON list of faults to URL/control, GET it for
the requests so far, DELETE it to forget both.

Vectors say which words a text has, so texts that share words are near each other. A token is a byte: the
most a tokenizer over bytes can find, so what stays inside the limits here stays inside the real ones.
"""

import base64
import hashlib
import json
import math
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from numpy.typing import NDArray

from campaignbase.testing import hash_vectors

KEY = "sk-fake-key"
WIDTHS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
MAX_INPUTS = 2048
MAX_INPUT_TOKENS = 8192
MAX_CALL_TOKENS = 300_000
REFUSED_TEXT = "a text the provider refuses"  # an input that holds it is answered 400

QUOTA = "You exceeded your current quota, please check your plan and billing details."
OVERLOADED = "The engine is currently overloaded, please try again later."
SERVER_ERROR = "The server had an error while processing your request. Sorry about that!"
RATE = "Rate limit reached for text-embedding-3-small in organization org-fake on tokens per min (TPM)."

# what goes wrong by name: status, message, type, code
REFUSALS: dict[str, tuple[int, str, str, str | None]] = {
    "rate_limited": (429, RATE, "tokens", "rate_limit_exceeded"),
    "no_money": (429, QUOTA, "insufficient_quota", "insufficient_quota"),
    "spend_limit": (
        429,
        "The project's spend limit is reached.",
        "insufficient_quota",
        "project_spend_limit_exceeded",
    ),
    "payment_required": (402, "Payment required.", "invalid_request_error", None),
    "not_active": (429, "Your account is not active.", "billing_not_active", "billing_not_active"),
    "server_error": (500, SERVER_ERROR, "server_error", None),
    "overloaded": (503, OVERLOADED, "server_error", None),
    "unauthorized": (401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    "forbidden": (403, "Your country is not supported.", "request_forbidden", "unsupported_country"),
}
ODD_ANSWERS = frozenset(
    {
        "malformed",
        "empty_body",
        "wrong_count",
        "wrong_width",
        "not_unit",
        "not_finite",
        "twice_the_same",
        "extra_keys",
        "shuffled",
        "no_usage",
        "odd_usage",
        "raw",
    }
)
# slow: answers after `seconds`; hang: never; reset: closes at once; cut: closes in the middle of the body
TROUBLES = frozenset({"slow", "hang", "reset", "cut"})


@dataclass(frozen=True)
class Fault:
    name: str
    retry_after: str | None = None  # the header, of a refusal
    seconds: float = 0.0  # of "slow"
    body: str = ""  # of "raw", instead of an answer

    def __post_init__(self) -> None:
        known = {*REFUSALS, *ODD_ANSWERS, *TROUBLES, "none"}
        if self.name not in known:
            raise ValueError(f"unknown fault {self.name!r}; expected one of {sorted(known)}")


@dataclass(frozen=True)
class Call:
    at: float  # time.monotonic()
    headers: Mapping[str, str]  # names in lower case
    body: dict[str, Any]

    @property
    def inputs(self) -> list[str]:
        given = self.body.get("input")
        return [given] if isinstance(given, str) else list(given or [])


@dataclass
class FakeOpenAI:
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    _script: deque[Fault] = field(default_factory=deque)
    _closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        server = self
        handler = type("Handler", (_Handler,), {"fake": server})
        self._http = _Server(("127.0.0.1", self.port), handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def __enter__(self) -> "FakeOpenAI":
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def script(self, *faults: str | Fault) -> None:
        """What the next calls meet, one each ("none": nothing); after them all is well."""
        self._script.extend(Fault(fault) if isinstance(fault, str) else fault for fault in faults)

    def forget(self) -> None:
        self.calls.clear()
        self._script.clear()

    @property
    def texts(self) -> list[str]:
        """Every input that was asked for, in order."""
        return [text for call in self.calls for text in call.inputs]

    def next_fault(self) -> Fault:
        try:
            return self._script.popleft()
        except IndexError:
            return Fault("none")

    def wait(self, seconds: float) -> None:
        self._closing.wait(seconds)


def vectors(texts: list[str], width: int = 1536) -> NDArray[np.float32]:
    """What the server answers for these texts: (len(texts), width), unit length."""
    found = hash_vectors(texts)
    for row, text in zip(found, texts, strict=True):
        if not row.any():  # OpenAI has a vector for everything
            row[int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % len(row)] = 1
    if width > found.shape[1]:
        return np.pad(found, ((0, 0), (0, width - found.shape[1])))
    found = found[:, :width]
    found[~found.any(axis=1), 0] = 1
    shortened: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return shortened


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Refusal(Exception):  # noqa: N818 an answer, not a mistake
    def __init__(self, status: int, message: str, kind: str, code: str | None, param: str | None = None):
        self.status = status
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


class _Handler(BaseHTTPRequestHandler):
    fake: FakeOpenAI
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._send(200, [{"headers": dict(call.headers), "body": call.body} for call in self.fake.calls])

    def do_DELETE(self) -> None:
        self.fake.forget()
        self._send(200, {})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.endswith("/control"):
            self.fake.script(*(Fault(**fault) for fault in json.loads(raw)))
            self._send(200, {})
            return
        try:
            body = json.loads(raw)
            if self.path != "/v1/embeddings":
                message = f"Invalid URL (POST {self.path})"
                raise _Refusal(404, message, "invalid_request_error", None)
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.fake.calls.append(Call(time.monotonic(), headers, body))
            self._answer(body, self.fake.next_fault())
        except _Refusal as refusal:
            self._send(refusal.status, refusal.body)

    def _answer(self, body: dict[str, Any], fault: Fault) -> None:
        if fault.name in REFUSALS:
            status, message, kind, code = REFUSALS[fault.name]
            more = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
            self._send(status, _Refusal(status, message, kind, code).body, more)
            return
        if fault.name == "reset":
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        if fault.name in ("hang", "slow"):
            self.fake.wait(3600 if fault.name == "hang" else fault.seconds)
        self._authorize()
        texts, width = _validated(body)
        answer = _response(body, texts, width, fault.name)
        if fault.name == "cut":
            whole = json.dumps(answer).encode()
            self._head(200, len(whole), {})
            self.wfile.write(whole[: len(whole) // 2])
            self.close_connection = True
        elif fault.name == "raw":
            self._send_bytes(200, fault.body.encode())
        elif fault.name in ("malformed", "empty_body"):
            self._send_bytes(200, b"" if fault.name == "empty_body" else json.dumps(answer).encode()[:-20])
        else:
            self._send(200, answer)

    def _authorize(self) -> None:
        given = self.headers.get("authorization")
        if not given:
            message = "You didn't provide an API key."
            raise _Refusal(401, message, "invalid_request_error", None)
        if given != f"Bearer {KEY}":
            shown = given.removeprefix("Bearer ")[:6]
            message = f"Incorrect API key provided: {shown}***."
            raise _Refusal(401, message, "invalid_request_error", "invalid_api_key")

    def _send(self, status: int, body: object, more: Mapping[str, str] | None = None) -> None:
        self._send_bytes(status, json.dumps(body).encode(), more or {})

    def _send_bytes(self, status: int, body: bytes, more: Mapping[str, str] | None = None) -> None:
        self._head(status, len(body), more or {})
        self.wfile.write(body)

    def _head(self, status: int, length: int, more: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.send_header("x-request-id", f"req_{len(self.fake.calls):06}")
        self.send_header("openai-processing-ms", "5")
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
        pass


def _validated(body: dict[str, Any]) -> tuple[list[str], int]:
    """(texts, width asked for)"""
    model = body.get("model")
    if not model:
        raise _Refusal(400, "you must provide a model parameter", "invalid_request_error", None)
    if model not in WIDTHS:
        message = f"The model `{model}` does not exist or you do not have access to it."
        raise _Refusal(404, message, "invalid_request_error", "model_not_found")
    given = body.get("input")
    texts = [given] if isinstance(given, str) else given
    if (
        not isinstance(texts, list)
        or not texts
        or any(not isinstance(text, str) or not text for text in texts)
    ):
        message = "'$.input' is invalid. Please check the API reference."
        raise _Refusal(400, message, "invalid_request_error", None)
    if len(texts) > MAX_INPUTS:
        message = f"Invalid 'input': array too long. Expected an array with maximum length {MAX_INPUTS}."
        raise _Refusal(400, message, "invalid_request_error", "array_above_max_length", "input")
    tokens = [len(text.encode()) for text in texts]
    if max(tokens) > MAX_INPUT_TOKENS:
        message = (
            f"This model's maximum context length is {MAX_INPUT_TOKENS} tokens, "
            f"however you requested {max(tokens)} tokens. Please reduce your prompt."
        )
        raise _Refusal(400, message, "invalid_request_error", None)
    if sum(tokens) > MAX_CALL_TOKENS:
        message = f"Requested {sum(tokens)} tokens, max {MAX_CALL_TOKENS} tokens per request"
        raise _Refusal(400, message, "max_tokens_per_request", "max_tokens_per_request")
    if any(REFUSED_TEXT in text for text in texts):
        raise _Refusal(400, "This text is refused.", "invalid_request_error", "content_refused", "input")
    if body.get("encoding_format", "float") not in ("float", "base64"):
        message = "Invalid value for 'encoding_format'."
        raise _Refusal(400, message, "invalid_request_error", "invalid_value", "encoding_format")
    width = body.get("dimensions", WIDTHS[model])
    if not isinstance(width, int) or not 1 <= width <= WIDTHS[model]:
        message = f"Invalid value for 'dimensions' = {width}. Must be at most {WIDTHS[model]}."
        raise _Refusal(400, message, "invalid_request_error", None, "dimensions")
    return texts, width


def _response(body: dict[str, Any], texts: list[str], width: int, fault: str) -> dict[str, Any]:
    found = vectors(texts, width)
    if fault == "wrong_width":
        found = found[:, : width // 2]
    elif fault == "not_unit":
        found = found * np.float32(2)
    elif fault == "not_finite":
        found[0, 0] = math.nan
    data = [
        {"object": "embedding", "index": index, "embedding": _written(row, body.get("encoding_format"))}
        for index, row in enumerate(found)
    ]
    if fault == "wrong_count":
        data = data[:-1]
    elif fault == "twice_the_same":
        data = [data[0], data[0]] if len(data) == 1 else [data[0], *data[:-1]]
    elif fault == "shuffled":  # allowed: `index` says which is which
        data.reverse()
    tokens = sum(len(text.encode()) for text in texts)
    more = {"unheard_of": True} if fault == "extra_keys" else {}
    usage: dict[str, Any] = {"prompt_tokens": tokens, "total_tokens": tokens}
    if fault in ("no_usage", "odd_usage"):
        usage = {} if fault == "no_usage" else {"total_tokens": 10**30}
    return {"object": "list", "data": data, "model": body["model"], "usage": usage, **more}


def _written(row: NDArray[np.float32], encoding: str | None) -> str | list[float]:
    if encoding == "base64":
        return base64.b64encode(row.astype("<f4").tobytes()).decode()
    return [float(number) for number in row]


def main() -> None:
    with FakeOpenAI() as server:
        print(server.url, flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
