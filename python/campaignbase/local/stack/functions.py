"""What the project's config.toml says of its edge functions."""

import tomllib
from pathlib import Path
from typing import Any

from campaignbase.errors import InputError


def of_project(folder: Path) -> dict[str, list[str]]:
    """Lists of names: those whose callers are not checked before (`verify_jwt = false`), those switched off.

    Args:
        folder: holds a folder for each function; config.toml is beside it. Without one, and for functions it
            does not name, callers are checked, as on the platform.
    Raises:
        InputError: the file cannot be read as TOML.
    """
    file = folder.parent / "config.toml"
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8")).get("functions", {})
    except FileNotFoundError:
        said = {}
    except ValueError as error:
        raise InputError(f"cannot read {file}: {error}; correct it, then start again") from None
    tables: dict[str, dict[str, Any]] = {
        name: table for name, table in said.items() if isinstance(table, dict)
    }
    return {
        "unchecked": [name for name, table in tables.items() if table.get("verify_jwt") is False],
        "disabled": [name for name, table in tables.items() if table.get("enabled") is False],
    }
