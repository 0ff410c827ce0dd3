"""Running scripts on a real server: what an error says, and that a failed load leaves nothing."""

from pathlib import Path

import pytest
from tests.support.postgres import Database

from campaignbase.errors import CampaignbaseError
from campaignbase.schema import loader
from campaignbase.schema.connection import connect

FAILS = [
    # the line of the statement that failed, counted in its file
    ("select 1;\n\nselect nope;\n", 'x.sql:3: column "nope" does not exist'),
    # hint and detail stand on lines of their own
    (
        "do $$ begin raise exception using message = 'no', detail = 'why', hint = 'do'; end $$;",
        "x.sql:1: no\n    why\n    do\n    PL/pgSQL function inline_code_block line 1 at RAISE",
    ),
]


@pytest.mark.parametrize(("sql", "expected"), FAILS)
def test_run_says_where_and_why(sql: str, expected: str, pg_shared: Database) -> None:
    with connect(pg_shared.url) as connection:
        with pytest.raises(CampaignbaseError) as caught:
            loader.run(connection, [loader.Script(Path("x.sql"), 1, sql)])
        connection.rollback()
    assert str(caught.value) == expected


def test_a_load_that_fails_leaves_nothing(pg_shared: Database) -> None:
    scripts = [
        loader.Script(Path("a.sql"), 1, "create schema half;"),
        loader.Script(Path("b.sql"), 1, "syntax error;"),
    ]
    with pytest.raises(CampaignbaseError), connect(pg_shared.url) as connection:
        loader.run(connection, scripts)
    with pg_shared.connect() as connection:
        assert connection.execute("select to_regnamespace('half')").fetchone() == (None,)
