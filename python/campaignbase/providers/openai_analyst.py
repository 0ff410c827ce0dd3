"""Analyses by OpenAI's Responses API, or by any endpoint that speaks it, over the official client."""

from typing import TYPE_CHECKING, Any

from campaignbase.core.prices import family
from campaignbase.core.prompt import SCHEMA, SYSTEM, Prompt
from campaignbase.errors import NotConfiguredError
from campaignbase.models import Usage
from campaignbase.providers.hosted import ANSWER_TOKENS, THINKING_TOKENS, HostedAnalyst
from campaignbase.providers.openai import OUT_OF_MONEY
from campaignbase.providers.replies import Reply, cut_errors, no_answer, read_envelope, tokens

if TYPE_CHECKING:
    import openai

MODEL = "gpt-6-luna"
# how little each model can be made to think, which costs more than the answer; others think as they like
_EFFORT: dict[str, str | None] = {
    "gpt-6-luna": "none",
    "gpt-6-sol": "none",
    "gpt-6.1-terra": "none",
    "gpt-5.6-luna": "none",
    "gpt-5.4-mini": "none",
    "gpt-5.4-nano": "none",
    "gpt-4.1-mini": None,  # does not think, and may not be told not to
    "gpt-4.1-nano": None,
}
_LEAST = {"gpt-5-mini": "minimal", "gpt-5-nano": "minimal"}  # a little


class OpenAIAnalyst(HostedAnalyst):
    vendor = "OpenAI"
    default_model = MODEL
    hint = "set a valid OPENAI_API_KEY, or check OPENAI_BASE_URL"

    @property
    def output_tokens(self) -> int:
        return ANSWER_TOKENS + (0 if family(self.name) in _EFFORT else THINKING_TOKENS)

    def body(self, prompt: Prompt) -> dict[str, Any]:
        effort = (_EFFORT | _LEAST).get(family(self.name))
        return {
            "model": self.name,
            "instructions": SYSTEM,
            "input": prompt.text,
            "max_output_tokens": self.output_tokens,
            "text": {"format": {"type": "json_schema", "name": "labels", "schema": SCHEMA, "strict": True}},
            "store": False,
            **({} if effort is None else {"reasoning": {"effort": effort}}),
        }

    async def _ask(self, prompt: Prompt, seconds: float) -> Reply:
        client = self.open()
        import httpx2
        import openai

        try:
            async with client.responses.with_streaming_response.create(
                **self.body(prompt), timeout=seconds
            ) as response:
                found = await read_envelope(response.iter_bytes(), self.vendor)
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise self.meant(error) from None
        return found if isinstance(found, Reply) else self.reply(found)

    def meant(self, error: Exception) -> Exception:
        import openai

        if isinstance(error, openai.APIStatusError):
            body = error.body if isinstance(error.body, dict) else {}
            codes = [str(code) for code in (error.code, error.type) if code]
            said = str(body.get("message") or error.response.reason_phrase)
            money = error.status_code == 402 or not OUT_OF_MONEY.isdisjoint(codes)
            return self.status(error.status_code, said, codes, error.response.headers, money=money)
        return super().meant(error)

    def reply(self, found: dict[str, Any]) -> Reply:
        usage = _usage(found.get("usage"))
        status, output = found.get("status"), found.get("output")
        if found.get("object") != "response" or not isinstance(output, list):
            return no_answer(self.vendor, usage)
        parts = [
            part
            for item in output
            if isinstance(item, dict) and item.get("type") == "message"
            for part in _listed(item.get("content"))
        ]
        incomplete = found.get("incomplete_details")
        why = incomplete.get("reason") if isinstance(incomplete, dict) else None
        if why == "content_filter" or any(part.get("type") == "refusal" for part in parts):
            return Reply("", usage, ("refused", "the model refused to answer"))
        if status == "incomplete":
            return Reply("", usage, ("truncated", f"the answer is not whole: {str(why)[:40]}"))
        texts = [part.get("text") for part in parts if part.get("type") == "output_text"]
        if status != "completed" or not all(isinstance(text, str) for text in texts):
            return no_answer(self.vendor, usage)
        return Reply("".join(map(str, texts)), usage)

    def open(self) -> "openai.AsyncOpenAI":
        if self._client is None:
            try:
                from openai import AsyncOpenAI, DefaultAsyncHttpxClient
            except ImportError:
                raise NotConfiguredError(
                    f"the model {self.name!r} needs the package openai; run: pip install"
                    " 'campaignbase[supabase]', or unset OPENAI_API_KEY"
                ) from None
            self._client = AsyncOpenAI(
                api_key=self._key,
                base_url=self._base_url,
                max_retries=0,
                http_client=DefaultAsyncHttpxClient(event_hooks={"response": [cut_errors]}),
                default_headers={"Accept-Encoding": "identity"},  # a small body may unpack to a large one
            )
        client: openai.AsyncOpenAI = self._client
        return client


def _listed(given: Any) -> list[dict[str, Any]]:
    return [part for part in given if isinstance(part, dict)] if isinstance(given, list) else []


def _usage(given: Any) -> Usage | None:
    """Of all input the provider counts, what came from its cache or went into it is a part."""
    try:
        details = given.get("input_tokens_details") or {}
        cached, written = (tokens(details.get(name) or 0) for name in ("cached_tokens", "cache_write_tokens"))
        whole = tokens(given["input_tokens"])
        return Usage(tokens(whole - cached - written), cached, written, tokens(given["output_tokens"]))
    except (TypeError, KeyError, AttributeError, ValueError):
        return None
