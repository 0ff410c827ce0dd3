"""What a project says about its own translation, as data: ours, and any other's.

Pure: no I/O.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaignbase.errors import TranslationError
from campaignbase.schema.translate import kinds
from campaignbase.schema.translate.functions import STORE_FOLDS, Function
from campaignbase.schema.translate.kinds import Kind, Storage

DEFAULT_WORKSPACE = "00000000-0000-0000-0000-000000000001"

# schemas of the platform: not the project's, so what points there is left out
PLATFORM = frozenset(
    {
        "_realtime", "auth", "cron", "extensions", "graphql", "graphql_public", "information_schema", "net",
        "pgbouncer", "pgmq", "pgsodium", "realtime", "storage", "supabase_functions", "supabase_migrations",
        "vault",
    }
)  # fmt: skip
# defaults that only the platform can give: the column is left without one
PLATFORM_DEFAULTS: Mapping[str, str] = {
    "auth.uid": "the caller's identity exists behind the Data API only; the writer gives it",
    "auth.jwt": "the caller's token exists behind the Data API only; the writer gives it",
    "auth.role": "the caller's role exists behind the Data API only; the writer gives it",
    "auth.email": "the caller's identity exists behind the Data API only; the writer gives it",
}


@dataclass(frozen=True)
class Rules:
    """How one project is translated.

    Args:
        columns: storage of single columns, by `table.column`, instead of their type's.
        defaults: SQLite default and the reason for every column of that name, foreign keys of tenants say.
        calls: functions of the project that expressions may call, by qualified name.
        data: functions without arguments that answer one constant JSON; each becomes a table of one row.
        complete: an object without counterpart is an error, not left out.
        refused: why an object is left out though it could be written, by what errors call it.
    """

    title: str
    columns: Mapping[str, Storage] = field(default_factory=dict)
    defaults: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    calls: Mapping[str, Function] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    complete: bool = False
    refused: Mapping[str, str] = field(default_factory=dict)

    def check(self, where: str) -> None:
        """Raises TranslationError for what is refused."""
        if where in self.refused:
            raise TranslationError(self.refused[where])


_WORD = "ltrim(replace(replace(replace(lower({0}), ' ', ''), '-', ''), '_', ''), '#')"
_FOLD_TAG = (
    f"case when {_WORD} glob '??*ies' then substr({_WORD}, 1, length({_WORD}) - 3) || 'y'"
    f" when {_WORD} glob '*[sui]s' then {_WORD}"
    f" when {_WORD} glob '?*sses' or {_WORD} glob '?*[sc]hes' or {_WORD} glob '??*[xz]es'"
    f" then substr({_WORD}, 1, length({_WORD}) - 2)"
    f" when {_WORD} glob '???*s' then substr({_WORD}, 1, length({_WORD}) - 1) else {_WORD} end"
)
_BLANKS = "char(32, 9, 10, 13)"
_FILE_NAME = "substr({3}, length(rtrim({3}, replace({3}, '/', ''))) + 1)"
_ASSET_TEXT = (
    "case "
    + " ".join(
        f"when trim({text}, {_BLANKS}) <> '' then {text}" for text in ("{0}", "{1}", "{2}", _FILE_NAME)
    )
    + " end"
)
_DEAD_JOB_ERROR = (
    "(select jobs.last_error from jobs where jobs.kind = 'categorize_content' and jobs.target_id = {0}"
    " and jobs.state = 'dead')"
)
OURS = Rules(
    title="Campaignbase",
    columns={"content_assets.quality_score": kinds.real("rounded by who writes it")},
    defaults={
        "workspace_id": (
            f"'{DEFAULT_WORKSPACE}'",
            "the workspace `default`, so that a plain insert works",
        )
    },
    calls={
        "private.fold_tag": Function(
            (Kind.TEXT,),
            Kind.TEXT,
            _FOLD_TAG,
            note=STORE_FOLDS,
        ),
        "private.asset_text": Function((Kind.TEXT,) * 4, Kind.TEXT, _ASSET_TEXT),
        "private.dead_job_error": Function((Kind.UUID,), Kind.TEXT, _DEAD_JOB_ERROR),
    },
    data={"private.default_vocabulary": "default_vocabulary"},
    complete=True,
)


def foreign(title: str, columns: Mapping[str, str] | None = None) -> Rules:
    """Rules of any other project.

    Args:
        columns: `table.column` to text, integer, real or blob, for types that have no counterpart.
    """
    return Rules(title, {name: kinds.GIVEN[given] for name, given in (columns or {}).items()})
