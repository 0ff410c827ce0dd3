"""What can be wrong with a deployment: how it breaks, what doctor tells, how it is mended."""

from typing import NamedTuple


class Case(NamedTuple):
    """What breaks it; the check, its level and words; a part of the fix; what mends it where no line does."""

    broken: str
    name: str
    level: str
    told: str
    fix: str
    mended: str = ""


HTTP_POST = "(text, jsonb, jsonb, jsonb, integer)"
HISTORY = "supabase_migrations.schema_migrations"
OF_LAST = "where name = 'create_operations'"
DELETING = '"editors can delete media of their workspaces" on storage.objects'
PROBE = "create or replace function public.probe_rows(row_count integer default 1000) returns table"

# the line that is told mends it, run as it is
BY_SQL = [
    Case(
        "alter publication supabase_realtime drop table public.campaigns",
        "publication", "fail", "supabase_realtime lacks public.campaigns",
        "alter publication supabase_realtime add table public.campaigns",
    ),
    Case(
        "delete from storage.buckets where id = 'media'",
        "bucket", "fail", "there is no bucket media", "insert into storage.buckets (id, name, public,",
    ),
    Case(
        "update storage.buckets set public = true",
        "bucket", "fail", "is public: anybody reads every file",
        "update storage.buckets set public = false where id = 'media'",
    ),
    Case(
        "revoke execute on function public.complete_jobs from service_role",
        "grants", "fail", "missing: service_role execute public.complete_jobs",
        "grant execute on function public.complete_jobs to service_role",
    ),
    Case(
        "revoke select on public.review_queue from authenticated;"
        " revoke insert (name) on public.tags from authenticated",
        "grants", "fail",
        "missing: authenticated insert public.tags.name, authenticated select public.review_queue",
        "grant insert (name) on public.tags to authenticated; grant select on public.review_queue to",
    ),
    Case(
        "revoke usage on schema private from authenticated",
        "grants", "fail", "missing: authenticated usage private",
        "grant usage on schema private to authenticated",
    ),
    Case(
        "revoke usage on schema private from service_role",
        "grants", "fail", "permission denied for schema private",
        "grant usage on schema private to service_role",
    ),
    Case(
        "revoke execute on function public.deployment_status from service_role",
        "grants", "fail", "permission denied for function deployment_status",
        "grant execute on function public.deployment_status, private.deployed_state to service_role",
    ),
    Case(
        "grant select on public.content_assets to anon",
        "grants", "fail", "more than the migrations grant: anon select public.content_assets",
        "revoke select on public.content_assets from anon",
    ),
    Case(
        "alter table public.tags disable row level security",
        "policies", "fail", "row level security is off: public.tags",
        "alter table public.tags enable row level security",
    ),
    Case(
        "delete from cron.job where jobname = 'campaignbase_sweep'",
        "sweep", "warn", "pg_cron does not sweep", "select private.schedule_sweep()",
    ),
]  # fmt: skip

# mended elsewhere, or by more than a line
OTHERS = [
    Case(
        f"drop policy {DELETING}",
        "policies", "fail", "missing: storage.objects: editors can delete media", f"create policy {DELETING}",
        f"create policy {DELETING} for delete to authenticated using (false)",
    ),
    Case(
        "update vault.secrets set name = 'other' where name = 'campaignbase_functions_key'",
        "vault", "warn", "campaignbase_functions_key not set", "[db.vault] in supabase/config.toml",
        "update vault.secrets set name = 'campaignbase_functions_key' where name = 'other'",
    ),
    Case(
        "select vault.update_secret(id, 'https://other.supabase.co/functions/v1') from vault.secrets"
        " where name = 'campaignbase_functions_url'",
        "vault", "warn", "is https://other.supabase.co/functions/v1, the project is", "supabase db push",
        "select vault.update_secret(id, '{url}/functions/v1') from vault.secrets"
        " where name = 'campaignbase_functions_url'",
    ),
    Case(
        "insert into net._http_response (id, status_code) values (1, 401)",
        "vault", "warn", "1 request of pg_net refused in the last hour", "create a secret key for it",
        "delete from net._http_response",
    ),
    Case(
        f"alter function net.http_post{HTTP_POST} rename to gone",
        "sweep", "warn", "without pg_net", "enable them under Database, Extensions",
        f"alter function net.gone{HTTP_POST} rename to http_post",
    ),
    Case(
        "insert into cron.job_run_details (jobid, status, return_message)"
        " select jobid, 'failed', 'no worker' from cron.job where jobname = 'campaignbase_sweep'",
        "sweep", "warn", "pg_cron's last sweep failed: no worker", "select private.schedule_sweep()",
        "delete from cron.job_run_details",
    ),
    Case(
        f"update {HISTORY} set version = '20250101000000' {OF_LAST}",
        "schema", "fail", "migrations are not applied, the first is 20260101000950",
        "supabase db push",
        f"update {HISTORY} set version = '20260101000950' {OF_LAST}",
    ),
    Case(
        f"insert into {HISTORY} (version) values ('29990101000000')",
        "schema", "fail", "migration 29990101000000 is newer", "pip install --upgrade campaignbase",
        f"delete from {HISTORY} where version = '29990101000000'",
    ),
    Case(
        f"update {HISTORY} set statements = statements || 'select 1'::text {OF_LAST}",
        "schema", "fail", "migration 20260101000950 was applied in another text", "docs/deploy.md",
        f"update {HISTORY} set statements = trim_array(statements, 1) {OF_LAST}",
    ),
    Case(
        "update private.jobs set run_at = now() - interval '11 minutes'",
        "worker", "fail", "s and nobody works", "campaignbase worker",
        "update private.jobs set run_at = now()",
    ),
    Case(
        "insert into public.webhook_endpoints (workspace_id, name, url)"
        " select id, 'crm', 'https://hooks.acme.com/' from public.workspaces;"
        "insert into public.webhook_deliveries (workspace_id, endpoint_id, event_type, payload, state)"
        " select workspace_id, id, 'webhook.test', 'null', 'dead' from public.webhook_endpoints",
        "deliveries", "warn", "0 waiting, 0 leased, 1 dead", "campaignbase webhooks replay",
        "delete from public.webhook_endpoints",
    ),
    Case(
        f"{PROBE} (number integer) language sql immutable as 'select generate_series(1, 500)'",
        "data api", "fail", "gives 500 rows at once, 1,000 are needed", "max_rows = 1000",
        f"{PROBE} (number integer) language sql immutable as 'select generate_series(1, row_count)'",
    ),
]  # fmt: skip
