"""The environment is read in one place, two targets are refused, and no secret gets into a text."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from campaignbase import settings
from campaignbase.errors import CampaignbaseError, InputError, NotConfiguredError

PROJECT = {"SUPABASE_URL": "https://x.co"}
VARIABLES = [name.upper() for name in settings.Settings.model_fields] + ["SUPABASE_ANON_KEY"]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("environment", "database", "expected"),
    [
        ({}, None, ("sqlite", "./campaignbase.db")),  # nothing configured: one file here
        ({"CAMPAIGNBASE_DATABASE": "  "}, None, ("sqlite", "./campaignbase.db")),  # blank is not set
        ({"CAMPAIGNBASE_DATABASE": "/data/a b.db"}, None, ("sqlite", "/data/a b.db")),
        ({"CAMPAIGNBASE_DATABASE": "~/b.db", "HOME": "/home/ann"}, None, ("sqlite", "/home/ann/b.db")),
        ({"CAMPAIGNBASE_DATABASE": "~b.db", "HOME": "/home/ann"}, None, ("sqlite", "~b.db")),
        ({"CAMPAIGNBASE_DATABASE": "postgresql://u@h/d"}, None, ("postgres", "postgresql://u@h/d")),
        ({"CAMPAIGNBASE_DATABASE": "postgres://u@h/d"}, None, ("postgres", "postgres://u@h/d")),
        ({"CAMPAIGNBASE_DATABASE": "a.db"}, "b.db", ("sqlite", "b.db")),  # the option wins
        ({"CAMPAIGNBASE_DATABASE": "a.db", "SUPABASE_URL": "https://x.co"}, "b.db", ("sqlite", "b.db")),
        ({**PROJECT, "SUPABASE_SECRET_KEY": "sb_secret_x"}, None, ("supabase", "https://x.co")),
        ({**PROJECT, "SUPABASE_SERVICE_ROLE_KEY": "older"}, None, ("supabase", "https://x.co")),
        ({**PROJECT, "SUPABASE_SECRET_KEY": "sb_secret_x"}, "b.db", ("sqlite", "b.db")),
    ],
)
def test_target_is_what_was_named_last(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    database: str | None,
    expected: tuple[str, str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    target = settings.load().target(database)
    assert (target.kind, target.location) == expected


@pytest.mark.parametrize(
    ("environment", "database", "error", "code", "words"),
    [
        (
            {"CAMPAIGNBASE_DATABASE": "a.db", "SUPABASE_URL": "https://x.co"},
            None,
            InputError,
            2,
            ["CAMPAIGNBASE_DATABASE", "SUPABASE_URL", "--database"],
        ),
        (
            {"SUPABASE_URL": "https://x.co"},
            None,
            NotConfiguredError,
            3,
            ["SUPABASE_URL is set, SUPABASE_SECRET_KEY is not", "sb_secret_"],
        ),
        (
            {"SUPABASE_SECRET_KEY": "sb_secret_x"},
            None,
            NotConfiguredError,
            3,
            ["SUPABASE_SECRET_KEY is set, SUPABASE_URL is not", "or unset the key to work on a SQLite file"],
        ),
        ({}, "mysql://h/d", InputError, 2, ["--database", "mysql://"]),
        ({"CAMPAIGNBASE_DATABASE": "sqlite:///a.db"}, None, InputError, 2, ["give the path alone"]),
        ({}, " ", InputError, 2, ["--database is blank"]),
    ],
)
def test_target_refuses_what_it_cannot_use(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    database: str | None,
    error: type[CampaignbaseError],
    code: int,
    words: list[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(error) as caught:
        settings.load().target(database)
    assert caught.value.exit_code == code
    assert all(word in str(caught.value) for word in words)


def test_dotenv_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, bare_environment: Path
) -> None:
    (bare_environment / ".env").write_text(
        "CAMPAIGNBASE_DATABASE=from_file.db\nSUPABASE_ANON_KEY=anon\nOTHER=1\n"
    )
    loaded = settings.load()
    assert loaded.target().location == "from_file.db"
    assert loaded.supabase_publishable_key is not None
    monkeypatch.setenv("CAMPAIGNBASE_DATABASE", "from_environment.db")
    assert settings.load().target().location == "from_environment.db"


def test_dotenv_file_in_another_encoding_is_refused(bare_environment: Path) -> None:
    (bare_environment / ".env").write_bytes(b"CAMPAIGNBASE_DATABASE=caf\xe9.db\n")
    with pytest.raises(InputError, match=r"^\.env: byte 25 is not UTF-8"):
        settings.load()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "postgresql://me:s3cret@host:5432/db?sslmode=disable",
            "postgresql://me@host:5432/db?sslmode=disable",
        ),
        ("postgresql://me:p@ss@host/db", "postgresql://me@host/db"),  # an @ in the password
        ("postgresql://host/db?user=me&password=s3cret", "postgresql://host/db?user=me"),
        ("postgresql:///db", "postgresql:///db"),
        ("postgresql://me:s3cret@[host/db", "postgresql://..."),  # broken: nothing of it is safe to show
    ],
)
def test_label_never_shows_a_password(url: str, shown: str) -> None:
    target = settings.Target("postgres", url)
    assert target.label == f"Postgres {shown}"
    assert "s3cret" not in repr(target)
    project = settings.Target("supabase", "https://x.co", SecretStr("s3cret"))
    assert (project.label, "s3cret" in repr(project)) == ("Supabase https://x.co", False)


def test_secrets_are_hidden_in_every_text_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["SUPABASE_SECRET_KEY", "SUPABASE_ANON_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "REDIS_URL"]
    for name in [*names, "AYRSHARE_API_KEY"]:
        monkeypatch.setenv(name, "s3cret-value")
    loaded = settings.load()
    assert "s3cret-value" not in repr(loaded) + str(loaded) + loaded.model_dump_json()


def test_openai_key_is_said_to_send_texts_away(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.load().notices() == ()
    monkeypatch.setenv("OPENAI_API_KEY", "s3cret-value")
    assert settings.load().notices() == (
        "OPENAI_API_KEY is set: texts of new workspaces are sent to OpenAI to be embedded",
    )


@pytest.mark.parametrize(
    ("variables", "whose"),
    [
        ({}, None),
        ({"ANTHROPIC_API_KEY": "k"}, "anthropic"),
        ({"OPENAI_API_KEY": "k"}, None),  # an old key does not begin to cost more
        ({"OPENAI_API_KEY": "k", "CAMPAIGNBASE_ANALYSIS": "openai"}, "openai"),
        ({"ANTHROPIC_API_KEY": "k", "CAMPAIGNBASE_ANALYSIS": "openai"}, "openai"),  # said, and refused later
        ({"ANTHROPIC_API_KEY": "k", "CAMPAIGNBASE_ANALYSIS": "offline"}, None),
    ],
)
def test_analysis_is_whose_key_says_so_and_openais_only_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], whose: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert settings.load().analysis() == whose


def test_a_model_is_said_to_be_sent_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "s3cret-value")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    assert settings.load().notices() == (
        "texts of workspaces with a daily budget are sent to http://127.0.0.1:1 to be labeled",
    )


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://x/y", "http://", "http://[::1", "http://x:99999"])
@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"])
def test_the_address_of_a_provider_is_one(monkeypatch: pytest.MonkeyPatch, name: str, url: str) -> None:
    monkeypatch.setenv(name, url)
    with pytest.raises(InputError) as raised:
        settings.load()
    expected = f"{name}: {url!r} is no http(s) URL; expected one like https://models.example.com/v1"
    assert str(raised.value) == expected


NO_KEY = "a space, line end or letter that no key has is in it; copy the key again"


# from a mounted secret; two words; a quotation mark of a text processor, which a header cannot hold
@pytest.mark.parametrize(
    ("given", "expected"), [(" sk-1\n", "sk-1"), ("sk-1\nsk-2", None), ("sk 1", None), ("“sk-1”", None)]
)
@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "SUPABASE_SECRET_KEY"])
def test_a_key_fits_into_a_header(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, expected: str | None
) -> None:
    monkeypatch.setenv(name, given)
    if expected is not None:
        assert getattr(settings.load(), name.lower()).get_secret_value() == expected
        return
    with pytest.raises(InputError) as raised:
        settings.load()
    assert str(raised.value) == f"{name}: {NO_KEY}"


@pytest.mark.parametrize(("given", "expected"), [("de", "de"), (" PT ", "pt"), ("German", None), ("d", None)])
def test_the_language_of_reasons_is_one(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: str | None
) -> None:
    monkeypatch.setenv("CAMPAIGNBASE_REASON_LANGUAGE", given)
    if expected is not None:
        assert settings.load().campaignbase_reason_language == expected
        return
    with pytest.raises(InputError, match="is no language by ISO 639-1; expected two letters like de"):
        settings.load()
