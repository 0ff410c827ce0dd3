"""Expressions as Postgres prints them, and what SQLite is to be asked instead."""

import pytest
from tests.unit.schema.translating import expressions

from campaignbase.errors import TranslationError
from campaignbase.schema.translate.kinds import Kind

UUID = (
    "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)"
    " || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2)"
    " || '-' || hex(randomblob(6)))"
)
CHECKS = [
    # what both engines say alike
    ("(i >= 0)", "i >= 0"),
    ("((t = 'x'::text) = (t2 IS NOT NULL))", "(t = 'x') = (t2 is not null)"),
    ("((f OR (i > 1)) AND (NOT f))", "(f or i > 1) and not f"),
    ("(f IS NOT TRUE)", "not (f is true)"),
    ('("order" > 1)', '"order" > 1'),
    ("((i - (i2 - 1)) * (- 2) > 0)", "(i - (i2 - 1)) * -2 > 0"),
    # a list of constants
    ("(t = ANY (ARRAY['a'::text, 'it''s'::text]))", "t in ('a', 'it''s')"),
    (
        "((t)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
        "t in ('a', 'b')",
    ),
    ("(t <> ALL (ARRAY['a'::text, 'b'::text]))", "t not in ('a', 'b')"),
    ("(e = ANY (ARRAY['good'::public.mood, 'bad'::public.mood]))", "e in ('good', 'bad')"),
    ("(i = ANY (ARRAY['-1'::integer, 1]))", "i in (-1, 1)"),
    # text
    ("(char_length(t) <= 255)", "length(t) <= 255"),
    ("(octet_length(t) <= 1000000)", "length(cast(t as blob)) <= 1000000"),
    ("(btrim(t) <> ''::text)", "trim(t) <> ''"),
    ("(TRIM(BOTH FROM t) <> ''::text)", "trim(t) <> ''"),
    ("(TRIM(LEADING '#'::text FROM t) <> ''::text)", "ltrim(t, '#') <> ''"),
    ("(POSITION(('@'::text) IN (t)) > 1)", "instr(t, '@') > 1"),
    ("(\"left\"(t, 3) = 'abc'::text)", "substr(t, 1, 3) = 'abc'"),
    ("(SUBSTRING(t FROM 2 FOR 3) = 'abc'::text)", "substr(t, 2, 3) = 'abc'"),
    ("(((t || '-'::text) || t2) <> 'a-b'::text)", "t || '-' || t2 <> 'a-b'"),
    ("(concat(t, t2) <> ''::text)", "coalesce(t, '') || coalesce(t2, '') <> ''"),
    ("(t ~~ 'a%_[*'::text)", "t glob 'a*?[[][*]'"),  # LIKE of SQLite ignores case, glob does not
    ("(t !~~ '100\\%'::text)", "t not glob '100%'"),
    ("(t ~~* 'a%'::text)", "t like 'a%' escape '\\'"),
    ("(t ~ '^[a-z][a-z0-9_]*$'::text)", "t glob '[a-z]*' and t not glob '*[^a-z0-9_]*'"),
    ("(NOT (t ~ '^[A-Z]{2}$'::text))", "not (t glob '[A-Z][A-Z]')"),
    ("((t ~ '^https?://'::text) AND f)", "(t glob 'http://*' or t glob 'https://*') and f"),
    ("(((t)::text COLLATE \"C\") < 'b'::text)", "t < 'b'"),
    # numbers: decimal text is compared as a number, whole numbers divide as Postgres divides them
    ("(m >= (0)::numeric)", "cast(m as real) >= 0"),
    ("((m IS NULL) OR (m < 100.5))", "m is null or cast(m as real) < 100.5"),
    ("((r >= (0)::double precision) AND (r <= (1)::double precision))", "r >= 0 and r <= 1"),
    ("((i / 2) > 1)", "i / 2 > 1"),
    (
        "(((COALESCE(i, 0))::numeric / (NULLIF(i2, 0))::numeric) > 0.5)",
        "cast(coalesce(i, 0) as real) / nullif(i2, 0) > 0.5",
    ),
    ("((m / (2)::numeric) > (1)::numeric)", "cast(m as real) / 2 > 1"),
    # one of several may be a whole number there and then
    (
        "((COALESCE((i)::numeric, m) / (2)::numeric) > 1)",
        "cast(coalesce(i, cast(m as real)) as real) / 2 > 1",
    ),
    (
        "((GREATEST((i)::numeric, m) / (2)::numeric) > 1)",
        "cast(coalesce(max(i, cast(m as real)), i, cast(m as real)) as real) / 2 > 1",
    ),
    ("((abs((i)::numeric) / (2)::numeric) > 1)", "cast(abs(i) as real) / 2 > 1"),
    ("((i % 3) = 0)", "i % 3 = 0"),
    ("(GREATEST(i, i2) > 0)", "coalesce(max(i, i2), i, i2) > 0"),  # Postgres leaves nulls out
    ("(num_nonnulls(t, i) = 1)", "(t is not null) + (i is not null) = 1"),
    # null-safe
    ("(u IS DISTINCT FROM u2)", "u is not u2"),
    ("(NOT (i IS DISTINCT FROM i2))", "not (i is not i2)"),
    # JSON and arrays
    ("(jsonb_typeof(j) = 'object'::text)", "json_type(j) = 'object'"),
    ("(cardinality(a) <= 10)", "json_array_length(a) <= 10"),
    ("(a <> '{}'::text[])", "json_array_length(a) <> 0"),
    # times
    ("((z2 IS NULL) OR (z2 >= z))", "z2 is null or z2 >= z"),
    ("(z > '2024-01-01 00:00:00+00'::timestamp with time zone)", "z > '2024-01-01T00:00:00.000000Z'"),
    ("(d > '2024-02-29'::date)", "d > '2024-02-29'"),
    ("((z)::date = d)", "substr(z, 1, 10) = d"),
    ("(EXTRACT(year FROM d) > (2000)::numeric)", "cast(substr(d, 1, 4) as integer) > 2000"),
    # case
    (
        "(CASE WHEN (t = 'a'::text) THEN 0 ELSE 1 END = 1)",
        "case when t = 'a' then 0 else 1 end = 1",
    ),
    ("(CASE e WHEN 'good'::public.mood THEN f ELSE false END)", "case e when 'good' then f else 0 end"),
]
DEFAULTS = [
    ("gen_random_uuid()", UUID, Kind.UUID),
    ("now()", "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')", Kind.TIMESTAMPTZ),
    ("CURRENT_TIMESTAMP", "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')", Kind.TIMESTAMPTZ),
    ("CURRENT_DATE", "date('now')", Kind.DATE),
    (
        "(now() - '1 day 02:00:00'::interval)",
        "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '-1 days', '-7200 seconds')",
        Kind.TIMESTAMPTZ,
    ),
    ("timezone('utc'::text, now())", "rtrim(strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), 'Z')", Kind.TIMESTAMP),
    ("'draft'::text", "'draft'", Kind.TEXT),
    ("true", "1", Kind.BOOLEAN),
    ("'-1'::integer", "-1", Kind.INTEGER),
    ("'{}'::text[]", "'[]'", Kind.ARRAY),
    ('\'{a,"b c",NULL,"null"}\'::text[]', '\'["a", "b c", null, "null"]\'', Kind.ARRAY),
    ("ARRAY['it''s'::text]", "'[\"it''s\"]'", Kind.ARRAY),
    ("'{1,2}'::integer[]", "'[1, 2]'", Kind.ARRAY),
    ("'{\"a\": 1}'::jsonb", "'{\"a\": 1}'", Kind.JSON),
    ("'\\x00ff'::bytea", "x'00ff'", Kind.BYTES),
    ("'2024-02-29 12:00:00+02'::timestamp with time zone", "'2024-02-29T10:00:00.000000Z'", Kind.TIMESTAMPTZ),
]


@pytest.mark.parametrize(("postgres", "sqlite"), CHECKS)
def test_a_check_means_the_same(postgres: str, sqlite: str) -> None:
    found = expressions().translate(postgres)
    assert found.sql == sqlite
    assert found.kind is Kind.BOOLEAN


@pytest.mark.parametrize(("postgres", "sqlite", "kind"), DEFAULTS)
def test_a_default_means_the_same(postgres: str, sqlite: str, kind: Kind) -> None:
    found = expressions(clock=True).translate(postgres)
    assert (found.sql, found.kind) == (sqlite, kind)


def test_what_is_not_quite_the_same_is_noted() -> None:
    to = expressions()
    to.translate("((lower(t) = t) AND (upper(t) <> t))")
    assert to.notes == ["only the letters a to z change case: É and é stay different"]


def test_an_error_names_the_object_the_finding_and_the_next_step() -> None:
    with pytest.raises(TranslationError) as caught:
        expressions("check posts.body_fits").translate("(similarity(t, 'x'::text) > 0.3)")
    assert str(caught.value) == (
        "check posts.body_fits: the function similarity is not known, in \"SIMILARITY(t, CAST('x' AS TEXT))\""
        "; write it with what both engines know (comparisons, in, between, is null, case, coalesce, length, "
        "trim, ...)"
    )
