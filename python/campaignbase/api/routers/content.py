"""Content: add, list, read, change, delete, and its file."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

from fastapi import File, Query, Request, Response, UploadFile
from pydantic import StringConstraints

from campaignbase.api.access import Asked
from campaignbase.api.pagination import Pages
from campaignbase.api.problems import ProblemError, in_use, invalid
from campaignbase.api.routers import router
from campaignbase.api.schemas.base import Listed, Name, Paged
from campaignbase.api.schemas.content import (
    ContentBulk,
    ContentIn,
    ContentOut,
    ContentPatch,
    FileOut,
    Inserted,
    SourceKey,
    StoredFileOut,
)
from campaignbase.core.media import (
    LONGEST_NAME,
    MAX_BYTES,
    TYPES,
    MediaPath,
    check_size,
    content_type,
    file_of,
    safe_name,
    type_of,
)
from campaignbase.core.new_content import SAYS_NOTHING, repeated_source_key, says_nothing
from campaignbase.core.text import is_blank
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import ContentAsset, LabelState, NewContent
from campaignbase.models.library import ContentChanges
from campaignbase.ports import MediaStore

routes = router("content", prefix="/content")

UNKNOWN = "application/octet-stream"
FileName = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)]
_SAID = ("prompt", "alt_text", "file_path", "file_url")
_BINARY = {
    kind: {"schema": {"type": "string", "format": "binary"}} for kind in sorted({UNKNOWN, *TYPES.values()})
}


@routes.post(
    "", status_code=201, responses={200: {"model": ContentOut, "description": "Its source_key was known."}}
)
async def create_content(body: ContentIn, asked: Asked, response: Response) -> ContentOut:
    """Add a piece of content; it waits to be labeled. Labels given here count as a person's.

    Answers 200 with the row as it is where its `source_key` is known.
    """
    _check([body], ["body"])
    workspace = await asked.workspace()
    counts = await asked.store.insert_content(workspace.id, [_new(body)])
    if counts.ids:
        found = await asked.store.get_content(counts.ids[0])
    else:
        found = await _of_key(asked, workspace.id, str(body.source_key))
    if not counts.inserted:
        response.status_code = 200
    response.headers["Location"] = f"/content/{found.id}"
    return ContentOut.of(found)


@routes.post("/bulk", status_code=201)
async def create_contents(body: ContentBulk, asked: Asked) -> Inserted:
    """Add up to 500 rows, all or none. A known `source_key` updates its row; no two items share one."""
    _check(body.items, [f"body.items.{place}" for place in range(len(body.items))])
    workspace = await asked.workspace()
    return Inserted.of(await asked.store.insert_content(workspace.id, [_new(one) for one in body.items]))


@routes.get("")
async def list_content(
    asked: Asked,
    pages: Pages,
    label_state: Annotated[LabelState | None, Query()] = None,
    category: Annotated[Name | None, Query()] = None,
    tag: Annotated[Name | None, Query()] = None,
    campaign_id: Annotated[UUID | None, Query()] = None,
    source_key: Annotated[SourceKey | None, Query()] = None,
) -> Paged[ContentOut]:
    """Newest first."""
    workspace = await asked.workspace()
    page = await asked.store.content_page(
        workspace.id,
        label_state=label_state,
        category=category,
        campaign_id=None if campaign_id is None else str(campaign_id),
        tag=tag,
        source_key=source_key,
        after=pages.after,
        limit=pages.limit,
    )
    return Paged(items=[ContentOut.of(one) for one in page.items], next_cursor=pages.next(page.next))


@routes.get("/{content_id}")
async def read_content(content_id: UUID, asked: Asked) -> ContentOut:
    return ContentOut.of(await asked.content(content_id))


@routes.patch("/{content_id}")
async def update_content(content_id: UUID, body: ContentPatch, asked: Asked) -> ContentOut:
    """Change what is sent; another text is labeled again."""
    found = await asked.content(content_id)
    stated = body.stated()
    if not stated:
        return ContentOut.of(found)
    if "content" in stated and is_blank(stated["content"]):
        left = {**{name: getattr(found, name) for name in _SAID}, **stated}
        if says_nothing(NewContent(found.asset_type, **{name: left[name] for name in _SAID})):
            raise invalid("body.content", "would leave nothing; send a text, or DELETE the content")
    return ContentOut.of(await asked.store.update_content(found.id, ContentChanges(**stated)))


@routes.delete("/{content_id}", status_code=204)
async def delete_content(content_id: UUID, asked: Asked) -> None:
    found = await asked.content(content_id)
    try:
        await asked.store.delete_content(found.id)
    except InputError as error:
        if isinstance(error, NotFoundError):
            raise
        shown = await asked.store.post_page(found.workspace_id, content_asset_id=found.id, limit=5)
        if not shown.items:
            raise in_use(error) from error
        listed = ", ".join(f"{post.id} ({post.status})" for post in shown.items)
        more = " and more" if shown.next is not None else ""
        raise ProblemError(
            409, f"posts show this content: {listed}{more}; delete those, or PATCH their content_asset_id"
        ) from error


@routes.put("/{content_id}/file", status_code=201)
async def upload_file(
    content_id: UUID,
    file: Annotated[UploadFile, File(description="A picture, video, sound or PDF.")],
    asked: Asked,
    request: Request,
    overwrite: Annotated[bool, Query(description="Replace the file of that name; else 409.")] = False,
) -> FileOut:
    """Put a file to a piece of content; it becomes the one it shows."""
    parts = [part for part, _ in (await request.form()).multi_items()]
    if parts != ["file"]:
        raise invalid("body", f"expected one part, file; the form has {', '.join(parts)[:200]}")
    found = await asked.content(content_id)
    name = safe_name(file.filename or "")
    kind = content_type(name)
    content = await file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ProblemError(413, f"{name} is larger than {MAX_BYTES:,} bytes; make it smaller")
    check_size(name, len(content))
    path = str(MediaPath(found.workspace_id, found.id, name))
    async with _media(asked) as media:
        await media.upload(path, content, kind, overwrite=overwrite)
        await asked.store.link_file(found.id, path)
    return FileOut(path=path, size=len(content), content_type=kind)


@routes.get("/{content_id}/files")
async def list_files(content_id: UUID, asked: Asked) -> Listed[StoredFileOut]:
    """Every file that was put to it, by name; `shown` is the last one."""
    found = await asked.content(content_id)
    async with _media(asked) as media:
        paths = await media.paths(f"{found.workspace_id}/{found.id}")
    names = {path: path.rpartition("/")[2] for path in paths}
    return Listed(
        items=[
            StoredFileOut(
                name=name, path=path, content_type=type_of(name) or UNKNOWN, shown=path == found.file_path
            )
            for path, name in names.items()
        ]
    )


@routes.get("/{content_id}/file", response_class=Response, responses={200: {"content": _BINARY}})
async def read_file(
    content_id: UUID,
    asked: Asked,
    name: Annotated[
        FileName | None, Query(description="One of /content/{id}/files; else the one it shows.")
    ] = None,
) -> Response:
    """The bytes of a file of it."""
    found = await asked.content(content_id)
    path = found.file_path if name is None else str(MediaPath(found.workspace_id, found.id, name))
    if path is None:
        raise NotFoundError(f"content {found.id} has no file; PUT one to /content/{found.id}/file")
    place = file_of(found.workspace_id, found.id, path)
    if place is None:
        raise NotFoundError(f"no file {name or path!r} is stored for content {found.id}; see its /files")
    try:
        async with _media(asked) as media:
            content = await media.download(path)
    except NotFoundError as error:
        raise NotFoundError(
            f"no file {place.name!r} is stored for content {found.id}; see its /files"
        ) from error
    headers = {
        # a browser shows it as what its name says, and runs nothing of it
        "Content-Disposition": f'attachment; filename="{safe_name(place.name)}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=type_of(place.name) or UNKNOWN, headers=headers)


@asynccontextmanager
async def _media(asked: Asked) -> AsyncIterator[MediaStore]:
    media = asked.backend.media(asked.caller)
    try:
        yield media
    finally:
        await media.aclose()


def _check(items: Sequence[ContentIn], places: Sequence[str]) -> None:
    """Raises ProblemError 422. `places`: of the items in the request."""
    for place, item in zip(places, items, strict=True):
        if says_nothing(_new(item)):
            raise invalid(place, SAYS_NOTHING)
    twice = repeated_source_key([item.source_key for item in items])
    if twice is not None:
        first, second = (places[place] for place in twice)
        key = items[twice[0]].source_key
        raise invalid(
            f"{second}.source_key", f"{key!r} is the source_key of {first} too; leave one of the two out"
        )


def _new(body: ContentIn) -> NewContent:
    return NewContent(**body.stated())


async def _of_key(asked: Asked, workspace_id: str, source_key: str) -> ContentAsset:
    """A row that nothing was written of: it was known already."""
    page = await asked.store.content_page(workspace_id, source_key=source_key, limit=1)
    if not page.items:
        raise NotFoundError(f"the content of source_key {source_key!r} was removed meanwhile; send it again")
    return page.items[0]
