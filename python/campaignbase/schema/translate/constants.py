"""Names, literals, arrays and casts.

Pure: no I/O. Part of expressions.py, which imports it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from campaignbase.schema.translate import functions, grammar, syntax
from campaignbase.schema.translate.kinds import Kind, storage
from campaignbase.schema.translate.values import Value, array, constant, elements, quote

if TYPE_CHECKING:
    from campaignbase.schema.translate.expressions import Expressions


def cast(to: "Expressions", node: exp.Expr) -> Value:
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


def _cast_array(to: "Expressions", node: exp.Expr, target: str, inner: exp.Expr) -> Value:
    element = storage(target.removesuffix("[]"), to.types, to.where).kind
    if isinstance(inner, exp.Literal) and inner.is_string:
        return array(str(inner.this), element, to.where)
    found = to.value(inner)
    if found.kind is not Kind.ARRAY or (found.element or element) != element:
        raise to.refusal(node, f"the cast from {found.kind.value} to {target} is not known")
    return replace(found, element=element)


def array_constructor(to: "Expressions", node: exp.Expr) -> Value:
    values = [to.value(item) for item in node.expressions]
    kind = syntax.common(to, node, values).kind if values else None
    if any(value.literal is None and value.kind is not Kind.NULL for value in values):
        raise to.refusal(node, "an array of other than constants is not known")
    found = elements([value.literal for value in values], kind or Kind.TEXT, to.where)
    return replace(found, element=kind)


def literal(to: "Expressions", node: exp.Expr) -> Value:
    text = str(node.this)
    if node.args.get("is_string"):
        return Value(quote(text), Kind.TEXT, literal=text)
    if not text.isdigit():
        return constant(text, Kind.DECIMAL, to.where)
    return constant(text, Kind.INTEGER if int(text) < 2**31 else Kind.BIGINT, to.where)


def column(to: "Expressions", node: exp.Expr) -> Value:
    if isinstance(node.this, exp.Star):
        raise to.refusal(node, "* is not known here")
    table, name = node.args.get("table"), str(node.this.this)
    # printed in capitals; a column of that name would be in quotes
    if table is None and name.isupper() and name.lower() in (*functions.NOW, "current_date"):
        return syntax.now(to, node)
    return to.scope.column(table and str(table.this), name)


def collation(to: "Expressions", node: exp.Expr) -> Value:
    if str(node.expression.this) not in ("C", "POSIX", "default", "ucs_basic"):
        raise to.refusal(node, 'only the collation "C" orders alike on both engines')
    return to.value(node.this)


def inside(to: "Expressions", node: exp.Expr) -> Value:
    return to.value(node.this)
