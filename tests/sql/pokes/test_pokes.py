"""Edge functions are woken where pg_net, Vault and pg_cron exist; elsewhere nothing is different."""

import psycopg
import pytest
from tests.sql.scene import Scene, rows, value

KEY = "sb_secret_1"
ASKED = """
    select method, url, headers, convert_from(body, 'UTF8') as body, timeout_milliseconds
    from net.http_request_queue order by id
"""


def keep_secrets(scene: Scene, url: str = "https://abc.supabase.co/functions/v1/", key: str = KEY) -> None:
    scene.owner.execute("select vault.create_secret(%s, 'campaignbase_functions_url')", [url])
    scene.owner.execute("select vault.create_secret(%s, 'campaignbase_functions_key')", [key])


def forget_second(scene: Scene) -> None:
    scene.owner.execute("select setval('private.poked_embed', 1), setval('private.poked_deliver', 1)")


def request(function: str) -> dict[str, object]:
    return {
        "method": "POST",
        "url": f"https://abc.supabase.co/functions/v1/{function}",
        "headers": {"Content-Type": "application/json", "apikey": KEY},
        "body": "{}",
        "timeout_milliseconds": 1000,
    }


def test_without_them_rows_are_written_and_nobody_is_poked(scene: Scene) -> None:
    workspace = scene.workspace()
    scene.asset(workspace)
    assert len(rows(scene.owner, "select from private.jobs")) == 1
    assert value(scene.owner, "select private.poke('embed')") is False
    assert value(scene.owner, "select private.sweep()") == 0
    assert value(scene.owner, "select private.schedule_sweep()") is False


def test_without_secrets_nobody_is_poked(outside: Scene) -> None:
    outside.asset(outside.workspace())
    assert rows(outside.owner, ASKED) == []
    keep_secrets(outside, key=" ")
    forget_second(outside)
    outside.asset(outside.workspace())
    assert rows(outside.owner, ASKED) == []


def test_a_queued_job_pokes_embed_with_the_key_of_vault(outside: Scene) -> None:
    keep_secrets(outside)
    workspace = outside.workspace()
    member = outside.member(workspace)
    outside.of(member).execute("insert into public.content_assets (content) values ('words')")
    assert rows(outside.owner, ASKED) == [request("embed")]


def test_a_queued_delivery_pokes_deliver(outside: Scene) -> None:
    keep_secrets(outside)
    endpoint = outside.insert(
        "webhook_endpoints", workspace_id=outside.workspace(), name="crm", url="https://hooks.acme.com"
    )
    value(outside.service, "select public.test_webhook(%s)", [endpoint])
    assert rows(outside.owner, ASKED) == [request("deliver")]


def test_many_rows_are_one_poke_in_a_second(outside: Scene) -> None:
    keep_secrets(outside)
    workspace = outside.workspace()
    with outside.database.connect(autocommit=False) as connection:
        # the clock stands still for as long as the test takes
        connection.execute("select setval('private.poked_embed', extract(epoch from now())::bigint + 60)")
        for _ in range(5):
            outside.asset(workspace)
        assert rows(outside.owner, ASKED) == []
        connection.commit()
    forget_second(outside)
    outside.owner.execute(
        "insert into public.content_assets (workspace_id, content)"
        " select %s, n::text from generate_series(1, 99) as n",
        [workspace],
    )
    assert 1 <= len(rows(outside.owner, ASKED)) <= 2  # a second may end meanwhile


def test_a_write_at_length_holds_no_other_back(outside: Scene) -> None:
    keep_secrets(outside)
    workspace = outside.workspace()
    with outside.database.connect(autocommit=False) as long:
        long.execute(
            "insert into public.content_assets (workspace_id, content) values (%s, 'x')", [workspace]
        )
        forget_second(outside)  # as if a second had passed
        outside.owner.execute("set lock_timeout = '2s'")
        outside.asset(workspace)
        assert len(rows(outside.owner, ASKED)) == 1
        long.rollback()
    assert len(rows(outside.owner, ASKED)) == 1


@pytest.mark.parametrize(
    "breakage",
    [
        "revoke all on net.http_request_queue from public",
        "alter table net.http_request_queue add constraint never check (false)",
        "alter view vault.decrypted_secrets rename column decrypted_secret to plain",
    ],
)
def test_what_is_broken_outside_never_fails_a_write(outside: Scene, breakage: str) -> None:
    keep_secrets(outside)
    workspace = outside.workspace()
    with psycopg.connect(outside.database.admin_url) as admin:  # rolled back below
        admin.execute(breakage)
        told: list[str] = []
        admin.add_notice_handler(lambda notice: told.append(str(notice.message_primary)))
        admin.execute("set role postgres")
        admin.execute(
            "insert into public.content_assets (workspace_id, content) values (%s, 'x')", [workspace]
        )
        assert admin.execute("select count(*) from private.jobs").fetchone() == (1,)
        admin.execute("reset role")
        admin.rollback()
    assert any(line.startswith("edge function embed was not poked: ") for line in told)


def test_a_write_that_is_undone_pokes_nobody(outside: Scene) -> None:
    keep_secrets(outside)
    with outside.database.connect(autocommit=False) as connection:
        workspace = outside.workspace()
        connection.execute(
            "insert into public.content_assets (workspace_id, content) values (%s, 'x')", [workspace]
        )
        connection.rollback()
    assert rows(outside.owner, ASKED) == []


def test_a_sweep_pokes_who_has_something_to_do(outside: Scene) -> None:
    keep_secrets(outside)
    assert value(outside.owner, "select private.sweep()") == 0
    workspace = outside.workspace()
    asset = outside.asset(workspace)
    endpoint = outside.insert(
        "webhook_endpoints", workspace_id=workspace, name="crm", url="https://hooks.acme.com"
    )
    value(outside.service, "select public.test_webhook(%s)", [endpoint])
    outside.owner.execute("truncate net.http_request_queue")
    assert value(outside.owner, "select private.sweep()") == 2
    assert [row["url"].rsplit("/", 1)[1] for row in rows(outside.owner, ASKED)] == ["embed", "deliver"]
    outside.owner.execute(
        "update private.jobs set run_at = now() + interval '1 hour' where target_id = %s", [asset]
    )
    outside.owner.execute("update public.webhook_endpoints set enabled = false")
    assert value(outside.owner, "select private.sweep()") == 0


def test_pg_cron_sweeps_since_the_migration_and_only_once(outside: Scene) -> None:
    jobs = "select jobname, schedule, command from cron.job where jobname = 'campaignbase_sweep'"
    assert rows(outside.owner, jobs) == [
        {"jobname": "campaignbase_sweep", "schedule": "10 seconds", "command": "select private.sweep()"}
    ]
    assert value(outside.owner, "select private.schedule_sweep()") is True
    assert len(rows(outside.owner, "select from cron.job")) == 2  # and one that tidies


@pytest.mark.parametrize("call", ["private.poke('embed')", "private.sweep()", "private.schedule_sweep()"])
@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_nobody_else_pokes(outside: Scene, role: str, call: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        outside.session(role).execute(f"select {call}")


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_nobody_reads_the_key(outside: Scene, role: str) -> None:
    keep_secrets(outside)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        outside.session(role).execute("select from vault.decrypted_secrets")
