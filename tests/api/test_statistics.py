"""Counts, sums and what models cost, the same on both backends."""

from decimal import Decimal

from tests.api.conftest import Api
from tests.api.test_resources import HIRING, SALE, made

from campaignbase import wiring
from campaignbase.models.budget import Settlement, Wish


async def test_statistics(api: Api) -> None:
    campaign = await made(api.alice, "/campaigns", name="Lake")
    await made(api.alice, "/content", content=SALE, primary_category="offer")
    await made(api.alice, "/content", content=HIRING, campaign_id=campaign["id"])
    await made(api.alice, "/posts", platform="x", post_text="x", campaign_id=campaign["id"])
    await made(api.bob, "/content", content=SALE)
    await made(api.bob, "/posts", platform="x", post_text="x")
    content = (await api.alice.get("/statistics/content")).json()
    assert content == {
        "rows": 2, "by_state": {"queued": 2}, "by_source": {"human": 1, "nobody": 1}, "confirmed": 1,
    }  # fmt: skip
    posts = (await api.alice.get("/statistics/posts")).json()
    assert (posts["posts"], posts["scheduled"]) == (1, 1)
    [platform] = posts["platforms"]
    assert (platform["platform"], platform["views"], platform["engagement_rate"]) == ("x", None, None)
    of = {"campaign_id": campaign["id"]}
    assert (await api.alice.get("/statistics/content", params=of)).json()["rows"] == 1
    assert (await api.bob.get("/statistics/content", params=of)).status_code == 404


async def test_spending(api: Api) -> None:
    row = await made(api.alice, "/content", content=SALE)
    told = (await api.alice.get("/statistics/spending")).json()
    assert (told["daily_budget"], told["available"], told["spending"]) == ("1.000000", "1.000000", [])
    store = await wiring.open_target(api.target)
    try:
        wish = Wish(row["workspace_id"], "categorize_content", "m", (Decimal("0.25"), Decimal("0.25")))
        [grant] = await store.reserve_spend([wish])
        told = (await api.alice.get("/statistics/spending")).json()
        assert (told["reserved"], told["settled"], told["available"]) == ("0.500000", "0.000000", "0.500000")
        await store.settle_spend([Settlement(grant.reservation_id, Decimal("0.125"))])
    finally:
        await store.close()
    told = (await api.alice.get("/statistics/spending", params={"days": 1})).json()
    assert (told["settled"], told["available"], told["total"]) == ("0.125000", "0.875000", "0.125000")
    assert told["spending"] == [
        {"day": told["day"], "kind": "categorize_content", "model": "m", "requests": 2, "cost": "0.125000"}
    ]
    assert told["campaigns"] == []
    assert (await api.bob.get("/statistics/spending")).json()["total"] == "0"
    assert (await api.alice.get("/statistics/spending", params={"days": 0})).status_code == 422
