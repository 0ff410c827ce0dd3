"""Where the SQL files are: beside `python/` in a checkout, inside the package once installed."""

from pathlib import Path

from campaignbase.errors import NotConfiguredError

_PACKAGE = Path(__file__).resolve().parents[1]
_CHECKOUT = _PACKAGE.parents[1]


def sql_folder() -> Path:
    """The folder of load.sql."""
    return _find("_sql", "sql", "platform/load.sql")


def platform_file() -> Path:
    """The table of contents of the stand-ins for what Supabase provides."""
    return sql_folder() / "platform" / "load.sql"


def supabase_folder() -> Path:
    """The folder of config.toml, migrations and functions."""
    return _find("_supabase", "supabase", "config.toml")


def migration_folder() -> Path:
    """The folder of the files `supabase db push` applies."""
    return supabase_folder() / "migrations"


def _find(packaged: str, checked_out: str, witness: str) -> Path:
    candidates = (_PACKAGE / packaged, _CHECKOUT / checked_out)
    for folder in candidates:
        if (folder / witness).is_file():
            return folder
    raise NotConfiguredError(
        f"{witness} is in neither {candidates[0]} nor {candidates[1]}; install campaignbase again"
    )
