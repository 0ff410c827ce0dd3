"""What is sent to Anthropic, and what its messages mean."""

from typing import Any

import pytest
from tests.support.fake_models import KEY, FakeModels
from tests.support.models import hosted, question, running, server

from campaignbase.core.prompt import SCHEMA, SYSTEM
from campaignbase.models import Usage
from campaignbase.providers.anthropic import AnthropicAnalyst
from campaignbase.testing import FakeClock

__all__ = ["running", "server"]


async def test_a_call_has_a_schema_no_tools_and_no_thinking(server: FakeModels) -> None:
    analyst = hosted("anthropic", server)
    await analyst.analyze([question("Spring sale")])
    await analyst.close()

    (call,) = server.calls
    assert call.body == {
        "model": "claude-haiku-5-5",
        "max_tokens": 1000,
        "system": SYSTEM,
        "messages": [{"role": "user", "content": call.asked.text}],
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
        "thinking": {"type": "disabled"},
    }
    assert call.headers["authorization"] == f"Bearer {KEY}"
    assert call.headers["x-stainless-retry-count"] == "0"
    assert call.headers["accept-encoding"] == "identity"
    assert call.asked.content == "Spring sale"


@pytest.mark.parametrize(
    ("model", "thinking", "most"),
    [
        ("claude-haiku-4-5-20251001", None, 1000),  # does not, unless asked to
        ("claude-sonnet-5-5", {"type": "between_tools"}, 1000),
        ("claude-opus-5-5", None, 5000),  # cannot be kept from it
    ],
)
def test_each_model_is_kept_from_thinking_its_way(model: str, thinking: Any, most: int) -> None:
    analyst = AnthropicAnalyst("k", model, clock=FakeClock())
    body = analyst.body(analyst.prompt(question("x")))
    assert (body.get("thinking"), body["max_tokens"]) == (thinking, most)


MESSAGE: dict[str, Any] = {
    "type": "message",
    "content": [{"type": "text", "text": "a"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 7, "cache_read_input_tokens": 5, "cache_creation_input_tokens": None,
              "output_tokens": 3},
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "text", "trouble"),
    [
        ({}, "a", None),
        ({"content": [{"type": "thinking"}, *MESSAGE["content"], {"type": "text", "text": "b"}]}, "ab", None),
        ({"stop_reason": "max_tokens"}, "", "truncated"),
        ({"stop_reason": "model_context_window_exceeded"}, "", "truncated"),
        ({"stop_reason": "refusal"}, "", "refused"),
        ({"stop_reason": "tool_use"}, "", "no_answer"),
        ({"stop_reason": None}, "", "no_answer"),
        ({"type": "error"}, "", "no_answer"),
        ({"content": "a"}, "", "no_answer"),
        ({"content": [{"type": "text", "text": 1}]}, "", "no_answer"),
    ],
)
def test_reply_reads_a_message(changes: dict[str, Any], text: str, trouble: str | None) -> None:
    reply = AnthropicAnalyst("k", clock=FakeClock()).reply({**MESSAGE, **changes})
    assert (reply.text, reply.trouble and reply.trouble[0]) == (text, trouble)
    assert reply.usage == Usage(input=7, cached=5, output=3)


@pytest.mark.parametrize(
    "usage",
    [None, [], {}, {"input_tokens": "7", "output_tokens": 3}, {"input_tokens": -1, "output_tokens": 3},
     {"input_tokens": True, "output_tokens": 3}, {"input_tokens": 10**9, "output_tokens": 3}],
)  # fmt: skip
def test_reply_believes_no_usage_that_cannot_be(usage: Any) -> None:
    assert AnthropicAnalyst("k", clock=FakeClock()).reply({**MESSAGE, "usage": usage}).usage is None
