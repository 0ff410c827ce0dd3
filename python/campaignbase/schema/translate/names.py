"""Names in SQLite: which need quotes, and lines that stay readable.

Pure: no I/O.
"""

import re
import textwrap

WIDTH = 100
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
# words that SQLite 3.40 refuses as a bare name of a column or table
_RESERVED = frozenset(
    """
    add all alter and as autoincrement between case cast check collate commit constraint create
    current_date current_time current_timestamp default deferrable delete distinct drop else escape
    except exists foreign from group having if in index insert intersect into is isnull join limit
    not nothing notnull null on or order primary raise references returning select set table then
    to transaction union unique update using values when where
    """.split()  # noqa: SIM905 - a list would fill a page
)
_CONSTRAINT = re.compile(r"constraint (?:\w+|\"[^\"]*\") ")
_ATOM = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[^\s'\"]+|\s+")


def identifier(name: str) -> str:
    """A name, in quotes where SQLite needs them."""
    if _PLAIN.fullmatch(name) and name not in _RESERVED:
        return name
    return quoted(name)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def occurs(name: str, text: str) -> bool:
    """Whether an expression may speak of a column; one too many is harmless."""
    return name.replace('"', '""') in text


def written(schema: str, name: str) -> str:
    """A pattern for `schema.name` as Postgres prints it, each part in quotes where it needs them."""
    return rf'(?<![\w"]){_either(schema)}\.{_either(name)}(?![\w"])'


def _either(name: str) -> str:
    plain = f"{re.escape(name)}|" if _PLAIN.fullmatch(name) else ""
    return f"(?:{plain}{re.escape(quoted(name))})"


def listed(names: list[str]) -> str:
    return ", ".join(identifier(name) for name in names)


def comment(text: str | None, indent: str = "") -> list[str]:
    """A comment as `--` lines; paragraphs stay apart."""
    lines: list[str] = []
    for line in (text or "").splitlines():
        lines += textwrap.wrap(
            line, WIDTH, initial_indent=f"{indent}-- ", subsequent_indent=f"{indent}-- "
        ) or [f"{indent}--"]
    return lines


def wrap(sql: str, indent: str) -> list[str]:
    """SQL on lines of at most WIDTH where it has spaces outside quotes to break at."""
    lines: list[str] = []
    line = indent
    deeper = indent + "    "
    head = _CONSTRAINT.match(sql)
    if head and len(indent + sql) >= WIDTH:
        lines.append(indent + head[0].rstrip())
        line = deeper
        sql = sql[head.end() :]
    for atom in _words(sql):
        if len(line.rstrip()) + len(atom) + 1 > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = deeper
        line += atom + " "
    return [*lines, line.rstrip()]


def _words(sql: str) -> list[str]:
    """Pieces between spaces outside quotes."""
    words = [""]
    for atom in _ATOM.finditer(sql):
        if atom[0].isspace():
            words.append("")
        else:
            words[-1] += atom[0]
    return [word for word in words if word]
