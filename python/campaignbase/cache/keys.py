"""Names of entries, made of all an answer depends on, and the scopes by which they are declared wrong."""

import hashlib
import json
from dataclasses import dataclass

from campaignbase.cache.kinds import KINDS, Kind

EVERYTHING = "*"


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    kind: Kind
    workspace_id: str
    digest: str  # sha256, hex; of all the rest
    scopes: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and (self.digest, self.workspace_id) == (
            other.digest,
            other.workspace_id,
        )


def make_key(
    workspace_id: str,
    kind: str,
    content_hash: str,
    *,
    model: str = "",
    prompt_version: str = "",
    vocabulary_version: int = 0,
    asset_id: str = "",
    campaign_id: str = "",
    about: str = "",
) -> Key:
    """
    Args:
        content_hash: of the text that was asked about.
        about: whatever else was told with it.
        asset_id: of an answer that is about this asset and no other of the same text.
    Raises:
        KeyError: the kind is not in the table.
    """
    parts = [
        workspace_id, kind, content_hash, model, prompt_version, vocabulary_version, asset_id, campaign_id,
        about,
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    scopes = [
        EVERYTHING,
        of_kind(kind),
        of_workspace(workspace_id),
        of_workspace(workspace_id, kind),
        of_text(workspace_id, content_hash),
        of_key(digest),
    ]
    if asset_id:
        scopes.append(of_asset(asset_id))
    if campaign_id:
        scopes.append(of_campaign(campaign_id))
    return Key(KINDS[kind], workspace_id, digest, tuple(scopes))


def of_kind(kind: str) -> str:
    return f"kind:{kind}"


def of_workspace(workspace_id: str, kind: str | None = None) -> str:
    return f"workspace:{workspace_id}" if kind is None else f"workspace:{workspace_id}:kind:{kind}"


def of_text(workspace_id: str, content_hash: str) -> str:
    """All that was said of one text."""
    return f"workspace:{workspace_id}:text:{content_hash}"


def of_asset(asset_id: str) -> str:
    return f"asset:{asset_id}"


def of_campaign(campaign_id: str) -> str:
    return f"campaign:{campaign_id}"


def of_key(digest: str) -> str:
    return f"key:{digest}"
