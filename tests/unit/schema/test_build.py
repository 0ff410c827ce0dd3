"""Cutting sql/load.sql into migrations."""

from pathlib import Path

import pytest

from campaignbase.errors import CampaignbaseError
from campaignbase.schema import build, files

LOAD = r"""-- about this file
-- migration: 20260101000000_create_a
-- what a is,
-- and why
\ir tables/a.sql

-- migration: 20260101000100_fill_a
\ir functions/f.sql
\ir functions/default_vocabulary.sql
"""
FIRST = """-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  what a is, and why
-- Touches:  table public.a; view public.v
-- Mirrors:  sql/tables/a.sql
-- Undo:     forward only; it removes nothing

-- sql/tables/a.sql
-- a;
create table public.a ();
create or replace view public.v as select;
"""


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    folder = tmp_path / "sql"
    for name in ("tables", "functions", "data"):
        (folder / name).mkdir(parents=True)
    (folder / "load.sql").write_text(LOAD)
    (folder / "tables" / "a.sql").write_text(
        "-- a;\ncreate table public.a ();\ncreate or replace view public.v as select;\n\n"
    )
    (folder / "functions" / "f.sql").write_text("create function private.f() returns int as 'select 1';\n")
    (folder / "data" / "default_vocabulary.json").write_text('{"categories": [{"name": "it\'s"}]}\n')
    return folder


def test_build_writes_one_file_a_marker(sql: Path) -> None:
    built = build.build(sql)
    folder = sql.parent / "supabase" / "migrations"
    assert list(built) == [
        sql / "functions" / "default_vocabulary.sql",
        folder / "20260101000000_create_a.sql",
        folder / "20260101000100_fill_a.sql",
    ]
    assert built[folder / "20260101000000_create_a.sql"] == FIRST


def test_build_takes_the_purpose_from_the_name_without_a_comment(sql: Path) -> None:
    second = build.build(sql)[sql.parent / "supabase" / "migrations" / "20260101000100_fill_a.sql"]
    assert second.splitlines()[1:4] == [
        "-- Purpose:  fill a",
        "-- Touches:  function private.f, private.default_vocabulary",
        "-- Mirrors:  sql/functions/f.sql, sql/functions/default_vocabulary.sql",
    ]


def test_build_ships_the_vocabulary_of_the_data_file(sql: Path) -> None:
    second = build.build(sql)[sql.parent / "supabase" / "migrations" / "20260101000100_fill_a.sql"]
    assert """select $json${"categories": [{"name": "it's"}]}$json$::jsonb\n""" in second


BROKEN = [
    ("\\ir tables/a.sql\n", "load.sql:1: no `-- migration: ` line above '\\\\ir tables/a.sql'"),
    (
        "-- migration: 20260102000000_b\n-- migration: 20260101000000_a\n",
        "load.sql:2: '20260101000000_a' must sort after '20260102000000_b'",
    ),
    ("select 1;\n", "load.sql:1: unknown line 'select 1;'; expected \\ir FILE or a comment"),
]


@pytest.mark.parametrize(("text", "expected"), BROKEN)
def test_sections_refuse_a_broken_table_of_contents(text: str, expected: str, sql: Path) -> None:
    (sql / "load.sql").write_text(text)
    with pytest.raises(CampaignbaseError) as caught:
        build.sections(sql / "load.sql")
    assert str(caught.value) == f"{sql}/{expected}"


def test_vocabulary_that_would_end_its_literal_is_refused(sql: Path) -> None:
    data = sql / "data" / "default_vocabulary.json"
    data.write_text('{"price": "$$$"}')
    with pytest.raises(CampaignbaseError) as caught:
        build.vocabulary_function(data)
    assert str(caught.value) == f"{data}: holds $$ or $json$, which would end the SQL around it"


def test_check_names_stale_and_left_over_files_and_building_mends_them(
    sql: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sql.parent / "supabase" / "migrations"
    monkeypatch.setattr(files, "sql_folder", lambda: sql)
    monkeypatch.setattr(files, "migration_folder", lambda: folder)
    assert build.main([]) == 0
    assert build.main(["--check"]) == 0
    capsys.readouterr()
    (folder / "20260101000000_create_a.sql").write_text("edited by hand")
    (folder / "20250101000000_old.sql").write_text("")
    assert build.main(["--check"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{folder}/20250101000000_old.sql is stale; run: make migrations",
        f"{folder}/20260101000000_create_a.sql is stale; run: make migrations",
    ]
    assert build.main([]) == 0
    assert build.main(["--check"]) == 0
