"""What a project answers when it refuses, and what a person is told."""

import jwt
import pytest
from postgrest import APIError

from campaignbase.errors import (
    CampaignbaseError,
    InputError,
    NotConfiguredError,
    NotFoundError,
    UnreachableError,
)
from campaignbase.stores.calls import ConflictError, RefusedError
from campaignbase.stores.supabase_errors import Identity, check_key, kind_of, meaning

URL = "https://abc.supabase.co"
SECRET = "sb_secret_s3cret"
TOKEN = "a.user.token"


def legacy(role: str) -> str:
    """As older projects have them: a token without an end."""
    return jwt.encode({"iss": "supabase", "ref": "abc", "role": role}, "x" * 32, "HS256")


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (SECRET, "secret"),
        ("sb_publishable_x", "publishable"),
        (legacy("anon"), "anon"),
        (legacy("service_role"), "service_role"),
        ("eyJ.eyJ.x", "unknown"),
        ("a.W10.c", "unknown"),  # claims that are a list
        ("x", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_kind_of_a_key_shows(key: str, kind: str) -> None:
    assert kind_of(key) == kind


@pytest.mark.parametrize(
    ("key", "words"),
    [("sb_publishable_x", "holds a publishable key"), (legacy("anon"), "holds the legacy anon key")],
)
def test_a_key_that_cannot_work_is_refused_before_it_is_sent(key: str, words: str) -> None:
    with pytest.raises(NotConfiguredError, match=f"{words}; set SUPABASE_SECRET_KEY to .* sb_secret_"):
        check_key(Identity(URL, key))
    check_key(Identity(URL, key, TOKEN))  # with a user's token it is the right one
    check_key(Identity(URL, legacy("service_role")))  # some projects still take it


def answer(code: str | None, message: str | None, hint: str | None = None, details: str = "") -> APIError:
    return APIError({"code": code, "message": message, "hint": hint, "details": details})


SERVICE = Identity(URL, SECRET)
USER = Identity(URL, "sb_publishable_x", TOKEN)


@pytest.mark.parametrize(
    ("identity", "error", "kind", "words"),
    [
        # the gateway in front of a hosted project gives no code
        (SERVICE, answer(None, "Invalid API key"), NotConfiguredError, "Invalid API key; is it another"),
        (
            Identity(URL, legacy("service_role")),
            answer(None, "Legacy API keys are disabled"),
            NotConfiguredError,
            "legacy service_role key, which the project may have disabled: set SUPABASE_SECRET_KEY",
        ),
        (USER, answer(None, "Invalid API key"), NotConfiguredError, "is the publishable key"),
        (USER, answer("PGRST303", "JWT expired"), NotConfiguredError, "JWT expired; the session is over"),
        (USER, answer("PGRST301", "No suitable key"), NotConfiguredError, "must be an access token of this"),
        (SERVICE, answer("PGRST202", "no function f"), NotConfiguredError, "(no function f); push the migra"),
        (SERVICE, answer("PGRST205", "no table t"), NotConfiguredError, "supabase db push"),
        (SERVICE, answer("42883", "function private.f() does not exist"), NotConfiguredError, "db push"),
        (
            SERVICE,
            answer("42501", "permission denied for table jobs"),
            NotConfiguredError,
            "permission denied for table jobs; the migrations grant that to service_role",
        ),
        (
            SERVICE,
            answer("42501", "permission denied for table jobs", "GRANT SELECT ON private.jobs TO x"),
            NotConfiguredError,
            "permission denied for table jobs; GRANT SELECT ON private.jobs TO x",
        ),
        (
            USER,
            answer("42501", "permission denied for function f"),
            NotConfiguredError,
            "signed-in users",
        ),
        (
            USER,
            answer("42501", 'new row violates row-level security policy for table "tags"'),
            InputError,
            "ask an owner for editor",
        ),
        (SERVICE, answer("23505", "duplicate key", "rename it"), RefusedError, "duplicate key; rename it"),
        (SERVICE, answer("23503", "still in use"), RefusedError, "still in use"),
        (SERVICE, answer("23514", "too long"), RefusedError, "too long"),
        (SERVICE, answer("22P02", "no uuid"), RefusedError, "no uuid"),
        (SERVICE, answer("PT404", "no webhook"), NotFoundError, "no webhook"),
        (SERVICE, answer("40P01", "deadlock detected"), ConflictError, "deadlock detected"),
        (
            SERVICE,
            answer("57014", "canceling statement due to statement timeout"),
            UnreachableError,
            "statement_timeout is over",
        ),
        (
            SERVICE,
            answer("PGRST002", "no schema cache"),
            UnreachableError,
            "not answer: no schema cache",
        ),
        (SERVICE, answer("53300", "too many connections"), UnreachableError, "too many connections"),
        # a proxy's page is no JSON
        (
            SERVICE,
            answer("502", "JSON could not be generated", details="b'<html>bad gateway'"),
            UnreachableError,
            "<html>bad gateway' (502)",
        ),
        (SERVICE, answer("429", "Too many requests"), UnreachableError, "Too many requests (429)"),
        (SERVICE, answer("408", "Request timeout"), UnreachableError, "Request timeout (408)"),
        (SERVICE, answer("PGRST103", "range"), CampaignbaseError, "range (PGRST103)"),
    ],
)
def test_every_refusal_says_what_was_wrong_and_what_to_do(
    identity: Identity, error: APIError, kind: type[CampaignbaseError], words: str
) -> None:
    told = meaning(identity, error)
    assert type(told) is kind
    assert words in str(told)
    assert SECRET not in str(told) + repr(identity)
    assert TOKEN not in str(told) + repr(identity)
