"""The translator: SQLite from Postgres, by an allow-list, with a report of every object.

The reader of SQL comes with the extra `local`.
"""

from importlib.util import find_spec

from campaignbase.errors import NotConfiguredError

if find_spec("sqlglot") is None:
    raise NotConfiguredError(
        "the reader of SQL is not installed; install it with: pip install 'campaignbase[local]'"
    )

from campaignbase.schema.translate.foreign import translate_migrations
from campaignbase.schema.translate.project import SCHEMA_VERSION, Translation, translate
from campaignbase.schema.translate.rules import DEFAULT_WORKSPACE, OURS, Rules, foreign
from campaignbase.schema.translate.source import sqlite_folder, stale, translate_project, write
from campaignbase.schema.translate.twins import Twins
from campaignbase.schema.translate.twins import read as read_twins

__all__ = [
    "DEFAULT_WORKSPACE",
    "OURS",
    "SCHEMA_VERSION",
    "Rules",
    "Translation",
    "Twins",
    "foreign",
    "read_twins",
    "sqlite_folder",
    "stale",
    "translate",
    "translate_migrations",
    "translate_project",
    "write",
]
