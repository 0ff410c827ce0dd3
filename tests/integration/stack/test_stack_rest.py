"""REST and auth of the offline stack, through supabase-py and plain requests."""

import json
import re
import uuid
from datetime import datetime

import jwt
import pytest
from postgrest.exceptions import APIError
from tests.support.stack import PASSWORD, Stack, User


def workspace_of(stack: Stack, user: User) -> str:
    """The one that signing up made."""
    (row,) = stack.request("GET", "/rest/v1/workspaces?select=id", token=user.token).json()
    return str(row["id"])


async def test_a_member_signs_up_signs_in_inserts_and_reads_alone(stack: Stack) -> None:
    async with stack.client() as member, stack.client(stack.sign_up().token) as stranger:
        email = f"{uuid.uuid4().hex}@example.com"
        signed_up = await member.auth.sign_up({"email": email, "password": PASSWORD})
        assert signed_up.user is not None
        assert isinstance(signed_up.user.created_at, datetime)
        await member.auth.sign_out()
        signed_in = await member.auth.sign_in_with_password({"email": email, "password": PASSWORD})
        assert signed_in.session is not None
        new = {"content": "Rain jackets", "parameters": {"a": [1, "b"]}, "tags": ["rain"]}
        user = User(signed_up.user.id, email, signed_in.session.access_token)
        new["workspace_id"] = workspace_of(stack, user)
        (row,) = (await member.table("content_assets").insert(new).execute()).data
        assert {name: row[name] for name in new} == new
        assert datetime.fromisoformat(row["created_at"]).tzinfo is not None
        assert "T" in row["created_at"]
        hits = await member.rpc("preview_rule", {"conditions": {"contains_keyword": "rain"}}).execute()
        assert [hit["id"] for hit in hits.data] == [row["id"]]

        assert (await stranger.table("content_assets").select("id").execute()).data == []
        with pytest.raises(APIError) as refused:
            await stranger.table("content_assets").insert(new).execute()
        assert refused.value.code == "42501"


@pytest.mark.parametrize(
    ("method", "path", "body", "signed_in", "status", "code"),
    [
        ("GET", "content_assets?select=id", None, False, 401, "42501"),  # anon has no grant
        (
            "PATCH",
            "content_assets?id=is.null",
            {"label_state": "labeled"},
            True,
            403,
            "42501",
        ),  # machine column
        ("POST", "content_assets", {"content": "x", "no_such": 1}, True, 400, "PGRST204"),
        ("GET", "no_such_table", None, True, 404, "PGRST205"),
        ("POST", "rpc/no_such_function", {}, True, 404, "PGRST202"),
        ("POST", "rpc/claim_jobs", {"worker": "x", "batch": 1}, True, 403, "42501"),
        ("POST", "content_assets", {"content": "x", "asset_type": "poem"}, True, 400, "23514"),
        ("POST", "content_assets", {"id": "no uuid"}, True, 400, "22P02"),
        ("GET", "content_assets?id=eq.null", None, True, 400, "22P02"),  # a text, not is.null
        ("GET", "content_assets?id=eq.1%3B%20drop%20table%20tags", None, True, 400, "22P02"),
        ("POST", "rpc/preview_rule", {"conditions": {"no_such": 1}}, True, 400, "22023"),
    ],
)
def test_rest_answers_errors_as_postgrest(
    stack: Stack, member: User, method: str, path: str, body: object, signed_in: bool, status: int, code: str
) -> None:
    token = member.token if signed_in else None
    answer = stack.request(method, f"/rest/v1/{path}", token=token, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json().keys() == {"code", "message", "details", "hint"}


@pytest.fixture(scope="module")
def member(stack: Stack) -> User:
    return stack.sign_up()


CAMPAIGN = "campaigns!content_assets_campaign_id_fkey"


@pytest.fixture(scope="module")
def author(stack: Stack) -> User:
    """Of two campaigns with a text each, and of a text without."""
    author = stack.sign_up()
    for name, text in (("A", "of A"), ("B", "1.0")):
        campaign = {"name": name, "campaign_type": "product_launch"}
        (row,) = written(stack, author, "campaigns", [campaign])
        written(stack, author, "content_assets", [{"content": text, "campaign_id": row["id"]}])
    written(stack, author, "content_assets", [{"content": " none", "tags": ["loose"]}])
    return author


def written(stack: Stack, user: User, table: str, rows: object, columns: str = "") -> list[dict[str, object]]:
    answer = stack.request(
        "POST",
        f"/rest/v1/{table}{columns}",
        token=user.token,
        json=rows,
        headers={"Prefer": "return=representation"},
    )
    assert answer.status_code == 201, answer.text
    return list(answer.json())


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("campaigns?select=name,content_assets(content)", [["A", [["of A"]]], ["B", [["1.0"]]]]),
        (
            "campaigns?select=name,content_assets!content_assets_campaign_id_fkey(content)",
            [["A", [["of A"]]], ["B", [["1.0"]]]],
        ),
        (
            "content_assets?select=content,campaigns(name)",
            [[" none", None], ["1.0", ["B"]], ["of A", ["A"]]],
        ),
        (
            f"content_assets?select=content,{CAMPAIGN}(name)&campaigns.name=eq.B&content=neq.x",
            [[" none", None], ["1.0", ["B"]], ["of A", None]],
        ),
        (f"content_assets?select=content,c:{CAMPAIGN}!inner(name)&c.name=eq.B", [["1.0", ["B"]]]),
        (
            "content_assets?select=content,...campaigns(name)&order=campaigns(name).desc&campaign_id=not.is.null",
            [["1.0", "B"], ["of A", "A"]],
        ),
        (
            "workspaces?select=categories(name)&categories.name=in.(event,offer)&categories.order=name",
            [[[["event"], ["offer"]]]],  # many, though an index over lower(name) is unique
        ),
        ("content_assets?select=content&content=eq.1.0", [["1.0"]]),
        ("content_assets?select=content&content=eq.%20none", [[" none"]]),
        ("content_assets?select=content&tags=neq.{}", [[" none"]]),
        ("content_assets?select=content&or=(tags.neq.{},content.eq.1.0)", [[" none"], ["1.0"]]),
        (
            "content_assets?select=content&or=(content.eq.1.0,tags.neq.{})&or=(content.eq.1.0,content.eq.x)",
            [["1.0"]],
        ),
        (
            "campaigns?select=content_assets(content)&content_assets.or=(id.is.null)&content_assets.not.or=(id.is.null)",
            [[[]], [[]]],
        ),
        ('content_assets?select=content&or=(content.like." n*",content.eq.x)', [[" none"]]),
        ("content_assets?select=content&content=like(any).{*.0,of *}", [["1.0"], ["of A"]]),
        (
            "categories?select=name,categories!categories_parent_id_fkey(name)&name=eq.community",
            [["community", [["seasonal_greeting"]]]],
        ),
    ],
)
def test_rest_reads_filters_and_relationships_as_postgrest(
    stack: Stack, author: User, path: str, rows: list[object]
) -> None:
    def values(row: object) -> object:
        if isinstance(row, list):
            return [values(one) for one in row]
        return [values(one) for one in row.values()] if isinstance(row, dict) else row

    answer = stack.request("GET", f"/rest/v1/{path}", token=author.token)
    assert answer.status_code == 200, answer.text
    assert sorted(map(values, answer.json()), key=str) == sorted(rows, key=str)


@pytest.mark.parametrize(
    ("select", "row"),
    [
        ("content", {"content": "changed"}),
        ("said:content", {"said": "changed"}),
        ("content,campaigns(name)", {"content": "changed", "campaigns": None}),
    ],
)
def test_a_change_is_told_though_its_filter_no_longer_holds(
    stack: Stack, member: User, select: str, row: object
) -> None:
    text = str(uuid.uuid4())
    written(stack, member, "content_assets", [{"content": text}])
    path = f"/rest/v1/content_assets?content=eq.{text}&select={select}"
    headers = {"Prefer": "return=representation,count=exact"}
    answer = stack.request("PATCH", path, token=member.token, json={"content": "changed"}, headers=headers)
    assert (answer.status_code, answer.json()) == (200, [row])
    assert answer.headers["content-range"] == "0-0/1"


@pytest.mark.parametrize("select", ["content", "content,campaigns(name)"])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_where_one_row_was_expected_several_stay_as_they_are(
    stack: Stack, member: User, method: str, select: str
) -> None:
    texts = [{"content": f"{uuid.uuid4()}"}] * 2
    written(stack, member, "content_assets", texts)
    answer = stack.request(
        method,
        f"/rest/v1/content_assets?content=eq.{texts[0]['content']}&select={select}",
        token=member.token,
        json={"content": "changed"} if method == "PATCH" else None,
        headers={"Prefer": "return=representation", "Accept": "application/vnd.pgrst.object+json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (406, "PGRST116")
    assert answer.json()["details"] == "The result contains 2 rows"
    path = f"/rest/v1/content_assets?select=content&content=eq.{texts[0]['content']}"
    assert stack.request("GET", path, token=member.token).json() == texts


def test_a_column_that_is_named_and_missing_is_null(stack: Stack, author: User) -> None:
    rows = [{"content": "x"}, {"content": "y", "alt_text": "a picture"}]
    made = written(stack, author, "content_assets", rows, "?columns=content,alt_text&select=content,alt_text")
    assert made == [{"content": "x", "alt_text": None}, rows[1]]
    answer = stack.request(
        "POST",
        "/rest/v1/content_assets?columns=content,asset_type",
        token=author.token,
        json=[{"content": "x"}, {"content": "y", "asset_type": "image"}],
    )
    assert (answer.status_code, answer.json()["code"]) == (
        400,
        "23502",
    )  # its default counts where none names it


@pytest.mark.parametrize(
    ("key", "token", "status"),
    [
        ("", None, 401),  # no key
        ("sb_publishable_wrong", None, 401),
        (None, "no token", 401),
        (None, "expired", 401),
        (None, "foreign", 401),
        (None, "own", 200),
        (None, "publishable", 401),  # Authorization equals apikey: no user, and so no grant
    ],
)
def test_keys_and_tokens_are_checked(
    stack: Stack, member: User, key: str | None, token: str | None, status: int
) -> None:
    tokens = {
        "no token": "nonsense",
        "expired": stack.token(member.id, expires_in=-60),
        "foreign": stack.token(member.id)[:-6] + "AAAAAA",
        "own": stack.token(member.id),
        "publishable": stack.publishable_key,
    }
    answer = stack.request("GET", "/rest/v1/workspaces", key=key, token=tokens[token] if token else None)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("by", ["token", "token_hash"])
async def test_a_mailed_code_signs_in_by_the_type_that_clients_name(stack: Stack, by: str) -> None:
    user = stack.sign_up()
    async with stack.client() as member:
        await member.auth.sign_in_with_otp({"email": user.email, "options": {"should_create_user": False}})
        (mail,) = (stack.folder / "mails").glob(f"*{user.email.partition('@')[0]}*")
        text = json.loads(mail.read_text())["text"]
        given = {
            "token": {"email": user.email, "token": re.findall(r"\b\d{6}\b", text)[0]},
            "token_hash": {"token_hash": re.findall(r"[?&]token=(\w+)", text)[0]},
        }
        wrong = {**given["token"], "token": "000000", "type": "email"}
        refused = stack.request("POST", "/auth/v1/verify", json=wrong)
        assert (refused.status_code, refused.json()["error_code"]) == (403, "otp_expired")
        signed_in = await member.auth.verify_otp({**given[by], "type": "email"})
    assert signed_in.session is not None
    assert signed_in.session.user.email == user.email


def test_no_token_makes_its_bearer_the_owner_of_the_database(stack: Stack, member: User) -> None:
    claims = {"sub": member.id, "role": "postgres", "exp": 2_000_000_000}
    token = jwt.encode(claims, stack.jwt_secret, algorithm="HS256")
    answer = stack.request("GET", "/rest/v1/workspaces?select=id", token=token)
    assert (answer.status_code, answer.json()["message"]) == (403, 'permission denied to set role "postgres"')
    files = stack.request("POST", "/storage/v1/object/list/media", token=token, json={"prefix": ""})
    assert (files.status_code, files.json()["statusCode"]) == (400, "403")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/rest/v1/workspaces?select=id", 200),
        ("GET", "/auth/v1/admin/users/7", 404),
        ("GET", "/storage/v1/bucket", 200),
        ("GET", "/realtime/v1/websocket", 404),
    ],
)
def test_the_secret_key_is_the_service_and_no_browsers(
    stack: Stack, method: str, path: str, status: int
) -> None:
    assert stack.request(method, path, key=stack.secret_key).status_code == status
    browser = {"User-Agent": "Mozilla/5.0 (X11)"}
    refused = stack.request(method, path, key=stack.secret_key, headers=browser)
    assert (refused.status_code, refused.json()["message"]) == (
        401,
        "Forbidden use of secret API key in browser",
    )
    assert refused.headers["access-control-allow-origin"] == "*"
    asked = f"{path}{'&' if '?' in path else '?'}apikey={stack.secret_key}"
    assert stack.request(method, asked, key="", headers=browser).status_code == 401


def test_starting_grants_nothing(stack: Stack) -> None:
    with stack.connect() as connection:
        granted = connection.execute(
            "select count(*) from information_schema.role_table_grants"
            " where grantee = 'anon' and table_schema = 'public'"
            " and privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')"
        ).fetchone()
    assert granted == (0,)


@pytest.mark.parametrize(
    "embedding", [[1.0, *[0] * 1535], f"[1,{','.join(['0'] * 1535)}]"], ids=["list", "text"]
)
def test_vectors_come_as_lists_and_as_text(stack: Stack, member: User, embedding: object) -> None:
    asked = {"query_embedding": embedding, "match_count": 1}
    answer = stack.request("POST", "/rest/v1/rpc/semantic_search_content", token=member.token, json=asked)
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize(
    ("given", "stored"),
    [({"a": [1, None]}, '{"a":[1,null]}'), (["a", {"b": 1}], '["a",{"b":1}]'), (12, "12")],
)
def test_what_is_no_text_is_stored_as_its_json(
    stack: Stack, author: User, given: object, stored: str
) -> None:
    (row,) = written(stack, author, "content_assets", {"content": given})
    assert row["content"] == stored
    path = f"/rest/v1/content_assets?id=eq.{row['id']}"
    assert stack.request("PATCH", path, token=author.token, json={"alt_text": given}).status_code == 204
    assert stack.request("GET", path, token=author.token).json()[0]["alt_text"] == stored
    assert stack.request("DELETE", path, token=author.token).status_code == 204


def test_a_call_by_head_counts_what_its_arguments_find(stack: Stack, author: User) -> None:
    path = "/rest/v1/rpc/search_content?mode=keyword&query_text="
    counted = {"Prefer": "count=exact"}
    for word, rows in (("none", "0-0/1"), ("nowhere", "*/0")):
        answer = stack.request("HEAD", path + word, token=author.token, headers=counted)
        assert (answer.status_code, answer.headers["content-range"], answer.content) == (200, rows, b"")
    assert stack.request("HEAD", path + "x&nope=1", token=author.token).status_code == 404


def test_a_call_that_was_to_give_one_row_and_gave_several_has_done_nothing(
    stack: Stack, author: User
) -> None:
    one = {"Accept": "application/vnd.pgrst.object+json"}
    call = {"worker": "singular", "batch": 2}
    answer = stack.request("POST", "/rest/v1/rpc/claim_jobs", key=stack.secret_key, json=call, headers=one)
    assert (answer.status_code, answer.json()["code"]) == (406, "PGRST116")
    with stack.connect() as db:
        leased = db.execute("select count(*) from private.jobs where leased_by = 'singular'").fetchone()
    assert leased == (0,)
    rule = {"conditions": {"contains_keyword": "of"}}
    given = stack.request("POST", "/rest/v1/rpc/preview_rule", token=author.token, json=rule, headers=one)
    assert (given.status_code, given.json()["content"]) == (200, "of A")
