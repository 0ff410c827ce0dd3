"""Random expressions, as Postgres prints them: translated and answering alike on both engines, or refused."""

import random
from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest
from tests.support.postgres import Database

from campaignbase.schema import catalogue
from campaignbase.schema.translate import foreign, translate
from campaignbase.schema.translate.compare import compare

SEED, COUNT = 20260101, 300
TABLE = """
create type public.mood as enum ('good', 'bad');
create table public.a (
    t text, t2 text, v varchar(40), e public.mood,
    i integer, i2 integer, b bigint, m numeric(12, 2), r double precision,
    f boolean, f2 boolean, u uuid, u2 uuid, z timestamptz, z2 timestamptz, d date, j jsonb, l text[]
)
"""
Chance = random.Random
Maker = Callable[[Chance, int], str]


def condition(chance: Chance, depth: int) -> str:
    if depth <= 0:
        return chance.choice(["f", "f2", "true", "t is null", "i > 1", "e = 'good'", "d is not null"])
    kind = chance.randrange(16)
    inner = depth - 1
    if kind < 3:
        return f"({condition(chance, inner)} {chance.choice(['and', 'or'])} {condition(chance, inner)})"
    if kind == 3:
        return f"(not {condition(chance, inner)})"
    if kind == 4:
        asked = chance.choice(["true", "not true", "false", "not false", "unknown"])
        return f"({condition(chance, inner)}) is {asked}"
    if kind < 8:
        return compared(chance, number, inner, ["=", "<>", "<", "<=", ">", ">="])
    if kind < 10:
        return compared(chance, text, inner, ["=", "<>", "is distinct from", "is not distinct from"])
    if kind == 10:
        return compared(chance, moment, inner, ["=", "<>", "<", ">="])
    if kind == 11:
        return f"{text(chance, inner)} {chance.choice(['', 'not '])}in ('a', 'abc', {text(chance, 0)})"
    if kind == 12:
        pattern = chance.choice(["a%", "%_b%", "A_", "%", "", "a\\_b", "[a]%", "100%"])
        return f"{text(chance, inner)} {chance.choice(['like', 'not like', 'ilike'])} '{pattern}'"
    if kind == 13:
        pattern = chance.choice(["^[a-z][a-z0-9_]*$", "^[A-Z]{2}$", "^https?://", "^[a-z0-9]+(-[a-z0-9]+)*$"])
        return f"{text(chance, inner)} {chance.choice(['~', '!~'])} '{pattern}'"
    if kind == 14:
        return chance.choice(
            ["u = u2", "u is distinct from u2", "l <> '{}'", "jsonb_typeof(j) = 'object'", "f = f2"]
        )
    return f"{number(chance, inner)} between {number(chance, 0)} and {number(chance, 0)}"


def compared(chance: Chance, maker: Maker, depth: int, operators: list[str]) -> str:
    return f"({maker(chance, depth)} {chance.choice(operators)} {maker(chance, depth)})"


def number(chance: Chance, depth: int) -> str:
    if depth <= 0:
        return chance.choice(["i", "i2", "b", "m", "r", "0", "1", "7", "-2", "1.5", "0.25::float8"])
    inner = depth - 1
    kind = chance.randrange(12)
    if kind < 4:
        return f"({number(chance, inner)} {chance.choice('+-*')} {number(chance, 0)})"
    if kind == 4:
        return (
            f"({number(chance, inner)} / {chance.choice(['2', '4.0', 'nullif(i2, 0)', 'nullif(m, 0)', 'i'])})"
        )
    if kind == 5:
        return f"(i % {chance.choice(['3', 'nullif(i2, 0)'])})"
    if kind == 6:
        return f"coalesce({number(chance, inner)}, {number(chance, 0)})"
    if kind == 7:
        listed = f"{number(chance, inner)}, {number(chance, 0)}, {number(chance, 0)}"
        return f"{chance.choice(['greatest', 'least'])}({listed})"
    if kind == 8:
        return (
            f"case when {condition(chance, inner)} then {number(chance, inner)} else {number(chance, 0)} end"
        )
    if kind == 9:
        return f"{chance.choice(['length', 'octet_length', 'char_length'])}({text(chance, inner)})"
    if kind == 10:
        return f"(- {number(chance, inner)})"
    return chance.choice(
        ["abs(i)", "cardinality(l)", "num_nulls(t, i, z)", "extract(year from d)", "nullif(i, 1)"]
    )


def text(chance: Chance, depth: int) -> str:
    if depth <= 0:
        return chance.choice(["t", "t2", "v", "e::text", "'a'", "'it''s'", "''"])
    inner = depth - 1
    kind = chance.randrange(9)
    if kind == 0:
        return f"({text(chance, inner)} || {text(chance, 0)})"
    if kind == 1:
        return f"{chance.choice(['lower', 'upper', 'trim', 'ltrim', 'rtrim'])}({text(chance, inner)})"
    if kind == 2:
        return f"coalesce({text(chance, inner)}, {text(chance, 0)})"
    if kind == 3:
        return f"nullif({text(chance, inner)}, {text(chance, 0)})"
    if kind == 4:
        return f"replace({text(chance, inner)}, 'a', {text(chance, 0)})"
    if kind == 5:
        return f"left({text(chance, inner)}, {chance.choice(['0', '2', '-1'])})"
    if kind == 6:
        return f"substring({text(chance, inner)} from 2 for 3)"
    if kind == 7:
        return f"concat({text(chance, inner)}, {text(chance, 0)})"
    return f"case e when 'good' then {text(chance, inner)} when 'bad' then {text(chance, 0)} end"


def moment(chance: Chance, depth: int) -> str:
    return chance.choice(
        ["z", "z2", "coalesce(z, z2)", "greatest(z, z2)", "'2024-03-01 00:00:00+00'::timestamptz"]
    )


def test_random_expressions_answer_alike_or_are_refused(pg_platform: Database) -> None:
    chance = random.Random(SEED)
    with pg_platform.connect() as connection:
        connection.execute(TABLE.encode())
        made = [
            name for name in range(COUNT) if add(connection, name, condition(chance, chance.randint(1, 4)))
        ]
        found = catalogue.read(connection)
    rules, kept, refused = foreign("random"), [], 0
    for check in found.constraints:
        translation = translate(replace(found, constraints=(check,)), None, rules)
        if translation.emitted:
            kept.append(translation)
        else:
            refused += 1
    assert len(made) == len(kept) + refused
    assert len(kept) > COUNT / 2
    assert refused > 0
    emitted = [one for translation in kept for one in translation.emitted]
    with pg_platform.connect(autocommit=False) as connection:
        assert compare(connection, kept[0].database, emitted) > 10_000


# what a sum is depends on what is added: integers stay whole, bigints and decimals do not
VIEWS = """
select i, sum(i2) / 4 as a, sum(b) / 4 as b, sum(m) / 4 as c, sum(r) / 4 as d, sum(i2::numeric) / 4 as e
from public.a group by i;

select e, avg(i) as a, avg(m) as b, avg(r) as c, min(z) as d, max(m) as x, count(distinct t) as f
from public.a group by e;

select e, bool_or(f) as a, bool_and(f2) as b, count(*) filter (where f) as c
from public.a group by e having count(*) > 1;

select a.i, c.t from public.a as a left join public.a as c on c.i = a.i2 and c.f
where a.m > 0 or a.f is not true;

select a.i, c.i2 from public.a as a full join public.a as c on a.i = c.b;

select a.i, c.i2, x.f
from public.a as a inner join (public.a as c left join public.a as x on x.i = c.i2) on c.i = a.i2;

select i, t from public.a where t = 'a' union select i2, t2 from public.a union all select 1, 'x';

with x as (select i, count(*) as n from public.a group by i), y (k) as (select max(n) from x)
select x.i, x.n from x cross join y where x.n <= y.k;

select a.i, (select max(c.b) from public.a as c where c.i = a.i) as top,
    a.i in (select i2 from public.a where i2 is not null) as has
from public.a as a where not exists (select from public.a as c where c.i2 = a.i and c.f);

select distinct f, f2, m from public.a;

select date_trunc('month', z at time zone 'utc') as month, extract(hour from z at time zone 'utc') as hour,
    count(*) as n
from public.a group by 1, 2;

select z::date as day, round(avg(m), 2) as a, coalesce(sum(i), 0) as b
from public.a group by z::date order by z::date desc nulls last;

select s.i, s.n * 2 as twice from (select i, count(*) as n from public.a group by i) as s where s.n > 1;

select a.i, a.i2, c.i2 as first from public.a as a
left join lateral (select x.i2 from public.a as x where x.i = a.i and x.f order by x.i2 desc limit 1) as c
on true;

select a.i, c.t from public.a as a
cross join lateral (select x.t from public.a as x where x.i = a.i2 order by x.t collate "C" limit 1) as c;

select i, t, l, j, u from public.a where z > now() - interval '10 days' and 'a' <> coalesce(t, '')
""".strip().split(";\n\n")


@pytest.mark.parametrize("query", VIEWS)
def test_a_view_answers_alike(query: str, pg_platform: Database) -> None:
    with pg_platform.connect(autocommit=False) as connection:
        connection.execute(TABLE.encode())
        connection.execute(f"create view public.v as {query}".encode())
        found = translate(catalogue.read(connection), None, foreign("views"))
        assert [entry.outcome.value for entry in found.entries if entry.kind == "view"] != ["left out"], (
            found.entries
        )
        assert compare(connection, found.database, [one for one in found.emitted if one.table is None]) > 0


def add(connection: "psycopg.Connection[tuple[object, ...]]", name: int, expression: str) -> bool:
    """False when Postgres itself refuses the expression."""
    try:
        connection.execute(f"alter table public.a add constraint c{name} check ({expression})".encode())
    except psycopg.Error:
        return False
    return True
