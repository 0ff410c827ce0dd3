"""What a stranger sends: the right status, a reason and a next step, nothing written, none of ours shown."""

import base64
import json
from contextlib import AsyncExitStack
from typing import Any

import httpx
from tests.api.conftest import Api, on_supabase
from tests.api.test_resources import NOBODY, made
from tests.support.stack import Stack

J = {"Content-Type": "application/json"}
VECTOR = 1536
NESTED = '{"a":' * 100 + "1" + "}" * 100
DEEPER = '{"a":' * 50_000 + "1" + "}" * 50_000
MAY, JUNE, JULY = (f"2026-0{month}-01T00:00:00Z" for month in (5, 6, 7))
TWICE = [{"content": text, "source_key": key} for text, key in (("a", "k"), ("b", "l"), ("c", "k"))]
POST = {"platform": "x", "post_text": "x"}
FORM = "multipart/form-data; boundary=b"
NAMELESS = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n'
HIDDEN = ("Traceback", "campaignbase ", "pydantic")  # nobody here has a command line
LATE, EARLY = "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"  # years 10000 and 0 in UTC


def said(**body: Any) -> bytes:
    return json.dumps(body).encode()


def cursor(at: str) -> str:
    key = "00000000-0000-4000-8000-000000000000"
    return base64.urlsafe_b64encode(json.dumps([at, key]).encode()).decode().rstrip("=")


RULE = {"name": "r", "rule_type": "categorization", "conditions": {"tag": "x"}}
CASES: list[tuple[str, str, dict[str, str], bytes | None, int, str]] = [
    # no JSON, or not what JSON is
    ("POST", "/content", J, b"{", 400, "the body is not JSON: expecting property name"),
    ("POST", "/content", J, b'{"content": "\xff"}', 400, "byte 13 is not UTF-8"),
    ("POST", "/content", J, '{"content": "x"}'.encode("utf-16"), 400, "byte 0 is not UTF-8"),
    ("POST", "/content", J, b'{"content": "a", "content": "b"}', 400, "says 'content' twice; say it once"),
    ("POST", "/content", J, b'{"content": "x", "parameters": {"n": NaN}}', 400, "holds NaN, which is no"),
    ("POST", "/content", J, b'{"content": "x", "parameters": {"n": -Infinity}}', 400, "holds -Infinity"),
    ("POST", "/content", J, b'{"content": "x", "parameters": {"n": 1e999}}', 400, "holds the number 1e999"),
    ("POST", "/jobs/replay", J, b'{"ids": [' + b"9" * 5000 + b"]}", 400, "more than 4,300 digits"),
    ("POST", "/content", J, f'{{"parameters": {NESTED}}}'.encode(), 422, "nested deeper than 64 levels"),
    ("POST", "/content", J, f'{{"parameters": {DEEPER}}}'.encode(), 400, "nested deeper than 64 levels"),
    ("POST", "/rules/preview", J, f'{{"conditions": {NESTED}}}'.encode(), 422, "deeper than 64 levels"),
    ("POST", "/content", J, b"null", 422, "Input should be a valid dictionary"),
    ("POST", "/content", J, b"[]", 422, "Input should be a valid dictionary"),
    # another type than said
    ("POST", "/content", {"Content-Type": "text/plain"}, said(content="x"), 415, "'text/plain' is not read"),
    ("POST", "/content", {}, said(content="x"), 415, "no Content-Type is not read here; send a body of"),
    ("POST", "/content", {"Content-Type": "application/xml"}, b"<a/>", 415, "a body of application/json"),
    ("POST", "/content", {**J, "Content-Encoding": "gzip"}, said(content="x"), 415, "'gzip'"),
    ("PUT", "/content/{content}/file", J, b"{}", 415, "send a body of multipart/form-data"),
    # what no database keeps
    ("POST", "/content", J, said(content="a\x00b"), 422, "body.content: holds a NUL character; remove it"),
    ("POST", "/content", J, b'{"content": "\\ud800"}', 422, "body.content: holds half a surrogate pair"),
    ("POST", "/content", J, said(tags=["ok", "\x00"]), 422, "body.tags.1: holds a NUL"),
    ("POST", "/content", J, said(parameters={"a": {"b": "\x00"}}), 422, "body.parameters.a.b: holds a NUL"),
    ("POST", "/content", J, said(parameters={"\x00": 1}), 422, "body.parameters: has a name that"),
    ("POST", "/content/bulk", J, said(items=[{"tags": []}, {"content": "\x00"}]), 422, "items.1.content"),
    ("POST", "/campaigns", J, said(name="x", content_style="\x00"), 422, "body.content_style: holds a NUL"),
    ("POST", "/campaigns", J, said(name="a\nb"), 422, "one line without control characters"),
    ("POST", "/categories", J, said(name="x", keywords=["\x00"]), 422, "body.keywords.0: holds a NUL"),
    ("POST", "/tags", J, b'{"name": "x", "aliases": ["\\udfff"]}', 422, "body.aliases.0: holds half"),
    ("POST", "/content", J, said(content="x", generator="GPT 5"), 422, "'GPT 5' is not lower_snake_case"),
    ("POST", "/posts", J, said(**POST, scheduled_time=LATE), 422, "before the year 1 or after 9999"),
    ("POST", "/posts", J, said(**POST, scheduled_time=EARLY), 422, "before the year 1 or after 9999"),
    ("PATCH", "/campaigns/{campaign}", J, said(start_date=LATE), 422, "before the year 1 or after 9999"),
    ("POST", "/posts", J, said(**POST, scheduled_time=MAY), 422, "05-01T00:00:00Z is in the past, it is 20"),
    ("PATCH", "/posts/{post}", J, said(scheduled_time=MAY), 422, "is in the past, it is 20"),
    ("POST", "/posts", J, said(**POST, scheduled_time=1), 422, "expected a time like"),
    ("POST", "/posts", J, said(**POST, scheduled_time="2030-01-02T09:00:00"), 422, "timezone"),
    # addresses that lead to no file on the web
    ("POST", "/content", J, said(file_url="javascript:alert(1)"), 422, "is no web address; expected https"),
    ("POST", "/content/bulk", J, said(items=[{"file_url": "file:///etc/passwd"}]), 422, "items.0.file_url: "),
    ("PATCH", "/content/{content}", J, said(file_url="java\nscript:a/b"), 422, "body.file_url: Value error"),
    ("POST", "/posts", J, said(**POST, media_urls=["https://x.example", " "]), 422, "media_urls.1: Value"),
    ("PATCH", "/posts/{post}", J, said(media_urls=["data:text/html,x"]), 422, "web address; expected https"),
    # names that look like others
    ("POST", "/campaigns", J, said(name=" Lake "), 422, "of a campaign has spaces around it; write 'Lake'"),
    ("PATCH", "/campaigns/{campaign}", J, said(name="Lake "), 422, "spaces around it; write 'Lake'"),
    ("POST", "/categories", J, said(name=" offer"), 422, "of a category has spaces around it"),
    ("POST", "/tags", J, said(name="sale "), 422, "of a tag has spaces around it; write 'sale'"),
    # numbers that Python alone reads
    ("GET", "/content?limit=1_0", {}, None, 422, "query.limit: Value error, expected a number in digits"),
    ("GET", "/search/semantic?query=x&limit=1_0", {}, None, 422, "query.limit: Value error, expected a n"),
    ("POST", "/campaigns", J, said(name="x", estimated_cost="1_000"), 422, "estimated_cost: Value error"),
    # another type of value
    ("POST", "/search", J, said(query="x", limit=True), 422, "body.limit: Value error, expected a number"),
    ("POST", "/search", J, said(query="x", limit="7"), 422, "body.limit: Value error, expected a number"),
    ("POST", "/search", J, said(vector=["1"] * VECTOR, mode="semantic"), 422, "body.vector.0"),
    ("POST", "/search", J, said(vector=[True] * VECTOR, mode="semantic"), 422, "body.vector.0"),
    ("POST", "/search", J, said(vector=[0.1] * 5000, mode="semantic"), 422, "at most 4096"),
    ("POST", "/search", J, said(vector=[0.1] * 1535, mode="semantic"), 422, "has 1535 numbers"),
    ("POST", "/search", J, said(vector="[0.1]", mode="semantic"), 422, "should be a valid list"),
    ("PATCH", "/rules/{rule}", J, said(enabled="yes"), 422, "body.enabled: Value error"),
    ("POST", "/tags", J, said(name="x", manual_only=1), 422, "expected true or false"),
    ("POST", "/jobs/replay", J, said(ids=["1"]), 422, "body.ids.0: Value error, expected a number"),
    ("POST", "/rules", J, said(**RULE, actions={"fly": 1}), 422, "fly"),
    ("POST", "/rules", J, said(**{**RULE, "name": "x" * 500}, actions={}), 422, "200"),
    ("POST", "/categories", J, said(name="x" * 101), 422, "body.name: String should have at most 100"),
    ("POST", "/tags", J, said(name="x" * 101), 422, "body.name: String should have at most 100"),
    ("POST", "/content", J, said(content="x", target_audience="x" * 101), 422, "body.target_audience"),
    ("POST", "/content/{content}/feedback", J, said(audience="x" * 101), 422, "body.audience: String"),
    ("POST", "/content", J, said(content="x", parameters={"a": "y" * 100_000}), 422, "100,009 characters"),
    # what is not there, or not enough
    ("GET", f"/content/{NOBODY}", {}, None, 404, "or not in a workspace of yours; list what there is"),
    ("GET", "/content/{campaign}/labels", {}, None, 404, "that is a campaign, see /campaigns/"),
    ("POST", "/search", J, said(vector=[0.1] * VECTOR), 422, "mode hybrid needs a query; send one"),
    ("POST", "/search", J, said(query="x", mode="keyword", min_similarity=0.5), 422, "no min_similarity"),
    ("POST", "/search", J, b"{}", 422, "say what to find: query or vector"),
    ("GET", "/content?workspace=nowhere", {}, None, 404, "no workspace 'nowhere'; "),
    # what says nothing
    ("POST", "/content", J, b"{}", 422, "body: says nothing; give content, prompt, alt_text or file_url, or"),
    ("POST", "/content", J, said(content=" \n\t", generator="gpt_5"), 422, "body: says nothing; give"),
    ("POST", "/content/bulk", J, said(items=[{"content": "a"}, {"tags": ["b"]}]), 422, "body.items.1: says"),
    ("PATCH", "/content/{content}", J, said(content=" "), 422, "would leave nothing; send a text, or DELETE"),
    ("POST", "/posts", J, said(platform="x"), 422, "body: says nothing; give post_text, content_asset_id or"),
    ("POST", "/posts", J, said(platform="x", post_text=" ", hashtags=["a"]), 422, "says nothing"),
    ("PATCH", "/posts/{post}", J, said(post_text=None), 422, "would leave a post that says nothing; give"),
    ("POST", "/tags", J, said(name="#"), 422, "'#' is no tag: expected a word with letters or digits"),
    ("GET", "/content/{content}/file?name=a.png", {}, None, 404, "no file 'a.png' is stored for content"),
    ("PUT", "/content/{content}/file", {"Content-Type": FORM}, NAMELESS, 422, "a file with its name"),
    # what would be lost
    ("POST", "/content/bulk", J, said(items=TWICE), 422, "'k' is the source_key of body.items.0 too"),
    # campaigns: a name is one campaign's, and none ends before it starts
    ("POST", "/campaigns", J, said(name="Lake"), 409, "a campaign 'Lake' exists already"),
    ("PATCH", "/campaigns/{campaign}", J, said(name="Pond"), 409, "a campaign 'Pond' exists already, "),
    ("PATCH", "/campaigns/{campaign}", J, said(end_date=MAY), 422, "end_date is before start_date; send an"),
    ("PATCH", "/campaigns/{campaign}", J, said(start_date=JULY, end_date=MAY), 422, "is before start_date"),
    ("POST", "/campaigns", J, said(name="x", start_date=JULY, end_date=MAY), 422, "is before start_date; s"),
    ("POST", "/campaigns", J, said(name="x", estimated_cost=-1), 422, "body.estimated_cost"),
    # the next step is a route, whatever the store behind it says to others
    ("POST", "/content", J, said(content="x", primary_category="zzzz"), 422, "'zzzz'; see GET /categories"),
    ("POST", "/content", J, said(content="x", campaign_id=NOBODY), 422, "workspace; see GET /campaigns"),
    ("DELETE", "/categories/nowhere", {}, None, 404, "no category 'nowhere'; see GET /categories"),
    ("DELETE", "/tags/nowhere", {}, None, 404, "no tag 'nowhere'; see GET /tags"),
    # addresses
    ("GET", "/content?category=%00", {}, None, 422, "query.category: holds a NUL"),
    ("GET", "/content?workspace=a&workspace=b", {}, None, 422, "query.workspace: is said twice; say it once"),
    ("DELETE", "/categories/%00", {}, None, 422, "path: holds a NUL"),
    ("DELETE", "/tags/%ed%a0%80", {}, None, 404, "no tag"),
    ("GET", f"/content?cursor={cursor(LATE)}", {}, None, 422, "not a cursor; send next_cursor"),
    ("GET", f"/content?cursor={cursor('2026-01-01')}", {}, None, 422, "not a cursor"),
    ("GET", "/content?cursor=W10", {}, None, 422, "not a cursor"),
    ("GET", "/content?limit=99999999999999999999999", {}, None, 422, "query.limit"),
    ("GET", "/search/semantic?query=x&min_similarity=nan", {}, None, 422, "query.min_similarity"),
    ("GET", "/content/%2e%2e/metrics", {}, None, 404, "no such path"),
    ("GET", "/content/", {}, None, 404, "no such path: /content/; see /docs"),
    ("GET", "/content;x=1", {}, None, 404, "no such path"),
    ("GET", "/content/{content}%00", {}, None, 422, "path: holds a NUL"),
    # methods
    ("TRACE", "/content", {}, None, 405, "TRACE is not for /content"),
    ("POST", "/content/{content}", {**J, "X-HTTP-Method-Override": "DELETE"}, b"{}", 405, "POST is not for"),
    ("GET", "/content/{content}?_method=DELETE", {}, None, 422, "query._method: is no parameter of this"),
    ("GET", "/content?categry=offer", {}, None, 422, "known: campaign_id, category, cursor, label_state"),
    ("POST", "/search", J, said(query="x", sentiment="happy"), 422, "body.sentiment: Input should be"),
]  # fmt: skip


async def test_nothing_of_it_is_taken(api: Api) -> None:
    campaign = await made(api.alice, "/campaigns", name="Lake", start_date=JUNE)
    await made(api.alice, "/campaigns", name="Pond")
    row = await made(api.alice, "/content", content="x", campaign_id=campaign["id"])
    rule = await made(api.alice, "/rules", **RULE, actions={"add_category": "offer"})
    post = await made(api.alice, "/posts", platform="x", post_text="x")
    keys = {"post": post["id"], "content": row["id"], "campaign": campaign["id"], "rule": rule["id"]}

    async def state() -> list[Any]:
        paths = ("/content", "/campaigns", "/posts", "/rules", "/categories", "/tags")
        return [(await api.alice.get(path)).json() for path in paths]

    before, wrong = await state(), []
    for method, path, headers, body, status, told in CASES:
        for name, key in keys.items():
            path = path.replace(f"{{{name}}}", key)
        # by hand: the client would put its own parameters in place of these
        address, _, query = path.partition("?")
        given = "" if "workspace=" in query else str(api.alice.params)
        url = httpx.URL(f"http://localhost{address}?{'&'.join(filter(None, (query, given)))}")
        asked = httpx.Request(method, url, headers={**api.alice.headers, **headers}, content=body)
        answer = await api.alice.send(asked)
        ours = any(word in answer.text for word in HIDDEN)
        if answer.status_code != status or told not in answer.text or ours:
            wrong.append(f"{method} {path} {(body or b'')[:60]!r}: {answer.status_code} {answer.text[:300]}")
    assert wrong == []
    assert await state() == before


async def test_a_stranger_hears_first_that_she_is_one(stack: Stack) -> None:
    async with AsyncExitStack() as holder:
        api = await on_supabase(holder, stack)
        for body, kind in (
            (b"{", "application/json"),
            (b"x", "text/plain"),
            (said(content="\x00"), J["Content-Type"]),
        ):
            headers = {"Authorization": "Bearer a.b.c", "Content-Type": kind}
            assert (await api.alice.post("/content", content=body, headers=headers)).status_code == 401


async def test_who_asks_is_said_once(api: Api) -> None:
    """Of two, one of them would decide, and not everybody in between would take the same."""
    given = [("Authorization", "Bearer a.b.c"), *api.alice.headers.items()]
    twice = given if api.kind == "supabase" else [*given, ("authorization", "x")]
    url = f"http://localhost/content?{api.alice.params}"
    answer = await api.alice.send(httpx.Request("GET", url, headers=twice))
    # the first is a stranger's, and a file without a token knows none
    assert answer.status_code == (401 if api.kind == "supabase" else 422), answer.text
