-- The publication realtime listens to. Its own schema is closed to migrations and stands here only
-- so that nobody takes the name.
create schema if not exists realtime;
grant usage on schema realtime to postgres, anon, authenticated, service_role;

do $$
begin
    if not exists (select from pg_publication where pubname = 'supabase_realtime') then
        create publication supabase_realtime;
    end if;
    alter publication supabase_realtime owner to postgres;
end
$$;
