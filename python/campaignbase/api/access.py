"""Who asks, where, and on what: what the routers depend on."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from campaignbase.api import scopes
from campaignbase.api.auth import Caller, KeyRefusedError
from campaignbase.api.backend import Backend
from campaignbase.api.limits import Limits
from campaignbase.api.problems import ProblemError
from campaignbase.errors import NotFoundError
from campaignbase.models import ContentAsset, Explanation, Workspace
from campaignbase.models.library import CampaignDetails, Post
from campaignbase.ports import Store

Named = Annotated[
    str | None,
    Query(
        alias="workspace",
        min_length=1,
        max_length=200,
        description="Name or id; needed by who is a member of several.",
    ),
]


async def identify(request: Request) -> Caller:
    """Once a request. Raises ProblemError 401, 429, 503."""
    known: Caller | None = getattr(request.state, "caller", None)
    if known is not None:
        return known
    backend: Backend = request.app.state.backend
    limits: Limits = request.app.state.limits
    await limits.check_refused(request)
    try:
        caller = await backend.caller(request.headers.get("authorization"))
    except ProblemError as error:
        if isinstance(error, KeyRefusedError):
            request.state.key_id = error.key_id
        if error.status == 401:
            await limits.count_refused(request)
        raise
    request.state.caller = caller
    if caller.key is not None:
        request.state.key_id = caller.id
    return caller


async def _counted(request: Request, response: Response) -> Caller:
    caller = await identify(request)
    limits: Limits = request.app.state.limits
    await limits.count(request, response, caller.id)
    if caller.key is not None:
        scopes.check(request, caller.key.scopes)
    return caller


Counted = Annotated[Caller, Depends(_counted)]


@dataclass(frozen=True, slots=True)
class Access:
    backend: Backend
    caller: Caller
    store: Store
    named: str | None  # the workspace the caller named

    async def workspace(self) -> Workspace:
        """Raises NotFoundError; ProblemError 422: it must be named."""
        if self.caller.key is None:
            return await self.backend.workspace(self.store, self.named)
        own = await self.backend.workspace(self.store, self.caller.key.workspace_id)
        if self.named not in (None, own.id, own.name):
            raise NotFoundError(f"no workspace {self.named!r} for this API key; leave ?workspace out")
        return own

    @property
    def bound(self) -> bool:
        """To one workspace: the one the caller named, or a key's."""
        return self.named is not None or self.caller.key is not None

    async def content(self, content_id: UUID) -> ContentAsset:
        """Raises NotFoundError, also for one of another workspace than the caller named."""
        found = await self.store.get_content(str(content_id))
        await self._check(found.workspace_id, f"no content {content_id}")
        return found

    async def campaign(self, campaign_id: UUID) -> CampaignDetails:
        found = await self.store.get_campaign(str(campaign_id))
        await self._check(found.workspace_id, f"no campaign {campaign_id}")
        return found

    async def post(self, post_id: UUID) -> Post:
        found = await self.store.get_post(str(post_id))
        await self._check(found.workspace_id, f"no post {post_id}")
        return found

    async def explained(self, content_id: UUID) -> Explanation:
        found = await self.store.explain(str(content_id))
        if found.asset is None:
            raise NotFoundError(f"no content {content_id}; that is a campaign, see /campaigns/{content_id}")
        await self._check(found.asset.workspace_id, f"no content {content_id}")
        return found

    async def _check(self, workspace_id: str, refusal: str) -> None:
        if self.caller.key is not None and self.caller.key.workspace_id != workspace_id:
            raise NotFoundError(f"{refusal} in the workspace of this API key")
        if self.named is not None and (await self.workspace()).id != workspace_id:
            raise NotFoundError(
                f"{refusal} in workspace {self.named!r}; name its own, or leave ?workspace out"
            )

    def only_local(self, what: str) -> None:
        """Raises ProblemError 403 for users of a project."""
        if not self.backend.local:
            raise ProblemError(403, f"{what} is for the service alone; ask who runs this project's worker")


async def _access(request: Request, caller: Counted, workspace: Named = None) -> Access:
    backend: Backend = request.app.state.backend
    return Access(backend, caller, await backend.store(caller), workspace)


Asked = Annotated[Access, Depends(_access)]
