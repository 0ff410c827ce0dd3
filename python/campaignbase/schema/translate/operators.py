"""Comparisons, logic, arithmetic, patterns and case.

Pure: no I/O. Part of expressions.py, which imports it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from campaignbase.schema.translate import functions, syntax
from campaignbase.schema.translate.kinds import (
    BOOLEANS,
    INTEGERS,
    NUMBER_ORDER,
    NUMBERS,
    ORDERED,
    STRINGS,
    UNCOMPARED,
    Kind,
)
from campaignbase.schema.translate.values import (
    ADD,
    COMPARE,
    CONCAT,
    NEGATIVE,
    NOT,
    PRIMARY,
    Value,
    quote,
)

if TYPE_CHECKING:
    from campaignbase.schema.translate.expressions import Expressions

Handler = Callable[["Expressions", exp.Expr], Value]


def equal(operator: str) -> "Handler":
    def translate(to: "Expressions", node: exp.Expr) -> Value:
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


def _empty_array(to: "Expressions", node: exp.Expr, left: Value, right: Value, operator: str) -> Value:
    subject, other = (right, left) if left.literal is not None else (left, right)
    if other.literal != "[]" or operator not in ("=", "<>"):
        raise to.refusal(node, "arrays are compared with the empty one only")
    return Value(f"json_array_length({subject.sql}) {operator} 0", Kind.BOOLEAN, COMPARE)


def ordered(operator: str) -> "Handler":
    def translate(to: "Expressions", node: exp.Expr) -> Value:
        left, right = to.value(node.this), to.value(node.expression)
        if Kind.TEXT in (left.kind, right.kind) and not _collated(node):
            raise to.refusal(node, 'text is ordered by another collation in SQLite; add collate "C"')
        to.pair(node, left, right, ORDERED | {Kind.TEXT})
        left, right = left.number(), right.number()
        return Value(f"{left.at(ADD)} {operator} {right.at(ADD)}", Kind.BOOLEAN, COMPARE)

    return translate


def _collated(node: exp.Expr) -> bool:
    return any(isinstance(side.unnest(), exp.Collate) for side in (node.this, node.expression))


def _listed(to: "Expressions", node: exp.Expr, negated: bool, items: list[exp.Expr]) -> Value:
    subject = to.value(node.this)
    values = [to.value(item) for item in items]
    for value in values:
        to.pair(node, subject, value, frozenset(Kind) - UNCOMPARED)
    listed = ", ".join(value.number().sql for value in values)
    word = "not in" if negated else "in"
    return Value(f"{subject.number().at(ADD)} {word} ({listed})", Kind.BOOLEAN, COMPARE)


def both(operator: str, level: int) -> "Handler":
    def translate(to: "Expressions", node: exp.Expr) -> Value:
        left, right = to.condition(node.this), to.condition(node.expression)
        return Value(f"{left.at(level)} {operator} {right.at(level)}", Kind.BOOLEAN, level)

    return translate


def negated(to: "Expressions", node: exp.Expr) -> Value:
    inner = node.this
    found = to.condition(inner)
    return Value(f"not {found.at(COMPARE + 1)}", Kind.BOOLEAN, NOT)


def tested(to: "Expressions", node: exp.Expr) -> Value:
    word = "is not" if node.args.get("negate") else "is"
    subject, other = to.value(node.this), node.expression
    if isinstance(other, exp.Null):
        right = "null"
    elif isinstance(other, exp.Boolean) and subject.kind in BOOLEANS:
        right = "true" if other.this else "false"
    else:
        raise to.refusal(node, "only is null, is true and is false are known")
    return Value(f"{subject.at(ADD)} {word} {right}", Kind.BOOLEAN, COMPARE)


def arithmetic(operator: str, level: int) -> "Handler":
    def translate(to: "Expressions", node: exp.Expr) -> Value:
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


def negative(to: "Expressions", node: exp.Expr) -> Value:
    found = to.value(node.this).number()
    if found.kind not in NUMBERS:
        raise to.refusal(node, f"-{found.kind.value} is not known")
    return replace(
        found, sql=f"-{found.at(PRIMARY)}", level=NEGATIVE, literal=found.literal and f"-{found.literal}"
    )


def concatenated(to: "Expressions", node: exp.Expr) -> Value:
    left, right = to.value(node.this), to.value(node.expression)
    if not {left.kind, right.kind} <= {*STRINGS, Kind.UUID, Kind.NULL}:
        raise to.refusal(node, f"{left.kind.value} || {right.kind.value} is not known")
    return Value(f"{left.at(CONCAT)} || {right.at(CONCAT)}", Kind.TEXT, CONCAT)


def case(to: "Expressions", node: exp.Expr) -> Value:
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


def matches(to: "Expressions", node: exp.Expr) -> Value:
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


def like(to: "Expressions", node: exp.Expr) -> Value:
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
