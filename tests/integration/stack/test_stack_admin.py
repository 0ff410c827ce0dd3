"""The auth server's door for users, with the secret key: as Supabase Auth answers, told by its own client."""

import uuid
from typing import Any

import pytest
from supabase_auth.errors import AuthApiError
from tests.support.stack import Stack

USERS = "/auth/v1/admin/users"
PASSWORD = "correct horse 42"


def address() -> str:
    return f"{uuid.uuid4().hex}@example.com"


async def test_a_user_is_made_read_signed_in_and_deleted(stack: Stack) -> None:
    key, email = str(uuid.uuid4()), address()
    async with stack.client(key=stack.secret_key) as service:
        made = await service.auth.admin.create_user(
            {
                "id": key,
                "email": email.upper(),
                "password": PASSWORD,
                "email_confirm": True,
                "app_metadata": {"kind": "machine"},
                "user_metadata": {"workspace_name": "Robots"},
            }
        )
        assert (made.user.id, made.user.email) == (key, email)
        assert made.user.app_metadata == {"kind": "machine", "provider": "email", "providers": ["email"]}
        assert made.user.email_confirmed_at is not None
        assert (await service.auth.admin.get_user_by_id(key)).user.id == key
    async with stack.client() as client:
        session = await client.auth.sign_in_with_password({"email": email, "password": PASSWORD})
        assert session.user is not None
        assert session.user.id == key
        [workspace] = (await client.table("workspaces").select("name").execute()).data
        assert workspace == {"name": "Robots"}  # its insert met the triggers of a sign-up
    with stack.connect() as connection:  # who is the last owner of nobody may go
        connection.execute("delete from public.workspaces where name = 'Robots'")
    async with stack.client(key=stack.secret_key) as service:
        await service.auth.admin.delete_user(key)
        with pytest.raises(AuthApiError, match="User not found"):
            await service.auth.admin.get_user_by_id(key)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": "x@example.com", "id": "7"}, 400, "validation_failed"),
        ({"password": PASSWORD}, 400, "validation_failed"),
        ({"email": "nobody"}, 400, "validation_failed"),
        ({"email": "x@example.com", "password": "é" * 37}, 400, "validation_failed"),
    ],
)
def test_what_a_user_cannot_be(stack: Stack, body: Any, status: int, code: str) -> None:
    answer = stack.request("POST", USERS, key=stack.secret_key, json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)


def test_an_address_is_one_users(stack: Stack) -> None:
    user = stack.sign_up()
    again = stack.request("POST", USERS, key=stack.secret_key, json={"email": user.email})
    assert (again.status_code, again.json()["error_code"]) == (422, "email_exists")
    same = stack.request("POST", USERS, key=stack.secret_key, json={"email": address(), "id": user.id})
    assert (same.status_code, same.json()["error_code"]) == (500, "unexpected_failure")


def test_nobody_else_comes_in(stack: Stack) -> None:
    user = stack.sign_up()
    for method, path in (("POST", USERS), ("GET", f"{USERS}/{user.id}"), ("DELETE", f"{USERS}/{user.id}")):
        for headers, expected in (({"key": ""}, 401), ({}, 403), ({"key": "", "token": user.token}, 403)):
            answer = stack.request(method, path, **headers, json={"email": address()})  # type: ignore[arg-type]
            assert answer.status_code == expected
    assert stack.request("GET", f"{USERS}/x", key=stack.secret_key).status_code == 404
