"""Tables, keys and indexes from a catalogue made by hand."""

import sqlite3

import pytest
from tests.unit.schema.catalogues import catalogue, column, constraint, index

from campaignbase.errors import InputError, TranslationError
from campaignbase.schema.catalogue import Catalogue, Column, Constraint, Index, Type
from campaignbase.schema.translate import OURS, Rules, Translation, foreign, translate

KEY = constraint("public.a.a_pkey", "p", "PRIMARY KEY (id)", ["id"])
ID = column("public.a.id", "bigint", not_null=True, identity="a")
THEIRS = foreign("theirs")
STRICT = Rules("strict", complete=True)


def one(
    *columns: Column,
    keys: tuple[Constraint, ...] = (),
    indexes: tuple[Index, ...] = (),
    types: tuple[Type, ...] = (),
) -> Catalogue:
    return catalogue(tables=["public.a"], columns=columns, constraints=keys, indexes=indexes, types=types)


def sqlite_of(translation: Translation) -> sqlite3.Connection:
    memory = sqlite3.connect(":memory:")
    memory.execute("pragma foreign_keys = on")
    memory.executescript(translation.schema_sql)
    return memory


def table_of(translation: Translation) -> str:
    text = translation.schema_sql
    return text[text.index("create table a ") : text.index(") strict;")]


def reason(translation: Translation, kind: str, name: str) -> tuple[str, str]:
    return next((e.outcome.value, e.reason) for e in translation.entries if (e.kind, e.name) == (kind, name))


def test_an_identity_counts_and_never_uses_a_number_again() -> None:
    found = translate(one(ID, column("public.a.n", "text"), keys=(KEY,)), rules=THEIRS)
    assert table_of(found) == (
        "create table a (\n    id integer constraint a_pkey primary key autoincrement,\n    n text\n"
    )
    memory = sqlite_of(found)
    memory.execute("insert into a (n) values ('x')")
    memory.execute("delete from a")
    memory.execute("insert into a (n) values ('y')")
    assert memory.execute("select id from a").fetchall() == [(2,)]


def test_a_counting_column_beside_the_key_becomes_the_key() -> None:
    serial = column("public.a.no", "integer", not_null=True, default="nextval('public.a_no_seq'::regclass)")
    key = column("public.a.id", "uuid", not_null=True, default="gen_random_uuid()")
    found = translate(one(key, serial, keys=(KEY,)), rules=THEIRS)
    assert "constraint a_pkey unique (id)" in table_of(found)
    assert reason(found, "key", "a.a_pkey")[0] == "rewritten"
    memory = sqlite_of(found)
    memory.executescript("insert into a default values; insert into a default values")
    assert memory.execute("select no, length(id) from a").fetchall() == [(1, 36), (2, 36)]


def test_two_counting_columns_are_refused() -> None:
    other = column("public.a.no", "bigint", not_null=True, identity="d")
    with pytest.raises(TranslationError, match=r"^column a\.no: id counts by itself already"):
        translate(one(ID, other, keys=(KEY,)), rules=THEIRS)


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("", ""),
        (" ON UPDATE CASCADE ON DELETE SET NULL", " on update cascade on delete set null"),
        (
            " ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            " on delete cascade deferrable initially deferred",
        ),
        (" ON DELETE RESTRICT NOT VALID", " on delete restrict"),
    ],
)
def test_a_foreign_key_keeps_its_actions(definition: str, expected: str) -> None:
    parent = constraint(
        "public.a.a_parent_fkey",
        "f",
        f"FOREIGN KEY (parent) REFERENCES public.a(id){definition}",
        ["parent"],
        "public.a.id",
    )
    text = translate(
        one(ID, column("public.a.parent", "bigint"), keys=(KEY, parent)), rules=THEIRS
    ).schema_sql
    assert f"constraint a_parent_fkey foreign key (parent) references a (id){expected}\n" in text.replace(
        "\n        ", " "
    )


@pytest.mark.parametrize("definition", [" MATCH FULL", " ON DELETE SET NULL (parent)"])
def test_a_foreign_key_that_would_mean_less_is_refused(definition: str) -> None:
    parent = constraint(
        "public.a.a_parent_fkey",
        "f",
        f"FOREIGN KEY (parent) REFERENCES public.a(id){definition}",
        ["parent"],
        "public.a.id",
    )
    with pytest.raises(TranslationError, match=r"^key a\.a_parent_fkey: .* has no counterpart"):
        translate(one(ID, column("public.a.parent", "bigint"), keys=(KEY, parent)), rules=STRICT)


def test_a_foreign_key_to_the_platform_is_left_out() -> None:
    user = constraint(
        "public.a.a_user_fkey",
        "f",
        "FOREIGN KEY (user_id) REFERENCES auth.users(id)",
        ["user_id"],
        "auth.users.id",
    )
    found = translate(
        one(column("public.a.user_id", "uuid", default="auth.uid()"), keys=(user,)), rules=THEIRS
    )
    assert reason(found, "key", "a.a_user_fkey") == (
        "left out",
        "auth.users belongs to the platform and is not here",
    )
    assert reason(found, "default", "a.user_id")[0] == "left out"
    assert "default" not in table_of(found)
    assert "a_user_id_is_a_uuid" in table_of(found)  # no key refuses a bad one


@pytest.mark.parametrize(
    "definition", ["UNIQUE NULLS NOT DISTINCT (n)", "PRIMARY KEY (id, n WITHOUT OVERLAPS)"]
)
def test_a_key_that_would_mean_less_is_refused(definition: str) -> None:
    key = constraint("public.a.k", "u", definition, ["n"])
    with pytest.raises(TranslationError, match=r"^key a\.k: .* has no counterpart"):
        translate(one(column("public.a.n", "text"), keys=(key,)), rules=STRICT)


def test_an_exclusion_is_refused_in_ours_and_left_out_in_theirs() -> None:
    key = constraint("public.a.k", "x", "EXCLUDE USING gist (n WITH =)", ["n"])
    found = one(column("public.a.n", "text"), keys=(key,))
    with pytest.raises(TranslationError, match="SQLite has no exclusion constraints"):
        translate(found, rules=STRICT)
    assert reason(translate(found, rules=THEIRS), "key", "a.k")[0] == "left out"


def test_the_tenant_column_has_the_default_workspace_in_ours() -> None:
    found = translate(
        one(column("public.a.workspace_id", "uuid", not_null=True)), rules=Rules("x", defaults=OURS.defaults)
    )
    assert "workspace_id text not null\n        default '00000000-0000-0000-0000-000000000001'" in table_of(
        found
    )


def test_the_hash_is_of_the_statements_not_of_their_comments() -> None:
    def digest(found: Catalogue) -> str:
        return str(
            sqlite_of(translate(found, rules=STRICT)).execute("select hash from schema_info").fetchone()[0]
        )

    plain = digest(one(column("public.a.n", "text")))
    assert plain == digest(one(column("public.a.n", "text", comment="What it is -- or not; 'quoted'")))
    assert plain != digest(one(column("public.a.n", "text", default="'-- no comment'::text")))
    assert plain != digest(one(column("public.a.n", "text", not_null=True)))


def test_money_keeps_its_cents() -> None:
    found = translate(one(column("public.a.m", "numeric(14,4)", not_null=True, default="0")), rules=THEIRS)
    memory = sqlite_of(found)
    memory.execute("insert into a default values")
    assert memory.execute("select m from a").fetchall() == [("0.0000",)]


def test_a_computed_number_is_rounded_as_its_type_says() -> None:
    rate = column("public.a.rate", "numeric(14,4)", generated="((n)::numeric / (NULLIF(d, 0))::numeric)")
    found = translate(
        one(column("public.a.n", "integer"), column("public.a.d", "integer"), rate), rules=THEIRS
    )
    memory = sqlite_of(found)
    memory.execute("insert into a (n, d) values (2, 3), (1, 0), (1, null)")
    assert memory.execute("select rate from a").fetchall() == [(0.6667,), (None,), (None,)]


def test_a_domain_gives_its_checks_default_and_not_null() -> None:
    code = Type(
        "public",
        "code",
        "public.code",
        "d",
        "text NOT NULL DEFAULT 'XX'::text CHECK ((VALUE ~ '^[A-Z]{2}$'::text))",
        None,
    )
    found = translate(one(column("public.a.c", "public.code"), types=(code,)), rules=THEIRS)
    memory = sqlite_of(found)
    memory.execute("insert into a default values")
    assert memory.execute("select c from a").fetchall() == [("XX",)]
    for wrong in ("NULL", "'xx'", "'XXX'"):
        with pytest.raises(sqlite3.IntegrityError):
            memory.execute(f"insert into a (c) values ({wrong})")


def test_a_day_may_be_the_present_time() -> None:
    found = translate(one(column("public.a.d", "date", default="now()")), rules=THEIRS)
    memory = sqlite_of(found)
    memory.execute("insert into a default values")
    assert memory.execute("select d = date('now') from a").fetchall() == [(1,)]


@pytest.mark.parametrize("kind", ["jsonb", "text[]", "numeric(4,1)"])
def test_a_key_over_text_that_can_be_written_in_several_ways_is_refused(kind: str) -> None:
    key = constraint("public.a.a_n_key", "u", "UNIQUE (n)", ["n"])
    with pytest.raises(TranslationError, match=r"^key a\.a_n_key: n is .*--column a\.n=real"):
        translate(one(column("public.a.n", kind), keys=(key,)), rules=THEIRS)
    assert "unique (n)" in table_of(
        translate(one(column("public.a.n", kind), keys=(key,)), rules=foreign("x", {"a.n": "text"}))
    )


def test_names_that_sqlite_keeps_for_itself_are_quoted() -> None:
    found = translate(
        one(column("public.a.order", "integer"), column("public.a.Mixed", "text")), rules=THEIRS
    )
    assert 'create table a (\n    "order" integer,\n    "Mixed" text\n' in table_of(found)
    sqlite_of(found).execute('insert into a ("order", "Mixed") values (1, \'x\')')


def test_two_tables_of_one_name_are_refused() -> None:
    with pytest.raises(TranslationError, match=r"^table public\.a: private\.a has the same name"):
        translate(catalogue(tables=["private.a", "public.a"]), rules=THEIRS)


def test_an_unknown_type_names_the_column_and_the_way_out() -> None:
    found = one(column("public.a.span", "interval"))
    with pytest.raises(
        TranslationError, match=r"^column a\.span: unknown type 'interval'.*--column a\.span=text$"
    ):
        translate(found, rules=THEIRS)
    given = translate(found, rules=foreign("theirs", {"a.span": "text"}))
    assert "span text" in table_of(given)


def test_a_storage_for_no_column_is_bad_input() -> None:
    found = one(column("public.a.span", "interval"))
    with pytest.raises(InputError) as caught:
        translate(found, rules=foreign("theirs", {"a.spam": "text"}))
    assert str(caught.value) == "--column a.spam: no table has this column; did you mean 'a.span'?"


def test_a_text_search_column_is_left_out_when_it_is_computed() -> None:
    words = column("public.a.words", "tsvector", generated="to_tsvector('simple'::regconfig, n)")
    found = translate(one(column("public.a.n", "text"), words), rules=THEIRS)
    assert reason(found, "column", "a.words")[0] == "left out"
    with pytest.raises(TranslationError, match="unknown type 'tsvector'"):
        translate(one(column("public.a.words", "tsvector")), rules=THEIRS)


def test_a_collation_is_refused() -> None:
    with pytest.raises(TranslationError, match=r"column a\.n: unknown collation 'de_DE'"):
        translate(one(column("public.a.n", "text", collation="de_DE")), rules=THEIRS)


INDEXES = [
    (
        index(
            "public.a.i",
            "CREATE INDEX i ON public.a USING btree (n, m DESC NULLS LAST) WHERE (m > 1)",
            ["n", "m"],
            predicate="(m > 1)",
        ),
        "create index i\non a (n, m desc)\nwhere m > 1;",
    ),
    (
        index(
            "public.a.i",
            "CREATE UNIQUE INDEX i ON public.a USING btree (lower(n) DESC, m)",
            ["lower(n)", "m"],
            unique=True,
        ),
        "create unique index i\non a (lower(n) desc, m);",
    ),
    (
        index(
            "public.a.i",
            'CREATE INDEX i ON public.a USING btree (n COLLATE "C" text_pattern_ops)',
            ['n COLLATE "C"'],
        ),
        "create index i\non a (n);",
    ),
]


@pytest.mark.parametrize(("found", "expected"), INDEXES)
def test_an_index_keeps_keys_order_and_predicate(found: Index, expected: str) -> None:
    columns = (column("public.a.n", "text"), column("public.a.m", "integer"))
    assert expected in translate(one(*columns, indexes=(found,)), rules=THEIRS).schema_sql


def test_an_index_of_unknown_form_is_left_out_of_another_project() -> None:
    text = "CREATE INDEX i ON public.a USING btree (soundex(n))"
    plain = index("public.a.i", text, ["soundex(n)"])
    unique = index("public.a.i", text, ["soundex(n)"], unique=True)
    n = column("public.a.n", "text")
    for found, what in ((plain, "only speed: "), (unique, "nothing keeps this rule here: ")):
        outcome, why = reason(translate(one(n, indexes=(found,)), rules=THEIRS), "index", "i")
        assert (outcome, why.startswith(f"{what}index i: the function soundex")) == ("left out", True)
        with pytest.raises(TranslationError, match=r"^index i: the function soundex is not known"):
            translate(one(n, indexes=(found,)), rules=STRICT)


@pytest.mark.parametrize("method", ["hnsw", "gin", "gist", "brin"])
def test_an_index_without_counterpart_is_left_out_with_the_reason(method: str) -> None:
    found = index("public.a.i", f"CREATE INDEX i ON public.a USING {method} (n)", ["n"], method=method)
    outcome, why = reason(
        translate(one(column("public.a.n", "text"), indexes=(found,)), rules=STRICT), "index", "i"
    )
    assert outcome == "left out"
    assert why.startswith(f"{method}: ")
