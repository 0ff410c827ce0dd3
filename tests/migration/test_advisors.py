"""What the Supabase command line itself says about the pushed database: linters and generated types."""

import ast
import re

from tests.support.postgres import Database
from tests.support.supabase_cli import SupabaseCli

TABLES = {
    "automation_rules",
    "cache_entries",
    "campaigns",
    "categories",
    "categorizations",
    "content_asset_tags",
    "content_assets",
    "social_posts",
    "tags",
    "workspace_members",
    "workspaces",
}
# each shows that this command line looks for such a thing, on this database
MISTAKES = {
    "rls_disabled_in_public": "create table public.open (id int primary key);"
    " grant select on public.open to anon",
    "function_search_path_mutable": "create function public.f() returns int language sql as 'select 1'",
    "security_definer_view": "create view public.v as select * from public.campaigns;"
    " grant select on public.v to anon",
    "auth_rls_initplan": "create policy slow on public.campaigns for select to service_role"
    " using (created_by = auth.uid()::text)",
}


def test_advisors_find_nothing(pg_database: Database, supabase_cli: SupabaseCli) -> None:
    supabase_cli.check("db", "advisors", "--fail-on", "warn", url=pg_database.url)
    assert supabase_cli.advice(pg_database.url) == []


# what they remark on without warning, and why it stays
ARGUED = {
    "unused_index": "nothing has been asked of a database this young",
    "rls_enabled_no_policy": "only the service holds grants on these, and it is not bound; row level security"
    " is the second lock, should somebody grant them one day (tests/matrix: select if granted)",
}
WITHOUT_POLICY = {
    "public.cache_entries",
    "public.model_batches",
    "private.invitation_mails",
    "private.invitations",
    "private.cache_counters",
    "private.cache_invalidations",
    "private.cache_leases",
    "private.cache_signing_keys",
    "private.idempotency_keys",
    "private.api_key_secrets",
    "private.jobs",
    "private.reservations",
    "private.schedulings",
    "private.spare_vectors",
    "private.trained_head_labels",
    "private.webhook_secrets",
}


def test_every_remark_of_the_advisors_is_argued(pg_database: Database, supabase_cli: SupabaseCli) -> None:
    remarks = supabase_cli.advice(pg_database.url, "info")
    assert {remark["name"] for remark in remarks} == ARGUED.keys()
    named = " ".join(remark["detail"] for remark in remarks if remark["name"] == "rls_enabled_no_policy")
    assert set(re.findall(r"`(\w+\.\w+)`", named)) == WITHOUT_POLICY


def test_advisors_see_every_mistake(pg_database: Database, supabase_cli: SupabaseCli) -> None:
    with pg_database.connect() as connection:
        for mistake in MISTAKES.values():
            connection.execute(mistake.encode())
    assert {advice["name"] for advice in supabase_cli.advice(pg_database.url)} >= MISTAKES.keys()


def test_typescript_types_know_every_table(pg_shared: Database, supabase_cli: SupabaseCli) -> None:
    types = supabase_cli.check("gen", "types", "--lang", "typescript", url=pg_shared.url)
    assert {table for table in TABLES if f'"{table}": {{' in types} == TABLES


def test_python_types_know_every_table(pg_shared: Database, supabase_cli: SupabaseCli) -> None:
    types = ast.parse(supabase_cli.check("gen", "types", "--lang", "python", url=pg_shared.url))
    classes = {node.name for node in types.body if isinstance(node, ast.ClassDef)}
    assert {f"Public{table.title().replace('_', '')}" for table in TABLES} <= classes
