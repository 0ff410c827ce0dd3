"""The translator: SQLite from Postgres, by an allow-list, with a report of every object."""

from campaignbase.schema.translate.project import SCHEMA_VERSION, Translation, translate
from campaignbase.schema.translate.rules import DEFAULT_WORKSPACE, OURS, Rules, foreign
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
    "translate",
]
