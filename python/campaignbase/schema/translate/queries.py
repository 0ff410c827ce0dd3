"""The bodies of views: select, joins, grouping, union, subqueries.

Pure: no I/O. As for expressions, what is not known here raises.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from campaignbase.errors import TranslationError
from campaignbase.schema.translate import functions, grammar
from campaignbase.schema.translate.expressions import Expressions, Scope
from campaignbase.schema.translate.kinds import Kind, Types
from campaignbase.schema.translate.names import identifier
from campaignbase.schema.translate.values import PRIMARY, Value

Columns = Mapping[str, Value]  # by name, in order
_PARTS = ("expressions", "from_", "joins", "where", "group", "having", "order", "limit", "distinct", "with_")
_FIRST_ROW = frozenset({"expressions", "from_", "where", "order", "limit"})
_JOINS = {"": "join", "LEFT": "left join", "RIGHT": "right join", "FULL": "full join", "CROSS": "cross join"}


@dataclass(frozen=True)
class Select:
    """The clause that lists columns."""

    word: str
    items: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.word} {', '.join(self.items)}"


@dataclass(frozen=True)
class Query:
    clauses: tuple[Select | str, ...]
    columns: Columns

    @property
    def line(self) -> str:
        return " ".join(map(str, self.clauses))


@dataclass
class _Sources:
    """The relations of one select, inside those of the selects around it."""

    where: str
    outer: Scope | None
    found: dict[str, Columns] = field(default_factory=dict)

    def column(self, table: str | None, name: str) -> Value:
        places = [
            (alias, columns[name])
            for alias, columns in self.found.items()
            if name in columns and table in (None, alias)
        ]
        if len(places) == 1:
            alias, value = places[0]
            return replace(value, sql=f"{identifier(alias)}.{identifier(name)}", level=PRIMARY, literal=None)
        if not places and self.outer is not None:
            return self.outer.column(table, name)
        full = f"{table}.{name}" if table else name
        raise TranslationError(
            f"{self.where}: {'several columns are' if places else 'no column is'} called {full!r}"
        )


@dataclass
class Queries:
    """Translates the query of one view.

    `relations` are tables and views by (schema, name); `tables` those of them whose rows have an id.
    """

    where: str
    relations: Mapping[tuple[str, str], Columns]
    types: Types
    calls: Mapping[str, functions.Function]
    tables: Collection[tuple[str, str]] = ()
    notes: list[str] = field(default_factory=list)

    def translate(self, text: str) -> Query:
        return self.query(grammar.query(text, self.where), None, {})

    def query(self, node: exp.Expr, outer: Scope | None, named: Mapping[str, Columns]) -> Query:
        inner = node.unnest() if isinstance(node, exp.Subquery | exp.Paren) else node
        if isinstance(inner, exp.Union):
            return self._union(inner, outer, named)
        if not isinstance(inner, exp.Select):
            raise self._refusal(inner, f"{type(inner).__name__} is not known")
        return self._select(inner, outer, named)

    def _union(self, node: exp.Union, outer: Scope | None, named: Mapping[str, Columns]) -> Query:
        self._only(node, ("this", "expression", "distinct"))
        left, right = self.query(node.this, outer, named), self.query(node.expression, outer, named)
        for one, other in zip(left.columns.values(), right.columns.values(), strict=True):
            if {one.kind, other.kind} - {Kind.NULL} and one.kind is not other.kind:
                raise self._refusal(
                    node, f"a column is {one.kind.value} in one part and {other.kind.value} in another"
                )
            if one.exact and node.args.get("distinct"):
                raise self._refusal(node, "numbers kept as text are not told apart; use union all")
        word = "union" if node.args.get("distinct") else "union all"
        return Query((*left.clauses, word, *right.clauses), left.columns)

    def _select(self, node: exp.Select, outer: Scope | None, named: Mapping[str, Columns]) -> Query:
        self._only(node, _PARTS)
        clauses: list[Select | str] = []
        named = dict(named)
        if (ctes := node.args.get("with_")) is not None:
            clauses.append(self._named(ctes, outer, named))
        sources = _Sources(self.where, outer)
        source = self._from(node, sources, named)
        to = self._expressions(sources, named)
        if (distinct := node.args.get("distinct")) is not None:
            self._only(distinct, ())
        columns: dict[str, Value] = {}
        for item in node.expressions:
            value = to.value(item.this if isinstance(item, exp.Alias) else item)
            columns[item.alias_or_name] = value.number() if distinct or node.args.get("group") else value
        if len(columns) != len(node.expressions) or "" in columns:
            raise self._refusal(node, "every column needs a name of its own")
        items = tuple(_named(value, name) for name, value in columns.items()) or ("1",)  # inside exists
        clauses.append(Select("select distinct" if distinct else "select", items))
        clauses += source
        if (where := node.args.get("where")) is not None:
            clauses.append(f"where {to.condition(where.this).sql}")
        if (group := node.args.get("group")) is not None:
            self._only(group, ("expressions",))
            clauses.append("group by " + ", ".join(to.value(key).number().sql for key in group.expressions))
        if (having := node.args.get("having")) is not None:
            clauses.append(f"having {to.condition(having.this).sql}")
        clauses += self._tail(node, to)
        return Query(tuple(clauses), columns)

    def _tail(self, node: exp.Select, to: Expressions) -> list[str]:
        found: list[str] = []
        if (order := node.args.get("order")) is not None:
            self._only(order, ("expressions",))
            found.append("order by " + ", ".join(self._ordered(key, to) for key in order.expressions))
        if (limit := node.args.get("limit")) is not None:
            self._only(limit, ("expression",))
            found.append(f"limit {to.value(limit.expression).sql}")
        return found

    def _ordered(self, node: exp.Expr, to: Expressions) -> str:
        self._only(node, ("this", "desc", "nulls_first"))
        value = to.value(node.this).number()
        if value.kind in (Kind.TEXT, Kind.ENUM):
            to.note("text is sorted byte by byte")
        down, first = bool(node.args.get("desc")), bool(node.args.get("nulls_first"))
        nulls = "" if down is not first else (" nulls first" if first else " nulls last")
        return f"{value.sql}{' desc' if down else ''}{nulls}"

    def _named(self, node: exp.Expr, outer: Scope | None, named: dict[str, Columns]) -> str:
        self._only(node, ("expressions",))
        parts: list[str] = []
        for cte in node.expressions:
            self._only(cte, ("this", "alias"))
            query = self.query(cte.this, outer, named)
            name = str(cte.args["alias"].this.this)
            named[name] = self._renamed(cte.args["alias"], query.columns)
            parts.append(f"{identifier(name)}{_listed(cte.args['alias'])} as ({query.line})")
        return "with " + ", ".join(parts)

    def _from(self, node: exp.Select, sources: _Sources, named: Mapping[str, Columns]) -> list[str]:
        start = node.args.get("from_")
        if start is None:
            return []
        self._only(start, ("this",))
        found = self._source(start.this, sources, named, flat=True)
        for join in node.args.get("joins") or ():
            found += self._join(join, sources, named)
        return [f"from {found[0]}", *found[1:]]

    def _source(
        self, node: exp.Expr, sources: _Sources, named: Mapping[str, Columns], *, flat: bool = False
    ) -> list[str]:
        """One relation, and the joins inside its parentheses as further clauses."""
        if isinstance(node, exp.Table):
            self._only(node, ("this", "db", "alias", "joins"))
            name, schema = str(node.this.this), str(node.args["db"].this) if node.args.get("db") else None
            columns = named.get(name) if schema is None else self.relations.get((schema, name))
            if columns is None:
                raise self._refusal(node, f"{f'{schema}.' if schema else ''}{name} is not here")
            alias = node.args.get("alias")
            sources.found[node.alias_or_name] = self._renamed(alias, columns)
            renamed = "" if alias is None else f" as {identifier(node.alias)}"
            if _listed(alias):
                raise self._refusal(node, "columns renamed in from are not known")
            found = [f"{identifier(name)}{renamed}"]
        elif isinstance(node, exp.Subquery) and isinstance(node.this, exp.Select | exp.Union):
            self._only(node, ("this", "alias", "joins"))
            query = self.query(node.this, None, named)
            sources.found[node.alias] = self._renamed(node.args.get("alias"), query.columns)
            if _listed(node.args.get("alias")):
                raise self._refusal(node, "columns renamed in from are not known")
            found = [f"({query.line}) as {identifier(node.alias)}"]
        elif isinstance(node, exp.Subquery | exp.Paren) and not node.alias:
            self._only(node, ("this", "joins"))
            inner = self._source(node.this, sources, named, flat=True)
            found = inner if flat else [f"({' '.join(inner)})"]
        else:
            raise self._refusal(node, f"{type(node).__name__} is not known")
        for join in node.args.get("joins") or ():
            found += self._join(join, sources, named)
        return found

    def _join(self, node: exp.Expr, sources: _Sources, named: Mapping[str, Columns]) -> list[str]:
        self._only(node, ("this", "side", "kind", "on", "using"))
        side, kind = node.args.get("side") or "", node.args.get("kind") or ""
        word = _JOINS.get(side or ("" if kind in ("INNER", "OUTER") else kind))
        if word is None:
            raise self._refusal(node, f"the join {side} {kind} is not known")
        if isinstance(node.this, exp.Lateral) and isinstance(node.this.this, exp.Subquery):
            return [self._first_row(node, word, sources, named)]
        [*parts] = self._source(node.this, sources, named)
        text = f"{word} {' '.join(parts)}"
        to = self._expressions(sources, named)
        if (condition := node.args.get("on")) is not None:
            return [f"{text} on {to.condition(condition).sql}"]
        if using := node.args.get("using"):
            return [f"{text} using ({', '.join(identifier(str(name.this)) for name in using)})"]
        return [text if "cross" in word else f"cross {text}"]

    def _first_row(self, node: exp.Expr, word: str, sources: _Sources, named: Mapping[str, Columns]) -> str:
        """A join with the first row that a subquery finds: with its table, by that row's rowid."""
        lateral = node.this
        self._only(lateral, ("this", "alias"))
        inner, condition = lateral.this.unnest(), (node.args.get("on") or exp.true()).unnest()
        table = self._of_first_row(inner)
        if table is None or not (isinstance(condition, exp.Boolean) and condition.this):
            raise self._refusal(
                node, "lateral is known as (select columns of one table ... limit 1) on true only"
            )
        query = self.query(inner, sources, named)
        sources.found[lateral.alias] = query.columns
        alias = identifier(lateral.alias)
        found = [f"select {identifier(table.alias_or_name)}.rowid", *map(str, query.clauses[1:])]
        joined = word.replace("cross ", "")
        return f"{joined} {identifier(table.name)} as {alias} on {alias}.rowid = ({' '.join(found)})"

    def _of_first_row(self, inner: exp.Expr) -> exp.Table | None:
        """The table a subquery reads, where it answers one row of it with some columns by their own names."""
        parts = {name for name, part in inner.args.items() if part}
        if not isinstance(inner, exp.Select) or not parts <= _FIRST_ROW:
            return None
        table = inner.args["from_"].this if "from_" in parts else None
        limit = inner.args["limit"].expression if "limit" in parts else None
        own = all(
            isinstance(item.unalias(), exp.Column) and item.unalias().name == item.alias_or_name
            for item in inner.expressions
        )
        one = isinstance(limit, exp.Literal) and str(limit.this) == "1"
        if not (own and one and isinstance(table, exp.Table)) or table.args.get("joins"):
            return None
        return table if (table.db, table.name) in self.tables else None

    def _expressions(self, sources: _Sources, named: Mapping[str, Columns]) -> Expressions:
        def inside(node: exp.Expr) -> tuple[str, list[Value]]:
            query = self.query(node, sources, named)
            return query.line, list(query.columns.values())

        return Expressions(
            self.where, sources, self.types, self.calls, clock=True, notes=self.notes, query=inside
        )

    def _renamed(self, alias: exp.Expr | None, columns: Columns) -> Columns:
        if alias is None or not alias.args.get("columns"):
            return columns
        names = [str(name.this) for name in alias.args["columns"]]
        return dict(zip(names, columns.values(), strict=True))

    def _only(self, node: exp.Expr, known: Sequence[str]) -> None:
        for name, part in node.args.items():
            if part and name not in known:
                raise self._refusal(node, f"{name.rstrip('_')!r} of {type(node).__name__} is not known")

    def _refusal(self, node: exp.Expr, reason: str) -> TranslationError:
        return TranslationError(
            f"{self.where}: {reason}, in {grammar.text(node)[:200]!r}; write the view with plain joins, "
            f"where, group by, order by, limit, union and subqueries"
        )


def _named(value: Value, name: str) -> str:
    return value.sql if value.sql.endswith(f".{identifier(name)}") else f"{value.sql} as {identifier(name)}"


def _listed(alias: exp.Expr | None) -> str:
    columns = alias.args.get("columns") if alias is not None else None
    return f" ({', '.join(identifier(str(name.this)) for name in columns)})" if columns else ""
