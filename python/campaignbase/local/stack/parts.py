"""Where Deno and the npm packages of the gateway are."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from campaignbase.errors import NotConfiguredError
from campaignbase.schema import files

GATEWAY = Path(__file__).resolve().parents[1] / "gateway" / "main.ts"
PACKAGE_FILES = ("deno.json", "package.json", "package-lock.json")
WITNESS = Path("node_modules") / "@supabase" / "lite" / "package.json"


@dataclass(frozen=True)
class Parts:
    deno: Path
    config: Path  # deno.json; node_modules is beside it


def find(folder: Path) -> Parts:
    """The parts, of a checkout or installed into `folder`.

    Raises:
        NotConfiguredError: something is missing; the text holds the command that gets it.
    """
    shipped = files.supabase_folder()
    if (shipped / WITNESS).is_file():
        return Parts(_deno(), shipped / "deno.json")
    folder.mkdir(parents=True, exist_ok=True)
    for name in PACKAGE_FILES:
        _copy_changed(shipped / name, folder / name)
    if not _is_installed(folder):
        raise NotConfiguredError(
            f"the stack's npm packages are not installed; "
            f"install them with: npm ci --omit=dev --prefix {folder}"
        )
    return Parts(_deno(), folder / "deno.json")


def _is_installed(folder: Path) -> bool:
    """Has npm installed what the lock names, since it names it?"""
    lock, installed = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    return installed.is_file() and installed.stat().st_mtime_ns >= lock.stat().st_mtime_ns


def _copy_changed(source: Path, target: Path) -> None:
    if not target.is_file() or target.read_bytes() != source.read_bytes():
        shutil.copyfile(source, target)


def _deno() -> Path:
    try:
        from deno import find_deno_bin  # type: ignore[import-untyped]
    except ImportError:
        raise NotConfiguredError(
            "Deno is not installed; install it with: pip install 'campaignbase[local]'"
        ) from None
    return Path(find_deno_bin())
