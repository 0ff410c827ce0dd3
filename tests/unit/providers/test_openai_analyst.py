"""What is sent to OpenAI, and what its responses mean."""

from typing import Any

import pytest
from tests.support.fake_models import KEY, FakeModels
from tests.support.models import hosted, question, running, server

from campaignbase.core.prompt import SCHEMA, SYSTEM
from campaignbase.models import Usage
from campaignbase.providers.openai_analyst import OpenAIAnalyst
from campaignbase.testing import FakeClock

__all__ = ["running", "server"]


async def test_a_call_has_a_strict_schema_and_is_not_stored(server: FakeModels) -> None:
    analyst = hosted("openai", server)
    await analyst.analyze([question("Spring sale")])
    await analyst.close()

    (call,) = server.calls
    assert call.body == {
        "model": "gpt-6-luna",
        "instructions": SYSTEM,
        "input": call.asked.text,
        "max_output_tokens": 1000,
        "text": {"format": {"type": "json_schema", "name": "labels", "schema": SCHEMA, "strict": True}},
        "store": False,
        "reasoning": {"effort": "none"},
    }
    assert call.headers["authorization"] == f"Bearer {KEY}"
    assert call.headers["x-stainless-retry-count"] == "0"
    assert call.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("model", "effort", "most"),
    [
        ("gpt-5.4-mini-2026-03-17", "none", 1000),
        ("gpt-5-mini", "minimal", 5000),  # a little all the same
        ("gpt-4.1-mini", None, 1000),  # may not be told
        ("my-own-7b", None, 5000),
    ],
)
def test_each_model_is_kept_from_thinking_its_way(model: str, effort: str | None, most: int) -> None:
    analyst = OpenAIAnalyst("k", model, clock=FakeClock(), prices="0/0")
    body = analyst.body(analyst.prompt(question("x")))
    assert (body.get("reasoning", {}).get("effort"), body["max_output_tokens"]) == (effort, most)
    assert analyst.estimate([question("x")]) == 0 or model != "my-own-7b"


def message(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "content": list(parts)}


def text(said: Any) -> dict[str, Any]:
    return {"type": "output_text", "text": said}


RESPONSE: dict[str, Any] = {
    "object": "response",
    "status": "completed",
    "output": [{"type": "reasoning"}, message(text("a"))],
    "usage": {"input_tokens": 20, "input_tokens_details": {"cached_tokens": 5, "cache_write_tokens": 8},
              "output_tokens": 3},
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said", "trouble"),
    [
        ({}, "a", None),
        ({"output": [message(text("a"), text("b"))]}, "ab", None),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "", "truncated"),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "", "refused"),
        ({"output": [message({"type": "refusal", "refusal": "no"})]}, "", "refused"),
        ({"status": "failed"}, "", "no_answer"),
        ({"status": "queued"}, "", "no_answer"),
        ({"object": "chat.completion"}, "", "no_answer"),
        ({"output": None}, "", "no_answer"),
        ({"output": [message(text(1))]}, "", "no_answer"),
        ({"output": ["a", {"type": "message", "content": "a"}]}, "", None),  # nothing said
    ],
)
def test_reply_reads_a_response(changes: dict[str, Any], said: str, trouble: str | None) -> None:
    reply = OpenAIAnalyst("k", clock=FakeClock()).reply({**RESPONSE, **changes})
    assert (reply.text, reply.trouble and reply.trouble[0]) == (said, trouble)
    assert reply.usage == Usage(input=7, cached=5, written=8, output=3)


@pytest.mark.parametrize(
    "usage",
    [None, {}, {"input_tokens": 1, "input_tokens_details": {"cached_tokens": 2}, "output_tokens": 3},
     {"input_tokens": 1, "output_tokens": None}],
)  # fmt: skip
def test_reply_believes_no_usage_that_cannot_be(usage: Any) -> None:
    assert OpenAIAnalyst("k", clock=FakeClock()).reply({**RESPONSE, "usage": usage}).usage is None
