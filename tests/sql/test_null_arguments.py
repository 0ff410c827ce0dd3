"""Every function of ours ends when it is given nothing but nulls, whatever it then says."""

import psycopg
from tests.support.postgres import Database

SECONDS = 5  # a thousand times what the slowest needs
CALLS = """
select
    format(
        'select * from %I.%I(%s)',
        n.nspname,
        p.proname,
        (select string_agg('null::' || format_type(t, null), ', ') from unnest(p.proargtypes::oid[]) as t)
    )
from pg_proc as p
inner join pg_namespace as n on n.oid = p.pronamespace
where n.nspname in ('public', 'private') and p.prorettype <> 'trigger'::regtype
order by 1
"""


def test_no_function_goes_on_for_ever_on_nulls(pg_database: Database) -> None:
    endless = []
    with psycopg.connect(pg_database.admin_url) as connection:
        connection.execute(f"set statement_timeout = '{SECONDS}s'".encode())
        calls = [row[0] for row in connection.execute(CALLS)]
        assert len(calls) > 100
        for call in calls:
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(call)
            except psycopg.errors.QueryCanceled:
                endless.append(call)
            except psycopg.Error:
                pass  # refused, which is an end
    assert endless == []
