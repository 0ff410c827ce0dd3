"""What pages in a browser need: every door lets them ask and read, and mailed links lead back to them."""

import json
import re
import uuid
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from tests.support.stack import Stack

PAGE = "http://localhost:5173"
# what supabase-js sends, beside what browsers allow anyway
SENT = "apikey,authorization,content-profile,content-type,prefer,x-client-info,x-retry-count,x-upsert"

DOORS = [  # method, path, status for anybody whose JSON is broken
    ("GET", "/rest/v1/content_assets?select=id", 401),
    ("PATCH", "/rest/v1/categories", 400),
    ("POST", "/rest/v1/rpc/nope", 400),
    ("POST", "/auth/v1/token?grant_type=password", 400),
    ("PUT", "/auth/v1/user", 401),
    ("DELETE", "/storage/v1/object/media", 400),
    ("POST", "/storage/v1/object/media/a.png", 400),
    ("POST", "/realtime/v1/api/broadcast", 422),
    ("POST", "/realtime/v1/api/broadcast/room/events/move", 422),
    ("GET", "/nowhere", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), DOORS)
def test_pages_may_ask_and_read(stack: Stack, method: str, path: str, status: int) -> None:
    asking = {
        "Origin": PAGE,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": SENT,
    }
    before = stack.request("OPTIONS", path, key="", headers=asking)
    assert before.status_code in (200, 204)
    assert before.headers["access-control-allow-origin"] == "*"
    assert method in before.headers["access-control-allow-methods"].split(", ")
    assert before.headers["access-control-allow-headers"] == SENT
    answer = stack.request(method, path, headers={"Origin": PAGE}, content=b"{")
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, "*")
    assert "Content-Range" in answer.headers["access-control-expose-headers"].split(", ")


def test_pages_read_that_a_function_is_not_there(stack: Stack) -> None:
    answer = stack.request("GET", "/functions/v1/x", headers={"Origin": PAGE})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (404, "*")


@pytest.mark.parametrize(
    ("target", "is_allowed"),
    [
        (f"{PAGE}/reset?a=b&c=$&", True),
        ("http://127.0.0.1:3000/x", True),
        ("https://elsewhere.example/", False),
    ],
)
def test_mailed_links_lead_to_the_page_that_asked(stack: Stack, target: str, is_allowed: bool) -> None:
    user = stack.sign_up(f"{uuid.uuid4().hex}@example.com")
    asked = stack.request(
        "POST", f"/auth/v1/recover?redirect_to={quote(target, safe='')}", json={"email": user.email}
    )
    assert asked.status_code == 200
    (mail,) = (stack.folder / "mails").glob(f"*{user.email.partition('@')[0]}*")
    (link,) = re.findall(r"http\S+", json.loads(mail.read_text())["text"])
    led = urlsplit(link)
    followed = stack.request("GET", f"{led.path}?{led.query}", key="")
    page, _, given = followed.headers["location"].partition("#")
    assert page.rstrip("/") == (target if is_allowed else stack.url)
    assert followed.status_code in (302, 303)
    assert parse_qs(given)["type"] == ["recovery"]
    token = parse_qs(given)["access_token"][0]
    assert stack.request("GET", "/auth/v1/user", token=token).json()["email"] == user.email
