"""What the translator does not know, it refuses: named constructs, then random ones."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.unit.schema.translating import COLUMNS, expressions

from campaignbase.errors import TranslationError
from campaignbase.schema.translate import functions, syntax
from campaignbase.schema.translate.kinds import storage

# an expression, and the reason that must be told
REFUSED = [
    # sqlglot writes these for SQLite without a word, and they answer wrongly or not at all there
    ("(j = CAST('{}' AS jsonb))", "the function cast is not known"),  # Postgres prints ::
    ("(j = '{}'::jsonb)", "cannot compare jsonb with jsonb"),
    ("(t = ANY (a))", "the function any is not known"),
    ("(t IS JSON)", "only is null, is true and is false"),
    ("(t IS NFC NORMALIZED)", "Alias is not known"),
    ("(t <> ANY (ARRAY['a'::text]))", "the function any is not known"),
    ("(t = ALL (ARRAY['a'::text]))", "the function all is not known"),
    ("(a @> ARRAY['a'::text])", "ArrayContainsAll is not known"),
    ("(a && ARRAY['a'::text])", "ArrayOverlaps is not known"),
    ("(a[1] = 'x'::text)", "'1' of"),
    ("((j ->> 'a'::text) = '5'::text)", "JSONExtractScalar is not known"),
    ("(j ? 'a'::text)", "JSONBContainsTopKey is not known"),
    ("(t ~ '^\\d+$'::text)", "the regular expression '^\\\\d+$' is not in the table"),
    ("(t ~ t2)", "a pattern must be a constant"),
    ("(t ~* '^[a-z][a-z0-9_]*$'::text)", "is not in the table"),  # in the table with ~ only
    ("(t ~~ t2)", "a pattern must be a constant"),
    ("(t ~~* 'é%'::text)", "SQLite compares only the letters a to z without case"),
    ("(t SIMILAR TO 'a'::text)", "SimilarTo is not known"),
    # text order, decimal and whole division, what is null in one engine and an error in the other
    ("(t < t2)", "text is ordered by another collation"),
    ("(e < 'good'::public.mood)", "cannot compare enum with enum"),
    ("(GREATEST(t, t2) = t)", "depends on a collation"),
    ('((t COLLATE "de_DE") = t2)', 'only the collation "C"'),
    ("((i / i2) > 1)", "division by zero"),
    ("((i / 0) > 1)", "division by zero"),
    ("((m % (2)::numeric) = (0)::numeric)", "the remainder of other numbers than integers"),
    ("((m)::integer = 1)", "the cast from numeric to integer is not known"),
    ("((t)::integer = 1)", "the cast from text to integer is not known"),
    ("((i)::boolean)", "the cast from integer to boolean is not known"),
    ("((m)::numeric(3,1) = 1.0)", "the cast from numeric to numeric(3,1) is not known"),
    ("((t)::character varying(3) = 'a'::text)", "the cast from text to character varying(3) is not known"),
    ("((j)::text = '{}'::text)", "the cast from jsonb to text is not known"),
    ("(i || t = 'a'::text)", "is not known"),
    ("(i = t)", "cannot compare integer with text"),
    ("(i AND f)", "expected a condition, found integer"),
    ("(t + i > 1)", "text + integer is not known"),
    ("((- t) = t)", "-text is not known"),
    ("(abs(t) = 1)", "no such function takes (text)"),
    ("(left(t, i) = 'a'::text)", "part of a text is known from a constant place"),
    ("(\"left\"(t, '-1'::integer) = 'a'::text)", "part of a text is known from a constant place"),
    # time
    ("(z < now())", "the time of day has no place"),
    ("(z < CURRENT_TIMESTAMP)", "the time of day has no place"),
    ("((z - z2) > '1 day'::interval)", "timestamp with time zone - timestamp with time zone is not known"),
    ("((z + '1 mon'::interval) > z2)", "an interval is added to the present time only"),
    ("(date_trunc('week'::text, z) = z)", "date_trunc of timestamp with time zone to 'week' is not known"),
    ("(EXTRACT(epoch FROM z) > (0)::numeric)", "extract(epoch from timestamp with time zone) is not known"),
    ("((z AT TIME ZONE 'Europe/Berlin'::text) IS NULL)", "only a timestamp with time zone at UTC"),
    # a node that is known, with something more
    ("(t IN ('a'::text, 'b'::text))", "'expressions' of In is not known"),
    ("(public.t.i = 1)", "'db' of Column is not known"),
    # other places
    ("(t = ( SELECT 'x'::text))", "a subquery has its place in a view only"),
    ("(count(*) > 1)", "the function count is not known"),
    ("(private.secret(t) = 'x'::text)", "the function private.secret is not known"),
    ("((t OPERATOR(extensions.<=>) t2) > 0)", "Operator is not known"),
    ("(ROW(t, i) = ROW(t2, i2))", "the function row is not known"),
    ("(nothing = 1)", "no column 'nothing'"),
    ("(other.t = 'x'::text)", "no column 't'"),
    ("(t = CURRENT_USER)", "no column 'CURRENT_USER'"),
    ("(t = ANY", "cannot read"),
]
DEFAULTS = [
    ("nextval('public.s'::regclass)", "the function nextval is not known"),
    ("(now() + '1 mon'::interval)", "months and years end on other days"),
    ("'NaN'::numeric", "no numeric constant"),
    ("'{\"a\": NaN}'::jsonb", "no jsonb constant"),
    ("'x'::uuid", "no uuid constant"),
    ("'2024-02-30'::date", "no date constant"),
    ("'2024-01-01 00:00:00'::timestamp with time zone", "no time zone"),
    ("'infinity'::timestamp with time zone", "no timestamp with time zone constant"),
    ("'{{a},{b}}'::text[]", "nested arrays are not known"),
    ("ARRAY[t]", "an array of other than constants"),
    ("ARRAY[1, 'a'::text]", "of several kinds"),
    ("random()", "the function random is not known"),
    ("'a'::money", "unknown type 'money'"),
]


@pytest.mark.parametrize(("postgres", "reason"), REFUSED)
def test_an_unknown_construct_is_refused(postgres: str, reason: str) -> None:
    with pytest.raises(TranslationError) as caught:
        expressions().translate(postgres)
    assert str(caught.value).startswith("check t.c: ") or "no column" in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(("postgres", "reason"), DEFAULTS)
def test_an_unknown_default_is_refused(postgres: str, reason: str) -> None:
    with pytest.raises(TranslationError) as caught:
        expressions("default of t.c", clock=True).translate(postgres)
    assert reason in str(caught.value)


UNKNOWN_TYPES = """
interval, money, inet, cidr, macaddr, xml, tsquery, point, int4range, bit(3), bit varying(5), oid, regclass,
time with time zone, public.thing, hstore, extensions.geography, bytea[], text[][]
"""


@pytest.mark.parametrize("declared", [name.strip() for name in UNKNOWN_TYPES.split(",")])
def test_an_unknown_type_is_refused(declared: str) -> None:
    with pytest.raises(TranslationError, match=r"^column t\.c: "):
        storage(declared, {}, "column t.c")


NAMES = st.from_regex(r"[a-z][a-z_]{2,12}", fullmatch=True)
KNOWN = {
    *functions.FUNCTIONS,
    *functions.NOW,
    *functions.UUIDS,
    *syntax._SPECIAL,
    "any", "all", "array", "case", "cast", "exists", "extract", "interval", "not", "row", "trim", "values",
}  # fmt: skip
ARGUMENTS = st.lists(
    st.sampled_from([*(name for name in COLUMNS if name != "order"), "1", "'a'::text", "NULL"]), max_size=3
)


@given(NAMES.filter(lambda name: name not in KNOWN), ARGUMENTS, st.booleans())
def test_no_unknown_function_passes(name: str, arguments: list[str], deep: bool) -> None:
    call = f"{name}({', '.join(arguments)})"
    text = f"(CASE WHEN f THEN ({call} IS NULL) ELSE (i > 1) END)" if deep else f"({call} IS NULL)"
    with pytest.raises(TranslationError):
        expressions(clock=True).translate(text)


@given(st.text(alphabet="abz09^$[]()*+?.{}|\\d-", max_size=20), st.sampled_from(["~", "~*", "!~", "!~*"]))
def test_no_unknown_pattern_passes(pattern: str, operator: str) -> None:
    table = functions.PATTERNS_ANY_CASE if "*" in operator else functions.PATTERNS
    to = expressions()
    if pattern not in table:
        with pytest.raises(TranslationError):
            to.translate(f"(t {operator} '{pattern}'::text)")


HERE = ["~~", "!~~*", "||", "=", "<", "+", "%"]
NOT_HERE = [
    "@>",
    "<@",
    "&&",
    "->",
    "->>",
    "#>",
    "#>>",
    "@@",
    "?",
    "?|",
    "?&",
    "<->",
    "^",
    "&",
    "|",
    "#",
    "<<",
    ">>",
]
SIDES = [*COLUMNS, "'a'::text", "1", "'{}'::jsonb", "ARRAY['a'::text]", "NULL::text", "'1 day'::interval"]


@given(st.sampled_from(SIDES), st.sampled_from(HERE + NOT_HERE), st.sampled_from(SIDES))
def test_every_operator_is_known_or_refused(left: str, operator: str, right: str) -> None:
    """Never a text that SQLite would read as something else."""
    assume("~~" not in operator or "jsonb" not in left + right)  # no such operator in Postgres
    to = expressions()
    try:
        found = to.translate(f"(({left} {operator} {right}) IS NULL)")
    except TranslationError:
        return
    assert operator in HERE
    assert "{" not in found.sql
    assert "::" not in found.sql
