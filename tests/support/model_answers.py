"""What a model says and what goes wrong, in the formats of both providers."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Api = Literal["anthropic", "openai"]
FOREIGN = "0b5c1f9e-6d1c-4f6e-9d7e-0d2f7f3f9a11"  # an id of another workspace

# by name: status, message, type, code; where the providers differ, Anthropic first
REFUSALS: dict[str, tuple[tuple[int, str, str, str | None], ...]] = {
    "rate_limited": (
        (429, "Too many requests.", "rate_limit_error", None),
        (429, "Rate limit reached.", "tokens", "rate_limit_exceeded"),
    ),
    "error_500": (
        (500, "Internal server error", "api_error", None),
        (500, "Sorry about that!", "server_error", None),
    ),
    "error_503": ((503, "Unavailable", "api_error", None), (503, "Overloaded.", "server_error", None)),
    "overloaded": ((529, "Overloaded", "overloaded_error", None), (529, "Busy", "server_error", None)),
    "no_money": (
        (402, "Your credit balance is empty.", "billing_error", None),
        (429, "You exceeded your current quota.", "insufficient_quota", "insufficient_quota"),
    ),
    "spend_limit": (
        (429, "Spend limit reached.", "rate_limit_error", "enforced_spend_limit_reached"),
        (429, "Spend limit reached.", "insufficient_quota", "project_spend_limit_exceeded"),
    ),
    "poor": (
        (400, "Your credit balance is too low to access the API.", "invalid_request_error", None),
        (402, "Payment required.", "insufficient_quota", "credit_balance_exhausted"),
    ),
    "unauthorized": (
        (401, "invalid x-api-key", "authentication_error", None),
        (401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    ),
    "no_model": (
        (404, "model: gone", "not_found_error", None),
        (404, "no such model", "invalid_request_error", "model_not_found"),
    ),
    "bad_request": (
        (400, "messages: text is odd", "invalid_request_error", None),
        (400, "Invalid prompt.", "invalid_request_error", "invalid_prompt"),
    ),
}
MONEY = frozenset({"no_money", "spend_limit", "poor"})
# the answer arrives, and is not what was asked for
ODD_TEXTS = frozenset(
    {"half_answer", "wrong_slot", "extra_keys", "prompt_echo", "many_tags", "foreign_id", "html_answer"}
)
ODD_STOPS = frozenset({"refusal", "truncated", "empty_content"})
ODD_BODIES = frozenset({"half_json", "html", "empty_body", "other_format", "huge", "no_usage", "not_utf8"})
# of the connection; slow: answers after `seconds`, drip: a few bytes at a time
TROUBLES = frozenset({"slow", "hang", "reset", "cut", "drip", "huge_error"})
FAULTS = frozenset({*REFUSALS, *ODD_TEXTS, *ODD_STOPS, *ODD_BODIES, *TROUBLES})


@dataclass(frozen=True)
class Fault:
    name: str
    retry_after: str | None = None  # the header, of a refusal
    seconds: float = 0.0  # of "slow"

    def __post_init__(self) -> None:
        if self.name not in FAULTS | {"none"}:
            raise ValueError(f"unknown fault {self.name!r}; expected one of {sorted(FAULTS)}")


@dataclass(frozen=True)
class Asked:
    """A question as the server read it."""

    text: str
    fault: Fault

    @property
    def content(self) -> str:
        return _CONTENT.findall(self.text)[-1][1]

    @property
    def nonce(self) -> str:
        return _CONTENT.findall(self.text)[-1][0]

    def slots(self, letter: str) -> list[str]:
        offered = self.text.partition("The content:")[0]
        return re.findall(rf"^({letter}\d+) ", offered, re.MULTILINE)


_CONTENT = re.compile(r"<content (\w+)>\n(.*?)\n</content \1>", re.DOTALL)


def labels(asked: Asked) -> dict[str, Any]:
    """The first slot of everything."""
    categories, tags, audiences = (asked.slots(letter) for letter in "cta")
    return {
        "category": categories[0] if categories else None,
        "certainty": "sure",
        "category_reason": "it says so",
        "tags": [{"tag": tag, "reason": "named"} for tag in tags[:2]],
        "sentiment": "positive",
        "audience": audiences[0] if audiences else None,
        "audience_reason": "",
    }


def odd_text(asked: Asked, right: dict[str, Any]) -> str:
    written = json.dumps(right)
    match asked.fault.name:
        case "half_answer":
            return written[: len(written) // 2]
        case "wrong_slot":
            return json.dumps({**right, "category": "c99"})
        case "extra_keys":
            return json.dumps({**right, "workspace_id": FOREIGN})
        case "prompt_echo":
            return asked.text
        case "many_tags":
            return json.dumps({**right, "tags": [{"tag": "t1", "reason": "again"}] * 90})
        case "foreign_id":
            return json.dumps({**right, "category": FOREIGN})
        case "html_answer":
            return "<p>The category is <b>c1</b>.</p>"
    return written


def wrapped(api: Api, model: str, text: str, fault: str, tokens: tuple[int, int]) -> dict[str, Any]:
    """A message or a response; `tokens`: in, out."""
    empty = fault == "empty_content"
    if api == "anthropic":
        stops = {"refusal": "refusal", "truncated": "max_tokens"}
        message: dict[str, Any] = {
            "id": "msg_1", "type": "message", "role": "assistant", "model": model,
            "content": [] if empty or fault == "refusal" else [{"type": "text", "text": text}],
            "stop_reason": stops.get(fault, "end_turn"), "stop_sequence": None,
            "usage": {"input_tokens": tokens[0], "output_tokens": tokens[1],
                      "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0},
        }  # fmt: skip
        return message
    part: dict[str, Any] = {"type": "output_text", "text": text, "annotations": []}
    if fault == "refusal":
        part = {"type": "refusal", "refusal": "I cannot help with that."}
    cut = fault == "truncated"
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "model": model, "error": None,
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "output": [] if empty else [
            {"id": "rs_1", "type": "reasoning", "summary": []},
            {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]},
        ],
        "usage": {"input_tokens": tokens[0], "input_tokens_details": {"cached_tokens": 0},
                  "output_tokens": tokens[1], "output_tokens_details": {"reasoning_tokens": 0},
                  "total_tokens": sum(tokens)},
    }  # fmt: skip


def refusal(api: Api, name: str) -> tuple[int, dict[str, Any]]:
    status, message, kind, code = REFUSALS[name][0 if api == "anthropic" else 1]
    if api == "anthropic":
        details = {"details": {"error_code": code}} if code else {}
        return status, {"type": "error", "error": {"type": kind, "message": message, **details}}
    return status, {"error": {"message": message, "type": kind, "param": None, "code": code}}


def odd_body(name: str, answer: Mapping[str, Any]) -> bytes:
    written = json.dumps(answer).encode()
    return {
        "half_json": written[: len(written) // 2],
        "html": b"<!doctype html><title>502 Bad Gateway</title>",
        "empty_body": b"",
        "other_format": b'{"ok": true}',
        "no_usage": json.dumps({key: value for key, value in answer.items() if key != "usage"}).encode(),
        "not_utf8": b"\xff\xfe" + written,
    }.get(name, written)
