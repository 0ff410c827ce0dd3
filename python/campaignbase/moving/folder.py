"""A folder that is there whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaignbase.errors import InputError, NotConfiguredError


@contextmanager
def new_folder(wanted: Path) -> Iterator[Path]:
    """A folder beside it to write into, which takes its name at the end; after an error nothing is left.

    Only its owner may read it.

    Raises:
        InputError: there is something already.
        NotConfiguredError: it cannot be written.
    """
    check_new(wanted)
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{wanted.name}.", suffix=".part", dir=wanted.parent))
        try:
            yield part
            if wanted.exists():
                wanted.rmdir()
            part.rename(wanted)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NotConfiguredError(
            f"cannot write {wanted} ({reason}); make room there or make it writable, or name another --out"
        ) from error


def check_new(wanted: Path) -> None:
    """Raises InputError: there is something already."""
    try:
        there = sorted(path.name for path in wanted.iterdir()) if wanted.is_dir() else None
    except OSError as error:
        raise NotConfiguredError(f"cannot read {wanted} ({error.strerror}); name another --out") from error
    if there:
        raise InputError(f"{wanted} is not empty, it holds {there[0]}; name another --out")
    if there is None and wanted.exists():
        raise InputError(f"{wanted} is a file; name a folder that is to be made as --out")
