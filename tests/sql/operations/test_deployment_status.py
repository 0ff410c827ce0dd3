"""deployment_status: what it says of a whole deployment, and of one that lacks a part."""

import json
from typing import Any

import pytest
from tests.sql.scene import Scene, value

from campaignbase.schema.expected import expected


def status(scene: Scene) -> dict[str, Any]:
    return value(scene.session("service_role"), "select public.deployment_status()")


def test_the_migrations_are_read_as_postgres_runs_them(scene: Scene) -> None:
    found, wanted = status(scene), expected()
    of_platform = {f"{role} usage public" for role in ("anon", "authenticated", "service_role")}
    assert set(found["grants"]) - of_platform == wanted.grants
    assert set(found["policies"]) >= wanted.policies
    assert set(found["publication"]) == wanted.published
    assert found["unprotected"] == []
    tables = {
        f"{row[0]}.{row[1]}"
        for row in scene.owner.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('public', 'private')"
        )
    }
    assert wanted.tables == tables
    assert {grant.split(" ", 2)[2].removesuffix(".id") for grant in wanted.grants} & wanted.objects
    assert found["bucket"] == {"public": False, "limit": 52428800, "types": found["bucket"]["types"]}
    assert (found["workers"], found["late_seconds"]) == ([], None)
    assert (found["migrations"], found["secrets"], found["sweep"]) == (None, None, None)
    assert found["extensions"] == {"pg_net": False, "pg_cron": False, "vault": False}


def test_workers_and_the_longest_delay_are_told(scene: Scene) -> None:
    home = scene.workspace("Ours")
    scene.owner.execute(
        "insert into private.jobs (workspace_id, kind, target_id, state, leased_by, run_at) values"
        " (%(home)s, 'embed_tag', gen_random_uuid(), 'leased', 'one', now() + interval '1 minute'),"
        " (%(home)s, 'embed_tag', gen_random_uuid(), 'leased', 'gone', now() - interval '1 minute'),"
        " (%(home)s, 'embed_tag', gen_random_uuid(), 'waiting', null, now() - interval '90 seconds'),"
        " (%(home)s, 'embed_tag', gen_random_uuid(), 'waiting', null, now() + interval '1 hour')",
        {"home": home},
    )
    found = status(scene)
    assert found["workers"] == ["one"]
    assert 90 <= found["late_seconds"] < 120


@pytest.mark.parametrize(
    ("broken", "mended", "part"),
    [
        (
            "revoke execute on function public.claim_jobs from service_role",
            "grant execute on function public.claim_jobs to service_role",
            "service_role execute public.claim_jobs",
        ),
        (
            "grant truncate on public.tags to anon",
            "revoke truncate on public.tags from anon",
            "anon truncate public.tags",
        ),
        (
            "revoke insert (name) on public.tags from authenticated",
            "grant insert (name) on public.tags to authenticated",
            "authenticated insert public.tags.name",
        ),
        (
            "alter publication supabase_realtime drop table public.campaigns",
            "alter publication supabase_realtime add table public.campaigns",
            "public.campaigns",
        ),
        (
            "alter table private.jobs disable row level security",
            "alter table private.jobs enable row level security",
            "private.jobs",
        ),
    ],
)
def test_what_is_taken_away_is_seen(scene: Scene, broken: str, mended: str, part: str) -> None:
    before = status(scene)
    scene.owner.execute(broken.encode())
    try:
        after = status(scene)
    finally:
        scene.owner.execute(mended.encode())
    [changed] = [name for name in before if before[name] != after[name]]
    assert set(before[changed]) ^ set(after[changed]) == {part}
    assert status(scene) == before


def test_no_secret_is_told(scene: Scene) -> None:
    assert "whsec_" not in json.dumps(status(scene))
