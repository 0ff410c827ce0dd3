"""Calls: functions from the table, and those whose arguments decide what they become.

Pure: no I/O. Part of expressions.py, which imports it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from campaignbase.schema.translate import aggregates, functions
from campaignbase.schema.translate.kinds import (
    INTEGERS,
    NUMBER_ORDER,
    NUMBERS,
    ORDERED,
    STRINGS,
    UNCOMPARED,
    Kind,
)
from campaignbase.schema.translate.values import ADD, COMPARE, CONCAT, PRIMARY, Value, modifiers, quote

if TYPE_CHECKING:
    from campaignbase.schema.translate.expressions import Expressions


def call(to: "Expressions", node: exp.Expr) -> Value:
    """A function by its bare name."""
    name = node.this
    return _called(to, node, str(name.this if isinstance(name, exp.Identifier) else name).lower())


def qualified_call(to: "Expressions", node: exp.Expr) -> Value:
    """A function by schema and name."""
    function = node.expression
    if not isinstance(function, exp.Anonymous):
        raise to.refusal(node, "Dot is not known")
    name = f"{node.this.this}.{str(function.this).lower()}"
    return _called(to, function, name)


def _called(to: "Expressions", node: exp.Expr, name: str) -> Value:
    if (special := _SPECIAL.get(name)) is not None:
        return special(to, node)
    if name in functions.NOW and not node.expressions:
        return now(to, node)
    if name in aggregates.NAMES and to.query is not None:
        return aggregates.call(to, node, name)
    if name in functions.UUIDS and to.clock and not node.expressions:
        return Value(functions.UUID, Kind.UUID, CONCAT)
    signatures = functions.FUNCTIONS.get(name) or ((to.calls[name],) if name in to.calls else ())
    if not signatures:
        raise to.refusal(node, f"the function {name} is not known")
    return apply(to, node, signatures, [to.value(argument) for argument in node.expressions])


def apply(
    to: "Expressions",
    node: exp.Expr,
    signatures: Sequence[functions.Function],
    arguments: Sequence[Value],
) -> Value:
    """The first signature that takes these arguments."""
    values = [argument.number() for argument in arguments]
    kinds = tuple(_GENERAL.get(value.kind, value.kind) for value in values)
    for function in signatures:
        if function.arguments == kinds:
            texts = [value.sql if function.plain else value.at(PRIMARY) for value in values]
            integral = function.result is Kind.INTEGER or any(value.integral for value in values)
            return Value(
                function.sql.format(*texts),
                function.result,
                function.level,
                integral=integral,
                note=function.note,
            )
    found = ", ".join(kind.value for kind in kinds)
    raise to.refusal(node, f"no such function takes ({found})")


# what a signature of the first takes as well
_GENERAL = {Kind.ENUM: Kind.TEXT, Kind.BIGINT: Kind.INTEGER}


def now(to: "Expressions", node: exp.Expr) -> Value:
    """The time, to a thousandth of a second, or the day."""
    if not to.clock:
        raise to.refusal(node, "the time of day has no place in a check, an index or a generated column")
    if isinstance(node, exp.Column) and str(node.this.this) == "CURRENT_DATE":
        return Value(functions.TODAY, Kind.DATE, note=functions.IN_UTC)
    return Value(functions.CLOCK, Kind.TIMESTAMPTZ)


def shifted_now(to: "Expressions", node: exp.Expr) -> Value | None:
    """now() plus or minus a constant interval, current_date plus days; None when it is something else."""
    if isinstance(node.this.unnest(), exp.Column) and isinstance(node.expression.unnest(), exp.Literal):
        return _shifted_today(to, node)
    span = node.expression.unnest()
    if not isinstance(span, exp.Cast) or not isinstance(span.this, exp.Literal):
        return None
    left = to.value(node.this)
    right = to.value(span)
    if right.kind is not Kind.INTERVAL:
        return None
    if left.sql != functions.CLOCK or right.literal is None:
        raise to.refusal(node, "an interval is added to the present time only")
    steps = modifiers(right.literal, 1 if isinstance(node, exp.Add) else -1, to.where)
    listed = "".join(f", {quote(step)}" for step in steps)
    return Value(functions.CLOCK.removesuffix(")") + listed + ")", Kind.TIMESTAMPTZ)


def _shifted_today(to: "Expressions", node: exp.Expr) -> Value | None:
    column = node.this.unnest()
    if str(column.this.this) != "CURRENT_DATE" or column.args.get("table"):
        return None
    today, days = to.value(column), to.value(node.expression)
    if today.sql != functions.TODAY or days.kind is not Kind.INTEGER:
        raise to.refusal(node, "only days are added to the present day")
    sign = "+" if isinstance(node, exp.Add) else "-"
    return Value(f"date('now', '{sign}{days.sql} days')", Kind.DATE, note=functions.IN_UTC)


def common(to: "Expressions", node: exp.Expr, values: Sequence[Value]) -> Value:
    """What several results are together: their kind, and whether one may be an integer."""
    kinds = {value.kind for value in values} - {Kind.NULL}
    if len(kinds) > 1 and kinds <= STRINGS:
        kinds = {Kind.TEXT}
    if len(kinds) > 1 and kinds <= NUMBERS:
        kinds = {max(kinds, key=NUMBER_ORDER.index)}
    if len(kinds) > 1:
        raise to.refusal(
            node, f"its results are of several kinds: {', '.join(sorted(k.value for k in kinds))}"
        )
    first = next((value for value in values if value.kind is not Kind.NULL), values[0])
    integral = any(value.integral for value in values)
    return Value(first.sql, kinds.pop() if kinds else Kind.NULL, integral=integral, element=first.element)


def json_type_test(to: "Expressions", node: exp.Expr, operator: str) -> Value | None:
    """jsonb_typeof(x) = 'object', where json_type answers the same; None when it is something else."""
    called = node.this.unnest()
    name = str(called.this).lower() if isinstance(called, exp.Anonymous) else ""
    if name not in ("jsonb_typeof", "json_typeof") or len(called.expressions) != 1:
        return None
    subject, expected = to.value(called.expressions[0]), to.value(node.expression)
    if expected.literal not in ("object", "array") or subject.kind is not Kind.JSON:
        return None
    return Value(f"json_type({subject.sql}) {operator} {expected.sql}", Kind.BOOLEAN, COMPARE)


_LISTED: Mapping[tuple[type[exp.Expr], str], bool] = {(exp.EQ, "ANY"): False, (exp.NEQ, "ALL"): True}


def any_or_all(node: exp.Expr) -> tuple[bool, list[exp.Expr]] | None:
    """The items of `= any (array[...])` or `<> all (array[...])`, and whether it is the second."""
    listed = node.expression
    if not isinstance(listed, exp.Anonymous) or len(listed.expressions) != 1:
        return None
    negated = _LISTED.get((type(node), str(listed.this).upper()))
    items = listed.expressions[0].unnest()
    while isinstance(items, exp.Cast):
        items = items.this.unnest()
    if negated is None or not isinstance(items, exp.Array) or not items.expressions:
        return None
    return negated, items.expressions


def never_zero(node: exp.Expr) -> bool:
    """Whether a divisor is a constant other than 0, or nullif(x, 0), whatever its type."""
    inner = node.unnest()
    while isinstance(inner, exp.Cast):
        inner = inner.this.unnest()
    if isinstance(inner, exp.Literal) and not inner.is_string:
        return float(str(inner.this)) != 0
    if not isinstance(inner, exp.Anonymous) or str(inner.this).upper() != "NULLIF":
        return False
    zero = inner.expressions[-1].unnest()
    while isinstance(zero, exp.Cast):
        zero = zero.this.unnest()
    return isinstance(zero, exp.Literal) and not zero.is_string and float(str(zero.this)) == 0


def like_as_glob(pattern: str) -> str:
    r"""A LIKE pattern, its escape being \, as a GLOB pattern: LIKE of SQLite ignores case."""
    found: list[str] = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "%":
            found.append("*")
        elif letter == "_":
            found.append("?")
        else:
            plain = next(letters, "\\") if letter == "\\" else letter
            found.append(f"[{plain}]" if plain in "*?[" else plain)
    return "".join(found)


def extract(to: "Expressions", node: exp.Expr) -> Value:
    unit = str(node.this.this if isinstance(node.this, exp.Var) else node.this).lower()
    place = functions.EXTRACTED.get(unit)
    moment = to.value(node.expression)
    if place is None or moment.kind not in (Kind.TIMESTAMPTZ, Kind.TIMESTAMP, Kind.DATE):
        raise to.refusal(node, f"extract({unit} from {moment.kind.value}) is not known")
    if moment.kind is Kind.DATE and place[0] > len("YYYY-MM-DD"):
        raise to.refusal(node, f"a date has no {unit}")
    note = functions.IN_UTC if moment.kind is Kind.TIMESTAMPTZ else None
    text = f"cast(substr({moment.sql}, {place[0]}, {place[1]}) as integer)"
    return Value(text, Kind.DECIMAL, integral=True, note=note)


def trim(to: "Expressions", node: exp.Expr) -> Value:
    name = {"LEADING": "ltrim", "TRAILING": "rtrim", "BOTH": "btrim"}.get(
        str(node.args.get("position") or "BOTH")
    )
    if name is None:
        raise to.refusal(node, "this way to trim is not known")
    parts = [node.this, node.expression] if node.expression else [node.this]
    return apply(to, node, functions.FUNCTIONS[name], [to.value(part) for part in parts])


def substring(to: "Expressions", node: exp.Expr) -> Value:
    return _part(to, node, [node.this, node.args["start"], node.args.get("length")])


def _part(to: "Expressions", node: exp.Expr, parts: Sequence[exp.Expr | None]) -> Value:
    text, *places = [to.value(part) for part in parts if part is not None]
    counted = [place.literal for place in places if place.kind in INTEGERS]
    fits = (
        bool(counted) and len(counted) == len(places) and all(c is not None and c.isdigit() for c in counted)
    )
    if text.kind not in STRINGS or not fits or counted[0] == "0":
        raise to.refusal(node, "part of a text is known from a constant place, counted from 1, only")
    return Value(f"substr({', '.join([text.sql, *(place.sql for place in places)])})", Kind.TEXT)


def _substring_call(to: "Expressions", node: exp.Expr) -> Value:
    return _part(to, node, node.expressions)


def _left(to: "Expressions", node: exp.Expr) -> Value:
    return _part(to, node, [node.expressions[0], exp.Literal.number(1), *node.expressions[1:]])


def _position(to: "Expressions", node: exp.Expr) -> Value:
    inside = node.expressions[0] if len(node.expressions) == 1 else None
    if not isinstance(inside, exp.In) or len(inside.expressions) != 1:
        raise to.refusal(node, "this way to write position is not known")
    arguments = [to.value(inside.expressions[0]), to.value(inside.this)]
    return apply(to, node, functions.FUNCTIONS["strpos"], arguments)


def _coalesce(to: "Expressions", node: exp.Expr) -> Value:
    values = [to.value(argument).number() for argument in node.expressions]
    found = common(to, node, values)
    text = f"coalesce({', '.join(value.sql for value in values)})"
    return Value(text, found.kind, integral=found.integral, element=found.element)


def _nullif(to: "Expressions", node: exp.Expr) -> Value:
    left, right = (to.value(argument).number() for argument in node.expressions)
    to.pair(node, left, right, frozenset(Kind) - UNCOMPARED)
    return Value(f"nullif({left.sql}, {right.sql})", left.kind, integral=left.integral)


def _extreme(name: str) -> "Callable[[Expressions, exp.Expr], Value]":
    def translate(to: "Expressions", node: exp.Expr) -> Value:
        values = [to.value(argument).number() for argument in node.expressions]
        found = common(to, node, values)
        if found.kind not in ORDERED:
            raise to.refusal(node, f"the {name} of {found.kind.value} values depends on a collation")
        text = values[0].sql
        for value in values[1:]:
            # Postgres leaves nulls out, SQLite answers null
            text = f"coalesce({name}({text}, {value.sql}), {text}, {value.sql})"
        return Value(text, found.kind, integral=found.integral)

    return translate


def _concat(to: "Expressions", node: exp.Expr) -> Value:
    values = [to.value(argument) for argument in node.expressions]
    if any(value.kind not in STRINGS | {Kind.NULL} for value in values):
        raise to.refusal(node, "concat of other than text is not known")
    return Value(" || ".join(f"coalesce({value.sql}, '')" for value in values), Kind.TEXT, CONCAT)


def _counted(test: str) -> "Callable[[Expressions, exp.Expr], Value]":
    def translate(to: "Expressions", node: exp.Expr) -> Value:
        tests = (f"({to.value(argument).at(COMPARE + 1)} {test})" for argument in node.expressions)
        return Value(" + ".join(tests), Kind.INTEGER, ADD, integral=True)

    return translate


def _date_trunc(to: "Expressions", node: exp.Expr) -> Value:
    unit, moment = (to.value(argument) for argument in node.expressions[:2])
    place = functions.TRUNCATED.get(unit.literal or "")
    if place is None or moment.kind not in (Kind.TIMESTAMPTZ, Kind.TIMESTAMP) or len(node.expressions) > 2:
        raise to.refusal(node, f"date_trunc of {moment.kind.value} to {unit.literal!r} is not known")
    zone, note = ("Z", functions.IN_UTC) if moment.kind is Kind.TIMESTAMPTZ else ("", None)
    text = f"substr({moment.sql}, 1, {place[0]}) || '{place[1]}{zone}'"
    return Value(text, moment.kind, CONCAT, note=note)


def _timezone(to: "Expressions", node: exp.Expr) -> Value:
    if len(node.expressions) != 2:
        raise to.refusal(node, "timezone of the session is not known here")
    return _in_utc(to, node, *node.expressions)


def at_time_zone(to: "Expressions", node: exp.Expr) -> Value:
    return _in_utc(to, node, node.args["zone"], node.this)


def _in_utc(to: "Expressions", node: exp.Expr, zone: exp.Expr, moment: exp.Expr) -> Value:
    found = to.value(moment)
    if (to.value(zone).literal or "").upper() == "UTC" and found.kind is Kind.TIMESTAMPTZ:
        return Value(f"rtrim({found.sql}, 'Z')", Kind.TIMESTAMP)
    raise to.refusal(node, "only a timestamp with time zone at UTC is known")


_SPECIAL: "Mapping[str, Callable[[Expressions, exp.Expr], Value]]" = {
    "coalesce": _coalesce,
    "nullif": _nullif,
    "greatest": _extreme("max"),
    "least": _extreme("min"),
    "concat": _concat,
    "num_nulls": _counted("is null"),
    "num_nonnulls": _counted("is not null"),
    "position": _position,
    "left": _left,
    "substring": _substring_call,
    "substr": _substring_call,
    "date_trunc": _date_trunc,
    "timezone": _timezone,
}
