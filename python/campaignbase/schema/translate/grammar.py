"""Read what Postgres prints of an expression or a view, and notice when the reader loses a word.

Pure: no I/O. sqlglot rewrites the functions it knows while it reads (LEAST once lost an argument that
way), so here it is told none: every call keeps the name and the arguments it was written with.
"""

from collections import Counter
from collections.abc import Iterator

from sqlglot import Token, TokenType, exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import SqlglotError
from sqlglot.parsers.postgres import PostgresParser

from campaignbase.errors import TranslationError
from campaignbase.schema.translate import functions

_SYNTAX = ("EXTRACT", "TRIM", "SUBSTRING")  # written with words between the arguments
_NAMES = frozenset({TokenType.VAR, TokenType.IDENTIFIER})
# words of such syntax that the tree says in another way
_GRAMMAR = frozenset(
    {
        "extract", "trim", "substring", "both", "leading", "trailing", "at", "zone", "without", "nulls",
        "first", "last",
    }
)  # fmt: skip


class _Parser(PostgresParser):
    FUNCTIONS = {}  # noqa: RUF012  as the base class declares it
    FUNCTION_PARSERS = {name: PostgresParser.FUNCTION_PARSERS[name] for name in _SYNTAX}  # noqa: RUF012
    NO_PAREN_FUNCTIONS = {}  # noqa: RUF012
    NO_PAREN_FUNCTION_PARSERS = {  # noqa: RUF012
        "CASE": PostgresParser.NO_PAREN_FUNCTION_PARSERS["CASE"]
    }


class Catalogue(Postgres):
    """Postgres as its catalogue prints it, with no function known."""

    Parser = _Parser


def expression(text: str, where: str) -> exp.Expr:
    """One expression, as `pg_get_expr` prints it."""
    return _parse(text, where, "an expression")


def query(text: str, where: str) -> exp.Expr:
    """One query, as `pg_get_viewdef` prints it."""
    return _parse(text.strip().rstrip(";"), where, "a query")


def text(node: exp.Expr) -> str:
    """A node as Postgres would write it, for messages."""
    return node.sql(dialect=Catalogue)


def type_name(node: exp.Expr) -> str:
    """The type of a cast as `format_type` prints it."""
    written = node.sql(dialect=Catalogue)
    if "." not in written:  # a type of the database keeps its capitals and quotes
        written = written.lower().replace('"', "")
    name, bracket, rest = written.partition("(")
    array = "[]" if name.endswith("[]") or rest.endswith("[]") else ""
    name = name.removesuffix("[]")
    return functions.TYPE_NAMES.get(name, name) + bracket + rest.removesuffix("[]").replace(", ", ",") + array


def _parse(text: str, where: str, what: str) -> exp.Expr:
    try:
        found = [tree for tree in Catalogue().parse(text) if tree is not None]
        tokens = Catalogue().tokenize(text)
    except SqlglotError as error:
        reason = str(error).splitlines()[0]
        raise TranslationError(
            f"{where}: cannot read {text!r} as {what} ({reason}); write it with simpler words"
        ) from error
    if len(found) != 1:
        raise TranslationError(f"{where}: expected {what}, found {len(found)} in {text!r}")
    tree = found[0]
    _nothing_lost(tree, tokens, where, text)
    return tree


def _nothing_lost(tree: exp.Expr, tokens: list[Token], where: str, text: str) -> None:
    """Every literal and every name of the text must be in the tree, as often as it was written."""
    written = Counter(word.lower() for word in _written(tokens))
    kept = Counter(word.lower() for word in _kept(tree))
    lost = sorted((written - kept).elements())
    if lost:
        raise TranslationError(
            f"{where}: {lost[0]!r} of {text!r} got lost while reading; write it with simpler words"
        )


def _written(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        named = token.token_type in _NAMES and token.text.lower() not in _GRAMMAR
        if named or token.token_type in (TokenType.STRING, TokenType.NUMBER):
            yield token.text


def _kept(tree: exp.Expr) -> Iterator[str]:
    for node in tree.walk():
        if isinstance(node, exp.Literal | exp.Identifier | exp.Var):
            yield str(node.this)
        elif isinstance(node, exp.Anonymous) and isinstance(node.this, str):
            yield node.this
        elif isinstance(node, exp.Operator):
            yield from str(node.args["operator"]).split(".")
