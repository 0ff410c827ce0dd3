"""Views from a catalogue made by hand: their order, what is rewritten, what is refused."""

import pytest
from tests.unit.schema.catalogues import catalogue, column

from campaignbase.errors import TranslationError
from campaignbase.schema.catalogue import View
from campaignbase.schema.translate import Rules, Translation, foreign, translate

THEIRS = foreign("theirs")
STRICT = Rules("strict", complete=True)


def reason(translation: Translation, kind: str, name: str) -> tuple[str, str]:
    return next((e.outcome.value, e.reason) for e in translation.entries if (e.kind, e.name) == (kind, name))


def view(name: str, definition: str, *, materialized: bool = False) -> View:
    return View("public", name, materialized, ["security_invoker=true"], "postgres", definition, None)


def test_views_stand_after_those_they_read() -> None:
    tables = catalogue(
        tables=["public.a"],
        columns=[column("public.a.n", "integer")],
        views=[
            view("a1", " SELECT v.n FROM public.b1 v;"),
            view("b1", " SELECT a.n, count(*) AS c FROM public.a GROUP BY a.n;", materialized=True),
        ],
    )
    found = translate(tables, rules=STRICT)
    assert "create view a1 as\nselect\n    v.n\nfrom b1 as v;" in found.schema_sql
    assert found.schema_sql.index("create view b1") < found.schema_sql.index("create view a1")
    assert reason(found, "view", "public.b1")[0] == "rewritten"


LATERAL = (
    "SELECT a.n, d.t FROM (public.a {join} ( SELECT c.t FROM public.a c WHERE (c.n > a.n) {end}) d ON (true))"
)


@pytest.mark.parametrize(("join", "word"), [("LEFT JOIN LATERAL", "left join"), ("JOIN LATERAL", "join")])
def test_the_first_row_of_a_lateral_subquery_is_joined_by_its_rowid(join: str, word: str) -> None:
    definition = LATERAL.format(join=join, end="ORDER BY c.n LIMIT 1")
    found = translate(
        catalogue(
            tables=["public.a"],
            columns=[column("public.a.n", "integer"), column("public.a.t", "text")],
            views=[view("v", definition)],
        ),
        rules=STRICT,
    )
    first = "(select c.rowid from a as c where c.n > a.n order by c.n nulls last limit 1)"
    assert f"{word} a as d on d.rowid = {first}" in " ".join(found.schema_sql.split())


REFUSED_LATERAL = "lateral is known as (select columns of one table ... limit 1) on true only"
REFUSED_VIEWS = [
    (LATERAL.format(join="LEFT JOIN LATERAL", end=""), REFUSED_LATERAL),
    (LATERAL.format(join="LEFT JOIN LATERAL", end="LIMIT 2"), REFUSED_LATERAL),
    (LATERAL.format(join="LEFT JOIN LATERAL", end="OFFSET 1 LIMIT 1"), REFUSED_LATERAL),
    (
        LATERAL.format(join="LEFT JOIN LATERAL", end="LIMIT 1").replace("(true)", "(d.t = a.t)"),
        REFUSED_LATERAL,
    ),
    (
        LATERAL.format(join="LEFT JOIN LATERAL", end="LIMIT 1").replace("c.t FROM", "c.n AS t FROM"),
        REFUSED_LATERAL,
    ),
    (
        "SELECT d.n FROM (public.a JOIN LATERAL ( SELECT max(c.n) AS n FROM public.a c LIMIT 1) d ON (true))",
        REFUSED_LATERAL,
    ),
    (
        "SELECT d.n FROM (public.a JOIN LATERAL ( SELECT c.n FROM public.a c, public.a LIMIT 1) d ON (true))",
        REFUSED_LATERAL,
    ),
    ("SELECT DISTINCT ON (a.n) a.n FROM public.a", "'on' of Distinct is not known"),
    ("SELECT row_number() OVER (ORDER BY a.n) AS r FROM public.a", "Window is not known"),
    ("SELECT a.n FROM public.a, LATERAL unnest(ARRAY[1]) x(y)", "Lateral is not known"),
    ("SELECT u.id FROM auth.users u", "auth.users is not here"),
    ("SELECT string_agg(a.t, ','::text) AS s FROM public.a", "the function string_agg is not known"),
    ("SELECT array_agg(a.n) AS s FROM public.a", "the function array_agg is not known"),
    ("SELECT max(a.t) AS s FROM public.a", "max of text is not known"),
    ("SELECT a.n FROM public.a TABLESAMPLE system (10)", "'sample' of Table is not known"),
    ("SELECT a.n FROM public.a FOR UPDATE", "'locks' of Select is not known"),
    ("SELECT a.n FROM public.a EXCEPT SELECT a.n FROM public.a", "Except is not known"),
    ("SELECT a.n FROM public.a UNION SELECT 1.5", "a column is integer in one part and numeric in another"),
    ("WITH RECURSIVE r AS (SELECT 1 AS n) SELECT r.n FROM r", "'recursive' of With is not known"),
]


@pytest.mark.parametrize(("definition", "why"), REFUSED_VIEWS)
def test_an_unknown_view_is_refused_in_ours_and_left_out_in_theirs(definition: str, why: str) -> None:
    found = catalogue(
        tables=["public.a"],
        columns=[column("public.a.n", "integer"), column("public.a.t", "text")],
        views=[view("v", definition)],
    )
    with pytest.raises(TranslationError) as caught:
        translate(found, rules=STRICT)
    assert str(caught.value).startswith("view public.v: ")
    assert why in str(caught.value)
    assert why in reason(translate(found, rules=THEIRS), "view", "public.v")[1]
