"""sql/sqlite/schema.sql is what the Postgres schema of today translates to, and answers as Postgres does."""

import re
import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.postgres import Database

from campaignbase.errors import TranslationError
from campaignbase.models import DEFAULT_WORKSPACE_ID
from campaignbase.schema import catalogue
from campaignbase.schema.translate import DEFAULT_WORKSPACE, SCHEMA_VERSION, source
from campaignbase.schema.translate.compare import compare, filled
from campaignbase.schema.translate.output import Emitted
from campaignbase.schema.translate.project import Translation
from campaignbase.schema.translate.report import KINDS, Outcome


@pytest.fixture(scope="module")
def ours(pg_shared: Database) -> Translation:
    return source.translate_project(pg_shared.url)


@pytest.fixture
def committed() -> sqlite3.Connection:
    memory = sqlite3.connect(":memory:")
    memory.execute("pragma foreign_keys = on")
    memory.executescript((source.sqlite_folder() / "schema.sql").read_text(encoding="utf-8"))
    return memory


def test_the_committed_files_are_fresh(ours: Translation) -> None:
    assert source.stale(ours, source.sqlite_folder()) == []


def test_a_stale_file_is_seen(ours: Translation, tmp_path: Path) -> None:
    assert source.write(ours, tmp_path) == [tmp_path / "schema.sql", tmp_path / "report.md"]
    assert source.write(ours, tmp_path) == []
    (tmp_path / "report.md").write_text(ours.report_md + "\n")
    assert source.stale(ours, tmp_path) == [tmp_path / "report.md"]


def test_every_object_of_the_catalogue_is_in_the_report(ours: Translation, pg_shared: Database) -> None:
    with pg_shared.connect() as connection:
        found = catalogue.read(connection)
    told = {(entry.kind, entry.name) for entry in ours.entries}
    expected = {
        *(("table", f"{row.schema}.{row.name}") for row in found.tables),
        *(("column", f"{row.table}.{row.name}") for row in found.columns if is_of_table(found, row)),
        *(("default", f"{row.table}.{row.name}") for row in found.columns if row.default or row.generated),
        *(("check", f"{row.table}.{row.name}") for row in found.constraints if row.kind == "c"),
        *(("key", f"{row.table}.{row.name}") for row in found.constraints if row.kind != "c"),
        *(("index", row.name) for row in found.indexes if row.of_constraint is None),
        *(("view", f"{row.schema}.{row.name}") for row in found.views),
        *(("trigger", f"{row.schema}.{row.table}.{row.name}") for row in found.triggers),
        *(("function", f"{row.schema}.{row.name}") for row in found.functions),
        *(("policy", f"{row.schema}.{row.table}: {row.name}") for row in found.policies),
        *(("publication", f"{row.table} in {row.name}") for row in found.publications),
        *(("sequence", f"{row.schema}.{row.name}") for row in found.sequences),
    }
    assert expected - told == set()
    assert {entry.kind for entry in ours.entries} <= set(KINDS)
    grants = " ".join(entry.name for entry in ours.entries if entry.kind == "grant")
    owners = ("postgres", "pg_database_owner")
    for grant in found.grants:
        assert grant.grantee in owners or f" {grant.object} to {grant.grantee}" in grants, grant


def is_of_table(found: catalogue.Catalogue, column: catalogue.Column) -> bool:
    return any((table.schema, table.name) == (column.schema, column.table) for table in found.tables)


def test_every_outcome_has_a_reason_unless_kept(ours: Translation) -> None:
    assert [entry for entry in ours.entries if entry.outcome is Outcome.MISSING] == []
    silent = [entry for entry in ours.entries if entry.outcome is not Outcome.KEPT and not entry.reason]
    assert silent == []


def test_tables_have_the_columns_and_nullability_of_postgres(
    committed: sqlite3.Connection, pg_shared: Database
) -> None:
    with pg_shared.connect() as connection:
        found = catalogue.read(connection)
    for table in found.tables:
        rows = committed.execute(f'pragma table_xinfo("{table.name}")').fetchall()
        here = {row[1]: bool(row[3]) for row in rows}
        there = {
            row.name: row.not_null
            for row in found.columns
            if (row.schema, row.table) == (table.schema, table.name)
        }
        # never null, being the row's number
        counted = {"id"} if table.name in ("jobs", "webhook_secrets", "invitation_mails") else set()
        assert {**here, **dict.fromkeys(counted, True)} == there, table.name


def test_tables_have_the_keys_of_postgres(committed: sqlite3.Connection, pg_shared: Database) -> None:
    with pg_shared.connect() as connection:
        found = catalogue.read(connection)
    for table in found.tables:
        keys = [row for row in found.constraints if (row.schema, row.table) == (table.schema, table.name)]
        ours = [key for key in keys if key.kind == "f" and key.referenced_schema != "auth"]
        foreign = Counter(
            (
                key.referenced_table,
                tuple(zip(key.columns, key.referenced_columns, strict=True)),
                *actions(key.definition),
            )
            for key in ours
        )
        assert foreign_keys(committed, table.name) == foreign, table.name
        uniques = {tuple(key.columns) for key in keys if key.kind in "pu"} - {("id",)}
        uniques |= {
            # SQLite names no expression here
            tuple(key if key.isidentifier() else None for key in index.keys)
            for index in found.indexes
            if index.unique and index.of_constraint is None and index.table == table.name
        }
        assert unique_columns(committed, table.name) - {("id",)} == uniques, table.name


def actions(definition: str) -> tuple[str, str]:
    update = re.search(r"ON UPDATE (CASCADE|SET NULL|RESTRICT)", definition)
    delete = re.search(r"ON DELETE (CASCADE|SET NULL|RESTRICT)", definition)
    return (update[1] if update else "NO ACTION", delete[1] if delete else "NO ACTION")


def foreign_keys(memory: sqlite3.Connection, table: str) -> Counter[tuple[object, ...]]:
    found: dict[int, list[tuple[object, ...]]] = {}
    for row in memory.execute(f'pragma foreign_key_list("{table}")'):
        found.setdefault(row[0], []).append(row)
    return Counter(
        (
            rows[0][2],
            tuple((row[3], row[4]) for row in sorted(rows, key=lambda row: int(str(row[1])))),
            rows[0][5],
            rows[0][6],
        )
        for rows in found.values()
    )


def unique_columns(memory: sqlite3.Connection, table: str) -> set[tuple[str | None, ...]]:
    names = [row[1] for row in memory.execute(f'pragma index_list("{table}")') if row[2]]
    return {tuple(row[2] for row in memory.execute(f'pragma index_info("{name}")')) for name in names}


def test_a_plain_insert_by_any_program_gets_its_id_and_workspace(committed: sqlite3.Connection) -> None:
    assert DEFAULT_WORKSPACE == DEFAULT_WORKSPACE_ID
    committed.execute("insert into workspaces (id, name) values (?, 'default')", [DEFAULT_WORKSPACE])
    committed.execute("insert into content_assets (content) values ('Now hiring')")
    committed.execute("insert into content_assets (content) values ('Now hiring')")
    rows = committed.execute("select id, workspace_id, created_at, tags from content_assets").fetchall()
    assert len({row[0] for row in rows}) == 2
    for identity, workspace, created_at, tags in rows:
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", identity)
        assert workspace == DEFAULT_WORKSPACE
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", created_at)
        assert tags == "[]"


def test_the_file_says_which_schema_it_has(committed: sqlite3.Connection) -> None:
    ((identity, version, digest),) = committed.execute("select id, version, hash from schema_info").fetchall()
    assert (identity, version) == (1, SCHEMA_VERSION)
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    assert committed.execute("pragma user_version").fetchone() == (SCHEMA_VERSION,)


def test_the_default_vocabulary_is_the_one_of_postgres(
    committed: sqlite3.Connection, pg_shared: Database
) -> None:
    with pg_shared.connect() as connection:
        row = connection.execute("select private.default_vocabulary()").fetchone()
        here = committed.execute("select data from default_vocabulary").fetchone()
        same = connection.execute("select private.default_vocabulary() = %s::jsonb", [here[0]]).fetchone()
    assert row is not None
    assert len(row[0]["categories"]) > 15
    assert same == (True,)


def test_every_expression_answers_alike_on_both_engines(ours: Translation, pg_shared: Database) -> None:
    checked = {one.where for one in ours.emitted}
    rewritten = [e for e in ours.entries if e.kind in ("check", "view") and e.outcome is not Outcome.LEFT_OUT]
    assert {f"{e.kind} {e.name}" for e in rewritten} <= checked
    with pg_shared.connect(autocommit=False) as connection:
        assert compare(connection, ours.database, ours.emitted) > 10_000


TURNS = {
    " in (": " not in (",
    ">=": ">",
    "<=": "<",
    " and ": " or ",
    "is not null": "is null",
    " <> ": " = ",
    "*[^": "*[",
}


def spoiled(text: str) -> str | None:
    """An expression with one thing turned round, None when there is nothing to turn."""
    for old, new in TURNS.items():
        if old in text:
            return text.replace(old, new, 1)
    return None


def test_a_wrong_expression_is_noticed(ours: Translation, pg_shared: Database) -> None:
    """Every check that can be turned round is caught when it is: the samples tell them apart."""
    unnoticed = []
    tried = 0
    for one in ours.emitted:
        wrong = spoiled(one.sqlite) if one.where.startswith("check ") else None
        if wrong is None or wrong == one.sqlite:
            continue
        tried += 1
        with pg_shared.connect(autocommit=False) as connection:
            try:
                compare(connection, ours.database, [replace(one, sqlite=wrong)])
            except TranslationError:
                continue
        unnoticed.append(one.where)
    assert tried > 40
    assert unnoticed == []


def name(view: Emitted) -> str:
    return view.where.rpartition(".")[2]


SPOILED_VIEWS = {
    "view public.review_queue": [
        (" in ('review', 'failed')", " in ('review')"),
        ("created_at desc", "created_at"),
        ("jobs.state = 'dead'", "jobs.state = 'waiting'"),
        ("source = 'human' then 'cleared'", "source = 'rule' then 'cleared'"),
        ("field = 'category'", "field = 'tags'"),
    ],
    "view public.corrections": [
        ("judged.outcome = 'abstained'", "judged.outcome = 'applied'"),
        ("word.label = said.previous_label", "word.label <> said.previous_label"),
        ("said.judged_id = judged.id", "said.id = judged.id"),
    ],
    "view public.content_labels": [
        ("outcome = 'applied'", "outcome <> 'applied'"),
        ("links.state = 'applied'", "links.state <> 'applied'"),
        ("links.source <> 'human'", "links.source = 'human'"),
    ],
    "view public.category_usage": [("filed.id = categories.id)", "filed.id <> categories.id)")],
    "view public.cache_statistics": [
        ("sum(cache_counters.hits) as hits", "sum(cache_counters.misses) as hits")
    ],
    "view public.campaign_costs": [
        ("categorizations.cost is not null", "categorizations.cost is null"),
        ("sum(cast(decisions.cost as real))", "max(cast(decisions.cost as real))"),
    ],
    "view public.offline_decisions": [
        ("fallback is not null", "fallback is null"),
        ("later.created_at >", "later.created_at <"),
    ],
    "view public.campaign_overview": [
        ("status = 'scheduled') as scheduled", "status = 'posted') as scheduled"),
        ("label_state = 'review'", "label_state = 'queued'"),
        ("min(", "max("),
    ],
    "view public.approval_queue": [
        ("content_assets.approval = 'required'", "content_assets.approval <> 'required'"),
        ("social_posts.approval = 'required'", "social_posts.approval <> 'required'"),
        ("social_posts.approval_rule as rule", "social_posts.approval_note as rule"),
        (", 1, 200) as text,", ", 1, 2) as text,"),
    ],
    "view public.approved_posts": [
        ("status = 'scheduled'", "status = 'posted'"),
        ("scheduled_time is not null", "scheduled_time is null"),
        ("social_posts.approval in ('none', 'approved')", "social_posts.approval in ('none')"),
        ("'none') in ('none', 'approved')", "'none') in ('approved')"),
        ("coalesce(content_assets.approval, 'none')", "content_assets.approval"),
    ],
    "view public.audit_queue": [
        ("decided.field = 'category'", "decided.field = 'tags'"),
        ("category_source = decided.source", "category_source <> decided.source"),
        ("and not exists", "and exists"),
    ],
    "view public.label_accuracy": [
        ("decided.field <> 'tags'", "decided.field = 'tags'"),
        ("<> 'kept_human'", "= 'kept_human'"),
        ("<> 'human'", "= 'human'"),
        ("count(decided.audited_at)", "count(*)"),
        ("in ('confirmed', 'left_empty')) as judged_right", "in ('confirmed')) as judged_right"),
        ("count(said.id) as judged", "count(*) as judged"),
    ],
    "view public.label_confusion": [
        ("field <> 'tags'", "field = 'tags'"),
        (
            "corrections.machine_label, corrections.label, count",
            "corrections.label, corrections.machine_label, count",
        ),
        ("count(*)", "1 + count(*)"),
    ],
    "view public.label_calibration": [
        ("field <> 'tags'", "field = 'tags'"),
        ("source is not null", "source is null"),
        ("kind = 'confirmed'", "kind <> 'confirmed'"),
        ("avg(", "1 - avg("),
    ],
    "view public.tag_group_gaps": [
        (" in ('labeled', 'review')", " in ('labeled')"),
        ("links.state = 'applied'", "links.state <> 'applied'"),
        ("count(tags.id) < tag_groups.min_tags", "count(tags.id) <= tag_groups.min_tags"),
        ("count(tags.id) > tag_groups.max_tags", "count(tags.id) < tag_groups.max_tags"),
        ("tag_groups.name = tags.tag_group", "tag_groups.name <> tags.tag_group"),
    ],
}


def test_a_wrong_view_is_noticed(ours: Translation, pg_shared: Database) -> None:
    views = [one for one in ours.emitted if one.table is None]
    assert {one.where for one in views} == SPOILED_VIEWS.keys()
    with (
        pg_shared.connect(autocommit=False) as connection,
        filled(connection, ours.database, views) as compare_views,
    ):
        for one in views:
            read = [
                view
                for view in views
                if f"from {name(view)} " in one.sqlite or f"join {name(view)} " in one.sqlite
            ]
            for old, new in SPOILED_VIEWS[one.where]:
                assert old in one.sqlite, old
                wrong = replace(one, sqlite=one.sqlite.replace(old, new, 1))
                with pytest.raises(TranslationError, match=rf"^{one.where}: SQLite answers"):
                    compare_views([*read, wrong])
