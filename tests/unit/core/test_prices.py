"""What a call costs, to the millionth of a dollar, and what a model without a price does."""

from decimal import Decimal

import pytest

from campaignbase.core.prices import PRICES, Price, price_of
from campaignbase.errors import InputError, NotConfiguredError
from campaignbase.models import Usage

PRICE = Price(input=Decimal(2), output=Decimal(10), cached=Decimal("0.2"), written=Decimal("2.5"))


@pytest.mark.parametrize(
    ("usage", "batch", "dollars"),
    [
        (Usage(), False, "0.000000"),
        # 1000 x 2 + 500 x 0.2 + 200 x 2.5 + 300 x 10 = 5600 millionths
        (Usage(1000, 500, 200, 300), False, "0.005600"),
        (Usage(1000, 500, 200, 300), True, "0.002800"),
        (Usage(cached=1), False, "0.000001"),  # 0.2 millionths, up
        (Usage(cached=11), True, "0.000002"),  # 1.1 millionths, up
    ],
)
def test_a_cost_is_rounded_up(usage: Usage, batch: bool, dollars: str) -> None:
    assert str(PRICE.cost(usage, batch=batch)) == dollars


def test_at_most_takes_the_dearest_way_in() -> None:
    assert PRICE.at_most(1000, 100) == Decimal("0.003500")  # 1000 x 2.5 + 100 x 10
    assert PRICE.at_most(1000, 100, batch=True) == Decimal("0.001750")
    assert all(PRICE.cost(Usage(*given, output=100)) <= PRICE.at_most(1000, 100) for given in
               [(1000, 0, 0), (0, 1000, 0), (0, 0, 1000)])  # fmt: skip


@pytest.mark.parametrize(
    ("model", "same"),
    [
        ("claude-haiku-5-5", "claude-haiku-5-5"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("gpt-5.4-mini-2026-03-17", "gpt-5.4-mini"),
    ],
)
def test_price_of_knows_versions_by_their_date(model: str, same: str) -> None:
    assert price_of(model) is PRICES[same]


def test_price_of_refuses_a_bill_without_a_cap() -> None:
    with pytest.raises(NotConfiguredError) as refused:
        price_of("my-own-7b")
    assert str(refused.value).startswith(
        "the price of model 'my-own-7b' is not known, so its bill would have no cap; set"
        " CAMPAIGNBASE_MODEL_PRICES to INPUT/OUTPUT in US dollars per million tokens, or use one of claude-"
    )


@pytest.mark.parametrize(
    ("given", "price"),
    [
        ("2/10", Price(Decimal(2), Decimal(10), Decimal(2), Decimal("2.5"))),
        ("2 / 0.2 / 10", PRICE),
        ("0/0", Price(Decimal(0), Decimal(0), Decimal(0), Decimal(0))),  # one's own machine
    ],
)
def test_price_of_takes_what_the_setting_says(given: str, price: Price) -> None:
    assert price_of("gpt-6-luna", given) == price_of("my-own-7b", given) == price


@pytest.mark.parametrize(
    "given", ["2", "2/10/3/4", "two/ten", "-1/2", "NaN/1", "Infinity/1", "10001/1", "1e30/1", ""]
)
def test_price_of_refuses_a_setting_it_cannot_read(given: str) -> None:
    with pytest.raises(InputError) as refused:
        price_of("gpt-6-luna", given)
    assert str(refused.value) == (
        f"CAMPAIGNBASE_MODEL_PRICES: {given!r}; expected INPUT/OUTPUT or INPUT/CACHED/OUTPUT in US dollars"
        " per million tokens, like 0.10/0.50, each at most 10,000"
    )


def test_every_price_is_plausible() -> None:
    for model, price in PRICES.items():
        assert 0 < price.cached < price.input <= price.written < price.output < 50, model
