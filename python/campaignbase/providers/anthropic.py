"""Analyses by Anthropic's Messages API, over the official client."""

from typing import TYPE_CHECKING, Any

from campaignbase.core.prices import family
from campaignbase.core.prompt import SCHEMA, SYSTEM, Prompt
from campaignbase.errors import NotConfiguredError
from campaignbase.models import Usage
from campaignbase.providers.hosted import ANSWER_TOKENS, THINKING_TOKENS, HostedAnalyst
from campaignbase.providers.replies import (
    Reply,
    cut_errors,
    no_answer,
    read_envelope,
    tokens,
)

if TYPE_CHECKING:
    import anthropic

MODEL = "claude-haiku-5-5"
# how each model is kept from thinking, which costs more than the answer; others think as they like
_QUIET: dict[str, dict[str, Any]] = {
    "claude-haiku-5-5": {"thinking": {"type": "disabled"}},
    "claude-haiku-4-5": {},
    "claude-sonnet-5-5": {"thinking": {"type": "between_tools"}},  # there are none
}
_OUT_OF_MONEY = frozenset(  # error codes, some of them with status 429
    {
        "enforced_spend_limit_reached",
        "contract_spend_limit_reached",
        "linked_organization_spend_limit_reached",
        "linked_organization_billing_unavailable",
    }
)
_POOR = "credit balance is too low"  # said with status 400, without a code


class AnthropicAnalyst(HostedAnalyst):
    vendor = "Anthropic"
    default_model = MODEL
    hint = "set a valid ANTHROPIC_API_KEY, or check ANTHROPIC_BASE_URL"

    @property
    def output_tokens(self) -> int:
        return ANSWER_TOKENS + (0 if family(self.name) in _QUIET else THINKING_TOKENS)

    def body(self, prompt: Prompt) -> dict[str, Any]:
        return {
            "model": self.name,
            "max_tokens": self.output_tokens,
            "system": SYSTEM,
            "messages": [{"role": "user", "content": prompt.text}],
            "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
            **_QUIET.get(family(self.name), {}),
        }

    async def _ask(self, prompt: Prompt, seconds: float) -> Reply:
        client = self.open()
        import anthropic
        import httpx2

        try:
            async with client.messages.with_streaming_response.create(
                **self.body(prompt), timeout=seconds
            ) as response:
                found = await read_envelope(response.iter_bytes(), self.vendor)
        except (anthropic.AnthropicError, httpx2.HTTPError) as error:
            raise self.meant(error) from None
        return found if isinstance(found, Reply) else self.reply(found)

    def meant(self, error: Exception) -> Exception:
        import anthropic

        if isinstance(error, anthropic.APIStatusError):
            codes = [str(code) for code in (error.error_code, error.type) if code]
            said = str(error.api_message or error.response.reason_phrase)
            money = (
                error.status_code == 402
                or error.type == "billing_error"
                or error.error_code in _OUT_OF_MONEY
                or (error.status_code == 400 and _POOR in said.lower())
            )
            return self.status(error.status_code, said, codes, error.response.headers, money=money)
        return super().meant(error)

    def reply(self, found: dict[str, Any]) -> Reply:
        usage = _usage(found.get("usage"))
        stop, blocks = found.get("stop_reason"), found.get("content")
        if found.get("type") != "message" or not isinstance(blocks, list):
            return no_answer(self.vendor, usage)
        if stop == "refusal":
            return Reply("", usage, ("refused", "the model refused to answer"))
        if stop in ("max_tokens", "model_context_window_exceeded"):
            return Reply("", usage, ("truncated", f"the answer is not whole: {stop}"))
        if stop not in ("end_turn", "stop_sequence"):
            return no_answer(self.vendor, usage)
        texts = [
            block.get("text") for block in blocks if isinstance(block, dict) and block.get("type") == "text"
        ]
        if not all(isinstance(text, str) for text in texts):
            return no_answer(self.vendor, usage)
        return Reply("".join(map(str, texts)), usage)

    def open(self) -> "anthropic.AsyncAnthropic":
        if self._client is None:
            try:
                from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient
            except ImportError:
                raise NotConfiguredError(
                    f"the model {self.name!r} needs the package anthropic; run: pip install"
                    " 'campaignbase[supabase]', or unset ANTHROPIC_API_KEY"
                ) from None
            self._client = AsyncAnthropic(
                api_key=self._key,
                base_url=self._base_url,
                max_retries=0,
                http_client=DefaultAsyncHttpxClient(event_hooks={"response": [cut_errors]}),
                default_headers={"Accept-Encoding": "identity"},  # a small body may unpack to a large one
            )
        client: anthropic.AsyncAnthropic = self._client
        return client


def _usage(given: Any) -> Usage | None:
    try:
        return Usage(
            input=tokens(given["input_tokens"]),
            cached=tokens(given.get("cache_read_input_tokens") or 0),
            written=tokens(given.get("cache_creation_input_tokens") or 0),
            output=tokens(given["output_tokens"]),
        )
    except (TypeError, KeyError, AttributeError, ValueError):
        return None
