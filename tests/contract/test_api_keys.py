"""API keys: made, found by their hash, revoked; and what was done with them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.contract.subject import SqliteSubject, Subject

from campaignbase.core.api_keys import SCOPES
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models.api_keys import ApiKey, ApiRequest, NewApiKey

NEW = NewApiKey("import", "editor", ("content:read", "content:write"), "aB345678", "a" * 64)
NOBODY = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
FAR = datetime(2200, 1, 1, tzinfo=UTC)
PAST = "2020-01-01T00:00:00.000000Z"


async def made(subject: Subject, number: int = 0, **changes: Any) -> ApiKey:
    if isinstance(subject, SqliteSubject):
        subject.clock.advance(1)  # it stands still
    fresh = {"prefix": f"{number:08}", "token_hash": f"{number:064}"}
    return await subject.store.add_api_key(subject.workspace.id, replace(NEW, **{**fresh, **changes}))


def asked(key: ApiKey, status: int = 200, seconds_ago: float = 0.0) -> ApiRequest:
    return ApiRequest(str(uuid4()), key.id, "GET", "/content", status, "r1", "10.0.0.7", seconds_ago)


async def test_a_key_is_made_listed_and_found(subject: Subject):
    key = await subject.store.add_api_key(subject.workspace.id, replace(NEW, expires_at=FAR))
    assert (key.name, key.role, key.scopes, key.prefix) == ("import", "editor", NEW.scopes, "aB345678")
    assert (key.workspace_id, key.expires_at) == (subject.workspace.id, FAR)
    assert (key.created_by, key.revoked_at, key.last_used_at) == (None, None, None)
    assert await subject.store.api_keys(subject.workspace.id) == [key]
    found = await subject.store.find_api_key("a" * 64)
    assert found is not None
    assert (found.key, found.expired, len(found.signing_key)) == (key, False, 64)
    other = await subject.store.find_api_key((await made(subject)).prefix)
    assert other is None  # by its hash alone
    assert found.signing_key not in str(found)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"role": "owner"}, "role|api_keys_role_is_known"),
        ({"scopes": ()}, "needs a scope"),
        ({"scopes": ("content:delete",)}, "scope 'content:delete' is not known"),
        ({"role": "viewer"}, "scope 'content:write' is more than a viewer may do"),
        ({"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, "is past"),
        ({"name": " "}, "blank"),
        ({"name": "a\nb"}, "control|line"),
        ({"name": "a\x00b"}, "NUL|control|line"),
        ({"name": "x" * 101}, "name_fits"),
    ],
)
async def test_what_a_key_cannot_be(subject: Subject, changes: dict[str, Any], told: str):
    with pytest.raises(InputError, match=told):
        await made(subject, **changes)
    assert await subject.store.api_keys(subject.workspace.id) == []


async def test_every_scope_is_known_to_every_store(subject: Subject):
    assert (await made(subject, scopes=SCOPES)).scopes == SCOPES


async def test_a_prefix_and_a_hash_are_one_keys(subject: Subject):
    await made(subject)
    for changes in ({"prefix": "00000000"}, {"token_hash": "0" * 64}):
        with pytest.raises(InputError, match=r"prefix|token_hash"):
            await made(subject, 1, **changes)


async def test_a_revoked_key_is_still_listed(subject: Subject):
    key, other = await made(subject), await made(subject, 1)
    revoked = await subject.store.revoke_api_key(key.id)
    assert revoked == replace(key, revoked_at=revoked.revoked_at)
    assert revoked.revoked_at is not None
    assert await subject.store.revoke_api_key(key.id) == revoked
    assert await subject.store.api_keys(subject.workspace.id) == [revoked, other]
    found = await subject.store.find_api_key(f"{0:064}")
    assert found is not None
    assert found.key == revoked
    for nobody in (NOBODY, "x"):
        with pytest.raises((NotFoundError, InputError)):
            await subject.store.revoke_api_key(nobody)


async def test_an_expired_key_says_so(subject: Subject):
    await made(subject, expires_at=FAR)
    subject.sql("update api_keys set expires_at = %s", PAST)
    found = await subject.store.find_api_key(f"{0:064}")
    assert found is not None
    assert found.expired


async def test_a_hundred_good_keys_are_enough(subject: Subject):
    key = await made(subject)
    if isinstance(subject, SqliteSubject):
        for n in range(1, 100):
            await made(subject, n)
    else:
        subject.sql(
            "insert into api_keys (workspace_id, name, prefix, role, scopes) select workspace_id, name,"
            " lpad(n::text, 8, '0'), role, scopes from api_keys, generate_series(1, 99) as n"
        )
    with pytest.raises(InputError, match="100 API keys, which is as many as it may have"):
        await made(subject, 100)
    await subject.store.revoke_api_key(key.id)
    await made(subject, 100)


async def test_the_log_says_who_did_what(subject: Subject):
    key, other = await made(subject), await made(subject, 1)
    told = [asked(key, 404, 5.0), asked(other), replace(asked(key), key_id=NOBODY)]
    assert await subject.store.log_api_requests(told) == 2
    assert await subject.store.log_api_requests(told[:1]) == 0  # the first answer was lost
    assert await subject.store.log_api_requests([]) == 0
    if isinstance(subject, SqliteSubject):
        subject.clock.advance(1)
    await subject.store.revoke_api_key(key.id)
    page = await subject.store.api_key_log(subject.workspace.id, key_id=key.id)
    # the request was five seconds before the rest
    assert [one.event for one in page.items] == ["revoked", "created", "request"]
    request = page.items[-1]
    assert (request.method, request.route, request.status) == ("GET", "/content", 404)
    assert (request.request_id, request.address, request.key_id) == ("r1", "10.0.0.7", key.id)
    known = {one.id: one for one in await subject.store.api_keys(subject.workspace.id)}
    late, used = known[key.id].last_used_at, known[other.id].last_used_at
    assert late is not None
    assert used is not None
    assert timedelta(0) <= late - request.created_at < timedelta(seconds=4)
    await subject.store.log_api_requests([asked(other, seconds_ago=60.0)])  # told late
    [_, again] = await subject.store.api_keys(subject.workspace.id)
    assert again.last_used_at == used

    seen, after = [], None
    while True:
        page = await subject.store.api_key_log(subject.workspace.id, limit=2, after=after)
        seen += page.items
        after = page.next
        if after is None:
            break
    assert len(seen) == len({one.id for one in seen}) == 6
    assert [one.created_at for one in seen] == sorted((one.created_at for one in seen), reverse=True)
    elsewhere = await subject.store.create_workspace("elsewhere")
    assert (await subject.store.api_key_log(elsewhere.id)).items == ()


async def test_requests_are_forgotten_after_ninety_days(subject: Subject):
    key = await made(subject)
    day = timedelta(days=1).total_seconds()
    await subject.store.log_api_requests([asked(key, 201, 91 * day), asked(key, 202, 89 * day)])
    subject.sql("update api_key_log set created_at = %s where event = 'created'", PAST)
    await subject.store.log_api_requests([asked(key, 203)])
    kept = (await subject.store.api_key_log(subject.workspace.id)).items
    assert [one.status for one in kept] == [203, 202, None]  # who made it is kept for good
