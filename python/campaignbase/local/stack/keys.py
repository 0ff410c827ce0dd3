"""The keys of one offline stack: made once, kept in a file only its owner may read."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from campaignbase.errors import InputError


@dataclass(frozen=True)
class Keys:
    publishable: str
    secret: str
    jwt_secret: str


def make() -> Keys:
    """New keys, shaped as a project's: what tells a program which kind it has been given is the beginning."""
    return Keys(
        publishable=f"sb_publishable_{secrets.token_urlsafe(16)}_{secrets.token_hex(4)}",
        secret=f"sb_secret_{secrets.token_urlsafe(16)}_{secrets.token_hex(4)}",
        jwt_secret=secrets.token_urlsafe(32),
    )


def kept(path: Path) -> Keys:
    """The keys in `path`; made and written there the first time.

    Raises:
        InputError: the file holds something else.
    """
    try:
        return Keys(**json.loads(path.read_text()))
    except FileNotFoundError:
        pass
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{path} does not hold the stack's keys ({error}); remove it to get new ones"
        ) from None
    keys = make()
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(keys), file, indent=2)
    unfinished.rename(path)
    return keys
