"""Split a SQL file into its statements, as the Supabase command line records them.

Pure: no I/O. A statement keeps the comments before it; its semicolon and the space around it go.
"""

import re

from campaignbase.errors import InputError

_TOKEN = re.compile(
    r"""
      --[^\n]*
    | /\*
    | (?<![\w$])[eE]'(?:[^'\\]|\\.|'')*'
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | (?<![\w$])\$(?P<tag>[^\W\d]\w*)?\$.*?\$(?(tag)(?P=tag))\$
    | \bbegin\s+atomic\b
    | ;
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def split(sql: str) -> list[str]:
    """The statements of `sql` in order; a comment after the last one counts as one.

    Raises:
        InputError: a body written as BEGIN ATOMIC, which this does not read; write it between $$.
    """
    found: list[str] = []
    start = position = 0
    while (token := _TOKEN.search(sql, position)) is not None:
        text = token[0]
        position = _comment_end(sql, token.start()) if text == "/*" else token.end()
        if text == ";":
            found.append(sql[start : token.start()].strip())
            start = position
        elif text[0] in "bB":
            line = sql.count("\n", 0, token.start()) + 1
            raise InputError(f"line {line}: a body in BEGIN ATOMIC cannot be split; write it between $$")
    found.append(sql[start:].strip())
    return [statement for statement in found if statement]


def without_comments(sql: str) -> str:
    """`sql` with its comments blanked out; text in quotes stays."""
    parts: list[str] = []
    start = position = 0
    while (token := _TOKEN.search(sql, position)) is not None:
        position = token.end()
        if token[0].startswith(("--", "/*")):
            position = _comment_end(sql, token.start()) if token[0] == "/*" else position
            parts.append(sql[start : token.start()])
            start = position
    return " ".join([*parts, sql[start:]])


def _comment_end(sql: str, start: int) -> int:
    """The end of the block comment that opens at `start`; comments nest."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(sql, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(sql)
