"""Approvals and rule trials, the same on both backends."""

from tests.api.conftest import Api
from tests.api.test_resources import HIRING, SALE, made


async def test_what_is_not_approved_is_not_scheduled(api: Api) -> None:
    row = await made(api.alice, "/content", content=SALE)
    place = f"/content/{row['id']}"
    held = await api.alice.post(f"{place}/approval", json={"approval": "required", "note": "legal"})
    assert (held.status_code, held.json()["approval"], held.json()["approval_note"]) == (
        200,
        "required",
        "legal",
    )
    assert [one["id"] for one in (await api.alice.get("/approvals")).json()["items"]] == [row["id"]]
    plan = {
        "platform": "x",
        "content_asset_id": row["id"],
        "scheduled_time": "2030-01-02T09:00:00Z",
    }
    refused = await api.alice.post("/posts", json=plan)
    assert refused.status_code == 422, refused.text
    assert "while its content is not approved" in refused.json()["detail"]
    assert (await api.bob.post(f"{place}/approval", json={"approval": "approved"})).status_code == 404
    await api.alice.post(f"{place}/approval", json={"approval": "approved"})
    post = await made(api.alice, "/posts", **plan)
    told = (await api.alice.get(f"{place}/approvals")).json()["items"]
    assert [(one["previous_approval"], one["approval"]) for one in told] == [
        ("required", "approved"),
        ("none", "required"),
    ]
    own = await api.alice.post(f"/posts/{post['id']}/approval", json={"approval": "rejected"})
    assert own.json()["approval"] == "rejected"
    assert len((await api.alice.get(f"/posts/{post['id']}/approvals")).json()["items"]) == 1


async def test_rules_are_tried_and_suggested(api: Api) -> None:
    row = await made(api.alice, "/content", content=HIRING, primary_category="event")
    rule = {"conditions": {"fuzzy": "dishwahsers"}, "actions": {"add_category": "job_opening"}}
    trial = (await api.alice.post("/rules/test", json=rule)).json()
    assert (trial["read"], trial["hits"], trial["claims"][0]["conflicts"]) == (1, 1, 1)
    assert [(one["id"], one["said"]) for one in trial["conflicts"]] == [(row["id"], "event")]
    assert (await api.alice.get("/rules/suggestions")).json() == {"items": []}
    wrong = await api.alice.post("/rules/test", json={**rule, "actions": {"schedule": True}})
    assert (wrong.status_code, "needs a rule of type scheduling" in wrong.json()["detail"]) == (422, True)
