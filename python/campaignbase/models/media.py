"""Files of content."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaFile:
    path: str  # <workspace_id>/<asset_id>/<file name>
    size: int | None  # bytes; None where the server does not say
    content_type: str | None
