import sys

import pytest

from campaignbase import wiring
from campaignbase.errors import InputError, NotConfiguredError


def test_listener_without_its_packages_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "realtime", None)
    for module in ("campaignbase.worker.listener", "campaignbase.worker.session"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    with pytest.raises(NotConfiguredError) as refused:
        wiring.listener("https://example.supabase.co", "sb_secret_x")
    assert str(refused.value) == (
        "listening to Supabase needs the package realtime; run: pip install 'campaignbase[supabase]'"
    )


def test_listener_refuses_an_address_that_is_none() -> None:
    with pytest.raises(InputError, match="SUPABASE_URL 'example'"):
        wiring.listener("example", "sb_secret_x")


async def test_listener_is_what_a_worker_takes() -> None:
    listener = wiring.listener("https://example.supabase.co", "sb_secret_x")
    assert (listener.state, listener.connected) == ("reconnecting", False)
