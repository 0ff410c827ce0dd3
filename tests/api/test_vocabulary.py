"""Categories, tags and rules, the same on both backends."""

import asyncio

from tests.api.conftest import Api
from tests.api.test_resources import HIRING, NOBODY, made


async def test_categories_and_tags(api: Api) -> None:
    one = await made(api.alice, "/categories", name="store_news", keywords=["opening hours"])
    assert one["keywords"] == ["opening hours"]
    assert (await api.alice.post("/categories", json={"name": "store_news"})).status_code == 409
    answer = await api.alice.put(
        "/categories/store_news", json={"name": "shop_news", "description": "Doors."}
    )
    assert (answer.json()["id"], answer.json()["name"]) == (one["id"], "shop_news")
    await made(api.alice, "/content", content="x", primary_category="shop_news")
    assert (await api.alice.delete("/categories/shop_news")).status_code == 409
    assert (await api.alice.delete("/categories/no_such")).status_code == 404
    names = [one["name"] for one in (await api.alice.get("/categories")).json()["items"]]
    assert "shop_news" in names

    tag = await made(api.alice, "/tags", name="night shift", aliases=["late shift"])
    assert (await api.alice.post("/tags", json={"name": "Night-Shift"})).status_code == 409
    answer = await api.alice.put("/tags/night shift", json={"name": "evening shift"})
    assert (answer.json()["id"], answer.json()["aliases"]) == (tag["id"], [])
    assert (await api.alice.delete("/tags/evening shift")).status_code == 204
    assert (await api.alice.delete("/tags/evening shift")).status_code == 404


async def test_labels_made_at_once_are_each_told_as_their_own(api: Api) -> None:
    names = [f"word {place}" for place in range(8)]
    for path in ("/tags", "/categories"):
        told = await asyncio.gather(*(made(api.alice, path, name=name) for name in names))
        assert [one["name"] for one in told] == names


async def test_a_label_may_be_named_as_people_write(api: Api) -> None:
    for path in ("/tags", "/categories"):
        for name, place in (("before/after", "before%2Fafter"), ("50% off?", "50%25%20off%3F")):
            one = await made(api.alice, path, name=name)
            answer = await api.alice.put(f"{path}/{place}", json={"name": name, "description": "d"})
            assert (answer.json().get("id"), answer.json().get("description")) == (one["id"], "d")
            assert (await api.alice.delete(f"{path}/{place}")).status_code == 204


async def test_a_parent_is_another_category_of_the_workspace(api: Api) -> None:
    above = await made(api.alice, "/categories", name="news")
    below = await made(api.alice, "/categories", name="store_news", parent_id=above["id"])
    assert below["parent_id"] == above["id"]
    foreign = (await api.bob.get("/categories")).json()["items"][0]["id"]
    for method, path, parent in (
        ("POST", "/categories", foreign),
        ("POST", "/categories", NOBODY),
        ("PUT", "/categories/news", above["id"]),
    ):
        answer = await api.alice.request(method, path, json={"name": "news", "parent_id": parent})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "body.parent_id"


async def test_labels_are_merged(api: Api) -> None:
    await made(api.alice, "/categories", name="promos", aliases=["deals"])
    row = await made(api.alice, "/content", content="x", primary_category="deals", tags=["night shift"])
    answer = await api.alice.post("/categories/promos/merge", json={"into": "offer"})
    assert answer.json() == {"kept": "offer", "assets": 1, "campaigns": 0, "rules": 0}
    assert (await api.alice.get(f"/content/{row['id']}")).json()["primary_category"] == "offer"
    tree = (await api.alice.get("/categories/tree")).json()["items"]
    assert next(one for one in tree if one["name"] == "offer")["content"] == 1
    again = await api.alice.post("/categories/promos/merge", json={"into": "event"})
    assert (again.status_code, "another name of 'offer'" in again.json()["detail"]) == (404, True)
    await made(api.alice, "/tags", name="late shift")
    answer = await api.alice.post("/tags/night shift/merge", json={"into": "late shift"})
    assert (answer.json()["kept"], answer.json()["assets"]) == ("late shift", 1)
    for refused in ("/tags/late shift/merge", "/categories/offer/merge"):
        assert (await api.alice.post(refused, json={"into": "offer"})).status_code in (404, 422)


async def test_words_groups_and_what_may_be_one(api: Api) -> None:
    row = await made(api.alice, "/content", content="Stalls.", tags=["decision", "night fair"])
    body = {"min_tags": 0, "max_tags": 1, "tags": ["Decisions", "urgency"]}
    group = (await api.alice.put("/tag-groups/stage", json=body)).json()
    assert group == {"name": "stage", "min_tags": 0, "max_tags": 1, "tags": ["decision", "urgency"]}
    full = await api.alice.post(f"/content/{row['id']}/feedback", json={"add_tags": ["urgency"]})
    assert (full.status_code, "more tags of" in full.json()["detail"]) == (422, True)
    assert [one["name"] for one in (await api.alice.get("/tag-groups")).json()["items"]] == ["stage"]
    assert (await api.alice.delete("/tag-groups/stage")).status_code == 204
    assert (await api.alice.delete("/tag-groups/stage")).status_code == 404
    assert (await api.alice.put("/tag-groups/x", json={"tags": ["nonesuch"]})).status_code == 404

    assert (await api.alice.delete("/tags/night fair")).status_code == 204
    removed = (await api.alice.get("/proposals", params={"state": "removed"})).json()["items"]
    [word] = [one for one in removed if one["name"] == "night fair"]
    assert (await api.alice.post(f"/proposals/{word['id']}/refuse")).json() == {"name": "night fair"}
    assert (await api.alice.post(f"/proposals/{word['id']}/promote")).json() == {"name": "night fair"}
    assert (await api.alice.post(f"/proposals/{word['id']}/promote")).status_code == 404
    assert (await api.alice.get("/settings/promote-after")).json() == {"uses": None}

    for kind, one, other in (("tags", "urgency", "decision"), ("categories", "offer", "event")):
        assert (await api.alice.get(f"/{kind}/duplicates")).status_code == 200
        said = await api.alice.post(f"/{kind}/{one}/distinct", json={"other": other})
        assert said.status_code == 204
        assert (await api.alice.post(f"/{kind}/{one}/distinct", json={"other": one})).status_code == 404


async def test_rules(api: Api) -> None:
    row = await made(api.alice, "/content", content=HIRING)
    conditions = {"contains_keyword": ["dishwashers"]}
    found = await api.alice.post("/rules/preview", json={"conditions": conditions})
    assert [one["id"] for one in found.json()["items"]] == [row["id"]]
    rule = await made(
        api.alice,
        "/rules",
        name="kitchen",
        rule_type="categorization",
        conditions=conditions,
        actions={"add_category": "job_opening"},
        priority=7,
    )
    again = {name: rule[name] for name in ("name", "rule_type", "conditions", "actions")}
    twice = await api.alice.post("/rules", json=again)
    assert (twice.status_code, "a rule 'kitchen' exists already" in twice.text) == (409, True)
    off = await api.alice.patch(f"/rules/{rule['id']}", json={"enabled": False})
    assert (off.json()["enabled"], off.json()["priority"]) == (False, 7)
    assert (await api.bob.patch(f"/rules/{rule['id']}", json={"enabled": True})).status_code == 404
    assert (await api.alice.delete(f"/rules/{rule['id']}")).status_code == 204
    wrong = await api.alice.post("/rules/preview", json={"conditions": {"contain_keyword": "x"}})
    assert wrong.status_code == 422
    assert "unknown condition 'contain_keyword'" in wrong.json()["detail"]
