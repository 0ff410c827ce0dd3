"""What the environment and a `.env` file in the working folder say: the only reader of either.

A variable that is empty or blank counts as not set. Secrets never appear in a text made here.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from campaignbase.errors import InputError, NotConfiguredError

DEFAULT_DATABASE = "./campaignbase.db"
POSTGRES_SCHEMES = ("postgresql", "postgres")
ENV_FILE = ".env"
_LANGUAGE = re.compile(r"[A-Za-z]{2}")
_LEGACY = {
    "SUPABASE_ANON_KEY": "SUPABASE_PUBLISHABLE_KEY",
    "SUPABASE_SERVICE_ROLE_KEY": "SUPABASE_SECRET_KEY",
}


@dataclass(frozen=True, slots=True)
class Target:
    """The one database a command works on."""

    kind: Literal["sqlite", "postgres", "supabase"]
    # a path, a postgresql:// URL with its password, or a project's URL
    location: str = field(repr=False)
    key: SecretStr | None = None  # the secret one of a project

    @property
    def path(self) -> Path:
        """Of SQLite only."""
        return Path(self.location)

    @property
    def label(self) -> str:
        """For people: "SQLite ./campaignbase.db", "Postgres postgresql://me@host/db"; no password in it."""
        if self.kind == "postgres":
            return f"Postgres {without_password(self.location)}"
        if self.kind == "supabase":
            return f"Supabase {without_password(self.location)}"
        return f"SQLite {self.location}"


class Settings(BaseSettings):
    """The environment variables of DESIGN section 12, by their names in lower case."""

    model_config = SettingsConfigDict(env_file=ENV_FILE, env_file_encoding="utf-8", extra="ignore")

    campaignbase_database: str | None = None
    supabase_url: str | None = None
    supabase_secret_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY")
    )
    supabase_publishable_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("SUPABASE_PUBLISHABLE_KEY", "SUPABASE_ANON_KEY")
    )
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: str | None = None
    campaignbase_analysis: Literal["anthropic", "openai", "offline"] | None = None
    campaignbase_model: str | None = None  # of analysis; None: the provider's default here
    campaignbase_model_prices: str | None = None  # INPUT/OUTPUT in US dollars per million tokens
    campaignbase_reason_language: str | None = None  # ISO 639-1; None: that of each content
    redis_url: SecretStr | None = None  # may hold a password
    api_url: str | None = None
    campaignbase_api_token: SecretStr | None = None  # of the one user of a SQLite file
    campaignbase_session_file: str | None = None  # of a signed-in user, for `campaignbase mcp --api`
    campaignbase_api_rate: str | None = None  # requests of an identity: 600/minute
    development_jwt_secret: SecretStr | None = None  # with it alone HS256 is believed
    ayrshare_api_key: SecretStr | None = None
    campaignbase_cache_items: int = Field(1000, ge=1)  # in the memory of each process
    campaignbase_webhooks_local: bool | None = None
    campaignbase_smtp_url: SecretStr | None = None  # holds a password
    campaignbase_mail_from: str | None = None
    campaignbase_invite_link: str | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_unset(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator(
        "openai_api_key",
        "anthropic_api_key",
        "supabase_secret_key",
        "supabase_publishable_key",
        mode="before",
    )
    @classmethod
    def _is_a_key(cls, value: Any) -> Any:
        """It goes into a header: a line's end around it would look like a provider that does not answer."""
        if not isinstance(value, str):
            return value
        key = value.strip()
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ValueError("a space, line end or letter that no key has is in it; copy the key again")
        return key

    @field_validator("openai_base_url", "anthropic_base_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value.strip())
            is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:  # its port, or its brackets
            is_address = False
        if not is_address or any(letter.isspace() for letter in value.strip()):
            raise ValueError(f"{value!r} is no http(s) URL; expected one like https://models.example.com/v1")
        return value.strip()

    @field_validator("campaignbase_reason_language")
    @classmethod
    def _is_a_language(cls, value: str | None) -> str | None:
        if value is not None and not _LANGUAGE.fullmatch(value.strip()):
            raise ValueError(f"{value!r} is no language by ISO 639-1; expected two letters like de")
        return None if value is None else value.strip().lower()

    def target(self, database: str | None = None) -> Target:
        """The database to work on.

        Args:
            database: a path or URL that overrides the environment, as `--database` gives it.
        Raises:
            InputError: two targets are configured at once, or the value is neither a path nor a Postgres URL.
            NotConfiguredError: a Supabase project without its secret key, or a key without its project.
        """
        if database is not None:
            return parse_target(database, "--database")
        if self.campaignbase_database is not None and self.supabase_url is not None:
            raise InputError(
                "two targets are configured: CAMPAIGNBASE_DATABASE and SUPABASE_URL; unset one of them"
                " or name the target with --database"
            )
        if self.campaignbase_database is not None:
            return parse_target(self.campaignbase_database, "CAMPAIGNBASE_DATABASE")
        if self.supabase_url is not None:
            if self.supabase_secret_key is None:
                raise NotConfiguredError(
                    "SUPABASE_URL is set, SUPABASE_SECRET_KEY is not; set it to the project's secret key,"
                    " sb_secret_... (Project settings, API keys), or unset SUPABASE_URL"
                )
            return Target("supabase", self.supabase_url.strip().rstrip("/"), self.supabase_secret_key)
        if self.supabase_secret_key is not None:
            raise NotConfiguredError(
                "SUPABASE_SECRET_KEY is set, SUPABASE_URL is not; set it to the project's URL,"
                " https://<project>.supabase.co, or unset the key to work on a SQLite file"
            )
        return Target("sqlite", DEFAULT_DATABASE)

    def analysis(self) -> Literal["anthropic", "openai"] | None:
        """Whose model says what texts are about; None: nobody's, rows are decided offline.

        An OpenAI key alone embeds: what it costs does not grow unless that is asked for.
        """
        if self.campaignbase_analysis is not None:
            return None if self.campaignbase_analysis == "offline" else self.campaignbase_analysis
        return None if self.anthropic_api_key is None else "anthropic"

    def local_webhooks(self, target: Target) -> bool:
        """May webhooks be delivered to loopback: for development, where the database is on this machine too.

        Raises:
            NotConfiguredError: asked for, and the database is elsewhere.
        """
        if not self.campaignbase_webhooks_local:
            return False
        if not _on_this_machine(target):
            raise NotConfiguredError(
                f"CAMPAIGNBASE_WEBHOOKS_LOCAL lets every workspace of {target.label} reach this machine's own"
                " ports; it is for databases on this machine: unset it"
            )
        return True

    def invite_link(self, token: str | None = None) -> str | None:
        """The address that invitations lead to, `{token}` left in it or replaced; None where there is none.

        Raises:
            InputError: it is no http(s) URL, or has no place for the token.
        """
        link = self.campaignbase_invite_link
        if link is None:
            return None
        link = link.strip()
        if not link.startswith(("http://", "https://")) or "{token}" not in link or not link.isprintable():
            raise InputError(
                f"CAMPAIGNBASE_INVITE_LINK {link!r} is no link with {{token}} in it;"
                " expected one like https://app.example.com/join?token={token}"
            )
        return link if token is None else link.replace("{token}", token)

    def notices(self) -> tuple[str, ...]:
        """Lines worth telling before texts are embedded."""
        told = []
        if self.openai_api_key is not None:
            where = self.openai_base_url or "OpenAI"
            told.append(f"OPENAI_API_KEY is set: texts of new workspaces are sent to {where} to be embedded")
        wanted = self.analysis()
        if wanted is not None:
            hosts = {
                "anthropic": self.anthropic_base_url or "Anthropic",
                "openai": self.openai_base_url or "OpenAI",
            }
            told.append(f"texts of workspaces with a daily budget are sent to {hosts[wanted]} to be labeled")
        return tuple(told)


def load() -> Settings:
    """The settings as they are now.

    Raises:
        InputError: the .env file is not UTF-8, or a value is not what it should be.
        NotConfiguredError: the .env file may not be read.
    """
    try:
        return Settings()
    except UnicodeDecodeError as error:
        raise InputError(f".env: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        told = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{str(first['loc'][0]).upper()}: {told}") from None
    except OSError as error:
        raise NotConfiguredError(
            f"cannot read {error.filename} ({error.strerror}); make it readable"
        ) from error


def _on_this_machine(target: Target) -> bool:
    if target.kind == "sqlite":
        return True
    parts = urlsplit(target.location)
    named = [value for key, value in parse_qsl(parts.query) if key in ("host", "hostaddr")]
    hosts = {name for value in (named or [parts.hostname or ""]) for name in value.split(",")}
    return hosts <= {"", "localhost", "127.0.0.1", "::1"}


def environment_of_project(url: str, secret_key: str) -> dict[str, str]:
    """For another process of ours: this one's environment, with the project as its only target."""
    return environment_with(CAMPAIGNBASE_DATABASE="", SUPABASE_URL=url, SUPABASE_SECRET_KEY=secret_key)


def environment_with(**variables: str) -> dict[str, str]:
    """For another process of ours: this one's environment, changed; "" is as good as not set."""
    return {**os.environ, **variables}


def legacy_names() -> list[tuple[str, str]]:
    """Older names that are set, each with the name of today."""
    return [(old, new) for old, new in _LEGACY.items() if _is_set(old)]


def unknown_names() -> list[str]:
    """Variables that begin like ours and are read by nothing: most likely misspelled."""
    known = {name.upper() for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.startswith("CAMPAIGNBASE_") and name not in known)


def _is_set(name: str) -> bool:
    value = os.environ.get(name) or dotenv_values(ENV_FILE).get(name)
    return bool(value and value.strip())


def parse_target(value: str, name: str) -> Target:
    """`name` is who said it, for the message.

    Raises:
        InputError: blank, or a URL of another kind than Postgres.
    """
    value = value.strip()
    if not value:
        raise InputError(f"{name} is blank; expected a path like {DEFAULT_DATABASE} or a postgresql:// URL")
    scheme, separator, _ = value.partition("://")
    if not separator:
        # no shell reads .env
        return Target("sqlite", os.path.expanduser(value) if value.startswith("~/") else value)  # noqa: PTH111
    if scheme in POSTGRES_SCHEMES:
        return Target("postgres", value)
    hint = {
        "sqlite": "give the path alone",
        "https": "a Supabase project is named by SUPABASE_URL and SUPABASE_SECRET_KEY",
    }.get(scheme, "expected a path or a postgresql:// URL")
    raise InputError(f"{name}: a {scheme}:// URL is not a database Campaignbase can use; {hint}")


def without_password(url: str) -> str:
    """The URL with every password left out, fit for messages."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a broken address, which may hold a password anywhere
        return f"{url.partition('://')[0]}://..."
    account, _, host = parts.netloc.rpartition("@")
    user = account.partition(":")[0]
    options = parse_qsl(parts.query, keep_blank_values=True)
    kept = urlencode([(key, value) for key, value in options if "password" not in key])
    return f"{parts.scheme}://{user and f'{user}@'}{host}{parts.path}{kept and f'?{kept}'}"
