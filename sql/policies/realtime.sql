-- what the listener and the pages may subscribe to
do $$
begin
    if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
        return;
    end if;
    alter publication supabase_realtime add table public.content_assets, public.campaigns;
end
$$;
