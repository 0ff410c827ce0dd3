"""What a database must have by the migrations we ship, read from their text: grants, policies, realtime.

One home for the facts: the statements that make them. All of ours are written one way, which
tests/unit/test_sql_style.py holds them to.
"""

import functools
import re
from dataclasses import dataclass
from hashlib import md5

from campaignbase.schema import apply, statements

_GRANT = re.compile(
    r"^grant (?P<what>[^;]+?) on (?:(?P<kind>function|schema) )?(?P<objects>[^;]+?) to (?P<roles>[^;]+);",
    re.MULTILINE,
)
_PRIVILEGE = re.compile(r"(\w+)(?:\s*\(([^)]*)\))?")
_POLICY = re.compile(r'^\s*create policy "([^"]+)"\s+on (\S+)', re.MULTILINE)
_TABLE = re.compile(r"^create table (\S+)", re.MULTILINE)
_NAMED = re.compile(r"^create (?:table|view|function) ([\w.]+)", re.MULTILINE)
_PUBLISHED = re.compile(r"alter publication supabase_realtime add table ([^;]+);")


@dataclass(frozen=True)
class Expected:
    migrations: dict[str, str]  # version: md5 of its statements
    grants: frozenset[str]  # as private.deployed_grants tells them
    policies: frozenset[str]  # "<schema>.<table>: <name>"
    tables: frozenset[str]
    objects: frozenset[str]  # tables, views and functions
    published: frozenset[str]


@functools.cache
def expected() -> Expected:
    ours = apply.migrations()
    texts = {migration.version: migration.sql() for migration in ours}
    whole = "\n".join(texts.values())
    return Expected(
        migrations={version: digest(statements.split(text)) for version, text in texts.items()},
        grants=frozenset(_grants(whole)),
        policies=frozenset(f"{table}: {name}" for name, table in _POLICY.findall(whole)),
        tables=frozenset(_TABLE.findall(whole)),
        objects=frozenset(_NAMED.findall(whole)),
        published=frozenset(name for found in _PUBLISHED.findall(whole) for name in _listed(found)),
    )


def digest(kept: list[str]) -> str:
    """As private.deployed_state tells it of what a push recorded."""
    return md5("\n".join(kept).encode(), usedforsecurity=False).hexdigest()


def _grants(text: str) -> set[str]:
    found = set()
    for grant in _GRANT.finditer(text):
        for role in _listed(grant["roles"]):
            for name in _listed(grant["objects"]):
                for privilege, columns in _PRIVILEGE.findall(grant["what"]):
                    places = [f"{name}.{column}" for column in _listed(columns)] if columns else [name]
                    found |= {f"{role} {privilege} {place}" for place in places}
    return found


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]
