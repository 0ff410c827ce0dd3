"""Every form of an address, as tests/cases/webhooks.json has it."""

import pytest
from tests.support.webhook_cases import CASES, MESSAGES, shown

from campaignbase.core.webhook_url import is_public_address, target_of, webhook_url_error


@pytest.mark.parametrize("case", CASES["urls"], ids=shown)
def test_webhook_url_error_says_what_is_wrong(case):
    assert webhook_url_error(case["url"]) == MESSAGES.get(case["refused"])


@pytest.mark.parametrize("case", CASES["local_urls"], ids=shown)
def test_webhook_url_error_accepts_loopback_alone_where_it_is_allowed(case):
    assert webhook_url_error(case["url"], allow_local=True) == MESSAGES.get(case["refused"])
    if case["url"].startswith(("http:", "HTTP:")):
        assert webhook_url_error(case["url"]) is not None


@pytest.mark.parametrize("address", CASES["addresses"]["public"])
def test_is_public_address_accepts(address):
    assert is_public_address(address)


@pytest.mark.parametrize("address", CASES["addresses"]["closed"])
def test_is_public_address_refuses(address):
    assert not is_public_address(address)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://Hooks.Acme.com", (True, "hooks.acme.com", 443, "/", False)),
        ("https://hooks.acme.com:443/In?x=1", (True, "hooks.acme.com", 443, "/In?x=1", False)),
        ("https://hooks.acme.com?x=/y", (True, "hooks.acme.com", 443, "/?x=/y", False)),
        ("http://localhost:9000/x", (False, "localhost", 9000, "/x", True)),
        ("http://127.0.0.1", (False, "127.0.0.1", 80, "/", True)),
        ("https://localhost", (True, "localhost", 443, "/", True)),
    ],
)
def test_target_of_keeps_path_and_query(url, target):
    assert tuple(target_of(url)) == target


def test_target_of_refuses_a_port_that_is_none():
    with pytest.raises(ValueError, match="99999"):
        target_of("http://localhost:99999/")


def test_the_table_is_long_enough_to_mean_something():
    assert sum(case["refused"] is not None for case in CASES["urls"]) >= 120
