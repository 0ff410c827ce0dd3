"""Translate a database that runs, and keep the files it makes."""

import sqlite3
from contextlib import closing
from pathlib import Path

from campaignbase.errors import TranslationError
from campaignbase.schema import catalogue, files
from campaignbase.schema.connection import connect
from campaignbase.schema.translate import twins
from campaignbase.schema.translate.compare import compare
from campaignbase.schema.translate.project import Translation, translate
from campaignbase.schema.translate.rules import OURS

SCHEMA_FILE, REPORT_FILE = "schema.sql", "report.md"


def translate_project(url: str, *, strict: bool = True) -> Translation:
    """Translate this project from a database that holds the platform and its migrations.

    Args:
        strict: False lets twins be missing.
    Raises:
        TranslationError: something is unknown, a trigger or function has no counterpart, or an
            expression answers differently on both engines.
        UnreachableError: nothing answers at the URL.
    """
    with connect(url) as connection:
        found = translate(catalogue.read(connection), twins.read(twin_folder()), OURS, strict=strict)
        compare(connection, found.database, found.emitted)
    load(found)
    return found


def load(translation: Translation) -> None:
    """SQLite must take the schema, and find the key that every foreign key refers to."""
    with closing(sqlite3.connect(":memory:")) as memory:
        try:
            memory.executescript(translation.schema_sql)
            memory.execute("pragma foreign_key_check")
        except sqlite3.Error as error:
            ours = translation.database.rules.complete
            step = "look at the twins first" if ours else "rename it in a copy of the folder, translate that"
            raise TranslationError(
                f"schema.sql: SQLite {sqlite3.sqlite_version} refuses it: {error}; {step}"
            ) from error


def sqlite_folder() -> Path:
    return files.sql_folder() / "sqlite"


def twin_folder() -> Path:
    return sqlite_folder() / "twins"


def write(translation: Translation, folder: Path) -> list[Path]:
    """Write schema.sql and report.md; the paths that changed."""
    changed = stale(translation, folder)
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in _files(translation, folder).items():
        if path in changed:
            path.write_text(text, encoding="utf-8")
    return changed


def stale(translation: Translation, folder: Path) -> list[Path]:
    """The files of a folder that are missing or hold other bytes than they should."""
    return [
        path
        for path, text in _files(translation, folder).items()
        if not path.is_file() or path.read_bytes() != text.encode()
    ]


def _files(translation: Translation, folder: Path) -> dict[Path, str]:
    return {folder / SCHEMA_FILE: translation.schema_sql, folder / REPORT_FILE: translation.report_md}
