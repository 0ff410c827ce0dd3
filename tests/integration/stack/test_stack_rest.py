"""REST and auth of the offline stack, through supabase-py and plain requests."""

import uuid
from datetime import datetime

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


def test_the_secret_key_is_the_service_and_no_browsers(stack: Stack) -> None:
    path = "/rest/v1/workspaces?select=id"
    assert stack.request("GET", path, key=stack.secret_key).status_code == 200
    browser = {"User-Agent": "Mozilla/5.0 (X11)"}
    assert stack.request("GET", path, key=stack.secret_key, headers=browser).status_code == 401


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
