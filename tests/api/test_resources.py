"""What each resource answers, the same on both backends."""

from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from tests.api.conftest import Api

from campaignbase.api.routers import content

SALE = "It is raining, so rain jackets are 30% off until it stops. Forecast says Thursday."
HIRING = "We're hiring! Two dishwashers for the evening shift. $19 an hour. Apply now."
NOBODY = "00000000-0000-4000-8000-000000000000"


async def made(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_campaigns(api: Api) -> None:
    plan = {
        "estimated_cost": "120.50", "start_date": "2030-05-01T00:00:00Z",
        "end_date": "2030-05-01T00:00:00Z", "posting_frequency": "daily",
    }  # fmt: skip
    body = {"name": "Lake", "target_platforms": ["email"], **plan}
    answer = await api.alice.post("/campaigns", json=body)
    assert answer.status_code == 201, answer.text
    assert {name: answer.json()[name] for name in plan} == plan
    key = answer.json()["id"]
    assert answer.headers["Location"] == f"/campaigns/{key}"
    assert (answer.json()["target_platforms"], answer.json()["status"]) == (["email"], "draft")

    again = await api.alice.post("/campaigns", json={"name": "Lake"})
    assert (again.status_code, again.json()["title"]) == (409, "Conflict")
    changed = await api.alice.patch(f"/campaigns/{key}", json={"status": "active", "content_style": "dry"})
    assert (changed.json()["status"], changed.json()["content_style"]) == ("active", "dry")
    assert (await api.alice.get(f"/campaigns/{key}")).json() == changed.json()
    listed = (await api.alice.get("/campaigns", params={"status": "active"})).json()
    assert [one["id"] for one in listed["items"]] == [key]
    assert (await api.alice.get("/campaigns", params={"status": "draft"})).json()["items"] == []
    named = [(await api.alice.get("/campaigns", params={"name": name})).json() for name in ("Lake", "La")]
    assert [[one["id"] for one in page["items"]] for page in named] == [[key], []]

    assert (await api.alice.delete(f"/campaigns/{key}")).status_code == 204
    assert (await api.alice.get(f"/campaigns/{key}")).status_code == 404


async def test_content(api: Api) -> None:
    campaign = await made(api.alice, "/campaigns", name="Lake")
    row = await made(api.alice, "/content", content=SALE, campaign_id=campaign["id"], source_key="s-1")
    assert (row["text"], row["label_state"], row["campaign_id"]) == (SALE, "queued", campaign["id"])
    known = await api.alice.post("/content", json={"content": SALE, "source_key": "s-1"})
    assert (known.status_code, known.json()["id"]) == (200, row["id"])

    keyed = (await api.alice.get("/content", params={"source_key": "s-1"})).json()
    assert [one["id"] for one in keyed["items"]] == [row["id"]]

    given = {"prompt": "a lake", "alt_text": "blue", "file_url": "https://x.example/a.png"}
    more = await made(api.alice, "/content", **given, generator="gpt_5", parameters={"seed": 4})
    assert {name: more[name] for name in (*given, "generator", "parameters", "text")} == {
        **given, "generator": "gpt_5", "parameters": {"seed": 4}, "text": "a lake",
    }  # fmt: skip

    changed = await api.alice.patch(f"/content/{row['id']}", json={"content": HIRING, "campaign_id": None})
    assert (changed.json()["text"], changed.json()["campaign_id"]) == (HIRING, None)
    listed = await api.alice.get(f"/campaigns/{campaign['id']}/content")
    assert listed.json() == {"items": [], "next_cursor": None}
    assert (await api.alice.delete(f"/content/{row['id']}")).status_code == 204
    assert (await api.alice.get(f"/content/{row['id']}")).status_code == 404


async def test_bulk_tells_what_became_of_each_item(api: Api) -> None:
    first = await made(
        api.alice,
        "/content/bulk",
        items=[{"content": text, "source_key": text} for text in ("a", "b", "c")] + [{"asset_type": "image"}],
    )
    a, b, c, image = first["ids"]
    assert first["rows"] == [{"id": key, "outcome": "added"} for key in (a, b, c, image)]
    await api.alice.post(f"/content/{c}/feedback", json={"category": "event"})
    again = await made(
        api.alice,
        "/content/bulk",
        items=[
            {"content": "c", "source_key": "c", "primary_category": "offer"},
            {"content": "a", "source_key": "a"},
            {"content": "new"},
            {"content": "other", "source_key": "b"},
        ],
    )
    [new] = set(again["ids"]) - {b}
    assert [(one["id"], one["outcome"]) for one in again["rows"]] == [
        (c, "kept"), (a, "unchanged"), (new, "added"), (b, "updated"),
    ]  # fmt: skip
    assert (again["inserted"], again["updated"], again["skipped"], again["kept"]) == (1, 1, 1, 1)


async def test_pages_show_every_row_once_whatever_is_added_meanwhile(api: Api) -> None:
    rows = [{"content": f"row {number}"} for number in range(5)]
    ids = (await made(api.alice, "/content/bulk", items=rows))["ids"]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await api.alice.get("/content", params=params)).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        await made(api.alice, "/content", content="meanwhile")
    assert sorted(seen) == sorted(ids)


async def test_a_cursor_is_of_one_list(local: Api) -> None:
    for number in range(2):
        await made(local.alice, "/campaigns", name=f"Lake {number}")
        await made(local.alice, "/content", content=f"x {number}", source_key=f"{number}")
    first = await local.alice.get("/content", params={"limit": 1, "label_state": "queued"})
    cursor = first.json()["next_cursor"]
    for path, params, status in (
        ("/content", {"label_state": "queued", "limit": 5}, 200),  # another size of page is the same list
        ("/content", {}, 422),
        ("/content", {"label_state": "review"}, 422),
        ("/content", {"label_state": "queued", "workspace": "other"}, 422),
        ("/campaigns", {"label_state": "queued"}, 422),
        ("/campaigns", {}, 422),
        ("/posts", {}, 422),
    ):
        answer = await local.alice.get(path, params={**params, "cursor": cursor})
        assert answer.status_code == status, (path, params, answer.text)
    answer = await local.alice.get("/campaigns", params={"cursor": cursor})
    assert "next_cursor of this one, with the same filters" in answer.json()["detail"]


async def test_categorize_explain_and_correct(api: Api) -> None:
    row = await made(api.alice, "/content", content=HIRING)
    other = await made(api.alice, "/content", content=SALE)
    answer = (await api.alice.post("/content/categorize", json={"ids": [row["id"]]})).json()
    assert (await api.alice.get(f"/content/{other['id']}")).json() == other  # nobody asked for it
    assert (answer["queued"], answer["labeled_here"]) == (1, api.kind == "sqlite")
    if api.kind == "supabase":
        assert answer["items"][0]["label_state"] == "queued"
        await api.label()
    told = (await api.alice.get(f"/content/{row['id']}/labels")).json()
    assert (told["asset"]["primary_category"], told["asset"]["category_source"]) == ("job_opening", "rule")
    assert told["decisions"]

    answer = await api.alice.post(
        f"/content/{row['id']}/feedback", json={"category": "event", "add_tags": ["evening shift"]}
    )
    asset = answer.json()["asset"]
    assert (asset["primary_category"], asset["category_source"]) == ("event", "human")
    assert "evening shift" in asset["tags"]
    # the seed's form
    again = await api.alice.post("/content/categorize", params={"content_id": row["id"]})
    assert again.json()["items"][0]["primary_category"] == "event"


async def test_search(api: Api) -> None:
    await made(api.alice, "/content/bulk", items=[{"content": SALE}, {"content": HIRING}])
    await made(api.bob, "/content", content=SALE)
    await api.label()
    found = (await api.alice.get("/search/semantic", params={"query": "jackets for bad weather"})).json()
    assert [hit["text"] for hit in found["items"]] == [SALE, HIRING]  # and not bob's
    assert found["items"][0]["similarity"] > found["items"][1]["similarity"]

    found = (await api.alice.post("/search", json={"query": "dishwashers", "mode": "keyword"})).json()
    assert [(hit["text"], hit["similarity"]) for hit in found["items"]] == [(HIRING, None)]
    found = (await api.alice.post("/search", json={"query": "dishwashers", "category": "job_opening"})).json()
    assert (found["mode"], [hit["text"] for hit in found["items"]]) == ("hybrid", [HIRING])


async def test_a_file_of_content(api: Api) -> None:
    row = await made(api.alice, "/content", alt_text="a poster", asset_type="image")
    sent = {"file": ("Poster é.png", b"\x89PNG\r\n", "image/png")}
    answer = await api.alice.put(f"/content/{row['id']}/file", files=sent)
    assert answer.status_code == 201, answer.text
    path = f"{row['workspace_id']}/{row['id']}/Poster-e.png"
    assert answer.json() == {"path": path, "size": 6, "content_type": "image/png"}
    assert (await api.alice.get(f"/content/{row['id']}")).json()["file_path"] == path
    place = f"/content/{row['id']}/file"
    assert (await api.bob.put(place, files=sent)).status_code == 404
    again = await api.alice.put(place, files=sent)
    assert (again.status_code, "?overwrite=true" in again.json()["detail"]) == (409, True)
    other = {"file": ("Poster é.png", b"\x89PNG\r\n-2", "image/png")}
    over = await api.alice.put(place, files=other, params={"overwrite": "true"})
    assert over.status_code == 201, over.text
    found = await api.alice.get(place)
    assert (found.content, found.headers["content-type"]) == (b"\x89PNG\r\n-2", "image/png")
    assert found.headers["content-disposition"] == 'attachment; filename="Poster-e.png"'
    await api.alice.put(place, files={"file": ("b.pdf", b"%PDF", "application/pdf")})
    listed = (await api.alice.get(f"{place}s")).json()["items"]
    assert [(one["name"], one["shown"]) for one in listed] == [("Poster-e.png", False), ("b.pdf", True)]
    assert (await api.alice.get(place)).content == b"%PDF"
    named = await api.alice.get(place, params={"name": "Poster-e.png"})
    assert named.content == b"\x89PNG\r\n-2"
    for name in ("no.png", "../b.pdf", "..", f"../{row['id']}/b.pdf"):
        assert (await api.alice.get(place, params={"name": name})).status_code == 404, name
    assert (await api.bob.get(place)).status_code == 404
    assert (await api.bob.get(f"{place}s")).status_code == 404
    bare = await made(api.alice, "/content", content="x")
    assert (await api.alice.get(f"/content/{bare['id']}/file")).status_code == 404
    assert (await api.alice.get(f"/content/{bare['id']}/files")).json() == {"items": []}
    script = {"file": ("x.svg", b"<svg/>", "image/svg+xml")}
    assert (await api.alice.put(f"/content/{row['id']}/file", files=script)).status_code == 422


async def test_a_form_that_says_more_or_holds_too_much(local: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    row = await made(local.alice, "/content", content="x")
    place = f"/content/{row['id']}/file"
    one = ("file", ("a.png", b"\x89PNG\r\n", "image/png"))
    for form in ({"files": [one, one]}, {"files": [one], "data": {"overwrite": "true"}}):
        answer = await local.alice.put(place, **form)
        assert (answer.status_code, "expected one part, file" in answer.text) == (422, True)
    monkeypatch.setattr(content, "MAX_BYTES", 5)
    answer = await local.alice.put(place, files=[one])
    assert (answer.status_code, "a.png is larger than 5 bytes" in answer.text) == (413, True)
    assert (await local.alice.get(f"{place}s")).json() == {"items": []}


async def test_posts(api: Api) -> None:
    row = await made(api.alice, "/content", content=SALE)
    post = await made(
        api.alice,
        "/posts",
        platform="instagram",
        content_asset_id=row["id"],
        scheduled_time="2030-01-02T09:00:00+01:00",
    )
    assert (post["status"], post["scheduled_time"]) == ("scheduled", "2030-01-02T08:00:00Z")
    assert (await api.alice.get(f"/posts/{post['id']}")).json() == post
    changed = await api.alice.patch(f"/posts/{post['id']}", json={"hashtags": ["rain"]})
    assert changed.json()["hashtags"] == ["rain"]
    assert (await api.alice.patch(f"/posts/{post['id']}", json={})).json() == changed.json()
    assert [one["id"] for one in (await api.alice.get("/posts")).json()["items"]] == [post["id"]]
    refused = await api.alice.delete(f"/content/{row['id']}")
    assert (refused.status_code, f"show this content: {post['id']} (scheduled);" in refused.text) == (
        409,
        True,
    )
    of_it = await api.alice.get("/posts", params={"content_asset_id": row["id"]})
    of_none = await api.alice.get("/posts", params={"content_asset_id": NOBODY})
    assert [len(page.json()["items"]) for page in (of_it, of_none)] == [1, 0]
    lake = await made(api.alice, "/campaigns", name="Lake")
    await api.alice.patch(f"/content/{row['id']}", json={"campaign_id": lake["id"]})
    refused = await api.alice.delete(f"/campaigns/{lake['id']}")
    assert (refused.status_code, "posts elsewhere show" in refused.text) == (409, True)
    assert (await api.alice.delete(f"/posts/{post['id']}")).status_code == 204
    assert (await api.alice.patch(f"/posts/{post['id']}", json={"hashtags": []})).status_code == 404


async def test_jobs_and_cache(api: Api) -> None:
    await made(api.alice, "/content", content=SALE)
    queue = (await api.alice.get("/jobs")).json()["items"]
    assert {one["kind"]: one["waiting"] for one in queue}["categorize_content"] == 1
    assert (await api.alice.get("/jobs/dead")).json() == {"items": []}
    allowed = api.kind == "sqlite"
    assert (await api.alice.post("/jobs/replay")).status_code == (200 if allowed else 403)
    assert (await api.alice.get("/cache")).status_code == (200 if allowed else 403)
    assert (await api.alice.delete("/cache")).status_code == (204 if allowed else 403)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/content/{content}", None),
        ("PATCH", "/content/{content}", {"content": "mine now"}),
        ("DELETE", "/content/{content}", None),
        ("GET", "/content/{content}/labels", None),
        ("POST", "/content/{content}/feedback", {"category": "event"}),
        ("POST", "/content/categorize", {"ids": ["{content}"]}),
        ("GET", "/campaigns/{campaign}", None),
        ("PATCH", "/campaigns/{campaign}", {"status": "paused"}),
        ("DELETE", "/campaigns/{campaign}", None),
        ("GET", "/campaigns/{campaign}/content", None),
        ("GET", "/posts/{post}", None),
        ("PATCH", "/posts/{post}", {"post_text": "mine now"}),
        ("DELETE", "/posts/{post}", None),
    ],
)
async def test_ids_of_another_workspace_are_not_there(
    api: Api, method: str, path: str, body: dict[str, Any] | None
) -> None:
    """404 and not 403: that it exists is nobody's business. And nothing was written."""
    campaign = await made(api.bob, "/campaigns", name="Theirs")
    row = await made(api.bob, "/content", content=SALE, campaign_id=campaign["id"])
    post = await made(api.bob, "/posts", platform="x", post_text="theirs")
    keys = {"content": row["id"], "campaign": campaign["id"], "post": post["id"]}
    if body is not None and "ids" in body:
        body = {"ids": [row["id"]]}
    answer = await api.alice.request(method, path.format(**keys), json=body)
    assert answer.status_code == 404, answer.text
    assert (await api.bob.get(f"/content/{row['id']}")).json() == row
    assert (await api.bob.get(f"/campaigns/{campaign['id']}")).json()["status"] == "draft"
    assert (await api.bob.get(f"/posts/{post['id']}")).json() == post


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/content", {"content": "x", "colour": "red"}, "body.colour"),  # unknown
        ("POST", "/content", {"content": 7}, "body.content"),
        ("POST", "/content", {"asset_type": "sound"}, "body.asset_type"),
        ("POST", "/content/bulk", {"items": []}, "body.items"),
        ("PATCH", f"/content/{NOBODY}", {"primary_category": "event"}, "body.primary_category"),
        ("POST", "/campaigns", {}, "body.name"),
        ("GET", "/content?cursor=abc", None, "query.cursor"),
        ("GET", "/content?cursor=WzEsMl0", None, "query.cursor"),  # [1,2]
        ("GET", "/content?limit=101", None, "query.limit"),
        ("GET", "/content?limit=0", None, "query.limit"),
        ("GET", "/content/not-an-id", None, "path.content_id"),
        ("POST", "/search", {"query": "x", "vector": [0.1, 0.2], "mode": "semantic"}, "body.vector"),
        ("POST", "/search", {"vector": [0] * 1536, "mode": "semantic"}, "body.vector"),
        ("POST", "/search", {"vector": ["x"] * 1536, "mode": "semantic"}, "body.vector.0"),
        ("POST", "/search", {"vector": [0.1] * 1536, "mode": "keyword"}, "body"),
        ("GET", "/search/semantic", None, "query.query"),
        ("POST", "/content/categorize", None, "query.content_id"),
        ("POST", "/v1/embeddings", {"input": "x", "model": "gpt"}, "body.model"),
    ],
)
async def test_unfit_requests_name_the_field(api: Api, method: str, path: str, body: Any, field: str) -> None:
    path, _, query = path.partition("?")
    answer = await api.alice.request(method, path, json=body, params=dict(parse_qsl(query)))
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert field in [one["field"] for one in answer.json()["errors"]]
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    assert (await api.alice.get("/content")).json()["items"] == []


async def test_what_the_database_refuses_is_told_in_its_words(api: Api) -> None:
    for path, body in (
        ("/content", {"content": "x", "primary_category": "no_such"}),
        ("/content", {"content": "nul \x00"}),
        ("/content", {"content": "x", "campaign_id": NOBODY}),
        ("/campaigns", {"name": " "}),
        ("/posts", {"platform": "email", "campaign_id": NOBODY}),
    ):
        answer = await api.alice.post(path, json=body)
        assert answer.status_code == 422, (path, body, answer.text)
        assert "Traceback" not in answer.text
    assert (await api.alice.get("/content")).json()["items"] == []


async def test_vectors_in_openais_form(api: Api) -> None:
    import base64

    import numpy as np

    asked = {"input": [SALE, HIRING], "model": "campaignbase-static-1"}
    numbers = (await api.alice.post("/v1/embeddings", json=asked)).json()
    packed = (await api.alice.post("/v1/embeddings", json={**asked, "encoding_format": "base64"})).json()
    assert [one["index"] for one in numbers["data"]] == [0, 1]
    for plain, coded in zip(numbers["data"], packed["data"], strict=True):
        vector = np.frombuffer(base64.b64decode(coded["embedding"]), "<f4")
        assert vector.shape == (1536,)
        assert np.allclose(vector, plain["embedding"])
    # what is wrong is told where those clients look for it
    wrong = (await api.alice.post("/v1/embeddings", json={**asked, "input": []})).json()
    assert {one["field"] for one in wrong["errors"]} == {"body.input"}
    assert wrong["error"] == {
        "message": wrong["detail"], "type": "invalid_request_error", "param": "body.input",
    }  # fmt: skip
