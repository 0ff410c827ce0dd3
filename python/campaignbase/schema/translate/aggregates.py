"""Aggregates and subqueries, which only views may hold.

Pure: no I/O. Part of expressions.py, which imports it.
"""

from typing import TYPE_CHECKING

from sqlglot import exp

from campaignbase.schema.translate.kinds import NUMBERS, ORDERED, Kind
from campaignbase.schema.translate.values import COMPARE, Value

if TYPE_CHECKING:
    from campaignbase.schema.translate.expressions import Expressions

NAMES = frozenset({"count", "sum", "avg", "min", "max", "bool_or", "bool_and", "every"})
_FLAGS = {"bool_or": "max", "bool_and": "min", "every": "min"}


def call(to: "Expressions", node: exp.Expr, name: str) -> Value:
    if len(node.expressions) != 1:
        raise to.refusal(node, f"{name} takes one argument")
    argument, distinct = node.expressions[0], ""
    if isinstance(argument, exp.Star):
        return Value("count(*)", Kind.BIGINT, integral=True)
    if isinstance(argument, exp.Distinct):
        if len(argument.expressions) != 1 or argument.args.get("on"):
            raise to.refusal(node, "distinct takes one argument")
        argument, distinct = argument.expressions[0], "distinct "
    value = to.value(argument)
    exact, value = value.exact, value.number()
    if name == "count":
        return Value(f"count({distinct}{value.sql})", Kind.BIGINT, integral=True)
    if name in _FLAGS and value.kind is Kind.BOOLEAN:
        return Value(f"{_FLAGS[name]}({value.sql})", Kind.BOOLEAN)
    if name in ("min", "max") and value.kind in ORDERED:
        return Value(f"{name}({value.sql})", value.kind, integral=value.integral)
    if name not in ("sum", "avg") or value.kind not in NUMBERS:
        raise to.refusal(node, f"{name} of {value.kind.value} is not known")
    if exact:
        to.note("decimal text is added as floating point numbers")
    if name == "avg":
        kind = Kind.REAL if value.kind is Kind.REAL else Kind.DECIMAL
        return Value(f"avg({distinct}{value.sql})", kind)
    # as Postgres widens it
    wider = {Kind.INTEGER: Kind.BIGINT, Kind.BIGINT: Kind.DECIMAL}.get(value.kind, value.kind)
    return Value(f"sum({distinct}{value.sql})", wider, integral=value.integral)


def filtered(to: "Expressions", node: exp.Expr) -> Value:
    """count(x) filter (where y)"""
    called = node.this
    if not isinstance(called, exp.Anonymous) or str(called.this).lower() not in NAMES:
        raise to.refusal(node, "filter belongs to an aggregate")
    found = to.value(called)
    condition = to.condition(node.expression.this)
    return Value(f"{found.sql} filter (where {condition.sql})", found.kind, integral=found.integral)


def subquery(to: "Expressions", node: exp.Expr) -> Value:
    """A query that answers one value."""
    text, columns = _inside(to, node, node)
    if len(columns) != 1:
        raise to.refusal(node, "a subquery here answers one column")
    found = columns[0]
    return Value(f"({text})", found.kind, exact=found.exact, integral=found.integral, element=found.element)


def exists(to: "Expressions", node: exp.Expr) -> Value:
    text, _ = _inside(to, node, node.this)
    return Value(f"exists ({text})", Kind.BOOLEAN)


def contained(to: "Expressions", node: exp.Expr) -> Value:
    """x in (select ...)"""
    subject = to.value(node.this)
    text, columns = _inside(to, node, node.args["query"])
    if len(columns) != 1 or subject.exact or columns[0].exact:
        raise to.refusal(node, "a subquery here answers one column, no decimal number")
    to.pair(node, subject, columns[0], frozenset(Kind))
    return Value(f"{subject.at(COMPARE + 1)} in ({text})", Kind.BOOLEAN, COMPARE)


def _inside(to: "Expressions", node: exp.Expr, query: exp.Expr) -> tuple[str, list[Value]]:
    if to.query is None:
        raise to.refusal(node, "a subquery has its place in a view only")
    return to.query(query)
