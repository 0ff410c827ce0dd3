"""Every refusal as application/problem+json (RFC 9457): what was wrong, never how we found out."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from campaignbase.core.doors import told
from campaignbase.errors import (
    CampaignbaseError,
    ExistsError,
    InputError,
    NotConfiguredError,
    NotFoundError,
    ProviderError,
    UnreachableError,
)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
# of Postgres and PostgREST, where they say more than the class of our error
_BY_CODE = {
    "42501": 403,
    "PT403": 403,
    "PGRST116": 404,
    "PT404": 404,
    "23505": 409,
    "22P02": 422,
    "57014": 504,
    "PGRST301": 401,
    "PGRST302": 401,
    "PGRST303": 401,
}
_BY_CLASS: Sequence[tuple[type[CampaignbaseError], int]] = (
    (NotFoundError, 404),
    (ExistsError, 409),
    (InputError, 422),
    (NotConfiguredError, 503),
    (UnreachableError, 503),
    (ProviderError, 503),
)
_log = logging.getLogger("campaignbase.api")


class FieldProblem(BaseModel):
    field: str = Field(description="Where in the request: body.items.0.content", examples=["body.name"])
    message: str = Field(examples=["Field required"])


class ClientError(BaseModel):
    """A refusal as OpenAI's clients read it."""

    message: str
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = None


class Problem(BaseModel):
    """What every refusal answers."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["no content 6c82..."])
    instance: str = Field(description="The path that was asked.", examples=["/content/6c82..."])
    request_id: str = Field(description="As in the header X-Request-Id and in the log.")
    errors: list[FieldProblem] | None = None
    error: ClientError | None = Field(None, description="Of /v1 alone: the same, for OpenAI's clients.")


class ProblemError(Exception):
    """A refusal of the API's own."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldProblem] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = tuple(errors)


def invalid(field: str, message: str) -> ProblemError:
    return ProblemError(422, f"{field}: {message}", errors=[FieldProblem(field=field, message=message)])


def status_of(error: CampaignbaseError) -> int:
    """By the database's own code, which the error was made from, else by its class."""
    cause: BaseException | None = error
    while cause is not None:
        code = getattr(cause, "code", None) or getattr(cause, "sqlstate", None)
        if isinstance(code, str) and code in _BY_CODE:
            return _BY_CODE[code]
        cause = cause.__cause__
    if "row-level security" in str(error):
        return 403
    return next((status for kind, status in _BY_CLASS if isinstance(error, kind)), 500)


def in_use(error: CampaignbaseError) -> ProblemError:
    """Of something to be deleted: a refusal for other reasons than rights and absence."""
    status = status_of(error)
    return ProblemError(409 if status == 422 else status, told(str(error), "routes"))


def request_id(request: Request) -> str:
    return str(request.scope.get("request_id", ""))


def response(
    request: Request,
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[FieldProblem] = (),
) -> JSONResponse:
    problem = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        request_id=request_id(request),
        errors=list(errors) or None,
        error=_for_clients(status, detail, errors) if request.url.path.startswith("/v1/") else None,
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True), status, dict(headers or {}), media_type=MEDIA_TYPE
    )


def install(app: FastAPI) -> None:
    app.add_exception_handler(ProblemError, _ours)
    app.add_exception_handler(CampaignbaseError, _of_the_store)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _of_the_framework)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProblemError)  # noqa: S101 the type it is registered for
    return response(request, error.status, error.detail, headers=error.headers, errors=error.errors)


async def _of_the_store(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CampaignbaseError)  # noqa: S101
    status = status_of(error)
    if status >= 500:
        _log.error("%s: %s", request_id(request), error)
    headers = {}
    if status in (503, 504):
        after = getattr(error, "retry_after", None) or RETRY_SECONDS
        headers["Retry-After"] = str(max(1, round(after)))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return response(request, status, told(str(error), "routes"), headers=headers)


async def _unfit(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    found = [_field(one) for one in error.errors()]
    listed = "; ".join(f"{one.field}: {one.message}" for one in found[:3])
    return response(request, 422, listed or "the request is not as expected", errors=found)


async def _of_the_framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    detail = str(error.detail)
    if error.status_code == 404:
        detail = f"no such path: {request.url.path}; see /docs"
    headers = error.headers
    if error.status_code == 405:
        allowed = _methods(request)
        detail = f"{request.method} is not for {request.url.path}, which takes {allowed}; see /docs"
        headers = {"Allow": allowed}
    return response(request, error.status_code, detail, headers=headers)


def _methods(request: Request) -> str:
    """Of all routes of the path; the framework names those of one."""
    return ", ".join(
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    )


def _for_clients(status: int, detail: str, errors: Sequence[FieldProblem]) -> ClientError:
    kind = "invalid_request_error" if status < 500 else "server_error"
    return ClientError(message=detail, type=kind, param=errors[0].field if errors else None)


def _field(error: Mapping[str, Any]) -> FieldProblem:
    message = str(error["msg"])
    if "Expected UploadFile" in message:
        message = "expected a file with its name, as a part of multipart/form-data"
    # pydantic names the types of a union too
    place = [str(one) for one in error["loc"] if not str(one).startswith(("constrained-", "list["))]
    return FieldProblem(field=".".join(place), message=message)


# every route may answer these; the routers say so in the OpenAPI
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {
        "model": Problem,
        "description": text,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, text in (
        (400, "The body cannot be read."),
        (401, "Nobody, or a token that is not accepted."),
        (403, "This identity may not do that."),
        (404, "Not there, or not in a workspace of the caller."),
        (409, "It exists already, is in use, or its state does not allow that."),
        (413, "The body is too large."),
        (415, "The body is not of the type that is expected."),
        (421, "Another host's name, or a page of another origin, where no token tells who asks."),
        (422, "The request is not as expected; `errors` names the fields."),
        (429, "Too many requests; wait for `Retry-After` seconds."),
        (503, "The database or a provider does not answer."),
        (504, "The database took too long."),
    )
}
