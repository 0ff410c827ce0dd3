"""The application: settings become a backend, routers and what stands around them."""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any

from fastapi import FastAPI

from campaignbase import __version__
from campaignbase.api import problems, scopes
from campaignbase.api.access import identify
from campaignbase.api.backend import Backend, LocalBackend, ProjectBackend
from campaignbase.api.limits import DEFAULT_RATE, BodyLimit, Limits, Line
from campaignbase.api.requests import Counts, Requests
from campaignbase.api.routers import (
    api_keys,
    approvals,
    campaigns,
    content,
    curation,
    embeddings,
    events,
    health,
    labels,
    operations,
    posts,
    rules,
    search,
    statistics,
    vocabulary,
)
from campaignbase.errors import NotConfiguredError
from campaignbase.settings import Settings, Target

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_ABOUT = """Marketing content that files itself: campaigns, content, labels with their reasons, search.

Refusals are `application/problem+json`. POSTs may carry `Idempotency-Key`. Lists have `next_cursor`."""


def open_backend(loaded: Settings, database: str | None = None) -> Backend:
    """What the settings say to serve.

    Raises:
        InputError: two targets are configured.
        NotConfiguredError: a postgresql:// target, or a project without its publishable key.
    """
    if database is None and loaded.supabase_url is not None and loaded.campaignbase_database is None:
        if loaded.supabase_publishable_key is None:
            raise NotConfiguredError(
                "SUPABASE_URL is set, SUPABASE_PUBLISHABLE_KEY is not; set it to the project's publishable"
                " key, sb_publishable_... (Project settings, API keys): requests run as their users"
            )
        key = loaded.supabase_publishable_key.get_secret_value()
        if key.startswith("sb_secret_"):
            raise NotConfiguredError(
                "SUPABASE_PUBLISHABLE_KEY holds a secret key, which passes row level security by;"
                " set it to the publishable one, sb_publishable_..."
            )
        return ProjectBackend(loaded.supabase_url.strip().rstrip("/"), key, loaded)
    if database is None and loaded.campaignbase_database is None and loaded.supabase_publishable_key:
        raise NotConfiguredError(
            "SUPABASE_PUBLISHABLE_KEY is set, SUPABASE_URL is not; set it to the project's URL,"
            " https://<project>.supabase.co, or unset the key to serve a SQLite file"
        )
    target: Target = loaded.target(database)
    if target.kind == "postgres":
        raise NotConfiguredError(
            f"the API does not serve {target.label}: that connection is one role's, and requests must run"
            " as their users; set SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY, or name a SQLite file"
        )
    token = loaded.campaignbase_api_token
    return LocalBackend(target, loaded, None if token is None else token.get_secret_value())


def check_host(loaded: Settings, backend: Backend, host: str) -> None:
    """Raises NotConfiguredError: a file's one user needs a token where others can reach the server."""
    if backend.local and loaded.campaignbase_api_token is None and not is_loopback(host):
        raise NotConfiguredError(
            f"--host {host} lets other machines reach {backend.target}, and nothing tells who asks;"
            " set CAMPAIGNBASE_API_TOKEN, or leave --host out"
        )


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def create_app(
    backend: Backend,
    *,
    hosts: Collection[str] | None = LOOPBACK_NAMES,
    token: bool = False,
    rate: str = DEFAULT_RATE,
    line: Line | None = None,
) -> FastAPI:
    """
    Args:
        hosts: names the server may be called by; None: any.
        token: callers show one, so that pages of other origins can do no harm.
        rate: requests of an identity.
        line: to the Redis by which several processes count together; closed at the end.
    """

    digest = hashlib.sha256(backend.target.encode()).hexdigest()[:12]
    limits = Limits(rate, line, f"cb:limits:{digest}")

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        async with backend:
            try:
                yield
            finally:
                await limits.aclose()

    app = FastAPI(
        title="Campaignbase", version=__version__, description=_ABOUT, lifespan=life, redoc_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    counts = Counts(backend.cached)
    app.state.backend = backend
    app.state.limits = limits
    app.state.counts = counts
    app.state.streams = Counter[str]()
    app.state.identify = identify
    problems.install(app)
    for module in (
        health,
        campaigns,
        labels,
        events,
        search,
        content,
        vocabulary,
        curation,
        rules,
        approvals,
        posts,
        statistics,
        operations,
        embeddings,
        api_keys,
    ):
        app.include_router(module.routes)
    app.add_middleware(BodyLimit)
    app.add_middleware(
        Requests, counts=counts, hosts=hosts, note=backend.note, same_origin=backend.local and not token
    )
    _document(app, anybody=backend.local and not token)
    return app


def _document(app: FastAPI, *, anybody: bool) -> None:
    """The OpenAPI, with refusals as what they are, and how to sign in.

    Args:
        anybody: no token is asked for; keys are taken all the same.
    """
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        schema = made()
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                needed = scopes.NEEDED.get((method.upper(), path))
                if needed is not None:
                    operation["x-required-scopes"] = list(needed)
                if (method.upper(), path) in scopes.OPEN:
                    operation["security"] = []
                for answer in operation["responses"].values():
                    if problems.MEDIA_TYPE in answer.get("content", {}):
                        answer["content"].pop("application/json", None)
        schema["components"]["securitySchemes"] = {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "An access token, or an API key (cb_...) that holds x-required-scopes.",
            }
        }
        schema["security"] = [{"bearer": []}, *([{}] if anybody else [])]
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
