-- What the platform grants by itself differs by age and by host, so it is revoked here and every grant below is by name.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

create schema if not exists extensions;
do $$
begin
    if exists (select from pg_catalog.pg_extension where extname = 'vector') then
        return;
    end if;
    create extension vector with schema extensions;
exception
    when insufficient_privilege or undefined_file or feature_not_supported then
        raise exception using
            message = 'the extension vector is needed and this role may not create it: ' || sqlerrm,
            hint = 'Enable "vector" under Database, Extensions in the dashboard, or as a superuser: create extension vector with schema extensions.';
end
$$;

create schema if not exists private;
comment on schema private is
'Internals of Campaignbase: the queue, trigger functions, membership helpers. Never exposed by the Data API.';
revoke all on schema private from public, anon;
-- policies and invoker wrappers call helpers in private as the caller
grant usage on schema private to authenticated, service_role;
