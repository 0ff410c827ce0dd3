"""Requests to the REST API, and what its refusals mean to an agent."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from campaignbase.errors import (
    CampaignbaseError,
    InputError,
    NotConfiguredError,
    NotFoundError,
    UnreachableError,
)

AT_ONCE = 8  # requests for one answer


class Api:
    """The client stays the caller's to close."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        workspace: str | None = None,
        asked: Callable[[], str | None] = lambda: None,
    ) -> None:
        """
        Args:
            http: of the API's address; it signs each request.
            workspace: by name or id; needed by who is a member of several.
            asked: the workspace that the caller of the moment names; wins.
        """
        self._http = http
        self._workspace = workspace
        self._asked = asked

    def _named(self) -> str | None:
        return self._asked() or self._workspace

    async def _each(self, path: str, keys: Sequence[str]) -> list[dict[str, Any]]:
        """In order, some at a time."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def ask(key: str) -> dict[str, Any]:
            async with slots:
                found: dict[str, Any] = await self._ask("GET", path.format(key))
                return found

        return await asyncio.gather(*map(ask, keys))

    async def _ask(self, method: str, path: str, *, json: Any = None, **wanted: Any) -> Any:
        return self._told(await self._send(method, path, json, **wanted))

    def _told(self, answer: httpx.Response) -> Any:
        if answer.is_error:
            raise refusal(answer)
        try:
            return answer.json() if answer.content else None
        except ValueError as error:
            raise UnreachableError(f"what answers at {self._http.base_url} is no API of ours") from error

    async def _send(self, method: str, path: str, json: Any = None, **wanted: Any) -> httpx.Response:
        asked = {"workspace": self._named(), **wanted}
        query = {name: value for name, value in asked.items() if value is not None}
        try:
            return await self._http.request(method, path, params=query, json=json)
        except httpx.HTTPError as error:
            raise UnreachableError(
                f"the API at {self._http.base_url} does not answer: {str(error) or type(error).__name__}"
            ) from error


def refusal(answer: httpx.Response) -> CampaignbaseError:
    """What a problem of the API means to an agent, in the API's words."""
    try:
        problem = answer.json()
        told = str(problem["detail"])
        for one in problem.get("errors") or ():
            line = f"{one['field']}: {one['message']}"
            told += "" if line in told else f"; {line}"
    except (ValueError, KeyError, TypeError):
        told = f"the API answered {answer.status_code}"
    told = told.replace("query.cursor: ", "").replace("next_cursor of the page", "`next` of the answer")
    told = told.replace("next_cursor", "`next`")
    if answer.status_code == 404:
        return NotFoundError(told)
    if answer.status_code in (401, 403):
        return NotConfiguredError(told)
    if answer.status_code in (429, 500, 502, 503, 504):
        return UnreachableError(told)
    return InputError(told)
