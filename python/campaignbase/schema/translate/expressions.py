"""One scalar expression of Postgres to one of SQLite: an allow-list, node by node, with kinds.

Pure: no I/O. A node, function, cast, operand kind or argument that is not known here raises; nothing
passes through. Kinds are followed because the same text means other things in SQLite: 1 / 2, '1' = 1,
text order, numbers kept as decimal text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlglot import exp

from campaignbase.errors import TranslationError
from campaignbase.schema.translate import aggregates, functions, grammar, syntax
from campaignbase.schema.translate.kinds import (
    INTEGERS,
    NUMBER_ORDER,
    NUMBERS,
    STRINGS,
    Kind,
    Types,
    storage,
)
from campaignbase.schema.translate.values import (
    ADD,
    AND,
    COMPARE,
    CONCAT,
    MULTIPLY,
    NEGATIVE,
    NOT,
    OR,
    PRIMARY,
    Value,
    array,
    constant,
    elements,
    quote,
)

BOOLEANS = frozenset({Kind.BOOLEAN, Kind.NULL})
ORDERED = NUMBERS | {Kind.TIMESTAMPTZ, Kind.TIMESTAMP, Kind.DATE, Kind.TIME}
COMPARABLE = (STRINGS, NUMBERS, {Kind.UUID}, {Kind.BOOLEAN}, {Kind.BYTES}, *({kind} for kind in ORDERED))
UNCOMPARED = frozenset({Kind.JSON, Kind.ARRAY, Kind.OPAQUE, Kind.INTERVAL})


class Scope(Protocol):
    """Where names come from."""

    def column(self, table: str | None, name: str) -> Value:
        """Raises TranslationError for a name that is not there."""
        ...


@dataclass(frozen=True)
class Expressions:
    """Translates the expressions of one object.

    `calls` are functions of the project by qualified name: SQLite text with {0} for its argument.
    `clock`: whether the time of day may be asked, as in defaults and views.
    `query` translates a subquery to its text and columns; None where there can be none.
    """

    where: str
    scope: Scope
    types: Types
    calls: Mapping[str, functions.Function] = field(default_factory=dict)
    clock: bool = False
    notes: list[str] = field(default_factory=list)
    query: "Inside | None" = None

    def translate(self, text: str) -> Value:
        return self.value(grammar.expression(text, self.where))

    def value(self, node: exp.Expr) -> Value:
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise self.refusal(node, f"{type(node).__name__} is not known")
        known, translate = handler
        for name, part in node.args.items():
            if part and name not in known:
                raise self.refusal(node, f"{name!r} of {type(node).__name__} is not known")
        found = translate(self, node)
        if found.note is not None:
            self.note(found.note)
        return found

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def refusal(self, node: exp.Expr, reason: str) -> TranslationError:
        text = grammar.text(node)
        return TranslationError(
            f"{self.where}: {reason}, in {text!r}; write it with what both engines know "
            f"(comparisons, in, between, is null, case, coalesce, length, trim, ...)"
        )

    def condition(self, node: exp.Expr) -> Value:
        found = self.value(node)
        if found.kind not in BOOLEANS:
            raise self.refusal(node, f"expected a condition, found {found.kind.value}")
        return found

    def pair(self, node: exp.Expr, left: Value, right: Value, allowed: frozenset[Kind]) -> None:
        """Refuse two values that are not comparable alike on both engines."""
        kinds = {left.kind, right.kind} - {Kind.NULL}
        if not kinds <= allowed or not any(kinds <= family for family in COMPARABLE):
            raise self.refusal(
                node, f"cannot compare {left.kind.value} with {right.kind.value} alike on both engines"
            )


def _equal(operator: str) -> "Handler":
    def translate(to: Expressions, node: exp.Expr) -> Value:
        if (listed := syntax.any_or_all(node)) is not None:
            return _listed(to, node, *listed)
        if (tested := syntax.json_type_test(to, node, operator)) is not None:
            return tested
        left, right = to.value(node.this), to.value(node.expression)
        if Kind.ARRAY in (left.kind, right.kind):
            return _empty_array(to, node, left, right, operator)
        to.pair(node, left, right, frozenset(Kind) - UNCOMPARED)
        left, right = left.number(), right.number()
        return Value(f"{left.at(ADD)} {operator} {right.at(ADD)}", Kind.BOOLEAN, COMPARE)

    return translate


def _empty_array(to: Expressions, node: exp.Expr, left: Value, right: Value, operator: str) -> Value:
    subject, other = (right, left) if left.literal is not None else (left, right)
    if other.literal != "[]" or operator not in ("=", "<>"):
        raise to.refusal(node, "arrays are compared with the empty one only")
    return Value(f"json_array_length({subject.sql}) {operator} 0", Kind.BOOLEAN, COMPARE)


def _ordered(operator: str) -> "Handler":
    def translate(to: Expressions, node: exp.Expr) -> Value:
        left, right = to.value(node.this), to.value(node.expression)
        if Kind.TEXT in (left.kind, right.kind) and not _collated(node):
            raise to.refusal(node, 'text is ordered by another collation in SQLite; add collate "C"')
        to.pair(node, left, right, ORDERED | {Kind.TEXT})
        left, right = left.number(), right.number()
        return Value(f"{left.at(ADD)} {operator} {right.at(ADD)}", Kind.BOOLEAN, COMPARE)

    return translate


def _collated(node: exp.Expr) -> bool:
    return any(isinstance(side.unnest(), exp.Collate) for side in (node.this, node.expression))


def _listed(to: Expressions, node: exp.Expr, negated: bool, items: list[exp.Expr]) -> Value:
    subject = to.value(node.this)
    values = [to.value(item) for item in items]
    for value in values:
        to.pair(node, subject, value, frozenset(Kind) - UNCOMPARED)
    listed = ", ".join(value.number().sql for value in values)
    word = "not in" if negated else "in"
    return Value(f"{subject.number().at(ADD)} {word} ({listed})", Kind.BOOLEAN, COMPARE)


def _both(operator: str, level: int) -> "Handler":
    def translate(to: Expressions, node: exp.Expr) -> Value:
        left, right = to.condition(node.this), to.condition(node.expression)
        return Value(f"{left.at(level)} {operator} {right.at(level)}", Kind.BOOLEAN, level)

    return translate


def _not(to: Expressions, node: exp.Expr) -> Value:
    inner = node.this
    found = to.condition(inner)
    return Value(f"not {found.at(COMPARE + 1)}", Kind.BOOLEAN, NOT)


def _is(to: Expressions, node: exp.Expr) -> Value:
    word = "is not" if node.args.get("negate") else "is"
    subject, other = to.value(node.this), node.expression
    if isinstance(other, exp.Null):
        right = "null"
    elif isinstance(other, exp.Boolean) and subject.kind in BOOLEANS:
        right = "true" if other.this else "false"
    else:
        raise to.refusal(node, "only is null, is true and is false are known")
    return Value(f"{subject.at(ADD)} {word} {right}", Kind.BOOLEAN, COMPARE)


def _arithmetic(operator: str, level: int) -> "Handler":
    def translate(to: Expressions, node: exp.Expr) -> Value:
        if isinstance(node, exp.Add | exp.Sub) and (moment := syntax.shifted_now(to, node)) is not None:
            return moment
        left, right = to.value(node.this), to.value(node.expression)
        if not {left.kind, right.kind} <= NUMBERS:
            raise to.refusal(node, f"{left.kind.value} {operator} {right.kind.value} is not known")
        kind = max((left.kind, right.kind), key=NUMBER_ORDER.index)
        left, right = left.number(), right.number()
        integral = left.integral and right.integral
        if operator in "/%":
            if not syntax.never_zero(node.expression):
                raise to.refusal(
                    node, "division by zero fails in Postgres and is null in SQLite: use nullif(x, 0)"
                )
            if operator == "%" and kind not in INTEGERS:
                raise to.refusal(node, "the remainder of other numbers than integers is not known")
            if integral and kind not in INTEGERS:
                left = Value(f"cast({left.sql} as real)", kind)
                integral = False
        text = f"{left.at(level)} {operator} {right.at(level + 1)}"
        return Value(text, kind, level, integral=integral)

    return translate


def _negative(to: Expressions, node: exp.Expr) -> Value:
    found = to.value(node.this).number()
    if found.kind not in NUMBERS:
        raise to.refusal(node, f"-{found.kind.value} is not known")
    return replace(
        found, sql=f"-{found.at(PRIMARY)}", level=NEGATIVE, literal=found.literal and f"-{found.literal}"
    )


def _concatenated(to: Expressions, node: exp.Expr) -> Value:
    left, right = to.value(node.this), to.value(node.expression)
    if not {left.kind, right.kind} <= {*STRINGS, Kind.UUID, Kind.NULL}:
        raise to.refusal(node, f"{left.kind.value} || {right.kind.value} is not known")
    return Value(f"{left.at(CONCAT)} || {right.at(CONCAT)}", Kind.TEXT, CONCAT)


def _case(to: Expressions, node: exp.Expr) -> Value:
    subject = node.this and to.value(node.this).number()
    parts = [f"case {subject.sql}" if subject else "case"]
    results: list[Value] = []
    for branch in node.args["ifs"]:
        test = to.value(branch.this).number() if subject else to.condition(branch.this)
        if subject:
            to.pair(branch, subject, test, frozenset(Kind) - UNCOMPARED)
        results.append(to.value(branch.args["true"]).number())
        parts.append(f"when {test.sql} then {results[-1].sql}")
    if (default := node.args.get("default")) is not None:
        results.append(to.value(default).number())
        parts.append(f"else {results[-1].sql}")
    return replace(
        syntax.common(to, node, results), sql=" ".join([*parts, "end"]), level=PRIMARY, literal=None
    )


def _matches(to: Expressions, node: exp.Expr) -> Value:
    table = functions.PATTERNS if isinstance(node, exp.RegexpLike) else functions.PATTERNS_ANY_CASE
    subject, pattern = to.value(node.this), to.value(node.expression)
    if subject.kind not in STRINGS or pattern.literal is None:
        raise to.refusal(node, "a pattern must be a constant")
    found = table.get(pattern.literal)
    if found is None:
        raise to.refusal(
            node,
            f"the regular expression {pattern.literal!r} is not in the table of those with a glob form "
            f"(translate/functions.py, PATTERNS)",
        )
    return Value(found.sql.format(subject.at(ADD)), Kind.BOOLEAN, found.level)


def _like(to: Expressions, node: exp.Expr) -> Value:
    subject, pattern = to.value(node.this), to.value(node.expression)
    if subject.kind not in STRINGS or pattern.literal is None:
        raise to.refusal(node, "a pattern must be a constant")
    word = "not " if node.args.get("negate") else ""
    if isinstance(node, exp.Like):
        glob = syntax.like_as_glob(pattern.literal)
        return Value(f"{subject.at(ADD)} {word}glob {quote(glob)}", Kind.BOOLEAN, COMPARE)
    if not pattern.literal.isascii():
        raise to.refusal(node, "SQLite compares only the letters a to z without case")
    text = f"{subject.at(ADD)} {word}like {quote(pattern.literal)} escape '\\'"
    return Value(text, Kind.BOOLEAN, COMPARE, note=functions.ASCII_MATCH)


def _cast(to: Expressions, node: exp.Expr) -> Value:
    target = grammar.type_name(node.args["to"])
    inner = node.this.unnest()
    if target.endswith("[]"):
        return _cast_array(to, node, target, inner)
    kind = storage(target, to.types, to.where).kind if target != "interval" else Kind.INTERVAL
    if isinstance(inner, exp.Literal) and inner.is_string:
        return constant(str(inner.this), kind, to.where)
    found = to.value(node.this)
    if found.kind is Kind.NULL:
        return replace(found, kind=kind)
    form = functions.CASTS.get((found.kind, kind))
    if form is None or (kind is Kind.TEXT and "(" in target) or (kind is Kind.DECIMAL and "(" in target):
        raise to.refusal(node, f"the cast from {found.kind.value} to {target} is not known")
    note = functions.CAST_NOTES.get((found.kind, kind), found.note)
    if form == "{0}":
        return replace(found, kind=kind, note=note)
    return Value(form.format(found.sql), kind, note=note)


def _cast_array(to: Expressions, node: exp.Expr, target: str, inner: exp.Expr) -> Value:
    element = storage(target.removesuffix("[]"), to.types, to.where).kind
    if isinstance(inner, exp.Literal) and inner.is_string:
        return array(str(inner.this), element, to.where)
    found = to.value(inner)
    if found.kind is not Kind.ARRAY or (found.element or element) != element:
        raise to.refusal(node, f"the cast from {found.kind.value} to {target} is not known")
    return replace(found, element=element)


def _array(to: Expressions, node: exp.Expr) -> Value:
    values = [to.value(item) for item in node.expressions]
    kind = syntax.common(to, node, values).kind if values else None
    if any(value.literal is None and value.kind is not Kind.NULL for value in values):
        raise to.refusal(node, "an array of other than constants is not known")
    found = elements([value.literal for value in values], kind or Kind.TEXT, to.where)
    return replace(found, element=kind)


def _literal(to: Expressions, node: exp.Expr) -> Value:
    text = str(node.this)
    if node.args.get("is_string"):
        return Value(quote(text), Kind.TEXT, literal=text)
    if not text.isdigit():
        return constant(text, Kind.DECIMAL, to.where)
    return constant(text, Kind.INTEGER if int(text) < 2**31 else Kind.BIGINT, to.where)


def _column(to: Expressions, node: exp.Expr) -> Value:
    if isinstance(node.this, exp.Star):
        raise to.refusal(node, "* is not known here")
    table, name = node.args.get("table"), str(node.this.this)
    # printed in capitals; a column of that name would be in quotes
    if table is None and name.isupper() and name.lower() in (*functions.NOW, "current_date"):
        return syntax.now(to, node)
    return to.scope.column(table and str(table.this), name)


def _collate(to: Expressions, node: exp.Expr) -> Value:
    if str(node.expression.this) not in ("C", "POSIX", "default", "ucs_basic"):
        raise to.refusal(node, 'only the collation "C" orders alike on both engines')
    return to.value(node.this)


def _paren(to: Expressions, node: exp.Expr) -> Value:
    return to.value(node.this)


Inside = Callable[[exp.Expr], tuple[str, list[Value]]]
Handler = Callable[[Expressions, exp.Expr], Value]
_TWO = ("this", "expression")
_CALL = ("this", "expressions")
_HANDLERS: Mapping[type[exp.Expr], tuple[tuple[str, ...], Handler]] = {
    exp.Paren: (("this",), _paren),
    exp.Column: (("this", "table"), _column),
    exp.Literal: (("this", "is_string"), _literal),
    exp.Null: ((), lambda _to, _node: Value("null", Kind.NULL)),
    exp.Boolean: (
        ("this",),
        lambda _to, node: Value("1" if node.this else "0", Kind.BOOLEAN, literal="1" if node.this else "0"),
    ),
    exp.EQ: (_TWO, _equal("=")),
    exp.NEQ: (_TWO, _equal("<>")),
    exp.NullSafeEQ: (_TWO, _equal("is")),
    exp.NullSafeNEQ: (_TWO, _equal("is not")),
    exp.LT: (_TWO, _ordered("<")),
    exp.LTE: (_TWO, _ordered("<=")),
    exp.GT: (_TWO, _ordered(">")),
    exp.GTE: (_TWO, _ordered(">=")),
    exp.And: (_TWO, _both("and", AND)),
    exp.Or: (_TWO, _both("or", OR)),
    exp.Not: (("this",), _not),
    exp.Is: ((*_TWO, "negate"), _is),
    exp.Add: (_TWO, _arithmetic("+", ADD)),
    exp.Sub: (_TWO, _arithmetic("-", ADD)),
    exp.Mul: (_TWO, _arithmetic("*", MULTIPLY)),
    exp.Div: ((*_TWO, "typed", "safe"), _arithmetic("/", MULTIPLY)),
    exp.Mod: (_TWO, _arithmetic("%", MULTIPLY)),
    exp.Neg: (("this",), _negative),
    exp.DPipe: ((*_TWO, "safe"), _concatenated),
    exp.Case: (("this", "ifs", "default"), _case),
    exp.RegexpLike: (_TWO, _matches),
    exp.RegexpILike: (_TWO, _matches),
    exp.Like: ((*_TWO, "negate"), _like),
    exp.ILike: ((*_TWO, "negate"), _like),
    exp.Cast: (("this", "to", "_type"), _cast),
    exp.Array: (("expressions", "value_constructor"), _array),
    exp.Collate: (_TWO, _collate),
    exp.Filter: (_TWO, aggregates.filtered),
    exp.Subquery: (("this",), aggregates.subquery),
    exp.Exists: (("this",), aggregates.exists),
    exp.In: (("this", "query"), aggregates.contained),
    exp.Anonymous: (_CALL, syntax.call),
    exp.AtTimeZone: (("this", "zone"), syntax.at_time_zone),
    exp.Dot: (_TWO, syntax.qualified_call),
    exp.Extract: (_TWO, syntax.extract),
    exp.Trim: (("this", "expression", "position"), syntax.trim),
    exp.Substring: (("this", "start", "length"), syntax.substring),
}
