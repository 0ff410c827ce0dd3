"""May this word be a target audience? Twin of private.resolve_audience, told before anything is written.

The triggers refuse the same; SQLite lets them say no more than one fixed sentence.
"""

from collections.abc import Mapping

import numpy as np

from campaignbase.core.tags import fold_tag
from campaignbase.core.vectors import unpack
from campaignbase.errors import InputError
from campaignbase.models import AUDIENCE
from campaignbase.stores.sqlite_connection import Database, Row

NEAREST = 3


def check_audience(
    db: Database, workspace_id: str, known: Mapping[str, str], word: str | None, speaker: str = ""
) -> None:
    """Raise InputError, begun with `speaker`, when the word is a tag of another type.

    Args:
        known: the name of a tag by each fold that means it; see sqlite_tags.known_words.
    """
    if word is None or fold_tag(word.strip()) not in known:
        return
    meant = db.one(
        "select name, tag_type, embedding from tags where workspace_id = ? and name = ?",
        (workspace_id, known[fold_tag(word.strip())]),
    )
    if meant is None or meant["tag_type"] == AUDIENCE:
        return
    name, of_type = meant["name"], f"type {meant['tag_type']}" if meant["tag_type"] else "no type"
    nearest = _nearest_audiences(db, workspace_id, meant)
    told = f"Nearest audiences: {', '.join(nearest)}. Name one" if nearest else "Name another word"
    raise InputError(
        f"{speaker}target audience '{word.strip()}' is tag '{name}' ({of_type}), not a tag of type audience;"
        f" {told}, or give tag '{name}' the type audience."
    )


def _nearest_audiences(db: Database, workspace_id: str, meant: Row) -> list[str]:
    """By meaning where both have a vector, then by name."""
    found = db.all(
        "select name, embedding from tags where workspace_id = ? and tag_type = ? order by name",
        (workspace_id, AUDIENCE),
    )
    if meant["embedding"] is not None:
        vector = unpack(meant["embedding"])
        found.sort(
            key=lambda row: (
                1.0 if row["embedding"] is None else -float(np.dot(vector, unpack(row["embedding"])))
            )
        )
    return [row["name"] for row in found[:NEAREST]]
