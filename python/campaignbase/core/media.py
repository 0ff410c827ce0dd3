"""Where the files of content lie and what they may be: <workspace_id>/<asset_id>/<file name>.

Pure: no I/O. The database checks the same (sql/storage/media.sql), whoever uploads.
"""

import re
import unicodedata
from typing import NamedTuple

from campaignbase.errors import InputError

BUCKET = "media"
MAX_BYTES = 50 * 1024 * 1024
LONGEST_NAME = 150
# by the ending of the file's name; no .svg, which may hold scripts
TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".heic": "image/heic",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".bmp": "image/bmp",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".mpeg": "video/mpeg",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".flac": "audio/flac",
    ".pdf": "application/pdf",
}
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PATH = re.compile(rf"({_UUID})/({_UUID})/([^/]+)")
# what every storage server and every URL takes as it is
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class MediaPath(NamedTuple):
    workspace_id: str
    asset_id: str
    name: str

    def __str__(self) -> str:
        return "/".join(self)


def parse_path(path: str) -> MediaPath | None:
    """None where it is no path of ours: a file that somebody keeps elsewhere."""
    found = _PATH.fullmatch(path)
    return None if found is None or found[3] in (".", "..") else MediaPath(*found.groups())


def file_of(workspace_id: str, asset_id: str, path: str) -> MediaPath | None:
    """None where the path, which anybody who may write the row may set, is not of that very content."""
    found = parse_path(path)
    return found if found is not None and found[:2] == (workspace_id, asset_id) else None


def safe_name(name: str) -> str:
    """The file name as it is stored: letters without accents, digits, '.', '_' and '-', the ending kept."""
    plain = unicodedata.normalize("NFKD", name.replace("\\", "/").rpartition("/")[2])
    stem, ending = _split("".join(letter for letter in plain if not unicodedata.combining(letter)))
    ending = _UNSAFE.sub("", ending)
    # dots in front hide a file, and two in a row go up a folder
    stem = re.sub(r"\.{2,}", ".", _UNSAFE.sub("-", stem)).strip("-.")
    return (stem or "file")[: LONGEST_NAME - len(ending)] + ending


def content_type(name: str) -> str:
    """By the ending of the name.

    Raises:
        InputError: not one of the types that are stored.
    """
    found = type_of(name)
    if found is None:
        ending = _split(name)[1].lower()
        raise InputError(
            f"{name}: files of type {ending or 'none'!r} are not stored; expected {', '.join(TYPES)}"
        )
    return found


def type_of(name: str) -> str | None:
    """By the ending of the name; None where it is not stored."""
    return TYPES.get(_split(name)[1].lower())


def _split(name: str) -> tuple[str, str]:
    """Stem and ending, which starts with the last dot; a dot in front begins no ending."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem else (name, "")


def check_size(name: str, size: int) -> None:
    """Raises InputError for an empty file and for one above MAX_BYTES."""
    if size == 0:
        raise InputError(f"{name} is empty")
    if size > MAX_BYTES:
        raise InputError(f"{name} has {size:,} bytes, at most {MAX_BYTES:,} are stored; make it smaller")
