"""What models charge, and what a call costs by it.

Pure. US dollars per million tokens, as the providers' own pages list them, for prompts of the length that
core.prompt keeps to (long ones cost more). Checked November 2026 against platform.claude.com/docs/en/
about-claude/pricing and developers.openai.com/api/docs/pricing, both as collected in the package
genai-prices 0.2.3; of OpenAI's models the page was read on 2026-10-12 there (gpt-6.1-terra: 2026-10-26).
Both providers take half for a batch; OpenAI lists no cached price for batches of gpt-4.1, so none is assumed.
A price that changed is a line here; until then `CAMPAIGNBASE_MODEL_PRICES` says it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, InvalidOperation

from campaignbase.errors import InputError, NotConfiguredError
from campaignbase.models import Usage

SETTING = "CAMPAIGNBASE_MODEL_PRICES"
BATCH_SHARE = Decimal("0.5")  # of the price of a call, in a batch
SMALLEST = Decimal("0.000001")  # what a cost is rounded up to; the columns keep six decimals
HIGHEST = 10_000  # US dollars per million tokens: no model's price, but one with a typing error
_MILLION = Decimal(1_000_000)
_DATED = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: Decimal
    output: Decimal
    cached: Decimal  # input read from the provider's cache
    written: Decimal  # input read into it

    def cost(self, usage: Usage, *, batch: bool = False) -> Decimal:
        """Rounded up to a millionth of a dollar."""
        dollars = (
            usage.input * self.input
            + usage.cached * self.cached
            + usage.written * self.written
            + usage.output * self.output
        ) / _MILLION
        return (dollars * (BATCH_SHARE if batch else 1)).quantize(SMALLEST, rounding=ROUND_CEILING)

    def at_most(self, input_tokens: int, output_tokens: int, *, batch: bool = False) -> Decimal:
        """A call of so many tokens, none of them from a cache."""
        dearest = max(self.input, self.written, self.cached) * input_tokens + self.output * output_tokens
        share = BATCH_SHARE if batch else 1
        return (dearest / _MILLION * share).quantize(SMALLEST, rounding=ROUND_CEILING)


def _price(given: str) -> Price:
    """input, cached, written, output"""
    found, cached, written, output = (Decimal(number) for number in given.split())
    return Price(found, output, cached, written)


PRICES: Mapping[str, Price] = {
    "claude-haiku-5-5": _price("0.10 0.01 0.125 0.50"),
    "claude-haiku-4-5": _price("1 0.10 1.25 5"),
    "claude-sonnet-5-5": _price("2 0.10 2.50 10"),
    "claude-opus-5-5": _price("4 0.20 5 20"),
    "gpt-6-luna": _price("0.10 0.01 0.125 0.50"),
    "gpt-6-sol": _price("2 0.20 2.50 10"),
    "gpt-6.1-terra": _price("1 0.05 1.25 5"),
    "gpt-5.6-luna": _price("0.20 0.02 0.25 1.20"),
    "gpt-5.4-mini": _price("0.75 0.075 0.75 4.50"),
    "gpt-5.4-nano": _price("0.20 0.02 0.20 1.25"),
    "gpt-5-mini": _price("0.25 0.025 0.25 2"),
    "gpt-5-nano": _price("0.05 0.005 0.05 0.40"),
    "gpt-4.1-mini": _price("0.40 0.10 0.40 1.60"),
    "gpt-4.1-nano": _price("0.10 0.025 0.10 0.40"),
}


def family(model: str) -> str:
    """The model without the date of its version."""
    return _DATED.sub("", model)


def price_of(model: str, given: str | None = None) -> Price:
    """The price in the table, or what the setting says.

    Args:
        given: "INPUT/OUTPUT", or "INPUT/CACHED/OUTPUT": US dollars per million tokens.
    Raises:
        NotConfiguredError: neither knows this model; without a price there is no cap on its bill.
        InputError: the setting cannot be read.
    """
    if given is not None:
        return _read(given)
    known = PRICES.get(family(model))
    if known is None:
        raise NotConfiguredError(
            f"the price of model {model!r} is not known, so its bill would have no cap; set {SETTING} to"
            f" INPUT/OUTPUT in US dollars per million tokens, or use one of {', '.join(PRICES)}"
        )
    return known


def _read(given: str) -> Price:
    try:
        numbers = [Decimal(part.strip()) for part in given.split("/")]
    except InvalidOperation:
        numbers = []
    if len(numbers) not in (2, 3) or not all(_possible(number) for number in numbers):
        raise InputError(
            f"{SETTING}: {given!r}; expected INPUT/OUTPUT or INPUT/CACHED/OUTPUT in US dollars per million"
            f" tokens, like 0.10/0.50, each at most {HIGHEST:,}"
        )
    # who gives two prices has none for the cache: reading into one costs up to a quarter more
    return Price(
        numbers[0], numbers[-1], numbers[1 if len(numbers) == 3 else 0], numbers[0] * Decimal("1.25")
    )


def _possible(number: Decimal) -> bool:
    return number.is_finite() and 0 <= number <= HIGHEST
