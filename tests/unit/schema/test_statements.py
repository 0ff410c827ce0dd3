"""Splitting SQL text: quotes, comments and bodies may hold semicolons."""

import pytest

from campaignbase.errors import InputError
from campaignbase.schema.statements import split, without_comments

SPLITS = [
    ("select 1; select 2", ["select 1", "select 2"]),  # the last needs no semicolon
    (";;\n ; ", []),  # nothing between semicolons is no statement
    ("select 'a;b''c;'; x", ["select 'a;b''c;'", "x"]),  # a doubled quote does not end the text
    (r"select E'it\'s;'; x", [r"select E'it\'s;'", "x"]),  # a backslash does, only after E
    (r"select 'c:\'; x", [r"select 'c:\'", "x"]),  # and not in a plain one
    ('select ";" ; x', ['select ";"', "x"]),
    ("do $$ a; b $$; x", ["do $$ a; b $$", "x"]),
    ("do $b$ a; $$ ; $$ $b$; x", ["do $b$ a; $$ ; $$ $b$", "x"]),  # another tag inside
    ("select a$1; select $1", ["select a$1", "select $1"]),  # parameters and names are no tags
    ("-- no; end\na; b -- c;\n", ["-- no; end\na", "b -- c;"]),  # comments stay with what follows
    ("/* a; /* b; */ c; */ d; e", ["/* a; /* b; */ c; */ d", "e"]),  # block comments nest
    ("a;\n-- the end; \n", ["a", "-- the end;"]),  # the command line records this one too
    ("begin; x; commit", ["begin", "x", "commit"]),
]


@pytest.mark.parametrize(("sql", "expected"), SPLITS)
def test_split_ends_a_statement_only_at_its_semicolon(sql: str, expected: list[str]) -> None:
    assert split(sql) == expected


def test_split_refuses_what_it_cannot_read() -> None:
    with pytest.raises(InputError) as caught:
        split("select 1;\ncreate function f() returns int begin atomic select 1; end;")
    assert str(caught.value) == "line 2: a body in BEGIN ATOMIC cannot be split; write it between $$"


def test_without_comments_keeps_what_stands_in_quotes() -> None:
    assert without_comments("a -- b\n/* c */ '-- d' $$ /* e */ $$").split() == [
        *("a", "'--", "d'", "$$", "/*", "e", "*/", "$$")
    ]
