"""Clients over HTTP, each as itself: its token is verified here, and carried to the REST API."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Generator
from typing import Any

import httpx
from fastmcp.server.auth import AccessToken, JWTVerifier, TokenVerifier
from fastmcp.server.auth.providers.supabase import SupabaseProvider
from fastmcp.server.dependencies import get_access_token, get_http_request
from fastmcp.utilities.auth import decode_jwt_header
from mcp.server.auth.middleware.auth_context import AuthContextMiddleware
from mcp.server.auth.middleware.bearer_auth import BearerAuthBackend
from starlette.authentication import AuthenticationError
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from campaignbase.core.api_keys import MARK, looks_like_key, token_hash

AUDIENCE = "authenticated"
ROLE = "authenticated"
ALGORITHMS = ("ES256", "RS256")
KEY_SECONDS = 300.0  # then the API is asked again whether a key holds; it decides about every request anyway
KEYS_KEPT = 1000
MOST_REFUSED = 20  # unknown keys a minute; the API stops listening to an address after 60


class CallersToken(httpx.Auth):
    """Requests to the API carry the token of the client that is being answered."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        caller = get_access_token()
        if caller is not None:
            request.headers["Authorization"] = f"Bearer {caller.token}"
        yield request


def asked_workspace() -> str | None:
    """Of the client that is being answered: `?workspace=` in the address it calls."""
    return get_http_request().query_params.get("workspace")


class PublishedKeys(JWTVerifier):
    """Knows whether the keys could be read: a token is not wrong because the auth server is away."""

    unread = False

    async def _fetch_jwks(self) -> dict[str, Any]:
        self.unread = True
        found = await super()._fetch_jwks()
        self.unread = False
        return found


class DevelopmentSecret(JWTVerifier):
    """Tokens of the offline stack, which names no issuer."""

    def _validate_issuer(self, issuer: Any) -> bool:
        return issuer in (None, self.issuer)


class ProjectCallers(TokenVerifier):
    """Signed-in users of a project by their access tokens, programs by keys of the REST API."""

    def __init__(
        self,
        project: str,
        api: httpx.AsyncClient,
        development_secret: str | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Args:
            project: its URL.
            api: asked whether a key holds; stays the caller's.
            development_secret: HS256 is believed with it alone.
        """
        super().__init__()
        issuer = f"{project}/auth/v1"
        published = f"{issuer}/.well-known/jwks.json"
        self._verifiers: dict[str, JWTVerifier] = {
            name: PublishedKeys(jwks_uri=published, issuer=issuer, audience=AUDIENCE, algorithm=name)
            for name in ALGORITHMS
        }
        if development_secret is not None:
            self._verifiers["HS256"] = DevelopmentSecret(
                public_key=development_secret, issuer=issuer, audience=AUDIENCE, algorithm="HS256"
            )
        self._api = api
        self._now = now
        self._known: OrderedDict[str, float] = OrderedDict()  # keys that hold, by hash: until when
        self._refused: deque[float] = deque(maxlen=MOST_REFUSED)

    async def verify_token(self, token: str) -> AccessToken | None:
        """None: not one of theirs. Raises AuthenticationError: that cannot be told now."""
        if token.startswith(MARK):
            return await self._key(token) if looks_like_key(token) else None
        try:
            verifier = self._verifiers.get(str(decode_jwt_header(token).get("alg")))
        except (ValueError, AttributeError):
            return None
        found = None if verifier is None else await verifier.verify_token(token)
        if found is None and isinstance(verifier, PublishedKeys) and verifier.unread:
            raise AuthenticationError("the keys of the project's auth server cannot be read")
        if found is None or found.expires_at is None or not found.subject:
            return None
        return found if found.claims.get("role") == ROLE else None

    async def _key(self, token: str) -> AccessToken | None:
        name = token_hash(token)
        now = self._now()
        if self._known.get(name, 0.0) <= now and not await self._holds(token, name, now):
            return None
        return AccessToken(token=token, client_id=name[:16], subject=name[:16], scopes=[])

    async def _holds(self, token: str, name: str, now: float) -> bool:
        tried_out = len(self._refused) == MOST_REFUSED and now - self._refused[0] < 60
        if name not in self._known and tried_out:
            raise AuthenticationError("too many keys were refused; try again in a minute")
        try:
            answer = await self._api.get("/jobs", headers={"Authorization": f"Bearer {token}"}, auth=None)
        except httpx.HTTPError as error:
            raise AuthenticationError("the REST API does not answer") from error
        if answer.status_code == 401:
            self._known.pop(name, None)
            self._refused.append(now)
            return False
        if answer.status_code == 429 or answer.status_code >= 500:
            raise AuthenticationError("the REST API cannot say now whether the key holds")
        self._known[name] = now + KEY_SECONDS
        self._known.move_to_end(name)
        while len(self._known) > KEYS_KEPT:
            self._known.popitem(last=False)
        return True


class ProjectAuth(SupabaseProvider):
    """Publishes where to sign in, refuses by 401, and answers 503 where nothing can be told of a token."""

    def __init__(self, project: str, public_url: str, callers: ProjectCallers) -> None:
        super().__init__(
            project_url=project, base_url=public_url, token_verifier=callers, resource_name="Campaignbase"
        )

    def get_middleware(self) -> list[Middleware]:
        backend = BearerAuthBackend(self)
        return [
            Middleware(AuthenticationMiddleware, backend=backend, on_error=_unavailable),
            Middleware(AuthContextMiddleware),
        ]


def _unavailable(_connection: HTTPConnection, error: AuthenticationError) -> Response:
    told = {"error": "temporarily_unavailable", "error_description": str(error)}
    return JSONResponse(told, 503, {"Retry-After": "5"})
