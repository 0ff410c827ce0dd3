"""The stand-ins have the names, arguments, defaults and refusals of pg_net 0.20.4, Vault and pg_cron."""

import psycopg
import pytest
from tests.sql.scene import Scene, rows, value

FUNCTIONS = {
    "net.http_get": "url text, params jsonb DEFAULT '{}'::jsonb, headers jsonb DEFAULT '{}'::jsonb,"
    " timeout_milliseconds integer DEFAULT 5000",
    "net.http_post": "url text, body jsonb DEFAULT '{}'::jsonb, params jsonb DEFAULT '{}'::jsonb,"
    """ headers jsonb DEFAULT '{"Content-Type": "application/json"}'::jsonb,"""
    " timeout_milliseconds integer DEFAULT 5000",
    "net.http_delete": "url text, params jsonb DEFAULT '{}'::jsonb, headers jsonb DEFAULT '{}'::jsonb,"
    " timeout_milliseconds integer DEFAULT 5000, body jsonb DEFAULT NULL::jsonb",
    "net.worker_restart": "",
    "net.wait_until_running": "",
    "net.wake": "",
    "net.check_worker_is_up": "",
    "net._http_collect_response": "request_id bigint, async boolean DEFAULT true",
    "vault.create_secret": "new_secret text, new_name text DEFAULT NULL::text,"
    " new_description text DEFAULT ''::text, new_key_id uuid DEFAULT NULL::uuid",
    "vault.update_secret": "secret_id uuid, new_secret text DEFAULT NULL::text,"
    " new_name text DEFAULT NULL::text, new_description text DEFAULT NULL::text,"
    " new_key_id uuid DEFAULT NULL::uuid",
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_have_their_arguments(outside: Scene, name: str) -> None:
    found = value(outside.owner, "select pg_get_function_arguments(%s::regproc)", [name])
    assert found == FUNCTIONS[name]


@pytest.mark.parametrize(
    ("table", "columns", "persistence"),
    [
        ("net.http_request_queue", "id method url headers body timeout_milliseconds", "u"),
        (
            "net._http_response",
            "id status_code content_type headers content timed_out error_msg created",
            "u",
        ),
        ("vault.secrets", "id name description secret key_id nonce created_at updated_at", "p"),
        (
            "cron.job",
            "jobid schedule command nodename nodeport database username active jobname",
            "p",
        ),
        (
            "cron.job_run_details",
            "jobid runid job_pid database username command status return_message start_time end_time",
            "p",
        ),
    ],
)
def test_tables_have_their_columns(outside: Scene, table: str, columns: str, persistence: str) -> None:
    [found] = rows(
        outside.owner,
        "select relpersistence::text as persistence, (select string_agg(attname, ' ' order by attnum)"
        " from pg_attribute where attrelid = pg_class.oid and attnum > 0) as columns"
        " from pg_class where oid = %s::regclass",
        [table],
    )
    assert found == {"persistence": persistence, "columns": columns}


def test_a_post_says_json_or_is_refused(outside: Scene) -> None:
    post = "select net.http_post('https://x.example', '{}', headers => %s)"
    value(outside.owner, post, ['{"X-Key": "1"}'])
    [found] = rows(outside.owner, "select headers from net.http_request_queue")
    assert found["headers"] == {"X-Key": "1", "Content-Type": "application/json"}
    with pytest.raises(
        psycopg.errors.RaiseException, match=r'^Content-Type header must be "application/json"'
    ):
        value(outside.owner, post, ['{"content-type": "text/plain"}'])


def test_parameters_are_encoded_into_the_address(outside: Scene) -> None:
    value(outside.owner, """select net.http_get('https://x.example/a', '{"q": "ä b&c", "n": 1}')""")
    [found] = rows(outside.owner, "select url from net.http_request_queue")
    assert found["url"] == "https://x.example/a?n=1&q=%C3%A4%20b%26c"


def test_a_request_that_waits_and_one_that_never_was_are_told_apart_by_nothing_but_the_queue(
    outside: Scene,
) -> None:
    waiting = value(outside.owner, "select net.http_get('https://x.example')")
    ask = "select (net._http_collect_response(%s)).status::text"
    assert value(outside.owner, ask, [waiting]) == "PENDING"
    assert value(outside.owner, ask, [waiting + 1000]) == "ERROR"


def test_without_a_worker_that_is_said(outside: Scene) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match=r"^the pg_net background worker is not up"):
        outside.owner.execute("select net.check_worker_is_up()")


@pytest.mark.parametrize(
    "schedule", ["10 seconds", "1 second", "* * * * *", "*/5 0-6 1,15 * 1-5", "17 * * * *"]
)
def test_cron_takes_these_schedules(outside: Scene, schedule: str) -> None:
    job = value(outside.owner, "select cron.schedule('mine', %s, 'select 1')", [schedule])
    again = value(outside.owner, "select cron.schedule('mine', %s, 'select 2')", [schedule])
    assert job == again
    assert value(outside.owner, "select command from cron.job where jobname = 'mine'") == "select 2"
    assert value(outside.owner, "select cron.unschedule('mine')") is True


@pytest.mark.parametrize(
    "schedule", ["", "60 seconds", "0 seconds", "every minute", "* * * *", "* * * * * *"]
)
def test_cron_refuses_these_schedules(outside: Scene, schedule: str) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match=r"^invalid schedule: "):
        value(outside.owner, "select cron.schedule('mine', %s, 'select 1')", [schedule])


def test_cron_does_not_know_what_was_never_scheduled(outside: Scene) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match=r"^could not find valid entry for job 'nobody'"):
        outside.owner.execute("select cron.unschedule('nobody')")


def test_a_secret_is_kept_once_under_its_name_and_changed(outside: Scene) -> None:
    key = value(outside.owner, "select vault.create_secret('one', 'mine', 'for tests')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        outside.owner.execute("select vault.create_secret('two', 'mine')")
    outside.owner.execute("select vault.update_secret(%s, 'three')", [key])
    [found] = rows(outside.owner, "select decrypted_secret, description from vault.decrypted_secrets")
    assert found == {"decrypted_secret": "three", "description": "for tests"}
