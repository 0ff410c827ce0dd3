"""`make migrations`: build supabase/migrations/ and generated SQL from sql/, or check they are fresh.

sql/load.sql is cut into migrations by lines `-- migration: YYYYMMDDHHMMSS_verb_object`; comment
lines right below say its purpose.
"""

import argparse
import json
import re
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from campaignbase.errors import CampaignbaseError
from campaignbase.schema import files, loader, statements

WIDTH = 100
_MARKER = re.compile(r"-- migration: (\d{14}_\w+)\s*")
_CREATED = re.compile(
    r"create (?:or replace )?(schema|table|function|view|materialized view|publication|type|domain|sequence)"
    r" (?:if not exists )?([\w.\"]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Section:
    """One migration to be: its file name without .sql, why it exists, the files it takes."""

    name: str
    purpose: str
    members: tuple[str, ...]  # relative to sql/


def build(sql: Path) -> dict[Path, str]:
    """Every generated file with its text: the vocabulary function in sql/, the migrations beside it."""
    vocabulary = sql / "functions" / "default_vocabulary.sql"
    generated = {vocabulary: vocabulary_function(sql / "data" / "default_vocabulary.json")}
    folder = sql.parent / "supabase" / "migrations"
    for section in sections(sql / "load.sql"):
        generated[folder / f"{section.name}.sql"] = _migration(section, sql, generated)
    return generated


def sections(table_of_contents: Path) -> list[Section]:
    r"""The migrations named in load.sql, in order.

    Raises:
        CampaignbaseError: a file is named before the first marker, two markers are out of order,
            or a line is neither comment, `\ir` nor `\set`.
    """
    found: list[Section] = []
    for number, line in enumerate(table_of_contents.read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{table_of_contents}:{number}"
        if marker := _MARKER.fullmatch(line):
            if found and marker[1] <= found[-1].name:
                raise CampaignbaseError(f"{where}: {marker[1]!r} must sort after {found[-1].name!r}")
            found.append(Section(marker[1], "", ()))
        elif line.startswith("\\ir "):
            if not found:
                raise CampaignbaseError(f"{where}: no `-- migration: ` line above {line!r}")
            last = found[-1]
            found[-1] = Section(last.name, last.purpose, (*last.members, line.removeprefix("\\ir ").strip()))
        elif line.startswith("--"):
            if found and not found[-1].members:
                purpose = f"{found[-1].purpose} {line.lstrip('- ')}".strip()
                found[-1] = Section(found[-1].name, purpose, ())
        elif line.strip() and not line.startswith("\\set "):
            raise CampaignbaseError(f"{where}: unknown line {line!r}; expected \\ir FILE or a comment")
    return found


def vocabulary_function(data: Path) -> str:
    """sql/functions/default_vocabulary.sql: the data file as a function, since SQL cannot read files."""
    text = data.read_text(encoding="utf-8").strip()
    json.loads(text)
    if "$$" in text or "$json$" in text:
        raise CampaignbaseError(f"{data}: holds $$ or $json$, which would end the SQL around it")
    return (
        "-- Generated from sql/data/default_vocabulary.json by `make migrations`: edit there.\n"
        "create function private.default_vocabulary()\n"
        "    returns jsonb\n"
        "    language sql\n"
        "    immutable\n"
        "    set search_path = ''\n"
        "as $$\n"
        f"select $json${text}$json$::jsonb\n"
        "$$;\n"
        "comment on function private.default_vocabulary is\n"
        "'Categories, tags and rules every new workspace starts with: sql/data/default_vocabulary.json.';\n"
    )


def _migration(section: Section, sql: Path, generated: Mapping[Path, str]) -> str:
    bodies = [(f"sql/{member}", _text(sql / member, generated)) for member in section.members]
    purpose = section.purpose or section.name.partition("_")[2].replace("_", " ")
    header = [
        "-- Generated from sql/ by `make migrations`: edit there, not here.",
        *_field("Purpose", purpose),
        *_field("Touches", _created(text for _, text in bodies) or "grants and settings only"),
        *_field("Mirrors", ", ".join(name for name, _ in bodies)),
        *_field("Undo", "forward only; it removes nothing"),
    ]
    return "\n".join([*header, *(f"\n-- {name}\n{text.strip()}" for name, text in bodies), ""])


def _text(path: Path, generated: Mapping[Path, str]) -> str:
    if path in generated:
        return generated[path]
    scripts = loader.read(path)
    if len(scripts) != 1 or scripts[0].path != path:
        raise CampaignbaseError(f"{path}: a member of a migration holds SQL only, no \\ lines")
    return path.read_text(encoding="utf-8")


def _created(texts: Iterable[str]) -> str:
    """What the texts create: `table a, b; function c`, each kind and name in order of first mention."""
    seen: dict[str, dict[str, None]] = {}
    for text in texts:
        for statement in statements.split(text):
            if made := _CREATED.match(" ".join(statements.without_comments(statement).split())):
                seen.setdefault(made[1].lower(), {})[made[2]] = None
    return "; ".join(f"{kind} {', '.join(names)}" for kind, names in seen.items())


def _field(name: str, text: str) -> list[str]:
    lead = f"-- {name + ':':<10}"
    return textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent="--".ljust(len(lead)))


def _stale(generated: Mapping[Path, str]) -> list[str]:
    wrong = [path for path, text in generated.items() if not path.exists() or path.read_text("utf-8") != text]
    leftover = set(files.migration_folder().glob("*.sql")) - set(generated)
    return sorted(map(str, [*wrong, *leftover]))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m campaignbase.schema.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is stale")
    options = parser.parse_args(arguments)
    try:
        generated = build(files.sql_folder())
    except CampaignbaseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    stale = _stale(generated)
    if options.check:
        for name in stale:
            sys.stderr.write(f"{name} is stale; run: make migrations\n")
        return 1 if stale else 0
    for leftover in set(files.migration_folder().glob("*.sql")) - set(generated):
        leftover.unlink()
    for path, text in generated.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(generated)} files built, {len(stale)} changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
