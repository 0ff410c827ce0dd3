"""Who asks: one local user, or a signed-in user of a Supabase project by the token of its auth server."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt

from campaignbase.api.problems import ProblemError
from campaignbase.core.api_keys import MARK

AUDIENCE = "authenticated"
ALGORITHMS = ("ES256", "RS256")
LEEWAY_SECONDS = 10  # between two clocks
KEYS_SECONDS = 600.0  # after that the published keys are read again
RETRY_SECONDS = 10.0  # between readings that an unknown key asks for
_CHALLENGE = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class HeldKey:
    """What an API key is good for."""

    workspace_id: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caller:
    """`id` is for limits and logs."""

    id: str
    token: str | None = field(default=None, repr=False)
    expires_at: float | None = None  # seconds since 1970
    key: HeldKey | None = None  # None: a person


class KeyRefusedError(ProblemError):
    """A known key that is no good any more."""

    def __init__(self, detail: str, key_id: str) -> None:
        super().__init__(401, detail, headers=_CHALLENGE)
        self.key_id = key_id


def unauthorized(detail: str) -> ProblemError:
    return ProblemError(401, detail, headers=_CHALLENGE)


def bearer(header: str | None) -> str:
    if not header:
        raise unauthorized("no token; send the header Authorization: Bearer <token>")
    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not token.strip() or " " in token.strip():
        raise unauthorized("the header Authorization is not 'Bearer <token>'")
    return token.strip()


def api_key(header: str | None) -> str | None:
    """What looks like an API key; None: whatever else."""
    kind, _, token = (header or "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip().startswith(MARK) else None


class LocalUser:
    """The one user of a SQLite file; who holds the token, where one is set."""

    def __init__(self, token: str | None) -> None:
        self._token = token.encode() if token else None

    async def caller(self, authorization: str | None) -> Caller:
        if self._token is not None and not self.is_token(bearer(authorization)):
            raise unauthorized("the token is not CAMPAIGNBASE_API_TOKEN")
        return Caller("local")

    def is_token(self, text: str) -> bool:
        return self._token is not None and secrets.compare_digest(
            text.encode("utf-8", "surrogateescape"), self._token
        )


class ProjectUsers:
    """Tokens of a project's auth server, verified here: signature, audience, issuer, expiry."""

    def __init__(self, url: str, http: httpx.AsyncClient, development_secret: str | None = None) -> None:
        """`development_secret`: HS256 is believed with it alone, as the offline stack signs."""
        self._keys_url = f"{url}/auth/v1/.well-known/jwks.json"
        self._issuer = f"{url}/auth/v1"
        self._http = http
        self._secret = development_secret
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def caller(self, authorization: str | None) -> Caller:
        token = bearer(authorization)
        claims = await self._claims(token)
        if claims.get("role") != "authenticated":
            raise unauthorized("the token is not of a signed-in user")
        return Caller(str(claims["sub"]), token, float(claims["exp"]))

    async def _claims(self, token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            algorithm = header.get("alg")
            key: Any
            if algorithm == "HS256":
                if self._secret is None:
                    raise unauthorized(
                        "tokens signed by HS256 are not accepted here; over the offline stack"
                        " start the API with DEVELOPMENT_JWT_SECRET"
                    )
                key = self._secret
            elif algorithm in ALGORITHMS:
                key = await self._key(str(header.get("kid", "")))
            else:
                raise unauthorized("the token's algorithm is not accepted; expected ES256")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[str(algorithm)],
                audience=AUDIENCE,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "sub", "aud"]},
            )
        except jwt.ExpiredSignatureError:
            raise unauthorized("the token has expired; refresh the session") from None
        except jwt.InvalidAudienceError:
            raise unauthorized(f"the token is not for {AUDIENCE!r}") from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise unauthorized("the token is not an access token of this project's users") from None
        # the offline stack, which signs by HS256, names no issuer
        if claims.get("iss", self._issuer if algorithm == "HS256" else None) != self._issuer:
            raise unauthorized("the token is of another project")
        return claims

    async def _key(self, name: str) -> jwt.PyJWK:
        known = self._keys.get(name)
        now = time.monotonic()
        fresh = self._read_at is not None and now - self._read_at < KEYS_SECONDS
        if known is not None and fresh:
            return known
        async with self._reading:
            age = None if self._read_at is None else time.monotonic() - self._read_at
            # forged names of keys do not make us ask for each
            if age is None or age >= KEYS_SECONDS or (name not in self._keys and age >= RETRY_SECONDS):
                await self.read_keys()
        if name not in self._keys:
            raise unauthorized("the token is signed by a key that this project does not publish")
        return self._keys[name]

    async def read_keys(self) -> None:
        """Raises ProblemError 503 when they cannot be read."""
        try:
            answer = await self._http.get(self._keys_url)
            answer.raise_for_status()
            listed = answer.json()["keys"]
            self._keys = {one["kid"]: jwt.PyJWK(one) for one in listed if one.get("alg") in ALGORITHMS}
        except (httpx.HTTPError, jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
            raise ProblemError(
                503, "the keys of the project's auth server cannot be read", headers={"Retry-After": "5"}
            ) from error
        self._read_at = time.monotonic()
