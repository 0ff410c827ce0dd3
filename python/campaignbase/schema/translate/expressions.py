"""One scalar expression of Postgres to one of SQLite: an allow-list, node by node, with kinds.

Pure: no I/O. A node, function, cast, operand kind or argument that is not known here raises; nothing
passes through. Kinds are followed because the same text means other things in SQLite: 1 / 2, '1' = 1,
text order, numbers kept as decimal text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sqlglot import exp

from campaignbase.errors import TranslationError
from campaignbase.schema.translate import aggregates, constants, functions, grammar, operators, syntax
from campaignbase.schema.translate.kinds import BOOLEANS, COMPARABLE, Kind, Types
from campaignbase.schema.translate.values import ADD, AND, MULTIPLY, OR, Value


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


Inside = Callable[[exp.Expr], tuple[str, list[Value]]]
_TWO = ("this", "expression")
_CALL = ("this", "expressions")
_HANDLERS: Mapping[type[exp.Expr], tuple[tuple[str, ...], operators.Handler]] = {
    exp.Paren: (("this",), constants.inside),
    exp.Column: (("this", "table"), constants.column),
    exp.Literal: (("this", "is_string"), constants.literal),
    exp.Null: ((), lambda _to, _node: Value("null", Kind.NULL)),
    exp.Boolean: (
        ("this",),
        lambda _to, node: Value("1" if node.this else "0", Kind.BOOLEAN, literal="1" if node.this else "0"),
    ),
    exp.EQ: (_TWO, operators.equal("=")),
    exp.NEQ: (_TWO, operators.equal("<>")),
    exp.NullSafeEQ: (_TWO, operators.equal("is")),
    exp.NullSafeNEQ: (_TWO, operators.equal("is not")),
    exp.LT: (_TWO, operators.ordered("<")),
    exp.LTE: (_TWO, operators.ordered("<=")),
    exp.GT: (_TWO, operators.ordered(">")),
    exp.GTE: (_TWO, operators.ordered(">=")),
    exp.And: (_TWO, operators.both("and", AND)),
    exp.Or: (_TWO, operators.both("or", OR)),
    exp.Not: (("this",), operators.negated),
    exp.Is: ((*_TWO, "negate"), operators.tested),
    exp.Add: (_TWO, operators.arithmetic("+", ADD)),
    exp.Sub: (_TWO, operators.arithmetic("-", ADD)),
    exp.Mul: (_TWO, operators.arithmetic("*", MULTIPLY)),
    exp.Div: ((*_TWO, "typed", "safe"), operators.arithmetic("/", MULTIPLY)),
    exp.Mod: (_TWO, operators.arithmetic("%", MULTIPLY)),
    exp.Neg: (("this",), operators.negative),
    exp.DPipe: ((*_TWO, "safe"), operators.concatenated),
    exp.Case: (("this", "ifs", "default"), operators.case),
    exp.RegexpLike: (_TWO, operators.matches),
    exp.RegexpILike: (_TWO, operators.matches),
    exp.Like: ((*_TWO, "negate"), operators.like),
    exp.ILike: ((*_TWO, "negate"), operators.like),
    exp.Cast: (("this", "to", "_type"), constants.cast),
    exp.Array: (("expressions", "value_constructor"), constants.array_constructor),
    exp.Collate: (_TWO, constants.collation),
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
